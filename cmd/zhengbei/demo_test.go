package main

import (
	"encoding/json"
	"math"
	"os"
	"strings"
	"syscall"
	"testing"
	"time"

	"zhengbei/internal/store/storetest"
)

// From nothing to the demonstration and its figures; the real database beside it knows nothing of it; then it is dropped.
func TestDemonstration(t *testing.T) {
	t.Parallel()
	data := dataFolder(t)
	s := start(t, data, "ZHENGBEI_DEMO=1")
	for _, says := range []string{"演示数据：全部虚构", "all of it is invented"} {
		if line, err := s.out.ReadString('\n'); err != nil || !strings.Contains(line, says) {
			t.Errorf("the terminal says %q, %v", line, err)
		}
	}
	s.token = tokenOf(t, "clerk", data, "ZHENGBEI_DEMO=1")
	if code, body := s.get(t, "/"); code != 200 || !strings.Contains(body, "<html") {
		t.Errorf("the first page: %d %.200s", code, body)
	}
	if code, body := s.get(t, "/api/v1/round"); code != 200 || !strings.Contains(body, `"demo":true`) || !strings.Contains(body, `"default_at":"2022-12-30"`) {
		t.Errorf("the round: %d %s", code, body)
	}
	var progress struct {
		At    string
		Demo  bool
		Round struct {
			Figures struct {
				ReleasedHa float64 `json:"released_ha"`
			}
		}
	}
	_, body := s.get(t, "/api/v1/progress")
	if err := json.Unmarshal([]byte(body), &progress); err != nil || progress.At != "2022-12-30" || !progress.Demo || math.Round(progress.Round.Figures.ReleasedHa*100) != 12840 {
		t.Errorf("the figures: %v %+v", err, progress)
	}
	if code, out, errs := ran(t, []string{data}, "demo", "drop"); code != 1 || !strings.Contains(errs, "in use") {
		t.Errorf("dropped under a running server: %d %s%s", code, out, errs)
	}
	if code, out, errs := ran(t, []string{data, "LANG=zh_CN.UTF-8"}, "doctor", "--demo"); code != 0 || !strings.Contains(out, "演示数据，全部虚构") {
		t.Errorf("doctor: %d %s%s", code, out, errs)
	}
	if code, out, errs := ran(t, []string{data}, "progress", "--demo"); code != 0 || !strings.Contains(out, "128.40") {
		t.Errorf("progress: %d %s%s", code, out, errs)
	}
	s.stop(t)

	again := start(t, data, "ZHENGBEI_DEMO=1")
	again.token = s.token
	if _, body := again.get(t, "/api/v1/progress"); !strings.Contains(body, `"released_ha":128.3963`) || !strings.Contains(body, `"draft":61,"effective":501,"offered":75`) { // by a server that read the states before anybody asked
		t.Errorf("started again: %.300s", body)
	}
	again.stop(t)

	first := start(t, data)
	if code, _ := first.get(t, "/api/v1/round"); code != 401 {
		t.Errorf("a token of the demonstration opens the real database: %d", code)
	}
	first.token = tokenOf(t, "clerk", data)
	first.holdsTheOutlines(t)
	if code, body := first.get(t, "/api/v1/round"); code != 200 || !strings.Contains(body, `"demo":false`) {
		t.Errorf("the real round: %d %s", code, body)
	}
	if code, body := first.get(t, "/ogc/collections/plots/items"); code != 200 || !strings.Contains(body, `"numberMatched":0`) {
		t.Errorf("invented plots in the real database: %d %.200s", code, body)
	}
	for _, says := range []string{"is dropped", "no demonstration"} { // beside the server of the real database
		if code, out, errs := ran(t, []string{data}, "demo", "drop"); code != 0 || !strings.Contains(out, says) {
			t.Errorf("demo drop: %d %s%s", code, out, errs)
		}
	}
	first.holdsTheOutlines(t)
	first.stop(t)
	again = start(t, data, "ZHENGBEI_DEMO=1")
	again.stop(t)
	if code, out, errs := ran(t, []string{data, "ZHENGBEI_DEMO=1"}, "audit", "verify"); code != 0 || !strings.Contains(out, "the chain is whole: ") {
		t.Errorf("the trail of the next demonstration: %d %s%s", code, out, errs)
	}
}

// Real and invented data are never taken for each other.
func TestNeverMixed(t *testing.T) {
	t.Parallel()
	demo, real := storetest.Demo(t), storetest.Seeded(t)
	for _, command := range []string{"serve", "seed", "progress"} {
		if code, _, errs := ran(t, []string{"DATABASE_URL=" + demo.Service()}, command); code != 1 || !strings.Contains(errs, "holds the demonstration") {
			t.Errorf("%s of a demonstration as real: %d %s", command, code, errs)
		}
		if code, _, errs := ran(t, []string{"DATABASE_URL=" + real.Service(), "ZHENGBEI_DEMO=1", "LANG=zh_CN.UTF-8"}, command); code != 1 || !strings.Contains(errs, "存有真实数据") {
			t.Errorf("%s of real data as a demonstration: %d %s", command, code, errs)
		}
	}
	if code, out, _ := ran(t, []string{"DATABASE_URL=" + demo.Service()}, "doctor"); code != 1 || !strings.Contains(out, "holds the demonstration") {
		t.Errorf("doctor: %d %s", code, out)
	}
	if code, out, errs := ran(t, []string{"DATABASE_URL=" + demo.Service()}, "seed", "--demo"); code != 0 || out != "0 features loaded\n" {
		t.Errorf("a demonstration that is there: %d %s%s", code, out, errs)
	}
	if code, _, errs := ran(t, []string{"DATABASE_URL=" + demo.Service()}, "demo", "drop"); code != 1 || !strings.Contains(errs, "of your own") {
		t.Errorf("drop of a database of one's own: %d %s", code, errs)
	}
}

// Killed while it loads, the demonstration is not there by half: the next start loads it whole.
func TestDemonstrationKilled(t *testing.T) {
	t.Parallel()
	if testing.Short() {
		t.Skip("loads the demonstration twice")
	}
	d := storetest.Empty(t)
	env := []string{"DATABASE_URL=" + d.Service(), "ZHENGBEI_DEMO=1"}
	cmd := program(t.Context(), t, env, "serve")
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	conn := d.Psql(t)
	count := func(sql string) (n int) {
		t.Helper()
		if err := conn.QueryRow(t.Context(), sql).Scan(&n); err != nil {
			t.Fatal(err)
		}
		return n
	}
	eventually(t, "it loads", func() bool {
		return count("SELECT count(*) FROM pg_locks WHERE relation = 'fact'::regclass AND mode = 'RowExclusiveLock'") > 0
	})
	time.Sleep(time.Second)
	_ = cmd.Process.Signal(syscall.SIGKILL)
	_ = cmd.Wait()
	eventually(t, "PostgreSQL gives the load up", func() bool {
		return count("SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND application_name LIKE 'zhengbei%'") == 0
	})
	if n := count("SELECT (SELECT count(*) FROM feature) + (SELECT count(*) FROM fact) + (SELECT count(*) FROM round)"); n != 0 {
		t.Errorf("%d rows are left of a load that was killed", n)
	}
	s := start(t, env...)
	s.token = tokenOf(t, "clerk", env...)
	if _, body := s.get(t, "/api/v1/progress"); !strings.Contains(body, `"released_ha":128.3963`) {
		t.Errorf("after the kill: %.300s", body)
	}
}

// A command that reads makes nothing, neither in an empty folder nor beside a database that is there, and names what does.
func TestReadingMakesNothing(t *testing.T) {
	t.Parallel()
	data := dataFolder(t)
	for _, c := range []struct {
		args []string
		mend string
	}{{[]string{"progress", "--demo"}, "Run zhengbei serve --demo,"}, {[]string{"progress"}, "Run zhengbei serve,"}} {
		if code, out, errs := ran(t, []string{data}, c.args...); code != 1 || out != "" || !strings.Contains(errs, c.mend) {
			t.Errorf("%v of an empty folder: %d %s%s", c.args, code, out, errs)
		}
	}
	if _, err := os.Stat(strings.TrimPrefix(data, "ZHENGBEI_DATA=")); !os.IsNotExist(err) {
		t.Errorf("the folder was made: %v", err)
	}
	start(t, data)
	if code, _, errs := ran(t, []string{data}, "progress", "--demo"); code != 1 || !strings.Contains(errs, "zhengbei serve --demo") {
		t.Errorf("no demonstration beside the real database: %d %s", code, errs)
	}
	if _, out, _ := ran(t, []string{data}, "demo", "drop"); !strings.Contains(out, "no demonstration") {
		t.Errorf("progress made a demonstration's database: %s", out)
	}
}
