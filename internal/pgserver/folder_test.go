package pgserver

import (
	"errors"
	"math"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"

	"zhengbei/internal/fault"
)

// A socket's path has about a hundred bytes; a deep data folder gets a stable short one.
func TestLongPath(t *testing.T) {
	t.Parallel()
	data := filepath.Join(place(t), strings.Repeat("深", 40))
	s := start(t, data)
	if dir := s.folder.socket(); !strings.HasPrefix(dir, "/tmp/zhengbei-") || mode(t, dir) != 0o700 {
		t.Errorf("the socket is in %s", dir)
	}
	if got := asked(t, s, "SELECT 1"); got != "1" {
		t.Errorf("got %q", got)
	}
	short := s.folder.socket()
	stop(t, s)
	if _, err := os.Stat(short); !os.IsNotExist(err) {
		t.Errorf("%s is left: %v", short, err)
	}

	// Somebody else has put a link there, to read what passes.
	if err := os.Symlink(t.TempDir(), short); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = os.Remove(short) })
	_, err := Start(t.Context(), Settings{Data: data})
	wants(t, err, "pg.not_owner")
	if _, err := os.Lstat(short); err != nil {
		t.Errorf("the stranger's link was removed: %v", err)
	}
}

func TestOtherMajor(t *testing.T) {
	t.Parallel()
	data := place(t)
	cluster := filepath.Join(data, "cluster")
	if err := os.MkdirAll(cluster, 0o755); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(cluster, "PG_VERSION"), []byte("9\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	_, err := Start(t.Context(), Settings{Data: data})
	f := wants(t, err, "pg.other_major")
	if bin, _ := Find(); f["data"] != 9 || f["installed"] != bin.Major {
		t.Errorf("names %v", f)
	}
	wants(t, Inspect(Settings{Data: data}).Problem, "pg.other_major")
}

func TestNotWritable(t *testing.T) {
	t.Parallel()
	file := filepath.Join(place(t)+"x", "data")
	if err := os.WriteFile(filepath.Dir(file), nil, 0o600); err != nil {
		t.Fatal(err)
	}
	_, err := Start(t.Context(), Settings{Data: file})
	wants(t, err, "pg.not_writable")
	_, err = Start(t.Context(), Settings{Data: "/proc/zhengbei"}) // root may not either
	wants(t, err, "pg.not_writable")
}

// As root the database runs as another user, who is kept out by a private folder above the data; else nobody is.
func TestUnreachable(t *testing.T) {
	t.Parallel()
	private := filepath.Join(place(t), "home")
	if err := os.MkdirAll(private, 0o700); err != nil {
		t.Fatal(err)
	}
	if err := os.Chmod(filepath.Dir(private), 0o755); err != nil { //nolint:gosec // only a test's
		t.Fatal(err)
	}
	data := filepath.Join(private, "a", "b")
	if os.Geteuid() != 0 {
		start(t, data)
		return
	}
	_, err := Start(t.Context(), Settings{Data: data})
	if f := wants(t, err, "pg.unreachable"); f["folder"] != private || f["user"] != "postgres" {
		t.Errorf("names %v", f)
	}
	wants(t, Inspect(Settings{Data: data}).Problem, "pg.unreachable")
	if _, err := os.Stat(data); !os.IsNotExist(err) {
		t.Errorf("the folder was made: %v", err)
	}
}

// Data that another user's start has made are not taken over.
func TestNotOwner(t *testing.T) {
	t.Parallel()
	if os.Geteuid() != 0 {
		wants(t, folder{who: account{uid: os.Geteuid()}}.owned("/etc"), "pg.not_owner")
		return
	}
	data := place(t)
	s := start(t, data)
	stop(t, s)
	if err := os.Chown(s.folder.cluster(), 65534, 65534); err != nil {
		t.Fatal(err)
	}
	_, err := Start(t.Context(), Settings{Data: data})
	wants(t, err, "pg.not_owner")
	wants(t, Inspect(Settings{Data: data}).Problem, "pg.not_owner")
}

func TestDefaultData(t *testing.T) {
	home := filepath.Dir(place(t))
	t.Setenv("HOME", home)
	t.Setenv("XDG_DATA_HOME", "relative")
	want := filepath.Join(home, ".local", "share", "zhengbei")
	if os.Geteuid() == 0 {
		want = systemData
	}
	if got := DefaultData(); got != want {
		t.Errorf("got %s, want %s", got, want)
	}
	t.Setenv("XDG_DATA_HOME", home)
	if got := DefaultData(); got != filepath.Join(home, "zhengbei") {
		t.Errorf("got %s under XDG_DATA_HOME", got)
	}
	if err := os.Chmod(home, 0o700); err != nil { //nolint:gosec // a folder
		t.Fatal(err)
	}
	if got := DefaultData(); (got == systemData) != (os.Geteuid() == 0) {
		t.Errorf("got %s under a private XDG_DATA_HOME", got)
	}
}

func TestDiskFull(t *testing.T) {
	t.Parallel()
	f := folder{root: t.TempDir()}
	if err := f.room(1); err != nil {
		t.Errorf("one byte: %v", err)
	}
	wants(t, f.room(math.MaxUint64), "pg.disk_full")
	wants(t, folderFault(&os.PathError{Err: syscall.ENOSPC}, "/data"), "pg.disk_full")
	wants(t, folderFault(&os.PathError{Err: syscall.EROFS}, "/data"), "pg.not_writable")
}

func TestExplain(t *testing.T) {
	t.Parallel()
	tests := []struct{ name, log, code, reason string }{
		{"fatal", "LOG:  starting\n2026-01-01 UTC [1] FATAL:  bogus data in lock file\nLOG:  down\n", "pg.not_started", "bogus data in lock file"},
		{"disk", "FATAL:  could not write lock file \"postmaster.pid\": No space left on device\n", "pg.disk_full", ""},
		{"disk, half a page", "FATAL:  could not extend file \"base/5/16387\": wrote only 4096 of 8192 bytes at block 147\n", "pg.disk_full", ""},
		{"initdb", "initdb: error: invalid locale name \"C.UTF-8\"\n", "pg.not_started", "invalid locale name \"C.UTF-8\""},
		{"unknown", "cannot execute\n", "pg.not_started", "cannot execute"},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			f := explain(test.log, "/data", "/data/postgresql.log").Because(errors.New("exit status 1"))
			if f.Code != test.code || test.reason != "" && f.Params["reason"] != test.reason {
				t.Errorf("got %v", f)
			}
		})
	}
}

// Every fault of this package says what to do, in both languages.
func TestMends(t *testing.T) {
	t.Parallel()
	for _, code := range fault.Codes() {
		if !strings.HasPrefix(code, "pg.") {
			continue
		}
		for _, lang := range []fault.Language{fault.Chinese, fault.English} {
			if f := fault.New(fault.Busy, code); f.Mend(lang) == "" {
				t.Errorf("%s has no mend in %s", code, lang)
			}
		}
	}
}
