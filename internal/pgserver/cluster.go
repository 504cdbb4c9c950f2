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
	r, err := spawn(cmd)
	if err == nil {
		<-r.done
		err = r.err
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

// run is one life of a child.
type run struct {
	cmd  *exec.Cmd
	done chan struct{} // closed at its end
	err  error         // how it ended, to be read then
}

// spawn starts a child on a thread of its own.
func spawn(cmd *exec.Cmd) (*run, error) {
	r, started := &run{cmd: cmd, done: make(chan struct{})}, make(chan error)
	go func() {
		runtime.LockOSThread() // the death signal comes when this thread ends, so it lives as long as the child
		defer runtime.UnlockOSThread()
		err := cmd.Start()
		if started <- err; err == nil {
			r.err = cmd.Wait()
			close(r.done)
		}
	}()
	return r, <-started
}
