package pgserver

import (
	"context"
	"errors"
	"io"
	"log/slog"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"sync"
	"sync/atomic"
	"syscall"
	"time"

	"zhengbei/internal/fault"
)

// Settings say where a private PostgreSQL keeps its data.
type Settings struct {
	Data      string       // the data folder; DefaultData where it is empty
	Log       *slog.Logger // nowhere when nil
	Throwaway bool         // for tests: in a folder of its own that Stop removes, and without fsync; Data is not looked at
}

// Server is a private PostgreSQL that runs: one that crashes is started again until Stop.
type Server struct {
	folder  folder
	bin     Binaries
	log     *slog.Logger
	lock    *lock // nil for a guest of another process
	lasting bool
	pid     atomic.Int64
	cancel  context.CancelFunc // ends the supervision
	ended   chan struct{}      // closed when the supervision has ended
	run     *run               // the supervision's until it has ended, then Stop's
	stopped sync.Once
}

// Start answers a server that takes connections. The context bounds the start alone; crash recovery may take its time.
func Start(ctx context.Context, set Settings) (*Server, error) {
	if set.Log == nil {
		set.Log = slog.New(slog.DiscardHandler)
	}
	f, err := set.folder()
	if err != nil {
		return nil, err
	}
	l, err := hold(ctx, f)
	if err != nil {
		return nil, err
	}
	s := &Server{folder: f, log: set.Log, lock: l, lasting: !set.Throwaway, ended: make(chan struct{})}
	if err := s.begin(ctx); err != nil {
		return nil, errors.Join(err, s.leave())
	}
	s.log.Info("PostgreSQL runs", "pid", s.Pid(), "version", s.bin.Version, "data", f.root)
	var supervision context.Context
	supervision, s.cancel = context.WithCancel(context.WithoutCancel(ctx))
	go s.supervise(supervision)
	return s, nil
}

// Join is Start, but where another process of this service runs the database already it uses that one,
// which Stop then leaves alone: so commands work beside a running server.
func Join(ctx context.Context, set Settings) (*Server, error) {
	for {
		s, err := Start(ctx, set)
		if !fault.Is(err, "pg.already_running") && !fault.Is(err, "pg.already_starting") {
			return s, err
		}
		f, err := set.folder()
		if err != nil {
			return nil, err
		}
		if p := f.postmaster(); p.status == "ready" && slices.Contains(f.inside(), p.pid) {
			guest := &Server{folder: f}
			guest.pid.Store(int64(p.pid))
			return guest, nil
		}
		if err := pause(ctx, 100*time.Millisecond); err != nil { // it is starting, or about to be gone
			return nil, err
		}
	}
}

// folder makes the data folder where there is none.
func (set Settings) folder() (folder, error) {
	who, err := pick()
	if err != nil {
		return folder{}, err
	}
	if set.Throwaway {
		return temporary(who)
	}
	if set.Data == "" {
		set.Data = DefaultData()
	}
	return open(set.Data, who)
}

// begin makes the cluster where there is none, and starts it.
func (s *Server) begin(ctx context.Context) error {
	major, err := s.folder.major()
	if err != nil {
		return err
	}
	if s.bin, err = choose(installed(places), major); err != nil {
		return err
	}
	if major == 0 {
		s.log.Info("making a new database cluster", "data", s.folder.root, "postgresql", s.bin.Version)
		if err := s.folder.initialise(ctx, s.bin, s.lasting); err != nil {
			return err
		}
	}
	for _, dir := range []string{s.folder.cluster(), s.folder.socket()} {
		if err := s.folder.private(dir); err != nil {
			return err
		}
	}
	return s.boot(ctx)
}

// boot starts PostgreSQL and waits until it takes connections.
func (s *Server) boot(ctx context.Context) error {
	if err := s.folder.settle(ctx, s.log); err != nil {
		return err
	}
	if err := s.folder.configure(s.lasting); err != nil {
		return err
	}
	file, err := os.OpenFile(s.folder.log(), os.O_RDWR|os.O_CREATE|os.O_APPEND, 0o600)
	if err != nil {
		return folderFault(err, s.folder.root)
	}
	defer file.Close() //nolint:errcheck // the child has its own
	if err := s.folder.bound(logLimit); err != nil {
		return folderFault(err, s.folder.root)
	}
	before, err := file.Seek(0, io.SeekEnd)
	if err != nil {
		return err
	}
	cmd := exec.Command(s.bin.program("postgres"), s.folder.arguments()...) //nolint:noctx // it outlives the start; Stop ends it
	cmd.Dir, cmd.Env, cmd.SysProcAttr = s.folder.root, environment(), s.folder.who.attr(syscall.SIGINT)
	cmd.Stdout, cmd.Stderr = file, file
	r, err := spawn(cmd)
	if err != nil {
		return fault.New(fault.Busy, "pg.not_started", "reason", err.Error(), "log", s.folder.log())
	}
	s.run = r
	for {
		if p := s.folder.postmaster(); p.pid == cmd.Process.Pid && p.status == "ready" {
			s.pid.Store(int64(p.pid))
			return nil
		}
		select {
		case <-r.done:
			said, _ := io.ReadAll(io.NewSectionReader(file, before, 64<<10)) // what can be read is enough
			return explain(string(said), s.folder.root, s.folder.log()).Because(r.err)
		case <-ctx.Done():
			s.halt(context.Background())
			return ctx.Err()
		case <-time.After(10 * time.Millisecond):
		}
	}
}

// supervise starts PostgreSQL again when it ends, ever more slowly while it keeps ending.
func (s *Server) supervise(ctx context.Context) {
	const shortest, longest = 100 * time.Millisecond, 30 * time.Second
	defer close(s.ended)
	for delay := shortest; ; {
		select {
		case <-ctx.Done():
			return
		case <-time.After(time.Minute):
			delay = shortest
			if err := s.folder.bound(logLimit); err != nil {
				s.log.Warn("PostgreSQL's log cannot be shortened", "log", s.folder.log(), "error", err)
			}
			continue
		case <-s.run.done:
			s.log.Error("PostgreSQL ended unasked and is started again", "pid", s.Pid(), "error", s.run.err)
		}
		for {
			if pause(ctx, delay) != nil {
				return
			}
			delay = min(2*delay, longest)
			err := s.boot(ctx)
			if err == nil {
				s.log.Info("PostgreSQL runs again", "pid", s.Pid())
				break
			}
			if ctx.Err() != nil {
				return
			}
			s.log.Error("PostgreSQL does not start again yet", "error", err)
		}
	}
}

// DSN is the URL by which a user reaches a database, as pgx and psql take it.
func (s *Server) DSN(user, database string) string {
	query := url.Values{"host": {s.folder.socket()}, "port": {port}, "sslmode": {"disable"}} // a PGPORT of the shell would win else
	u := url.URL{Scheme: "postgres", User: url.User(user), Path: "/" + database, RawQuery: query.Encode()}
	return u.String()
}

// Pid is the process number of the postmaster, another one after a crash.
func (s *Server) Pid() int { return int(s.pid.Load()) }

// Data is the folder in which the server lives, with room for what the service keeps beside its database.
func (s *Server) Data() string { return s.folder.root }

// SetAddress tells a second start on the same data where this one answers.
func (s *Server) SetAddress(url string) error {
	if s.lock == nil {
		return nil // not ours to say
	}
	return s.lock.write(url)
}

// Stop shuts the database down and waits until no process of it is left. When the context ends first, it is stopped
// the hard way, and recovers at its next start. A second Stop waits for the first.
func (s *Server) Stop(ctx context.Context) error {
	if s.lock == nil {
		return nil
	}
	var err error
	s.stopped.Do(func() {
		s.cancel()
		<-s.ended
		s.halt(ctx)
		err = s.leave()
	})
	return err
}

// halt ends the present run: SIGINT is PostgreSQL's fast shutdown, SIGQUIT its immediate one.
func (s *Server) halt(ctx context.Context) {
	_ = s.run.cmd.Process.Signal(syscall.SIGINT) // gone already is as good, here and below
	select {
	case <-s.run.done:
	case <-ctx.Done():
		_ = s.run.cmd.Process.Signal(syscall.SIGQUIT)
		select {
		case <-s.run.done:
		case <-time.After(grace):
			_ = s.run.cmd.Process.Kill()
			<-s.run.done
		}
	}
	for left := s.folder.inside(); len(left) > 0; left = s.folder.inside() { // none unless the postmaster was killed
		kill(left, syscall.SIGKILL)
		time.Sleep(10 * time.Millisecond)
	}
}

// leave lets go of the data folder.
func (s *Server) leave() error {
	defer s.lock.release()
	if short := s.folder.socket(); filepath.Dir(short) != s.folder.root && s.folder.owned(short) == nil {
		_ = os.Remove(short) // stays when it is not empty, and is used again
	}
	if s.lasting {
		return nil
	}
	return os.RemoveAll(s.folder.root)
}
