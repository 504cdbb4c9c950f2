package main

import (
	"bufio"
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"os"
	"os/exec"
	"reflect"
	"slices"
	"strconv"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"zhengbei/internal/store/storetest"
)

// TestMain lets the test binary be the program itself, so that tests can start and kill it.
func TestMain(m *testing.M) {
	if os.Getenv("ZHENGBEI_TEST_BE_MAIN") != "" {
		main()
	}
	code := m.Run()
	_ = os.RemoveAll(anchors())
	os.Exit(code)
}

// anchors is the folder in which the programs of the tests anchor the trails of given databases: each has a file of its own there.
var anchors = sync.OnceValue(func() string {
	folder, err := os.MkdirTemp("", "zhengbei-anchors-")
	if err != nil {
		panic(err)
	}
	return folder
})

// program is a command of zhengbei in a process of its own.
func program(ctx context.Context, t *testing.T, env []string, args ...string) *exec.Cmd {
	t.Helper()
	self, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	cmd := exec.CommandContext(ctx, self, args...)
	for _, e := range os.Environ() {
		if !strings.HasPrefix(e, "ZHENGBEI_") && !strings.HasPrefix(e, "DATABASE_URL") && !strings.HasPrefix(e, "L") {
			cmd.Env = append(cmd.Env, e)
		}
	}
	if slices.ContainsFunc(env, func(e string) bool { return strings.HasPrefix(e, "DATABASE_URL=") }) {
		cmd.Env = append(cmd.Env, "ZHENGBEI_AUDIT_ANCHOR="+anchors())
	}
	cmd.Env = append(append(cmd.Env, "ZHENGBEI_TEST_BE_MAIN=1", "ZHENGBEI_ADDR=127.0.0.1:0", "ZHENGBEI_KEY="+strings.Repeat("5a", 32), "LANG=en"), env...)
	return cmd
}

// ran runs a command to its end.
func ran(t *testing.T, env []string, args ...string) (code int, out, errs string) {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
	defer cancel()
	cmd := program(ctx, t, env, args...)
	var stdout, stderr bytes.Buffer
	cmd.Stdout, cmd.Stderr = &stdout, &stderr
	if err := cmd.Run(); err != nil && cmd.ProcessState == nil {
		t.Fatal(err)
	}
	return cmd.ProcessState.ExitCode(), stdout.String(), stderr.String()
}

// voice is what a program has said so far, which may be read while it speaks on.
type voice struct {
	mu   sync.Mutex
	said bytes.Buffer
}

func (v *voice) Write(p []byte) (int, error) {
	v.mu.Lock()
	defer v.mu.Unlock()
	return v.said.Write(p)
}

func (v *voice) String() string { v.mu.Lock(); defer v.mu.Unlock(); return v.said.String() }

// server is a running `zhengbei serve`.
type server struct {
	cmd    *exec.Cmd
	url    string
	ended  chan struct{} // closed when the process is gone, with err set
	err    error
	stderr *voice
	out    *bufio.Reader // what it says after its address
	token  string        // of the officer who asks
}

func start(t *testing.T, env ...string) *server {
	t.Helper()
	s := &server{cmd: program(context.Background(), t, env, "serve"), ended: make(chan struct{}), stderr: &voice{}, token: storetest.Token("officer")}
	out, err := s.cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	s.cmd.Stderr = s.stderr
	if err := s.cmd.Start(); err != nil {
		t.Fatal(err)
	}
	s.out = bufio.NewReader(out)
	line, err := s.out.ReadString('\n')
	go func() { defer close(s.ended); s.err = s.cmd.Wait() }()
	if err != nil {
		<-s.ended
		t.Fatalf("serve ended before it was ready: %s", s.stderr)
	}
	s.url = line[strings.Index(line, "http"):]
	s.url = strings.TrimSpace(s.url)
	t.Cleanup(func() {
		_ = s.cmd.Process.Signal(syscall.SIGINT)
		select {
		case <-s.ended:
		case <-time.After(20 * time.Second):
			_ = s.cmd.Process.Kill()
			t.Error("serve did not stop within 20 s of SIGINT")
		}
	})
	return s
}

// stop ends it as Ctrl-C does.
func (s *server) stop(t *testing.T) {
	t.Helper()
	_ = s.cmd.Process.Signal(syscall.SIGINT)
	<-s.ended
	if s.err != nil {
		t.Errorf("a polite stop: %v\n%s", s.err, s.stderr)
	}
}

// tokenOf adds an officer, as the console does, and makes a token for them.
func tokenOf(t *testing.T, name string, env ...string) string {
	t.Helper()
	if code, out, errs := ran(t, env, "user", "add", name, "--role", "officer"); code != 0 {
		t.Fatalf("user add %s: %d %s%s", name, code, out, errs)
	}
	code, out, errs := ran(t, env, "token", "create", name)
	if code != 0 || !strings.HasPrefix(out, "zbt_") || strings.Count(out, "\n") != 1 {
		t.Fatalf("token create %s: %d %s%s", name, code, out, errs)
	}
	return strings.TrimSpace(out)
}

func (s *server) get(t *testing.T, path string) (int, string) {
	t.Helper()
	req, err := http.NewRequestWithContext(t.Context(), http.MethodGet, s.url+path, nil)
	if err != nil {
		t.Fatal(err)
	}
	if s.token != "" {
		req.Header.Set("Authorization", "Bearer "+s.token)
	}
	res, err := http.DefaultClient.Do(req)
	if err != nil {
		return 0, err.Error()
	}
	defer func() { _ = res.Body.Close() }()
	body, err := io.ReadAll(res.Body)
	if err != nil {
		return 0, err.Error()
	}
	return res.StatusCode, string(body)
}

func (s *server) holdsTheOutlines(t *testing.T) {
	t.Helper()
	for collection, n := range map[string]int{"parcels": 6, "zones": 6, "context": 28} {
		code, body := s.get(t, "/ogc/collections/"+collection+"/items")
		if code != 200 || !strings.Contains(body, fmt.Sprintf(`"numberMatched":%d`, n)) {
			t.Errorf("%s: %d %.200s", collection, code, body)
		}
	}
}

// dataFolder can be reached by the user that PostgreSQL runs as.
func dataFolder(t *testing.T) string {
	t.Helper()
	dir, err := os.MkdirTemp("", "zhengbei-test-") //nolint:usetesting // t.TempDir is closed to other users
	if err != nil {
		t.Fatal(err)
	}
	if err := os.Chmod(dir, 0o755); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = os.RemoveAll(dir) })
	return "ZHENGBEI_DATA=" + dir + "/data"
}

// postgres is the process of the private PostgreSQL, as doctor tells it.
func postgres(t *testing.T, data string) int {
	t.Helper()
	_, out, _ := ran(t, []string{data}, "doctor")
	_, after, ok := strings.Cut(out, "running, process ")
	if !ok {
		return 0
	}
	pid, err := strconv.Atoi(after[:strings.IndexByte(after, ',')])
	if err != nil {
		t.Fatal(err)
	}
	return pid
}

func eventually(t *testing.T, what string, holds func() bool) {
	t.Helper()
	for range 600 {
		if holds() {
			return
		}
		time.Sleep(50 * time.Millisecond)
	}
	t.Fatalf("never: %s", what)
}

func alive(pid int) bool { return syscall.Kill(pid, 0) == nil }

// kill -9 of the server, of PostgreSQL, of both: the next start needs no hand, and a server whose PostgreSQL dies goes on.
func TestKills(t *testing.T) {
	t.Parallel()
	data := dataFolder(t)
	first := start(t, data)
	first.token = "" // nobody is known there yet
	if code, body := first.get(t, "/readyz"); code != 200 {
		t.Errorf("the address was printed before the service was ready: %s", body)
	}
	first.token = tokenOf(t, "clerk", data)
	first.holdsTheOutlines(t)
	pid := postgres(t, data)
	if pid == 0 {
		t.Fatal("doctor finds no PostgreSQL")
	}
	if err := first.cmd.Process.Kill(); err != nil {
		t.Fatal(err)
	}
	<-first.ended
	eventually(t, "PostgreSQL follows its server", func() bool { return !alive(pid) })

	second := start(t, data)
	second.token = first.token
	second.holdsTheOutlines(t)
	const tile = "/tiles/12/3345/1783.mvt"
	if code, _ := second.get(t, tile); code != 200 {
		t.Fatalf("a tile answers %d", code)
	}
	if err := syscall.Kill(postgres(t, data), syscall.SIGKILL); err != nil {
		t.Fatal(err)
	}
	if code, _ := second.get(t, tile); code != 200 {
		t.Errorf("while PostgreSQL is away a tile that was made before answers %d", code)
	}
	eventually(t, "the service is ready again without a restart", func() bool { code, _ := second.get(t, "/readyz"); return code == 200 })
	second.holdsTheOutlines(t)

	pid = postgres(t, data)
	_ = second.cmd.Process.Kill()
	_ = syscall.Kill(pid, syscall.SIGKILL)
	<-second.ended
	third := start(t, data)
	third.token = first.token
	third.holdsTheOutlines(t)
	if code, _, errs := ran(t, []string{data}, "serve"); code != 1 || !strings.Contains(errs, third.url) {
		t.Errorf("a second start on the same data: %d %s", code, errs)
	}
	pid = postgres(t, data)
	_ = third.cmd.Process.Signal(syscall.SIGTERM)
	<-third.ended
	if third.err != nil {
		t.Errorf("a polite stop: %v\n%s", third.err, third.stderr)
	}
	if alive(pid) {
		t.Error("PostgreSQL outlived a polite stop")
	}
}

// PostgreSQL stopped and started under the service: reads are 503 with Retry-After meanwhile, and come back.
func TestReadsDuringAnOutage(t *testing.T) {
	t.Parallel()
	data := dataFolder(t)
	s := start(t, data)
	s.token = tokenOf(t, "clerk", data)
	pid := postgres(t, data)
	if err := syscall.Kill(pid, syscall.SIGSTOP); err != nil { // the postmaster takes no new connections
		t.Fatal(err)
	}
	_ = syscall.Kill(pid, syscall.SIGCONT)
	if err := syscall.Kill(pid, syscall.SIGINT); err != nil { // a fast shutdown, as an administrator does
		t.Fatal(err)
	}
	eventually(t, "reads come back", func() bool {
		code, body := s.get(t, "/ogc/collections/parcels/items")
		if code == 500 {
			t.Fatalf("a 500 during an outage: %s", body)
		}
		return code == 200 && !alive(pid)
	})
	s.holdsTheOutlines(t)
}

// A database of one's own: nothing is started; the owner migrates, the service role serves.
func TestDatabaseURL(t *testing.T) {
	t.Parallel()
	d := storetest.Bare(t)
	service, owner := "DATABASE_URL="+d.Service(), "ZHENGBEI_MIGRATE_URL="+d.Owner()
	if code, _, errs := ran(t, []string{service, owner}, "serve"); code != 1 || !strings.Contains(errs, "CREATE EXTENSION IF NOT EXISTS postgis") {
		t.Errorf("without PostGIS: %d %s", code, errs)
	}
	if _, err := d.Psql(t).Exec(t.Context(), "CREATE EXTENSION postgis; CREATE EXTENSION btree_gist"); err != nil {
		t.Fatal(err)
	}
	if code, _, errs := ran(t, []string{service}, "serve"); code != 1 || !strings.Contains(errs, "zhengbei migrate") {
		t.Errorf("without a schema: %d %s", code, errs)
	}
	if code, _, errs := ran(t, []string{service}, "migrate"); code != 1 || !strings.Contains(errs, "ZHENGBEI_MIGRATE_URL") {
		t.Errorf("migrate as the service: %d %s", code, errs)
	}
	if code, out, errs := ran(t, []string{owner}, "migrate"); code != 0 || !strings.Contains(out, "schema at step") {
		t.Fatalf("migrate as the owner: %d %s %s", code, out, errs)
	}
	if code, _, errs := ran(t, []string{"DATABASE_URL=" + d.Owner()}, "serve"); code != 1 || !strings.Contains(errs, "does not run as such") {
		t.Errorf("as the owner: %d %s", code, errs)
	}
	if code, out, errs := ran(t, []string{service}, "seed"); code != 0 || out != "40 features loaded\n" {
		t.Errorf("seed: %d %s %s", code, out, errs)
	}
	if code, out, _ := ran(t, []string{service}, "seed"); code != 0 || out != "0 features loaded\n" {
		t.Errorf("seed again: %d %s", code, out)
	}
	s := start(t, service, owner)
	s.token = tokenOf(t, "clerk", service)
	s.holdsTheOutlines(t)
	if code, out, errs := ran(t, []string{service}, "doctor"); code != 0 {
		t.Errorf("doctor: %s %s", out, errs)
	}
}

func TestUsage(t *testing.T) {
	t.Parallel()
	tests := []struct {
		env  []string
		args []string
		code int
		says string
	}{
		{nil, []string{"--help"}, 0, "serve"},
		{nil, []string{"version"}, 0, release},
		{nil, []string{"surrender"}, 2, "surrender"},
		{nil, []string{"serve", "--colour"}, 2, "colour"},
		{[]string{"ZHENGBEI_LOG=loud"}, []string{"serve"}, 2, "loud"},
		{[]string{"ZHENGBEI_ADDR=0.0.0.0:8080"}, []string{"serve"}, 1, "not this machine alone"},
		{[]string{"ZHENGBEI_ADDR=192.168.1.1:80", "LANG=zh_CN.UTF-8"}, []string{"serve"}, 1, "不是本机回环地址"},
		{[]string{"ZHENGBEI_ADDR=:8080"}, []string{"serve"}, 1, "not this machine alone"},
		{[]string{"ZHENGBEI_EXTENT=1,2"}, []string{"serve"}, 1, "west,south,east,north"},
		{[]string{"ZHENGBEI_PUBLIC_URL=ftp://x"}, []string{"serve"}, 1, "ZHENGBEI_PUBLIC_URL"},
		{[]string{"ZHENGBEI_OIDC_ISSUER=http://id.example.cn", "ZHENGBEI_OIDC_CLIENT_ID=x", "ZHENGBEI_OIDC_ROLES=officer=x"}, []string{"serve"}, 1, "ZHENGBEI_OIDC_ISSUER"},
		{[]string{"ZHENGBEI_OIDC_ISSUER=https://id.example.cn", "ZHENGBEI_OIDC_ROLES=officer=x"}, []string{"serve"}, 1, "ZHENGBEI_OIDC_CLIENT_ID"},
		{[]string{"ZHENGBEI_OIDC_ISSUER=https://id.example.cn", "ZHENGBEI_OIDC_CLIENT_ID=x", "ZHENGBEI_OIDC_ROLES=boss=x"}, []string{"serve"}, 1, "boss=x"},
		{[]string{"DATABASE_URL=postgres://a@127.0.0.1:1/b"}, []string{"serve"}, 1, "cannot be reached"},
		{[]string{"DATABASE_URL=postgres://a@127.0.0.1:1/b"}, []string{"doctor"}, 1, "cannot be reached"},
	}
	for _, tt := range tests {
		code, out, errs := ran(t, tt.env, tt.args...)
		if code != tt.code || !strings.Contains(out+errs, tt.says) {
			t.Errorf("%v %v: %d %s%s", tt.env, tt.args, code, out, errs)
		}
	}
}

// States that are stored otherwise than facts and register say are found, and derived anew by the owner only.
func TestDoctorRebuilds(t *testing.T) {
	t.Parallel()
	d := storetest.Seeded(t)
	if _, err := d.Psql(t).Exec(t.Context(), "DELETE FROM subject_state WHERE subject_id IN (SELECT fid FROM feature WHERE code = 'P-02')"); err != nil {
		t.Fatal(err)
	}
	service, owner := "DATABASE_URL="+d.Service(), "ZHENGBEI_MIGRATE_URL="+d.Owner()
	if code, out, _ := ran(t, []string{service}, "doctor"); code != 1 || !strings.Contains(out, "P-02") || !strings.Contains(out, "zhengbei doctor --rebuild") {
		t.Fatalf("a state that is gone is not found: %d\n%s", code, out)
	}
	if code, out, _ := ran(t, []string{service}, "doctor", "--rebuild"); code != 1 || !strings.Contains(out, "ZHENGBEI_MIGRATE_URL") {
		t.Errorf("without the owner: %d\n%s", code, out)
	}
	code, out, _ := ran(t, []string{service, owner, "LANG=en_GB.UTF-8"}, "doctor", "--rebuild")
	at := strings.Index(out, "✓ rebuild: ")
	var before, after int
	if at < 0 {
		t.Fatalf("%d\n%s", code, out)
	}
	if _, err := fmt.Sscanf(out[at:], "✓ rebuild: derived anew: %d states before, %d now", &before, &after); err != nil || code != 0 || before == 0 || after <= before {
		t.Errorf("%d, %d states before, %d now: %v\n%s", code, before, after, err, out)
	}
}

func TestDoctorForScripts(t *testing.T) {
	t.Parallel()
	code, out, _ := ran(t, []string{"DATABASE_URL=" + storetest.Seeded(t).Service()}, "doctor", "--json")
	var report struct {
		Well   bool
		Checks []finding
	}
	if err := json.Unmarshal([]byte(out), &report); err != nil || code != 0 || !report.Well || len(report.Checks) < 5 {
		t.Errorf("%d %v %s", code, err, out)
	}
}

// Every setting stands in the README, and the README names no other.
func TestSettingsAreInTheReadme(t *testing.T) {
	t.Parallel()
	raw, err := os.ReadFile("../../README.md")
	if err != nil {
		t.Fatal(err)
	}
	known := map[string]bool{}
	fields := reflect.TypeFor[settings]()
	for i := range fields.NumField() {
		name := fields.Field(i).Tag.Get("env")
		known[name] = true
		if !bytes.Contains(raw, []byte("`"+name+"`")) {
			t.Errorf("%s is not in the README", name)
		}
	}
	for _, word := range strings.FieldsFunc(string(raw), func(r rune) bool { return r != '_' && (r < 'A' || r > 'Z') }) {
		if strings.HasPrefix(word, "ZHENGBEI_") && !known[word] {
			t.Errorf("the README names %s, which is no setting", word)
		}
	}
}

// Real clients open the API: GDAL lists the collections, counts six and six, and reads them.
func TestGDAL(t *testing.T) {
	t.Parallel()
	s := start(t, "DATABASE_URL="+storetest.Seeded(t).Service())
	ogr := func(program string, args ...string) string {
		t.Helper()
		cmd := exec.CommandContext(t.Context(), program, args...)
		cmd.Env = append(os.Environ(), "GDAL_HTTP_USERPWD=officer:"+s.token) // HTTP basic, with the token as the password
		out, err := cmd.CombinedOutput()
		if err != nil {
			t.Fatalf("%s %v: %v\n%s", program, args, err, out)
		}
		return string(out)
	}
	source := "OAPIF:" + s.url + "/ogc"
	listed := ogr("ogrinfo", source)
	for _, collection := range []string{"zones", "parcels", "plots", "released", "context"} {
		if !strings.Contains(listed, ": "+collection) {
			t.Errorf("ogrinfo does not list %s:\n%s", collection, listed)
		}
	}
	for _, collection := range []string{"zones", "parcels"} {
		out := ogr("ogrinfo", "-so", source, collection)
		if !strings.Contains(out, "Feature Count: 6") || !strings.Contains(out, "area_m2: Real") {
			t.Errorf("ogrinfo of %s:\n%s", collection, out)
		}
	}
	copied := t.TempDir() + "/parcels.geojson"
	ogr("ogr2ogr", "-oo", "PAGE_SIZE=2", copied, source, "parcels")
	raw, err := os.ReadFile(copied)
	if err != nil || bytes.Count(raw, []byte(`"P-0`)) < 6 {
		t.Errorf("ogr2ogr copied: %v %.300s", err, raw)
	}
}

// What the README tells a reader to ask is answered, the commands that it lists are there, and its links lead somewhere.
func TestReadmeIsTrue(t *testing.T) {
	t.Parallel()
	raw, err := os.ReadFile("../../README.md")
	if err != nil {
		t.Fatal(err)
	}
	readme := string(raw)
	d := storetest.Demo(t)
	if _, err := d.Psql(t).Exec(t.Context(), "UPDATE token SET ends_at = now() + interval '1 year'"); err != nil { // those of the tests never end, which no person's do
		t.Fatal(err)
	}
	env := []string{"DATABASE_URL=" + d.Service()}
	s := start(t, append(env, "ZHENGBEI_DEMO=1")...)
	_, after, _ := strings.Cut(readme, "In a second terminal:\n\n```sh\n")
	lines, _, found := strings.Cut(after, "```")
	if !found || !strings.Contains(lines, "token create") || !strings.Contains(lines, "ogrinfo") {
		t.Fatal("the README has no lines for a second terminal")
	}
	self, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	sh := program(t.Context(), t, env)
	sh.Path, sh.Args = "/bin/bash", []string{"bash", "-eu", "-o", "pipefail", "-c", "curl() { command curl --fail --silent --show-error \"$@\"; }\n" + strings.ReplaceAll(strings.ReplaceAll(lines, "http://127.0.0.1:8080", s.url), ".bin/zhengbei", self)}
	if out, err := sh.CombinedOutput(); err != nil || !bytes.Contains(out, []byte(`"code":"P-02"`)) || !bytes.Contains(out, []byte("128.40")) || !bytes.Contains(out, []byte("Feature Count: ")) || bytes.Contains(out, []byte("zbt_")) {
		t.Errorf("the lines for a second terminal: %v\n%s", err, out)
	}
	_, help, _ := ran(t, nil, "--help")
	for _, command := range []string{
		"serve", "migrate", "seed", "demo drop", "user add", "user list", "user disable", "user enable", "user reset", "token create", "token list", "token revoke",
		"audit verify", "audit export", "key rotate", "record", "import", "export", "progress", "doctor", "version",
	} {
		if !strings.Contains(readme, "`zhengbei "+command+"`") && !strings.Contains(readme, "`"+command+"`") || !strings.Contains(help, "\n  "+command+" ") {
			t.Errorf("%s: not in the README's table, or not a command:\n%s", command, help)
		}
	}
	for _, part := range strings.Split(readme, "](")[1:] {
		file, _, _ := strings.Cut(part, ")")
		if _, err := os.Stat("../../" + file); err != nil {
			t.Errorf("the README links to %s: %v", file, err)
		}
	}
}
