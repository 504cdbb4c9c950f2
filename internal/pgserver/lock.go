package pgserver

import (
	"context"
	"errors"
	"io"
	"os"
	"strconv"
	"strings"
	"syscall"
	"time"

	"zhengbei/internal/fault"
)

// lock is held for the life of a server: the kernel lets go of it however the process ends.
type lock struct{ file *os.File }

// hold takes the lock. It tries for half a second, so that a look by doctor or a stop under way do not count.
func hold(ctx context.Context, f folder) (*lock, error) {
	file, err := os.OpenFile(f.lock(), os.O_RDWR|os.O_CREATE, 0o644)
	if err != nil {
		return nil, folderFault(err, f.root)
	}
	for range 10 {
		if err = syscall.Flock(int(file.Fd()), syscall.LOCK_EX|syscall.LOCK_NB); !errors.Is(err, syscall.EWOULDBLOCK) {
			break
		}
		if pause(ctx, 50*time.Millisecond) != nil {
			break
		}
	}
	l := &lock{file}
	switch {
	case errors.Is(err, syscall.EWOULDBLOCK):
		pid, address := l.read()
		_ = file.Close()
		if address == "" {
			return nil, fault.New(fault.Conflict, "pg.already_starting", "data", f.root, "pid", pid)
		}
		return nil, fault.New(fault.Conflict, "pg.already_running", "data", f.root, "pid", pid, "address", address)
	case err != nil:
		_ = file.Close()
		return nil, folderFault(err, f.root)
	}
	if err := l.write(""); err != nil {
		_ = file.Close()
		return nil, folderFault(err, f.root)
	}
	return l, nil
}

// write says who holds the lock, and where that server answers.
func (l *lock) write(address string) error {
	text := strconv.Itoa(os.Getpid()) + "\n" + address + "\n"
	if _, err := l.file.WriteAt([]byte(text), 0); err != nil {
		return err
	}
	return l.file.Truncate(int64(len(text)))
}

func (l *lock) read() (pid int, address string) {
	raw, err := io.ReadAll(io.NewSectionReader(l.file, 0, 4096))
	if err != nil {
		return 0, ""
	}
	first, rest, _ := strings.Cut(string(raw), "\n")
	pid, _ = strconv.Atoi(first) // 0 when the holder has not written yet
	return pid, strings.TrimSpace(rest)
}

// release keeps the file: whoever opened it before it was removed would hold a lock that nobody else sees.
func (l *lock) release() {
	_ = l.file.Truncate(0)
	_ = l.file.Close()
}

// holder looks who holds the lock of a data folder, if anybody.
func holder(path string) (pid int, address string, held bool) {
	file, err := os.Open(path)
	if err != nil {
		return 0, "", false
	}
	defer file.Close() //nolint:errcheck // only read
	if err := syscall.Flock(int(file.Fd()), syscall.LOCK_SH|syscall.LOCK_NB); !errors.Is(err, syscall.EWOULDBLOCK) {
		return 0, "", false
	}
	pid, address = (&lock{file}).read()
	return pid, address, true
}

// pause sleeps unless the context ends first.
func pause(ctx context.Context, d time.Duration) error {
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-ctx.Done():
		return ctx.Err()
	case <-timer.C:
		return nil
	}
}
