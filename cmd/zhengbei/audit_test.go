package main

import (
	"encoding/json"
	"fmt"
	"io/fs"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"zhengbei/internal/store/storetest"
)

// What commands do is recorded as the console's and sealed at their end where no server does it; verify finds what was changed, and says how to go on.
func TestAuditOnTheCommandLine(t *testing.T) {
	t.Parallel()
	d := storetest.Demo(t)
	folder := t.TempDir()
	env := []string{"DATABASE_URL=" + d.Service(), "ZHENGBEI_DEMO=1", "ZHENGBEI_AUDIT_ANCHOR=" + folder}
	facts := filepath.Join(t.TempDir(), "facts.json")
	if err := os.WriteFile(facts, []byte(`{"subject":{"kind":"holding","id":"H-0001"},"kind":"visited","occurred_on":"2022-12-30"}`), 0o600); err != nil {
		t.Fatal(err)
	}
	if code, out, errs := ran(t, env, "audit", "verify"); code != 0 || !strings.Contains(out, "the chain is whole: 0 records") {
		t.Errorf("an empty trail: %d %s%s", code, out, errs)
	}
	if code, out, errs := ran(t, env, "record", facts); code != 0 {
		t.Fatalf("record: %d %s%s", code, out, errs)
	}
	if code, out, errs := ran(t, env, "export", "zones", "-o", filepath.Join(t.TempDir(), "zones.geojson")); code != 0 {
		t.Fatalf("export: %d %s%s", code, out, errs)
	}
	if code, out, errs := ran(t, env, "audit", "verify"); code != 0 || !strings.Contains(out, "the chain is whole: 2 records, 0 wait") || errs != "" {
		t.Errorf("untouched: %d %s%s", code, out, errs)
	}
	if code, out, errs := ran(t, env, "doctor"); !strings.Contains(out, "✓ audit: the chain is whole: 2 records") {
		t.Errorf("doctor: %d %s%s", code, out, errs)
	}
	file := filepath.Join(t.TempDir(), "trail.jsonl")
	if code, out, errs := ran(t, env, "audit", "export", "-o", file); code != 0 {
		t.Fatalf("audit export: %d %s%s", code, out, errs)
	}
	raw, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	var vias []string
	for line := range strings.SplitSeq(strings.TrimSpace(string(raw)), "\n") {
		var r struct {
			Account, Role, Via string
			AccountID          *int32 `json:"account_id"`
		}
		if err := json.Unmarshal([]byte(line), &r); err != nil || r.Account != "operator" || r.Role != "console" || r.AccountID == nil || *r.AccountID != 0 {
			t.Errorf("%v: %s", err, line)
		}
		vias = append(vias, r.Via)
	}
	if got := strings.Join(vias, ", "); got != "zhengbei record, zhengbei export, zhengbei audit export" {
		t.Errorf("exported: %s", got)
	}
	if info, err := os.Stat(file); err != nil || info.Mode().Perm() != 0o600 {
		t.Errorf("the file is %v, %v", info.Mode(), err)
	}
	if code, out, _ := ran(t, env, "audit", "export", "-o", "-", "--to", "2001-01-01"); code != 0 || out != "" {
		t.Errorf("of other days: %d %s", code, out)
	}
	if code, _, errs := ran(t, env, "audit", "export", "-o", "-", "--to", "gestern"); code != 1 || !strings.Contains(errs, "gestern") {
		t.Errorf("of no day: %d %s", code, errs)
	}

	psql := d.Psql(t)
	tamper := func(sql string) {
		t.Helper()
		if _, err := psql.Exec(t.Context(), "SET session_replication_role = 'replica'; "+sql); err != nil {
			t.Fatal(err)
		}
	}
	var second int64
	if err := psql.QueryRow(t.Context(), "SELECT audit_id FROM audit_seal WHERE seq = 2").Scan(&second); err != nil {
		t.Fatal(err)
	}
	tamper("UPDATE audit SET account = 'officer' WHERE audit_id = (SELECT audit_id FROM audit_seal WHERE seq = 2)")
	code, out, errs := ran(t, env, "audit", "verify")
	if code != 1 || out != "" || !strings.HasPrefix(errs, fmt.Sprintf("zhengbei: Audit record %d ", second)) || !strings.Contains(errs, "\n  → ") {
		t.Errorf("a changed record: %d %s%s", code, out, errs)
	}
	code, out, _ = ran(t, env, "audit", "verify", "--json")
	var report struct {
		Whole  bool
		Faults []struct {
			Code   string
			Record int64
		}
	}
	if err := json.Unmarshal([]byte(out), &report); err != nil || code != 1 || report.Whole || len(report.Faults) != 1 || report.Faults[0].Record != second {
		t.Errorf("as JSON: %d %v %s", code, err, out)
	}
	if code, out, _ := ran(t, env, "doctor"); code != 1 || !strings.Contains(out, fmt.Sprintf("✗ audit: Audit record %d ", second)) {
		t.Errorf("doctor: %d %s", code, out)
	}
	tamper("UPDATE audit SET account = 'operator'; DELETE FROM audit_seal WHERE seq > 2; DELETE FROM audit WHERE audit_id > " + fmt.Sprint(second))
	if code, _, errs := ran(t, append(env, "LANG=zh_CN.UTF-8"), "audit", "verify"); code != 1 || !strings.Contains(errs, "末尾被截去") {
		t.Errorf("a cut tail: %d %s", code, errs)
	}

	if code, _, errs := ran(t, env, "audit", "anchor", "--reason", " "); code != 1 || !strings.Contains(errs, "reason is empty") {
		t.Errorf("a new anchor without a reason: %d %s", code, errs)
	}
	if code, out, errs := ran(t, env, "audit", "anchor", "--reason", "the backup of Monday"); code != 0 || !strings.Contains(out, "kept as evidence: "+folder) {
		t.Errorf("a new anchor: %d %s%s", code, out, errs)
	}
	if code, _, errs := ran(t, env, "audit", "anchor", "--reason", "again"); code != 1 || !strings.Contains(errs, "nothing to begin anew") {
		t.Errorf("again: %d %s", code, errs)
	}
	if code, out, errs := ran(t, env, "audit", "verify"); code != 0 || !strings.Contains(out, "the chain is whole: 3 records") || !strings.Contains(errs, "note: The anchor ") {
		t.Errorf("behind it: %d %s%s", code, out, errs)
	}
}

// A running server seals what it records within a moment, commands beside it leave that to it, and what its last requests did is sealed when it stops.
func TestServerSeals(t *testing.T) {
	t.Parallel()
	d := storetest.Seeded(t)
	folder := t.TempDir()
	env := []string{"DATABASE_URL=" + d.Service(), "ZHENGBEI_AUDIT_ANCHOR=" + folder}
	s := start(t, env...)
	if code, out, errs := ran(t, env, "user", "add", "lin", "--role", "viewer"); code != 0 {
		t.Fatalf("%d %s%s", code, out, errs)
	}
	eventually(t, "the trail is sealed", func() bool {
		code, out, _ := ran(t, env, "audit", "verify")
		return code == 0 && strings.Contains(out, " 0 wait ")
	})
	req, err := http.NewRequestWithContext(t.Context(), http.MethodGet, s.url+"/api/v1/audit", nil)
	if err != nil {
		t.Fatal(err)
	}
	req.Header.Set("Authorization", "Bearer "+storetest.Token("officer"))
	res, err := http.DefaultClient.Do(req)
	if err != nil || res.StatusCode != http.StatusForbidden {
		t.Fatal(res, err)
	}
	_ = res.Body.Close()
	s.stop(t)
	code, out, errs := ran(t, env, "audit", "verify")
	if code != 0 || !strings.Contains(out, " 0 wait ") {
		t.Errorf("behind the server: %d %s%s", code, out, errs)
	}
	var refused int
	if err := d.Psql(t).QueryRow(t.Context(), "SELECT count(*) FROM audit JOIN audit_seal USING (audit_id) WHERE code = 'access.role'").Scan(&refused); err != nil || refused != 1 {
		t.Errorf("%d refusals are sealed, %v", refused, err)
	}
	var anchored []string
	if err := filepath.WalkDir(folder, func(path string, e fs.DirEntry, err error) error {
		if err == nil && !e.IsDir() {
			anchored = append(anchored, path)
		}
		return err
	}); err != nil || len(anchored) != 1 {
		t.Errorf("anchors %v, %v", anchored, err)
	}
}
