package pgserver

import (
	"os"

	"zhengbei/internal/fault"
)

const (
	temporaryName = "zhengbei-test-"
	roomInMemory  = 4 << 30 // bytes that /dev/shm must have left to be taken: a container's has 64 MB
)

// temporary makes the folder of a throwaway cluster, in memory where there is room.
func temporary(who account) (folder, error) {
	bases := []string{os.TempDir(), "/tmp"}
	if left, err := free("/dev/shm"); err == nil && left >= roomInMemory {
		bases = append([]string{"/dev/shm"}, bases...)
	}
	var last error = fault.New(fault.Busy, "pg.not_writable", "data", os.TempDir())
	for _, base := range bases {
		if blocked(base, who) != "" {
			continue
		}
		sweep(base, who)
		dir, err := os.MkdirTemp(base, temporaryName)
		if err == nil && who.other {
			err = os.Chmod(dir, 0o755) // MkdirTemp makes it private to us
		}
		if err == nil {
			return open(dir, who)
		}
		last = folderFault(err, base)
	}
	return folder{}, last
}

// sweep removes what a killed test run left: it has a cluster and a lock file that nobody holds.
func sweep(base string, who account) {
	for _, dir := range named(base, temporaryName) {
		f := folder{root: dir, who: who}
		_, err := os.Stat(f.cluster()) // made under the lock: without it the run may only be about to take the lock
		if _, _, held := holder(f.lock()); err != nil || held || len(f.inside()) > 0 {
			continue
		}
		_ = os.RemoveAll(dir) // another user's stays
	}
}
