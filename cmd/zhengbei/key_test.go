package main

import (
	"bytes"
	"crypto/rand"
	"encoding/hex"
	"io"
	"log/slog"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"zhengbei/internal/fault"
	"zhengbei/internal/land"
	"zhengbei/internal/personal"
	"zhengbei/internal/store"
	"zhengbei/internal/store/storetest"
)

// keyBench is a database with a party, and a folder for its key.
type keyBench struct {
	settings
	d   storetest.Database
	db  *store.DB
	out bytes.Buffer
}

func newKeyBench(t *testing.T) *keyBench {
	t.Helper()
	b := &keyBench{d: storetest.Empty(t)}
	b.db = b.d.Open(t)
	b.settings = settings{DatabaseURL: b.d.Service(), KeyFile: filepath.Join(t.TempDir(), "personal.key")}
	if _, err := b.d.Psql(t).Exec(t.Context(), "INSERT INTO party (code) VALUES ('R-0001')"); err != nil {
		t.Fatal(err)
	}
	return b
}

func (b *keyBench) terminal() *terminal {
	return &terminal{out: &b.out, err: io.Discard, lang: fault.English, log: slog.New(slog.DiscardHandler)}
}

// starts is what a server does with the key when it starts.
func (b *keyBench) starts(t *testing.T) (*personal.Ring, error) {
	t.Helper()
	return b.keys(t.Context(), b.terminal(), b.db)
}

// keep keeps a telephone, as a server does.
func (b *keyBench) keep(t *testing.T, ring *personal.Ring, phone string) {
	t.Helper()
	err := b.db.Write(t.Context(), land.Operator, func(tx *store.Tx) error {
		check, err := tx.HoldPersonalKey(t.Context())
		if err != nil {
			return err
		}
		key, err := ring.Key(check)
		if err != nil {
			return err
		}
		s := store.Sealed{Code: "R-0001", PhoneHash: key.Hash(personal.Phone, phone)}
		if s.Phone, err = key.Seal(rand.Reader, "R-0001", personal.Phone, phone); err != nil {
			return err
		}
		return tx.KeepPersonal(t.Context(), s)
	})
	if err != nil {
		t.Fatal(err)
	}
}

// reads is the telephone that a server reads.
func (b *keyBench) reads(t *testing.T, ring *personal.Ring) (phone string, err error) {
	t.Helper()
	err = b.db.Read(t.Context(), func(tx *store.Tx) error {
		rows, err := tx.Personal(t.Context(), []string{"R-0001"})
		if err != nil || len(rows) == 0 || rows[0].Phone == nil {
			return err
		}
		key, err := ring.Key(rows[0].Check)
		if err != nil {
			return err
		}
		phone, err = key.Open("R-0001", personal.Phone, rows[0].Phone)
		return err
	})
	return phone, err
}

// holds starts a server anew, which must read the telephone.
func (b *keyBench) holds(t *testing.T, when, phone string) *personal.Ring {
	t.Helper()
	ring, err := b.starts(t)
	if err != nil {
		t.Fatalf("%s: %v", when, err)
	}
	if got, err := b.reads(t, ring); got != phone || err != nil {
		t.Fatalf("%s: reads %q, %v", when, got, err)
	}
	return ring
}

// files are the names in the folder of the key.
func (b *keyBench) files(t *testing.T) string {
	t.Helper()
	entries, err := os.ReadDir(filepath.Dir(b.KeyFile))
	if err != nil {
		t.Fatal(err)
	}
	var names []string
	for _, e := range entries {
		info, err := e.Info()
		if err != nil {
			t.Fatal(err)
		}
		if info.Mode().Perm() != 0o600 {
			t.Errorf("%s has mode %v", e.Name(), info.Mode())
		}
		names = append(names, e.Name())
	}
	return strings.Join(names, " ")
}

func faultCode(err error) string {
	if f, ok := fault.As(err); ok {
		return f.Code
	}
	return ""
}

func TestKeyAtStart(t *testing.T) {
	t.Parallel()
	b := newKeyBench(t)
	ring := b.holds(t, "the first start", "")
	if got := b.files(t); got != "personal.key" {
		t.Errorf("it made %s", got)
	}
	made, err := os.ReadFile(b.KeyFile)
	if err != nil {
		t.Fatal(err)
	}
	b.keep(t, ring, "13800138000")
	b.holds(t, "the second start", "13800138000")

	// The key is away, or another one: it stops, and touches nothing.
	away := b.KeyFile + ".away"
	for name, change := range map[string]func() error{
		"away":    func() error { return os.Rename(b.KeyFile, away) },
		"another": func() error { return os.WriteFile(b.KeyFile, []byte(strings.Repeat("ab", 32)), 0o600) },
	} {
		if name == "another" {
			_ = os.Rename(b.KeyFile, away)
		}
		if err := change(); err != nil {
			t.Fatal(err)
		}
		before := b.files(t)
		if _, err := b.starts(t); faultCode(err) != "personal_key.other" {
			t.Errorf("%s: %v", name, err)
		}
		if after := b.files(t); after != before {
			t.Errorf("%s: there was %s, and now %s", name, before, after)
		}
		if err := os.Rename(away, b.KeyFile); err != nil {
			t.Fatal(err)
		}
		b.holds(t, name+", put back", "13800138000")
	}

	if err := os.Chmod(b.KeyFile, 0o640); err != nil {
		t.Fatal(err)
	}
	if _, err := b.starts(t); faultCode(err) != "personal_key.mode" {
		t.Errorf("a key that others can read: %v", err)
	}
	if err := os.WriteFile(b.KeyFile, []byte("not a key"), 0o600); err != nil {
		t.Fatal(err)
	}
	if err := os.Chmod(b.KeyFile, 0o600); err != nil {
		t.Fatal(err)
	}
	if _, err := b.starts(t); faultCode(err) != "personal_key.form" || strings.Contains(err.Error(), "not a key") {
		t.Errorf("a file that holds no key: %v", err)
	}
	b.Key = string(made)
	if err := os.Remove(b.KeyFile); err != nil {
		t.Fatal(err)
	}
	b.holds(t, "by the variable", "13800138000")
	b.Key = "short"
	if _, err := b.starts(t); faultCode(err) != "personal_key.form" {
		t.Errorf("a short key: %v", err)
	}
}

// A key that is known to the database and not at hand stops the start even where nothing is encrypted yet, and the good key still opens when it is back;
// one that is lost for good is given up by a command.
func TestKeyWithoutValues(t *testing.T) {
	t.Parallel()
	b := newKeyBench(t)
	b.holds(t, "the first start", "")
	away := b.KeyFile + ".away"
	if err := os.Rename(b.KeyFile, away); err != nil {
		t.Fatal(err)
	}
	if _, err := b.starts(t); faultCode(err) != "personal_key.other" {
		t.Errorf("without its key: %v", err)
	}
	if _, err := os.Stat(b.KeyFile); !os.IsNotExist(err) {
		t.Errorf("another key was made: %v", err)
	}
	if err := os.Rename(away, b.KeyFile); err != nil {
		t.Fatal(err)
	}
	b.holds(t, "put back", "")
	if err := os.Remove(b.KeyFile); err != nil {
		t.Fatal(err)
	}
	if err := (keyRotateCmd{Lost: true}).Run(t.Context(), b.terminal(), &b.settings); err != nil {
		t.Fatal(err)
	}
	b.keep(t, b.holds(t, "given up", ""), "13800138000")
	b.holds(t, "and again", "13800138000")
}

// A rotation that is killed between any two of its steps leaves a service that starts and reads, and is finished by the next one.
func TestKeyRotation(t *testing.T) {
	t.Parallel()
	b := newKeyBench(t)
	rotate := func(r keyRotateCmd) error { return r.Run(t.Context(), b.terminal(), &b.settings) }
	if err := rotate(keyRotateCmd{}); faultCode(err) != "personal_key.none" {
		t.Errorf("before there is a key: %v", err)
	}
	running := b.holds(t, "the first start", "")
	b.keep(t, running, "13800138000")
	first, err := os.ReadFile(b.KeyFile)
	if err != nil {
		t.Fatal(err)
	}
	fresh := strings.Repeat("cd", 32)
	next := b.KeyFile + ".new"

	// Killed after the new key was written: nothing is encrypted with it yet.
	if err := os.WriteFile(next, []byte(fresh), 0o600); err != nil {
		t.Fatal(err)
	}
	b.holds(t, "with a new key that is not in use", "13800138000")
	if err := rotate(keyRotateCmd{}); err != nil {
		t.Fatal(err)
	}
	if raw, _ := os.ReadFile(b.KeyFile); strings.TrimSpace(string(raw)) != fresh {
		t.Error("the key that was written is not the one that is used")
	}
	var via string
	if err := b.d.Psql(t).QueryRow(t.Context(), "SELECT via FROM audit ORDER BY audit_id DESC LIMIT 1").Scan(&via); err != nil || via != "zhengbei key rotate" {
		t.Errorf("the trail names %q, %v", via, err)
	}
	old := oldKeyFile(b.KeyFile, mustKey(t, string(first)))
	if got, want := b.files(t), "personal.key "+filepath.Base(old); got != want {
		t.Errorf("there is %s, not %s", got, want)
	}
	if got, err := b.reads(t, running); got != "13800138000" || err != nil {
		t.Errorf("a server that runs meanwhile reads %q, %v", got, err)
	}
	b.keep(t, running, "13900139000")
	b.holds(t, "after the rotation", "13900139000")

	// Killed after the commit, before the new key has its name: with the old key still in the file, with a copy of it, and without the file.
	for _, state := range []struct {
		name          string
		copied, there bool
	}{{"not copied", false, true}, {"copied", true, true}, {"the file is gone", true, false}} {
		put := func() {
			t.Helper()
			_ = os.Remove(old)
			_ = os.Remove(b.KeyFile)
			must(t, os.WriteFile(next, []byte(fresh), 0o600))
			if state.copied {
				must(t, os.WriteFile(old, first, 0o600))
			}
			if state.there {
				must(t, os.WriteFile(b.KeyFile, first, 0o600))
			}
		}
		put()
		if got, err := b.reads(t, personal.NewRing(func() ([]*personal.Key, error) {
			held, err := b.heldKeys()
			var keys []*personal.Key
			for _, h := range held {
				keys = append(keys, h.Key)
			}
			return keys, err
		})); got != "13900139000" || err != nil {
			t.Errorf("%s: a server that runs reads %q, %v", state.name, got, err)
		}
		b.holds(t, state.name, "13900139000")
		if got, want := b.files(t), "personal.key "+filepath.Base(old); got != want {
			t.Errorf("%s: after a start there is %s, not %s", state.name, got, want)
		}
		put()
		if err := rotate(keyRotateCmd{}); err != nil {
			t.Fatal(err)
		}
		if raw, _ := os.ReadFile(b.KeyFile); strings.TrimSpace(string(raw)) != fresh {
			t.Errorf("%s: the command did not finish what was begun", state.name)
		}
		b.holds(t, state.name+", finished by the command", "13900139000")
	}

	// It writes the new key before anything else.
	must(t, os.Chmod(filepath.Dir(b.KeyFile), 0o500))
	if os.Geteuid() != 0 { // root writes everywhere
		if err := rotate(keyRotateCmd{}); faultCode(err) != "personal_key.file" {
			t.Errorf("where nothing can be written: %v", err)
		}
	}
	must(t, os.Chmod(filepath.Dir(b.KeyFile), 0o700))
	if err := rotate(keyRotateCmd{NewFile: filepath.Join(b.KeyFile, "below a file")}); faultCode(err) != "personal_key.file" {
		t.Errorf("where nothing can be written: %v", err)
	}
	b.holds(t, "after a rotation that could not begin", "13900139000")
}

// A key of the variable goes to a file, and a file may be elsewhere.
func TestKeyRotationElsewhere(t *testing.T) {
	t.Parallel()
	b := newKeyBench(t)
	b.Key = strings.Repeat("ef", 32)
	ring := b.holds(t, "by the variable", "")
	b.keep(t, ring, "13800138000")
	if got := b.files(t); got != "" {
		t.Errorf("with a key in the variable it made %s", got)
	}
	rotate := func(r keyRotateCmd) error { return r.Run(t.Context(), b.terminal(), &b.settings) }
	must(t, rotate(keyRotateCmd{}))
	if !strings.Contains(b.out.String(), "Unset ZHENGBEI_KEY") || !strings.Contains(b.out.String(), b.KeyFile) || strings.Contains(b.out.String(), b.Key) {
		t.Errorf("it says %s", &b.out)
	}
	b.holds(t, "with the old key still in the variable", "13800138000")
	b.Key = ""
	b.holds(t, "by the file", "13800138000")

	elsewhere := filepath.Join(t.TempDir(), "new", "elsewhere.key")
	for _, when := range []string{"", " a second time, as after a kill"} {
		b.out.Reset()
		if err := rotate(keyRotateCmd{NewFile: elsewhere}); err != nil {
			t.Fatalf("elsewhere%s: %v", when, err)
		}
		if !strings.Contains(b.out.String(), "ZHENGBEI_KEY_FILE="+elsewhere) {
			t.Errorf("elsewhere%s it says %s", when, &b.out)
		}
	}
	if _, err := b.starts(t); faultCode(err) != "personal_key.other" {
		t.Errorf("by the old file: %v", err)
	}
	b.KeyFile = elsewhere
	b.holds(t, "by the file elsewhere", "13800138000")

	if err := rotate(keyRotateCmd{Lost: true}); faultCode(err) != "personal_key.not_lost" {
		t.Errorf("a key that is there, given up: %v", err)
	}
	must(t, os.Remove(elsewhere))
	if err := rotate(keyRotateCmd{}); faultCode(err) != "personal_key.other" {
		t.Errorf("without the key: %v", err)
	}
	must(t, rotate(keyRotateCmd{Lost: true}))
	b.holds(t, "given up", "")
}

func must(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

func mustKey(t *testing.T, text string) *personal.Key {
	t.Helper()
	raw, err := hex.DecodeString(strings.TrimSpace(text))
	must(t, err)
	key, err := personal.NewKey(raw)
	must(t, err)
	return key
}

// Doctor says with which key personal data are encrypted, and that it is gone before anybody needs it.
func TestDoctorOnTheKey(t *testing.T) {
	t.Parallel()
	b := newKeyBench(t)
	says := func() string {
		t.Helper()
		s, err := b.examineKey(t.Context(), b.terminal(), b.db)
		if err != nil {
			return faultCode(err)
		}
		return s
	}
	if got := says(); got != "nothing is encrypted yet" {
		t.Error(got)
	}
	b.keep(t, b.holds(t, "the first start", ""), "13800138000")
	if got := says(); !strings.HasPrefix(got, b.KeyFile+", 1 values") {
		t.Error(got)
	}
	must(t, os.Chmod(b.KeyFile, 0o644))
	if got := says(); got != "personal_key.mode" {
		t.Error(got)
	}
	must(t, os.Remove(b.KeyFile))
	if got := says(); got != "personal_key.other" {
		t.Error(got)
	}
}
