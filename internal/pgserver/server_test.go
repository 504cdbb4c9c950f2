package pgserver

import (
	"bufio"
	"context"
	"fmt"
	"io"
	"log/slog"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"

	"zhengbei/internal/fault"
)

const holderVariable = "ZHENGBEI_TEST_HOLDER" // a data folder: the test binary then is a server to be killed

func TestMain(m *testing.M) {
	if data := os.Getenv(holderVariable); data != "" {
		log := slog.New(slog.NewTextHandler(os.Stderr, nil))
		s, err := Start(context.Background(), Settings{Data: data, Log: log})
		if err != nil {
			fmt.Fprintln(os.Stderr, err)
			os.Exit(1)
		}
		fmt.Println(s.Pid())
		select {}
	}
	os.Exit(m.Run())
}

// place is a data folder that PostgreSQL's account can reach, whoever runs the tests.
func place(t *testing.T) string {
	t.Helper()
	dir := t.TempDir()
	for _, d := range []string{dir, filepath.Dir(dir)} {
		if err := os.Chmod(d, 0o755); err != nil { //nolint:gosec // only a test's
			t.Fatal(err)
		}
	}
	return filepath.Join(dir, "data")
}

func start(t *testing.T, data string) *Server {
	t.Helper()
	s, err := Start(t.Context(), Settings{Data: data, Log: slog.New(slog.NewTextHandler(t.Output(), nil))})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { stop(t, s) })
	return s
}

func stop(t *testing.T, s *Server) {
	t.Helper()
	if err := s.Stop(context.Background()); err != nil {
		t.Error(err)
	}
	if left := s.folder.inside(); len(left) > 0 {
		t.Errorf("processes are left: %v", left)
	}
}

// ask runs a statement with the psql beside the server.
func ask(s *Server, statement string) (string, error) {
	cmd := exec.CommandContext(context.Background(), s.bin.program("psql"), "-XAtq", "-c", statement, s.DSN(Admin, "postgres"))
	cmd.Env = environment()
	out, err := cmd.CombinedOutput()
	return strings.TrimSpace(string(out)), err
}

func asked(t *testing.T, s *Server, statement string) string {
	t.Helper()
	out, err := ask(s, statement)
	if err != nil {
		t.Fatalf("%s: %v: %s", statement, err, out)
	}
	return out
}

// holding starts a server in a process of its own, and answers it with the postmaster's number.
func holding(t *testing.T, data string) (parent *exec.Cmd, pid int) {
	t.Helper()
	parent = exec.CommandContext(context.Background(), "/proc/self/exe")
	parent.Env = append(os.Environ(), holderVariable+"="+data)
	parent.Stderr = t.Output()
	out, err := parent.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := parent.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = parent.Process.Kill(); _ = parent.Wait() })
	line, err := bufio.NewReader(out).ReadString('\n')
	if err != nil {
		t.Fatal(err)
	}
	if pid, err = strconv.Atoi(strings.TrimSpace(line)); err != nil {
		t.Fatal(err)
	}
	return parent, pid
}

func within(t *testing.T, d time.Duration, what string, true func() bool) {
	t.Helper()
	for end := time.Now().Add(d); !true(); time.Sleep(20 * time.Millisecond) {
		if time.Now().After(end) {
			t.Fatalf("not within %v: %s", d, what)
		}
	}
}

func mode(t *testing.T, path string) os.FileMode {
	t.Helper()
	info, err := os.Stat(path)
	if err != nil {
		t.Fatal(err)
	}
	return info.Mode().Perm()
}

// wants holds an error against the code of a fault, and answers what its sentence names.
func wants(t *testing.T, err error, code string) map[string]any {
	t.Helper()
	f, ok := fault.As(err)
	if !ok || f.Code != code {
		t.Fatalf("got %v, want %s", err, code)
	}
	return f.Params
}

func TestStart(t *testing.T) {
	// Not parallel: it sets the environment that PostgreSQL must not see.
	for name, value := range map[string]string{
		"PGPORT": "1", "PGDATA": "/nowhere", "PGOPTIONS": "-c jit=on", "LC_MESSAGES": "zh_CN.UTF-8", "LANG": "zh_CN.GBK", "PROJ_DATA": "/nowhere",
	} {
		t.Setenv(name, value)
	}
	data := place(t)
	s := start(t, data)
	for name, want := range map[string]string{
		"jit": "off", "TimeZone": "UTC", "server_encoding": "UTF8", "lc_messages": "C", "data_checksums": "on",
		"listen_addresses": "", "fsync": "on", "synchronous_commit": "on", "full_page_writes": "on",
	} {
		if got := asked(t, s, "SHOW "+name); got != want {
			t.Errorf("%s is %q, want %q", name, got, want)
		}
	}
	if got := asked(t, s, "SELECT DISTINCT datcollate, datctype FROM pg_database"); got != "C.UTF-8|C.UTF-8" {
		t.Errorf("the locale is %s", got)
	}
	if got := asked(t, s, "SELECT current_user, rolsuper FROM pg_roles WHERE rolname = current_user"); got != Admin+"|t" {
		t.Errorf("the admin is %s", got)
	}
	environ, err := os.ReadFile(fmt.Sprintf("/proc/%d/environ", s.Pid()))
	if err != nil {
		t.Fatal(err)
	}
	for v := range strings.SplitSeq(string(environ), "\x00") { // PGDATA is set by PostgreSQL itself
		if name, _, _ := strings.Cut(v, "="); name != "" && name != "PATH" && name != "LC_ALL" && !strings.HasPrefix(v, "PGDATA="+data) && !strings.HasPrefix(v, "PG_GRANDPARENT_PID") {
			t.Errorf("inherited %s", v)
		}
	}
	for path, want := range map[string]os.FileMode{s.folder.socket(): 0o700, s.folder.cluster(): 0o700, s.folder.log(): 0o600} {
		if got := mode(t, path); got != want {
			t.Errorf("%s has mode %o, want %o", path, got, want)
		}
	}
	if group, err := syscall.Getpgid(s.Pid()); err != nil || group != s.Pid() {
		t.Errorf("the process group is %d, %v: a Ctrl-C would reach it", group, err)
	}
	asked(t, s, "CREATE TABLE kept (n int); INSERT INTO kept VALUES (7)")
	if out, err := exec.CommandContext(context.Background(), s.bin.program("psql"), "-XAtc", "SELECT n FROM kept", s.DSN(Admin, "postgres")).CombinedOutput(); err != nil {
		t.Errorf("the environment changes what the DSN means: %v: %s", err, out)
	}

	stop(t, s)
	stop(t, s) // does nothing
	if got := clusterState(t, s); got != "shut down" {
		t.Errorf("the cluster is %q", got)
	}
	if got := asked(t, start(t, data), "SELECT n FROM kept"); got != "7" {
		t.Errorf("kept %q", got)
	}
}

func clusterState(t *testing.T, s *Server) string {
	t.Helper()
	cmd := exec.CommandContext(context.Background(), s.bin.program("pg_controldata"), s.folder.cluster())
	cmd.Env = environment()
	out, err := cmd.Output()
	if err != nil {
		t.Fatal(err)
	}
	for line := range strings.Lines(string(out)) {
		if rest, ok := strings.CutPrefix(line, "Database cluster state:"); ok {
			return strings.TrimSpace(rest)
		}
	}
	t.Fatalf("no state in %s", out)
	return ""
}

// Whoever runs the suite as root has the other way tested too: a server of an ordinary user.
func TestOrdinaryUser(t *testing.T) {
	t.Parallel()
	if os.Geteuid() != 0 {
		s := start(t, place(t))
		if got := mode(t, s.folder.root); got != 0o700 {
			t.Errorf("the data folder has mode %o", got)
		}
		return
	}
	cmd := exec.CommandContext(context.Background(), "/proc/self/exe", "-test.run=^(TestOrdinaryUser|TestStart|TestParentKilled|TestNotWritable|TestThrowaway|TestDefaultData)$", "-test.v")
	cmd.Env = append(environment(), "TMPDIR=/tmp", "HOME=/nonexistent")
	cmd.Dir = "/"
	cmd.SysProcAttr = &syscall.SysProcAttr{Credential: &syscall.Credential{Uid: 65534, Gid: 65534}} // nobody
	out, err := cmd.CombinedOutput()
	if err != nil || strings.Count(string(out), "--- PASS") < 6 || strings.Contains(string(out), "--- SKIP") {
		t.Fatalf("as nobody: %v\n%s", err, out)
	}
}

func TestSecondStart(t *testing.T) {
	t.Parallel()
	data := place(t)
	s := start(t, data)
	_, err := Start(t.Context(), Settings{Data: data})
	if f := wants(t, err, "pg.already_starting"); f["pid"] != os.Getpid() {
		t.Errorf("names process %v", f["pid"])
	}
	const url = "http://127.0.0.1:8080"
	if err := s.SetAddress(url); err != nil {
		t.Fatal(err)
	}
	_, err = Start(t.Context(), Settings{Data: data})
	if f := wants(t, err, "pg.already_running"); f["pid"] != os.Getpid() || f["address"] != url {
		t.Errorf("names %v", f)
	}
	state := Inspect(Settings{Data: data})
	if state.Problem != nil || state.Holder != os.Getpid() || state.Address != url || state.Pid != s.Pid() || state.Major != s.bin.Major || len(state.Missing) > 0 || state.Free == 0 {
		t.Errorf("inspected %+v", state)
	}
	guest, err := Join(t.Context(), Settings{Data: data})
	if err != nil || guest.Pid() != s.Pid() || guest.DSN("a", "b") != s.DSN("a", "b") {
		t.Fatalf("joined %+v, %v", guest, err)
	}
	if err := guest.Stop(t.Context()); err != nil {
		t.Error(err)
	}
	if got := asked(t, s, "SELECT 1"); got != "1" {
		t.Errorf("after a guest has left, it answers %q", got)
	}
	stop(t, s)
	if state := Inspect(Settings{Data: data}); state.Holder != 0 || state.Pid != 0 || state.Address != "" {
		t.Errorf("after the stop, inspected %+v", state)
	}
}

// Two commands that begin at once on an empty folder share one database.
func TestJoin(t *testing.T) {
	t.Parallel()
	data := place(t)
	joined := make(chan *Server)
	for range 2 {
		go func() {
			s, err := Join(t.Context(), Settings{Data: data})
			if err != nil {
				t.Error(err)
			}
			joined <- s
		}()
	}
	a, b := <-joined, <-joined
	if a == nil || b == nil || a.Pid() != b.Pid() || (a.lock == nil) == (b.lock == nil) {
		t.Fatalf("joined %+v and %+v", a, b)
	}
	for _, s := range []*Server{a, b} {
		if err := s.Stop(t.Context()); err != nil {
			t.Error(err)
		}
	}
	if left := a.folder.inside(); len(left) > 0 {
		t.Errorf("processes are left: %v", left)
	}
}

func TestInspectChangesNothing(t *testing.T) {
	t.Parallel()
	data := place(t)
	if state := Inspect(Settings{Data: data}); state.Problem != nil || state.Major != 0 || state.Pid != 0 || state.Free == 0 || state.Binaries.Major == 0 {
		t.Errorf("inspected %+v", state)
	}
	if _, err := os.Stat(data); !os.IsNotExist(err) {
		t.Errorf("the folder was made: %v", err)
	}
}

// kill -9 of the server shuts its database down cleanly, even while a statement runs, and the next start only waits for it.
func TestParentKilled(t *testing.T) {
	t.Parallel()
	data := place(t)
	parent, pid := holding(t, data)
	s := &Server{folder: folder{root: data}}
	s.bin, _ = Find()
	busy := exec.CommandContext(context.Background(), s.bin.program("psql"), "-Xqc", "SELECT pg_sleep(600)", s.DSN(Admin, "postgres"))
	if err := busy.Start(); err != nil {
		t.Fatal(err)
	}
	within(t, 5*time.Second, "the statement runs", func() bool {
		out, _ := ask(s, "SELECT count(*) FROM pg_stat_activity WHERE query LIKE 'SELECT pg_sleep%'")
		return out == "1"
	})
	if err := parent.Process.Kill(); err != nil {
		t.Fatal(err)
	}
	if err := busy.Wait(); err == nil {
		t.Error("the statement did not end")
	}
	again := start(t, data)
	if again.Pid() == pid {
		t.Error("the orphan was taken over")
	}
	log, err := os.ReadFile(s.folder.log())
	if err != nil {
		t.Fatal(err)
	}
	if text := string(log); !strings.Contains(text, "received fast shutdown request") || strings.Contains(text, "automatic recovery") {
		t.Errorf("no clean shutdown:\n%s", text)
	}
}

// kill -9 of PostgreSQL while the server lives: it comes back by itself, with what was committed.
func TestDatabaseKilled(t *testing.T) {
	t.Parallel()
	s := start(t, place(t))
	asked(t, s, "CREATE TABLE kept (n int); INSERT INTO kept VALUES (7)")
	for range 2 {
		pid := s.Pid()
		if err := syscall.Kill(pid, syscall.SIGKILL); err != nil {
			t.Fatal(err)
		}
		within(t, 20*time.Second, "PostgreSQL runs again", func() bool { return s.Pid() != pid })
		if got := asked(t, s, "SELECT n FROM kept"); got != "7" {
			t.Errorf("kept %q", got)
		}
	}
}

// A Stop whose time is up does not wait for a checkpoint, and still leaves nothing behind.
func TestStopTheHardWay(t *testing.T) {
	t.Parallel()
	data := place(t)
	s := start(t, data)
	asked(t, s, "CREATE TABLE kept (n int); INSERT INTO kept VALUES (7)")
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if err := s.Stop(ctx); err != nil {
		t.Error(err)
	}
	if left := s.folder.inside(); len(left) > 0 {
		t.Errorf("processes are left: %v", left)
	}
	if got := asked(t, start(t, data), "SELECT n FROM kept"); got != "7" {
		t.Errorf("kept %q", got)
	}
}

// All of it killed, but for a backend that does not look up from its work: the next start ends that one and recovers.
func TestAllKilled(t *testing.T) {
	t.Parallel()
	data := place(t)
	parent, pid := holding(t, data)
	s := &Server{folder: folder{root: data}}
	s.bin, _ = Find()
	asked(t, s, "CREATE TABLE kept (n int); INSERT INTO kept VALUES (7)")
	busy := exec.CommandContext(context.Background(), s.bin.program("psql"), "-Xqc", "SELECT count(*) FROM generate_series(1, 1000000000) a", s.DSN(Admin, "postgres"))
	if err := busy.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = busy.Wait() })
	within(t, 5*time.Second, "the statement runs", func() bool {
		out, _ := ask(s, "SELECT count(*) FROM pg_stat_activity WHERE state = 'active' AND query LIKE 'SELECT count(*) FROM generate_series%'")
		return out == "1"
	})
	if err := syscall.Kill(pid, syscall.SIGKILL); err != nil {
		t.Fatal(err)
	}
	if err := parent.Process.Kill(); err != nil {
		t.Fatal(err)
	}
	began := time.Now()
	if got := asked(t, start(t, data), "SELECT n FROM kept"); got != "7" {
		t.Errorf("kept %q", got)
	}
	if took := time.Since(began); took >= grace {
		t.Errorf("took %v: the backend was not told to quit", took)
	}
}

// A postmaster.pid whose number is a zombie's, or by now another program's of the same user, is no running server.
func TestStaleProcessNumber(t *testing.T) {
	t.Parallel()
	data := place(t)
	s := start(t, data)
	sleep := exec.CommandContext(context.Background(), "sleep", "600")
	sleep.SysProcAttr = s.folder.who.attr(syscall.SIGKILL)
	sleep.Dir = s.folder.cluster() // as a shell might
	child, err := spawn(sleep)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = sleep.Process.Kill(); <-child.done })
	zombie := exec.CommandContext(context.Background(), "true")
	if err := zombie.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = zombie.Wait() })
	within(t, 5*time.Second, "a zombie", func() bool { _, state := command(zombie.Process.Pid); return state == 'Z' })
	pidFile, err := os.ReadFile(s.folder.pidFile())
	if err != nil {
		t.Fatal(err)
	}
	for name, pid := range map[string]int{"another program": sleep.Process.Pid, "a zombie": zombie.Process.Pid} {
		stop(t, s)
		_, rest, _ := strings.Cut(string(pidFile), "\n")
		text := fmt.Sprintf("%d\n%s", pid, rest)
		for _, path := range []string{s.folder.pidFile(), s.folder.socket() + socketName + ".lock"} {
			if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
				t.Fatal(err)
			}
			if err := s.folder.who.own(path); err != nil {
				t.Fatal(err)
			}
		}
		t.Log(name)
		s = start(t, data)
	}
	if name, state := command(sleep.Process.Pid); name != "sleep" || state == 'Z' {
		t.Errorf("the other program was ended: %s %c", name, state)
	}
}

// Somebody's own PostgreSQL on our data is named, and not touched.
func TestForeignDatabase(t *testing.T) {
	t.Parallel()
	data := place(t)
	s := start(t, data)
	stop(t, s)
	cmd := exec.CommandContext(context.Background(), s.bin.program("postgres"), s.folder.arguments()...)
	cmd.Dir, cmd.Env, cmd.SysProcAttr = data, environment(), s.folder.who.attr(syscall.SIGINT)
	child, err := spawn(cmd)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = cmd.Process.Signal(syscall.SIGINT); <-child.done })
	within(t, 10*time.Second, "it runs", func() bool { return s.folder.postmaster().status == "ready" })
	_, err = Start(t.Context(), Settings{Data: data})
	if f := wants(t, err, "pg.foreign"); f["pid"] != cmd.Process.Pid {
		t.Errorf("names %v", f)
	}
	if got := asked(t, s, "SELECT 1"); got != "1" {
		t.Errorf("it answers %q", got)
	}
}

// An initdb that was killed half way is thrown away and begun again.
func TestHalfMadeCluster(t *testing.T) {
	t.Parallel()
	data := place(t)
	parent := exec.CommandContext(context.Background(), "/proc/self/exe")
	parent.Env = append(os.Environ(), holderVariable+"="+data)
	if err := parent.Start(); err != nil {
		t.Fatal(err)
	}
	halves := filepath.Join(data, halfName+"*")
	within(t, 20*time.Second, "initdb is at work", func() bool {
		found, _ := filepath.Glob(filepath.Join(halves, "PG_VERSION"))
		return len(found) > 0
	})
	_ = parent.Process.Kill()
	_ = parent.Wait()
	left := filepath.Join(data, halfName+"left", "base") // as if the machine had failed
	if err := os.MkdirAll(left, 0o700); err != nil {
		t.Fatal(err)
	}
	s := start(t, data)
	if got := asked(t, s, "SELECT 1"); got != "1" {
		t.Errorf("got %q", got)
	}
	if _, err := os.Stat(left); !os.IsNotExist(err) {
		t.Errorf("a half is left: %v", err)
	}
}

func TestStartIsCancelled(t *testing.T) {
	t.Parallel()
	data := place(t)
	ctx, cancel := context.WithTimeout(t.Context(), 100*time.Millisecond)
	defer cancel()
	if s, err := Start(ctx, Settings{Data: data}); err == nil {
		stop(t, s)
		t.Fatal("made a cluster in 0.1 s")
	}
	s := start(t, data)
	stop(t, s)

	ctx, cancel = context.WithCancel(t.Context()) // again, while PostgreSQL is starting
	go func() {
		for s.folder.postmaster().pid == 0 && ctx.Err() == nil {
			time.Sleep(time.Millisecond)
		}
		cancel()
	}()
	if s, err := Start(ctx, Settings{Data: data}); err == nil {
		stop(t, s) // it was faster
	}
	if left := s.folder.inside(); len(left) > 0 {
		t.Errorf("processes are left: %v", left)
	}
	start(t, data)
}

func TestThrowaway(t *testing.T) {
	t.Parallel()
	s, err := Start(t.Context(), Settings{Throwaway: true})
	if err != nil {
		t.Fatal(err)
	}
	if got := asked(t, s, "SHOW fsync"); got != "off" {
		t.Errorf("fsync is %s", got)
	}
	root := s.folder.root
	sweep(filepath.Dir(root), s.folder.who)
	if _, err := os.Stat(root); err != nil {
		t.Errorf("swept while in use: %v", err)
	}
	stop(t, s)
	if _, err := os.Stat(root); !os.IsNotExist(err) {
		t.Errorf("%s is left: %v", root, err)
	}
}

// What a killed test run left is removed by the next; what a run is about to make is not.
func TestSweep(t *testing.T) {
	t.Parallel()
	base := t.TempDir()
	for _, dir := range []string{temporaryName + "old/cluster", temporaryName + "new", "other/cluster"} {
		if err := os.MkdirAll(filepath.Join(base, dir), 0o700); err != nil {
			t.Fatal(err)
		}
	}
	sweep(base, account{})
	for dir, want := range map[string]bool{temporaryName + "old": false, temporaryName + "new": true, "other": true} {
		if _, err := os.Stat(filepath.Join(base, dir)); (err == nil) != want {
			t.Errorf("%s: %v", dir, err)
		}
	}
}

func TestLogIsBounded(t *testing.T) {
	t.Parallel()
	f := folder{root: t.TempDir()}
	if err := os.WriteFile(f.log(), []byte(strings.Repeat("old\n", 100)+"new\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	file, err := os.OpenFile(f.log(), os.O_WRONLY|os.O_APPEND, 0)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = file.Close() })
	if err := f.bound(100); err != nil {
		t.Fatal(err)
	}
	if _, err := io.WriteString(file, "after\n"); err != nil {
		t.Fatal(err)
	}
	now, _ := os.ReadFile(f.log())
	kept, _ := os.ReadFile(f.log() + ".1")
	if string(now) != "after\n" || len(kept) != 100 || !strings.HasSuffix(string(kept), "old\nnew\n") {
		t.Errorf("now %q, kept %q", now, kept)
	}
}
