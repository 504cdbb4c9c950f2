package pgserver

import (
	"bytes"
	"context"
	"os"
	"os/exec"
	"runtime"
	"syscall"
)

// Admin is the superuser of the cluster.
const Admin = "zhengbei_admin"

const halfName = "cluster.half-"

// initialise makes the cluster under another name first: one that was interrupted is thrown away and begun again.
func (f folder) initialise(ctx context.Context, bin Binaries, lasting bool) error {
	if err := f.room(roomToInit); err != nil {
		return err
	}
	for _, dir := range named(f.root, halfName) {
		_ = os.RemoveAll(dir) // what stays is only waste
	}
	half, err := os.MkdirTemp(f.root, halfName+"*") // a name of its own: an initdb that is being killed may yet remove its folder
	if err == nil {
		err = f.who.own(half)
	}
	if err != nil {
		return folderFault(err, f.root)
	}
	defer os.RemoveAll(half) //nolint:errcheck // renamed by then, or swept by the next start
	args := []string{
		"-D", half, "--username=" + Admin, "--auth=trust", "--encoding=UTF8", "--locale=C.UTF-8",
		"--data-checksums", "--no-instructions",
	}
	if !lasting {
		args = append(args, "--no-sync")
	}
	var said bytes.Buffer
	cmd := exec.CommandContext(ctx, bin.program("initdb"), args...)
	cmd.Cancel = func() error { return cmd.Process.Signal(syscall.SIGTERM) }
	cmd.Dir, cmd.Env, cmd.SysProcAttr = f.root, environment(), f.who.attr(syscall.SIGTERM)
	cmd.Stdout, cmd.Stderr = &said, &said
	done, err := spawn(cmd)
	if err == nil {
		err = <-done
	}
	if ctx.Err() != nil {
		return ctx.Err()
	}
	if err != nil {
		return explain(said.String(), f.root, f.log()).Because(err)
	}
	if err := os.Rename(half, f.cluster()); err != nil {
		return folderFault(err, f.root)
	}
	return syncFolder(f.root)
}

// syncFolder makes a rename in a folder last.
func syncFolder(dir string) error {
	d, err := os.Open(dir)
	if err != nil {
		return err
	}
	defer d.Close() //nolint:errcheck // only synced
	return d.Sync()
}

// spawn starts a child on a thread of its own and answers its end.
func spawn(cmd *exec.Cmd) (<-chan error, error) {
	started, done := make(chan error, 1), make(chan error, 1)
	go func() {
		runtime.LockOSThread() // the death signal comes when this thread ends, so it lives as long as the child
		defer runtime.UnlockOSThread()
		err := cmd.Start()
		if started <- err; err == nil {
			done <- cmd.Wait()
			close(done)
		}
	}()
	return done, <-started
}
