package pgserver

import (
	"os"
	"os/user"
	"strconv"
	"syscall"

	"zhengbei/internal/fault"
)

// account is the system user under whom PostgreSQL runs.
type account struct {
	name     string
	uid, gid int
	other    bool // not ours: we are root, and PostgreSQL refuses to run as root
}

// pick answers our own account, or Debian's postgres when we are root.
func pick() (account, error) {
	if os.Geteuid() != 0 {
		name := strconv.Itoa(os.Geteuid())
		if u, err := user.Current(); err == nil {
			name = u.Username
		}
		return account{name: name, uid: os.Geteuid(), gid: os.Getegid()}, nil
	}
	u, err := user.Lookup("postgres")
	if err != nil {
		return account{}, fault.New(fault.Busy, "pg.no_account").Because(err)
	}
	uid, err := strconv.Atoi(u.Uid)
	if err != nil {
		return account{}, err
	}
	gid, err := strconv.Atoi(u.Gid)
	if err != nil {
		return account{}, err
	}
	return account{name: u.Username, uid: uid, gid: gid, other: true}, nil
}

// attr lets a child outlive neither its parent nor a Ctrl-C that was meant for the parent.
func (a account) attr(death syscall.Signal) *syscall.SysProcAttr {
	attr := &syscall.SysProcAttr{Setpgid: true, Pdeathsig: death}
	if a.other {
		attr.Credential = &syscall.Credential{Uid: uint32(a.uid), Gid: uint32(a.gid)}
	}
	return attr
}

// own gives a file or folder of ours to the account.
func (a account) own(path string) error {
	if !a.other {
		return nil
	}
	return os.Lchown(path, a.uid, a.gid)
}

// enters reports whether the account may pass through a folder.
func (a account) enters(info os.FileInfo) bool {
	mode, stat := info.Mode().Perm(), info.Sys().(*syscall.Stat_t)
	switch {
	case int(stat.Uid) == a.uid:
		return mode&0o100 != 0
	case int(stat.Gid) == a.gid:
		return mode&0o010 != 0
	default:
		return mode&0o001 != 0
	}
}
