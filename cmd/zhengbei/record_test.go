package main

import (
	"bytes"
	"encoding/json"
	"net/http"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"zhengbei/internal/store/storetest"
)

// A file of facts is recorded as a whole and once under its key; with a fault nothing of it is, and each is told with its place.
func TestRecord(t *testing.T) {
	t.Parallel()
	d := storetest.Demo(t)
	url := "DATABASE_URL=" + d.Service()
	facts := func() (n int) {
		t.Helper()
		if err := d.Psql(t).QueryRow(t.Context(), "SELECT count(*) FROM fact").Scan(&n); err != nil {
			t.Fatal(err)
		}
		return n
	}
	file := func(text string) string {
		t.Helper()
		name := filepath.Join(t.TempDir(), "facts.json")
		if err := os.WriteFile(name, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
		return name
	}
	const visit = `{"subject":{"kind":"holding","id":"H-0001"},"kind":"visited","occurred_on":"2022-12-30"}`
	before := facts()
	two := file("[" + visit + "," + strings.Replace(visit, "H-0001", "H-0002", 1) + "]")
	if code, out, errs := ran(t, []string{url, "LANG=en"}, "record", two, "--demo", "--dry-run"); code != 0 || !strings.Contains(out, "2 facts may be recorded") || facts() != before {
		t.Errorf("only judged: %d %s%s", code, out, errs)
	}
	if code, out, errs := ran(t, []string{url, "LANG=en"}, "record", two, "--demo", "--key", "k1"); code != 0 || !strings.Contains(out, "2 facts recorded (numbers ") || facts() != before+2 {
		t.Errorf("recorded: %d %s%s", code, out, errs)
	}
	if code, out, errs := ran(t, []string{url, "LANG=zh_CN.UTF-8"}, "record", two, "--demo", "--key", "k1"); code != 0 || !strings.Contains(out, "已记录过") || facts() != before+2 {
		t.Errorf("again under the key: %d %s%s", code, out, errs)
	}
	if code, _, errs := ran(t, []string{url, "LANG=en"}, "record", file(visit), "--demo", "--key", "k1"); code != 1 || !strings.Contains(errs, "key") || facts() != before+2 {
		t.Errorf("another file under the key: %d %s", code, errs)
	}
	code, out, errs := ran(t, []string{url}, "record", file(visit), "--demo", "--json")
	var answer struct {
		ID   int64
		Demo bool
	}
	if err := json.Unmarshal([]byte(out), &answer); code != 0 || err != nil || answer.ID == 0 || !answer.Demo || facts() != before+3 {
		t.Errorf("as JSON: %d %s%s", code, out, errs)
	}
	for name, tt := range map[string]struct{ text, says string }{
		"two bad ones":     {"[" + visit + `,{"subject":{"kind":"holding","id":"H-9999"},"kind":"visited","occurred_on":"2022-12-30"},{"subject":{"kind":"holding","id":"H-0001"},"kind":"visited","occurred_on":"30.12.2022"}]`, "/2/occurred_on: "},
		"one that cannot":  {strings.Replace(visit, "visited", "demolished", 1), "zhengbei: /subject/kind: "},
		"unknown subjects": {"[" + visit + "," + strings.Replace(visit, "H-0001", "H-9998", 1) + "," + strings.Replace(visit, "H-0001", "H-9999", 1) + "]", "/2/subject/id: "},
		"a member twice":   {strings.Replace(visit, `"kind":"visited"`, `"kind":"visited","kind":"visited"`, 1), "kind"},
		"none":             {"[]", "10000"},
	} {
		if code, out, errs := ran(t, []string{url, "LANG=en"}, "record", file(tt.text), "--demo"); code != 1 || out != "" || !strings.Contains(errs, tt.says) || facts() != before+3 {
			t.Errorf("%s: %d %s%s", name, code, out, errs)
		}
	}
	if code, _, errs := ran(t, []string{url, "LANG=en"}, "record", filepath.Join(t.TempDir(), "none.json"), "--demo"); code != 1 || !strings.Contains(errs, "none.json") {
		t.Errorf("a file that is not there: %d %s", code, errs)
	}
	cmd := program(t.Context(), t, []string{url, "LANG=en"}, "record", "-", "--demo")
	var stdout bytes.Buffer
	cmd.Stdin, cmd.Stdout = strings.NewReader(visit), &stdout
	if err := cmd.Run(); err != nil || !strings.Contains(stdout.String(), "1 fact recorded") || facts() != before+4 {
		t.Errorf("from standard input: %v %s", err, stdout.String())
	}

	// A key is of whoever brings it: over HTTP an officer's is not the console's, and is answered again as any other.
	sent, err := os.ReadFile(two)
	if err != nil {
		t.Fatal(err)
	}
	server := start(t, url, "ZHENGBEI_DEMO=1")
	for _, replayed := range []string{"", "true"} {
		req, err := http.NewRequestWithContext(t.Context(), http.MethodPost, server.url+"/api/v1/facts", bytes.NewReader(sent))
		if err != nil {
			t.Fatal(err)
		}
		req.Header.Set("Content-Type", "application/json")
		req.Header.Set("Idempotency-Key", "k1")
		req.Header.Set("Authorization", "Bearer "+server.token)
		res, err := http.DefaultClient.Do(req)
		if err != nil {
			t.Fatal(err)
		}
		_ = res.Body.Close()
		if res.StatusCode != http.StatusCreated || res.Header.Get("Idempotency-Replayed") != replayed || facts() != before+6 {
			t.Errorf("over HTTP under the key: %d, replayed %q, %d facts more", res.StatusCode, res.Header.Get("Idempotency-Replayed"), facts()-before)
		}
	}
	var by []string // who recorded, as everybody reads it
	if err := d.Psql(t).QueryRow(t.Context(), "SELECT array_agg(DISTINCT recorded_by ORDER BY recorded_by) FROM fact WHERE fact_id > (SELECT max(fact_id) - 6 FROM fact)").Scan(&by); err != nil || !slices.Equal(by, []string{"officer", "operator"}) {
		t.Errorf("recorded by %v, %v", by, err)
	}
}
