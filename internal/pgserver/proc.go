package pgserver

import (
	"context"
	"fmt"
	"log/slog"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"syscall"
	"time"

	"zhengbei/internal/fault"
)

const (
	patience = time.Minute     // for a shutdown that is under way: it writes a checkpoint
	grace    = 5 * time.Second // for a signal to have its effect
)

// postmaster is what postmaster.pid says; the zero value when there is none.
type postmaster struct {
	pid    int
	status string // starting, ready, stopping
}

func (f folder) pidFile() string { return filepath.Join(f.cluster(), "postmaster.pid") }

func (f folder) postmaster() postmaster {
	raw, err := os.ReadFile(f.pidFile())
	if err != nil {
		return postmaster{}
	}
	lines := strings.Split(string(raw), "\n")
	var p postmaster
	p.pid, _ = strconv.Atoi(strings.TrimSpace(lines[0]))
	if len(lines) > 7 {
		p.status = strings.TrimSpace(lines[7])
	}
	return p
}

// command reads the name and the state letter of a process from /proc, where a name may hold spaces and brackets.
func command(pid int) (name string, state byte) {
	raw, err := os.ReadFile(fmt.Sprintf("/proc/%d/stat", pid))
	text := string(raw)
	from, to := strings.IndexByte(text, '('), strings.LastIndexByte(text, ')')
	if err != nil || from < 0 || to < from || len(text) < to+3 {
		return "", 0
	}
	return text[from+1 : to], text[to+2]
}

// inside lists the living processes of PostgreSQL that work in the cluster (a zombie works nowhere).
// A process number alone proves nothing: it may belong to somebody else by now.
func (f folder) inside() []int {
	names, err := filepath.Glob("/proc/[0-9]*")
	if err != nil {
		return nil
	}
	var pids []int
	for _, proc := range names {
		if dir, err := os.Readlink(filepath.Join(proc, "cwd")); err != nil || dir != f.cluster() {
			continue
		}
		pid, err := strconv.Atoi(filepath.Base(proc))
		if err != nil {
			continue
		}
		if name, _ := command(pid); name == "postgres" {
			pids = append(pids, pid)
		}
	}
	return pids
}

// settle makes the cluster free to be started, and is called by the holder of the lock alone. It waits for a database
// whose parent has died to shut down, ends what a crashed one left, and clears a lock file that names another process.
func (f folder) settle(ctx context.Context, log *slog.Logger) error {
	const step = 50 * time.Millisecond
	var waited, forced time.Duration
	for ; ; waited += step {
		left, master := f.inside(), f.postmaster()
		if len(left) == 0 {
			return f.clear(master)
		}
		if waited == 0 {
			log.Info("waiting for an earlier PostgreSQL to end", "pids", left)
		}
		switch alive := slices.Contains(left, master.pid); {
		case alive && master.status != "stopping" && waited >= grace:
			return fault.New(fault.Conflict, "pg.foreign", "data", f.root, "pid", master.pid) // nobody told it to stop: not ours
		case alive && waited < patience:
		case forced < grace:
			kill(left, syscall.SIGQUIT) // without a postmaster a backend only notices when it next waits
			forced += step
		default:
			kill(left, syscall.SIGKILL)
		}
		if err := pause(ctx, step); err != nil {
			return err
		}
	}
}

// clear removes lock files whose process number is a zombie's or a stranger's, which PostgreSQL itself takes for a
// running server. It keeps those of a dead one: by them PostgreSQL finds the shared memory to clean up.
func (f folder) clear(master postmaster) error {
	if master.pid == 0 {
		return nil
	}
	if _, state := command(master.pid); state == 0 {
		return nil
	}
	for _, path := range []string{f.pidFile(), f.socket() + socketName + ".lock", f.socket() + socketName} {
		if err := os.Remove(path); err != nil && !os.IsNotExist(err) {
			return folderFault(err, f.root)
		}
	}
	return nil
}

func kill(pids []int, s syscall.Signal) {
	for _, pid := range pids {
		_ = syscall.Kill(pid, s) // gone already is as good
	}
}
