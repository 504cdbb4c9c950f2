package pgserver

import (
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"

	"zhengbei/internal/fault"
)

const (
	systemData = "/var/lib/zhengbei"
	port       = "5432" // only the name of the socket: nothing listens on TCP
	socketName = "/.s.PGSQL." + port
	longest    = 103       // bytes of a socket's path that every Unix takes
	roomToInit = 256 << 20 // bytes: an empty cluster with PostGIS and its log
)

// DefaultData is the data folder where no setting names one.
// Root gets the system's place for it, since PostgreSQL runs as another user, who cannot enter a private home.
func DefaultData() string {
	base := os.Getenv("XDG_DATA_HOME")
	if os.Geteuid() == 0 {
		who, err := pick()
		if !filepath.IsAbs(base) || err != nil || blocked(base, who) != "" {
			return systemData
		}
	}
	if !filepath.IsAbs(base) { // the XDG specification ignores relative ones
		home, err := os.UserHomeDir()
		if err != nil {
			return systemData
		}
		base = filepath.Join(home, ".local", "share")
	}
	return filepath.Join(base, "zhengbei")
}

// blocked names the first folder on the way to path that an account other than ours may not enter.
// What is still to be made does not block, and our own rights the kernel judges better.
func blocked(path string, who account) string {
	if !who.other {
		return ""
	}
	for i, r := range path + "/" {
		if r != '/' {
			continue
		}
		dir := path[:max(i, 1)]
		info, err := os.Stat(dir)
		if err != nil || !info.IsDir() {
			return ""
		}
		if !who.enters(info) {
			return dir
		}
	}
	return ""
}

// folder is a data folder: what lies where in it.
type folder struct {
	root string // absolute, without symbolic links
	who  account
}

func (f folder) lock() string    { return filepath.Join(f.root, "lock") }
func (f folder) cluster() string { return filepath.Join(f.root, "cluster") }
func (f folder) log() string     { return filepath.Join(f.root, "postgresql.log") }

// socket is the folder of the socket, in /tmp under a short and stable name where the data folder's own is too long.
func (f folder) socket() string {
	dir := filepath.Join(f.root, "run")
	if len(dir+socketName) <= longest {
		return dir
	}
	sum := sha256.Sum256([]byte(f.root))
	return "/tmp/zhengbei-" + hex.EncodeToString(sum[:6])
}

// open makes the data folder where there is none, and checks that the account can work in it.
func open(data string, who account) (folder, error) {
	data, err := filepath.Abs(data)
	if err != nil {
		return folder{}, folderFault(err, data)
	}
	if at := blocked(data, who); at != "" {
		return folder{}, fault.New(fault.Busy, "pg.unreachable", "data", data, "folder", at, "user", who.name)
	}
	if err := makeAll(data, who); err != nil {
		return folder{}, folderFault(err, data)
	}
	if data, err = filepath.EvalSymlinks(data); err != nil {
		return folder{}, folderFault(err, data)
	}
	return folder{root: data, who: who}, nil
}

// makeAll is os.MkdirAll whatever the umask: 0755 where another account has to pass, private else.
func makeAll(dir string, who account) error {
	info, err := os.Stat(dir)
	switch {
	case err == nil && !info.IsDir():
		return &fs.PathError{Op: "mkdir", Path: dir, Err: syscall.ENOTDIR}
	case err == nil:
		return nil
	case !errors.Is(err, fs.ErrNotExist):
		return err
	}
	if err := makeAll(filepath.Dir(dir), who); err != nil {
		return err
	}
	mode := fs.FileMode(0o700)
	if who.other {
		mode = 0o755
	}
	if err := os.Mkdir(dir, mode); err != nil && !errors.Is(err, fs.ErrExist) {
		return err
	}
	return os.Chmod(dir, mode)
}

// private makes a folder that the account alone can enter, and refuses one that somebody else has put there.
func (f folder) private(dir string) error {
	err := os.Mkdir(dir, 0o700)
	if err == nil {
		err = f.who.own(dir)
	} else if errors.Is(err, fs.ErrExist) {
		err = nil
	}
	if err != nil {
		return folderFault(err, dir)
	}
	if err := f.owned(dir); err != nil {
		return err
	}
	return os.Chmod(dir, 0o700)
}

// owned refuses what is no folder of the account's: PostgreSQL would, and /tmp is everybody's.
func (f folder) owned(dir string) error {
	info, err := os.Lstat(dir)
	if err != nil {
		return folderFault(err, dir)
	}
	if stat := info.Sys().(*syscall.Stat_t); !info.IsDir() || int(stat.Uid) != f.who.uid {
		return fault.New(fault.Busy, "pg.not_owner", "folder", dir, "user", f.who.name)
	}
	return nil
}

// major is the version of PostgreSQL that made the cluster, 0 where there is none yet.
func (f folder) major() (int, error) {
	raw, err := os.ReadFile(filepath.Join(f.cluster(), "PG_VERSION"))
	if errors.Is(err, fs.ErrNotExist) {
		return 0, nil
	}
	if err != nil {
		return 0, folderFault(err, f.cluster())
	}
	return strconv.Atoi(strings.TrimSpace(string(raw)))
}

// named lists what lies in a folder under names that begin alike. A glob would read brackets in the folder's own path.
func named(dir, prefix string) []string {
	entries, err := os.ReadDir(dir)
	if err != nil {
		return nil
	}
	var paths []string
	for _, entry := range entries {
		if strings.HasPrefix(entry.Name(), prefix) {
			paths = append(paths, filepath.Join(dir, entry.Name()))
		}
	}
	return paths
}

// free is how many bytes a user may still write beside a path.
func free(path string) (uint64, error) {
	var s syscall.Statfs_t
	if err := syscall.Statfs(path, &s); err != nil {
		return 0, err
	}
	return s.Bavail * uint64(s.Bsize), nil
}

// room refuses a disk on which there is too little left.
func (f folder) room(need uint64) error {
	left, err := free(f.root)
	if err != nil {
		return folderFault(err, f.root)
	}
	if left < need {
		return fault.New(fault.Busy, "pg.disk_full", "data", f.root)
	}
	return nil
}

// folderFault says what the system's refusal means.
func folderFault(err error, path string) error {
	if errors.Is(err, syscall.ENOSPC) || errors.Is(err, syscall.EDQUOT) {
		return fault.New(fault.Busy, "pg.disk_full", "data", path).Because(err)
	}
	return fault.New(fault.Busy, "pg.not_writable", "data", path).Because(err)
}
