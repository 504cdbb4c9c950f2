package audit_test

import (
	"bytes"
	"context"
	"fmt"
	"log/slog"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"testing"
	"time"

	"zhengbei/internal/audit"
	"zhengbei/internal/fault"
	"zhengbei/internal/land"
	"zhengbei/internal/store"
	"zhengbei/internal/store/storetest"

	"github.com/jackc/pgx/v5"
)

// trail is a database with a sealed trail of records, and its anchor.
type trail struct {
	storetest.Database
	db     *store.DB
	psql   *pgx.Conn
	folder string
	log    *bytes.Buffer
}

var somebody = land.Actor{ID: 1, Account: "officer", Role: land.RoleOfficer, Address: "10.0.0.7", Request: "0123456789abcdef", Via: "PATCH /api/v1/holdings/:id"}

func newTrail(t testing.TB, records int) *trail {
	t.Helper()
	d := storetest.Empty(t)
	tr := &trail{Database: d, db: d.Open(t), psql: d.Psql(t), folder: t.TempDir(), log: &bytes.Buffer{}}
	for i := range records {
		tr.write(t, fmt.Sprintf("H-%04d", i+1))
	}
	tr.seal(t)
	return tr
}

func (tr *trail) write(t testing.TB, object string) {
	t.Helper()
	deed := land.Deed{Object: object, Before: map[string]string{"name": "张三"}, After: map[string]string{"name": "李四, \"五\""}}
	if err := tr.db.Record(t.Context(), somebody, deed); err != nil {
		t.Fatal(err)
	}
}

func (tr *trail) sealer() audit.Sealer {
	return audit.Sealer{DB: tr.db, Folder: tr.folder, Log: slog.New(slog.NewTextHandler(tr.log, nil))}
}

func (tr *trail) seal(t testing.TB) {
	t.Helper()
	if err := tr.sealer().Once(t.Context()); err != nil {
		t.Fatal(err)
	}
}

func (tr *trail) verify(t testing.TB) audit.Report {
	t.Helper()
	report, err := audit.Verify(t.Context(), tr.db, tr.folder)
	if err != nil {
		t.Fatal(err)
	}
	return report
}

// tamper changes the database as its superuser may, with all triggers and foreign keys switched off.
func (tr *trail) tamper(t testing.TB, statements ...string) {
	t.Helper()
	for _, s := range append([]string{"SET session_replication_role = 'replica'"}, statements...) {
		tag, err := tr.psql.Exec(t.Context(), s)
		if err != nil {
			t.Fatalf("%s: %v", s, err)
		}
		if !strings.HasPrefix(s, "SET") && tag.RowsAffected() == 0 {
			t.Fatalf("%s: touched nothing", s)
		}
	}
}

func (tr *trail) anchor(t testing.TB) string {
	t.Helper()
	found, err := filepath.Glob(filepath.Join(tr.folder, "audit-*.anchor"))
	if err != nil || len(found) != 1 {
		t.Fatal(found, err)
	}
	return found[0]
}

func codes(r audit.Report) string {
	var all []string
	for _, f := range r.Faults {
		all = append(all, f.Code)
	}
	return strings.Join(all, " ")
}

func whole(t testing.TB, r audit.Report, records int64) {
	t.Helper()
	if !r.Whole() || r.Records != records || len(r.Notes) > 0 {
		t.Errorf("an untouched chain of %d: %d records, faults %v, notes %v", records, r.Records, r.Faults, r.Notes)
	}
}

// Every way in which somebody with the keys of the database may change the trail is found, at its first record; the same chain untouched is whole.
func TestTampering(t *testing.T) {
	t.Parallel()
	const swapped = `UPDATE audit a SET at = b.at, account = b.account, objects = b.objects, detail = b.detail
		FROM audit b WHERE a.audit_id IN (4, 5) AND b.audit_id = 9 - a.audit_id`
	tests := []struct {
		name   string
		change []string
		codes  string // of all faults
		first  string // what the first says
	}{
		{"one changed byte", []string{`UPDATE audit SET detail = replace(detail::text, '李四', '李西')::json WHERE audit_id = 3`}, "audit.record_changed", "record 3 "},
		{"another account", []string{`UPDATE audit SET account = 'officer2' WHERE audit_id = 3`}, "audit.record_changed", "record 3 "},
		{"nobody in its place", []string{`UPDATE audit SET account_id = NULL WHERE audit_id = 3`}, "audit.record_changed", "record 3 "},
		{"a microsecond", []string{`UPDATE audit SET at = at + interval '1 microsecond' WHERE audit_id = 10`}, "audit.record_changed", "record 10 "},
		{"two objects for one", []string{`UPDATE audit SET objects = '{H-0003,""}' WHERE audit_id = 3`}, "audit.record_changed", "record 3 "},
		{"one deleted record", []string{`DELETE FROM audit WHERE audit_id = 6`}, "audit.record_missing", "record 6 "},
		{"the first record", []string{`DELETE FROM audit WHERE audit_id = 1`}, "audit.record_missing", "record 1 "},
		{"two swapped records", []string{swapped}, "audit.record_changed audit.record_changed", "record 4 "},
		{
			"two swapped seals",
			[]string{`UPDATE audit_seal SET audit_id = -audit_id WHERE audit_id IN (4, 5)`, `UPDATE audit_seal SET audit_id = 9 + audit_id WHERE audit_id < 0`},
			"audit.record_changed audit.record_changed", "record 5 ",
		},
		{"a record with its seal", []string{`DELETE FROM audit WHERE audit_id = 6`, `DELETE FROM audit_seal WHERE audit_id = 6`}, "audit.seal_missing", "link 6 "},
		{"a cut tail", []string{`DELETE FROM audit WHERE audit_id > 7`}, "audit.record_missing audit.record_missing audit.record_missing", "record 8 "},
		{
			"a tail cut together with its seals",
			[]string{`DELETE FROM audit WHERE audit_id > 7`, `DELETE FROM audit_seal WHERE audit_id > 7`},
			"audit.anchor_ahead", "link 8,",
		},
		{"the seals of a tail", []string{`DELETE FROM audit_seal WHERE seq > 8`}, "audit.anchor_ahead audit.seal_removed audit.seal_removed", "link 9,"},
		{"all of it", []string{`DELETE FROM audit`, `DELETE FROM audit_seal`}, "audit.anchor_ahead", "link 1,"},
		{
			"a chain made anew from a changed record on", []string{
				`UPDATE audit SET account = 'officer2' WHERE audit_id = 3`, `DELETE FROM audit_seal WHERE seq >= 3`,
				`INSERT INTO audit_unsealed SELECT generate_series(3, 10)`, `SELECT pg_advisory_lock(0, 7)`, `SELECT count(*) FROM audit_seal_some(100)`,
			}, "audit.anchor_differs", "Link 3 ",
		},
		{"a seal", []string{`UPDATE audit_seal SET hash = sha256(hash) WHERE seq = 10`}, "audit.record_changed audit.anchor_differs", "record 10 "},
		{
			"a record slipped in",
			[]string{`INSERT INTO audit (account, address, request, via, outcome) VALUES ('officer', 'x', 'x', 'x', 'done')`},
			"audit.seal_removed", "record 11 ",
		},
		{"a record that waits", []string{`INSERT INTO audit_unsealed VALUES (11)`}, "audit.waiting_missing", "record 11,"},
		{"another chain", []string{`UPDATE audit_chain SET chain = gen_random_uuid()`}, "audit.anchor_chain audit.record_changed", "another chain"},
		{"no chain", []string{`DELETE FROM audit_chain`}, "audit.anchor_chain audit.record_changed", "another chain"},
		{
			"another chain with all sealed anew", []string{
				`UPDATE audit_chain SET chain = gen_random_uuid()`, `DELETE FROM audit WHERE audit_id = 6`, `DELETE FROM audit_seal`,
				`INSERT INTO audit_unsealed SELECT audit_id FROM audit`, `SELECT pg_advisory_lock(0, 7)`, `SELECT count(*) FROM audit_seal_some(100)`, `SELECT pg_advisory_unlock(0, 7)`,
			}, "audit.anchor_chain", "another chain",
		},
		{
			"another chain with nothing in it",
			[]string{`DELETE FROM audit`, `DELETE FROM audit_seal`, `UPDATE audit_chain SET chain = gen_random_uuid()`},
			"audit.anchor_chain", "another chain",
		},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			tr := newTrail(t, 10)
			whole(t, tr.verify(t), 10)
			tr.tamper(t, tt.change...)
			found := tr.verify(t)
			if codes(found) != tt.codes || !strings.Contains(found.Faults[0].Says(fault.English), tt.first) {
				t.Errorf("found %s: %v", codes(found), found.Faults)
			}
			if !strings.Contains(tt.codes, "audit.anchor_chain") {
				return
			}
			tr.write(t, "H-0011") // a sealer that comes later does not make it whole
			tr.seal(t)
			if found := tr.verify(t); !strings.HasPrefix(codes(found), "audit.anchor_chain") || !strings.Contains(tr.log.String(), "DISAGREE") {
				t.Errorf("behind the next seal %s; the log says %s", codes(found), tr.log)
			}
		})
	}
}

// The anchor is evidence as well: a file that was changed, cut or taken away is found, and never rewritten.
func TestAnchor(t *testing.T) {
	t.Parallel()
	lines := func(text string) []string { return strings.SplitAfter(strings.TrimSuffix(text, "\n"), "\n") }
	tests := []struct {
		name   string
		change func(text string) string
		codes  string
		after  string // the codes once another sealer has come
		note   string
	}{
		{"untouched", func(s string) string { return s }, "", "", ""},
		{"a changed line", func(s string) string {
			l := lines(s)
			return strings.Join(l[:5], "") + "5 " + strings.Repeat("0", 64) + "\n" + strings.Join(l[6:], "") + "\n"
		}, "audit.anchor_differs", "audit.anchor_differs", ""},
		{"a line that is gone", func(s string) string { l := lines(s); return strings.Join(append(l[:4:4], l[5:]...), "") + "\n" }, "audit.anchor_line", "audit.anchor_line", ""},
		{"rubbish at its end", func(s string) string { return s + "rubbish\n" }, "audit.anchor_line", "audit.anchor_line", ""},
		{"no file", nil, "audit.anchor_missing", "audit.anchor_missing", ""},
		{"nothing in it", func(string) string { return "" }, "audit.anchor_line", "audit.anchor_line", ""},
		{"its head alone", func(s string) string { return lines(s)[0] }, "", "", ""},
		{"its end cut off", func(s string) string { return strings.Join(lines(s)[:7], "") }, "", "", ""},
		{"torn by a crash", func(s string) string { return s[:len(s)-30] }, "", "", ""},
		{"torn behind a number", func(s string) string { return strings.Join(lines(s)[:10], "") + "1" }, "", "", ""},
		{"its head cut off", func(s string) string { return strings.Join(lines(s)[1:], "") + "\n" }, "audit.anchor_line", "audit.anchor_line", ""},
		{"its first links cut off", func(s string) string { l := lines(s); return l[0] + strings.Join(l[3:], "") + "\n" }, "audit.anchor_line", "audit.anchor_line", ""},
		{"a head that begins later", func(s string) string { return strings.Replace(s, "from 1\n", "from 3\n", 1) }, "audit.anchor_line", "audit.anchor_line", "audit.note_anchor_from"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			tr := newTrail(t, 10)
			whole(t, tr.verify(t), 10)
			path := tr.anchor(t)
			if info, err := os.Stat(path); err != nil || info.Mode().Perm() != 0o600 {
				t.Errorf("the anchor is %v, %v", info.Mode(), err)
			}
			before, err := os.ReadFile(path)
			if err != nil {
				t.Fatal(err)
			}
			changed := ""
			if tt.change == nil {
				if err := os.Remove(path); err != nil {
					t.Fatal(err)
				}
			} else if changed = tt.change(string(before)); changed != string(before) {
				if err := os.WriteFile(path, []byte(changed), 0o600); err != nil {
					t.Fatal(err)
				}
			}
			if found := tr.verify(t); codes(found) != tt.codes {
				t.Errorf("found %q: %v", codes(found), found.Faults)
			}
			tr.write(t, "H-0011")
			tr.seal(t)
			found := tr.verify(t)
			if codes(found) != tt.after || found.Records != 11 {
				t.Errorf("behind the next seal %q: %v", codes(found), found.Faults)
			}
			if tt.note != "" && (len(found.Notes) == 0 || found.Notes[0].Code != tt.note) {
				t.Errorf("notes %v", found.Notes)
			}
			after, err := os.ReadFile(path)
			if tt.change == nil && os.IsNotExist(err) {
				return
			}
			if err != nil || !strings.HasPrefix(string(after), changed) {
				t.Errorf("the anchor was rewritten: %v\n%s", err, after)
			}
			if tt.name == "rubbish at its end" && !strings.Contains(tr.log.String(), "DISAGREE") {
				t.Errorf("the log says nothing of it: %s", tr.log)
			}
		})
	}
}

// A sealer that finds the table cut goes on sealing, says so loudly, and leaves the anchor as it is, so that the cut stays found.
func TestSealerBehindCut(t *testing.T) {
	t.Parallel()
	tr := newTrail(t, 10)
	before, err := os.ReadFile(tr.anchor(t))
	if err != nil {
		t.Fatal(err)
	}
	tr.tamper(t, `DELETE FROM audit WHERE audit_id > 7`, `DELETE FROM audit_seal WHERE audit_id > 7`)
	for i := range 2 {
		tr.write(t, fmt.Sprintf("H-01%02d", i))
		tr.seal(t)
	}
	if found := tr.verify(t); !strings.HasPrefix(codes(found), "audit.anchor_differs") {
		t.Errorf("found %v", found.Faults)
	}
	after, err := os.ReadFile(tr.anchor(t))
	if err != nil || !bytes.Equal(before, after) {
		t.Errorf("the anchor was rewritten: %v", err)
	}
	if !strings.Contains(tr.log.String(), "DISAGREE") {
		t.Errorf("the log says nothing of it: %s", tr.log)
	}
}

// An anchor that was lost or disagrees is begun anew by a person alone, who says why; the old file is kept, and what it did not bear out is told for good.
func TestReanchor(t *testing.T) {
	t.Parallel()
	by := land.Operator
	by.Via = "zhengbei audit anchor"
	at := time.Date(2026, 2, 3, 4, 5, 6, 0, time.UTC)
	anew := func(tr *trail) (string, error) {
		return audit.Reanchor(t.Context(), tr.db, tr.folder, by, "restored the backup of Monday", at)
	}
	fine := newTrail(t, 3)
	if _, err := anew(fine); !fault.Is(err, "audit.anchor_fine") {
		t.Errorf("an anchor that agrees: %v", err)
	}
	whole(t, fine.verify(t), 3)
	if err := os.Chmod(fine.anchor(t), 0); err != nil {
		t.Fatal(err)
	}
	if os.Geteuid() != 0 {
		if _, err := anew(fine); !fault.Is(err, "audit.anchor_unreadable") {
			t.Errorf("an anchor that cannot be read: %v", err)
		}
	}
	for _, tt := range []struct {
		name   string
		change func(tr *trail)
		left   int64 // links
		kept   bool
	}{
		{"lost", func(tr *trail) { remove(t, tr.anchor(t)) }, 10, false},
		{"an older database", func(tr *trail) {
			tr.tamper(t, `DELETE FROM audit WHERE audit_id > 7`, `DELETE FROM audit_seal WHERE audit_id > 7`)
		}, 7, true},
		{"a new database", func(tr *trail) {
			tr.tamper(t, `DELETE FROM audit`, `DELETE FROM audit_seal`, `UPDATE audit_chain SET chain = gen_random_uuid()`)
		}, 0, true},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			tr := newTrail(t, 10)
			before, err := os.ReadFile(tr.anchor(t))
			if err != nil {
				t.Fatal(err)
			}
			tt.change(tr)
			kept, err := anew(tr)
			if err != nil || (kept != "") != tt.kept {
				t.Fatalf("kept %q, %v", kept, err)
			}
			if tt.kept {
				if old, err := os.ReadFile(kept); err != nil || !bytes.Equal(old, before) || !strings.HasSuffix(kept, ".anchor.20260203T040506.000000Z") {
					t.Errorf("the old file %s is not as it was: %v", kept, err)
				}
			}
			tr.seal(t)
			r := tr.verify(t)
			noted := len(r.Notes) == 1 && r.Notes[0].Code == "audit.note_anchor_from"
			if !r.Whole() || r.Records != tt.left+1 || noted != (tt.left > 1) {
				t.Errorf("%d records, faults %v, notes %v", r.Records, r.Faults, r.Notes)
			}
			var why string
			if err := tr.psql.QueryRow(t.Context(), `SELECT detail::text FROM audit WHERE objects = '{audit:anchor}' AND account = 'operator'`).Scan(&why); err != nil || !strings.Contains(why, "backup of Monday") {
				t.Errorf("the trail says %q, %v", why, err)
			}
			tr.tamper(t, `DELETE FROM audit WHERE objects = '{audit:anchor}'`)
			if r := tr.verify(t); codes(r) != "audit.record_missing" {
				t.Errorf("with the record of it gone: %v", r.Faults)
			}
		})
	}
}

func remove(t testing.TB, path string) {
	t.Helper()
	if err := os.Remove(path); err != nil {
		t.Fatal(err)
	}
}

// A server that waits for its turn keeps an anchor of its own on its machine; one that comes when there are seals already begins none by itself; a file that is taken away while a sealer writes it is missed at once.
func TestSecondServer(t *testing.T) {
	t.Parallel()
	tr := newTrail(t, 0)
	other := *tr
	other.log, other.folder = &bytes.Buffer{}, t.TempDir()
	run := func(s audit.Sealer) (stop func()) {
		ctx, cancel := context.WithCancel(context.Background())
		ended := make(chan struct{})
		go func() { defer close(ended); s.Run(ctx) }()
		stop = func() { cancel(); <-ended }
		t.Cleanup(stop)
		return stop
	}
	reports := func(tr *trail, codes0 string, records int64) {
		t.Helper()
		for end := time.Now().Add(10 * time.Second); ; time.Sleep(20 * time.Millisecond) {
			r := tr.verify(t)
			if codes(r) == codes0 && r.Records == records && len(r.Notes) == 0 {
				return
			} else if time.Now().After(end) {
				t.Fatalf("%d records, faults %v, notes %v", r.Records, r.Faults, r.Notes)
			}
		}
	}
	stop := run(tr.sealer())
	tr.write(t, "H-0001")
	reports(tr, "", 1) // so that it leads
	stopOther := run(other.sealer())
	reports(&other, "audit.anchor_missing", 1)
	if _, err := audit.Reanchor(t.Context(), tr.db, other.folder, land.Operator, "a second server", time.Now()); err != nil {
		t.Fatal(err)
	}
	reports(&other, "", 2)
	tr.write(t, "H-0003")
	reports(&other, "", 3)
	reports(tr, "", 3)
	remove(t, tr.anchor(t))
	tr.write(t, "H-0004")
	reports(tr, "audit.anchor_missing", 4)
	tr.write(t, "H-0005") // which is sealed a beat later
	reports(tr, "audit.anchor_missing", 5)
	reports(&other, "", 5)
	stop()
	stopOther()
	if told := strings.Count(tr.log.String(), "DISAGREE"); told != 1 {
		t.Errorf("told %d times: %s", told, tr.log)
	}
}

// Nobody deletes or changes a record or a seal: not the service, not the owner of the schema.
func TestNobodyDeletes(t *testing.T) {
	t.Parallel()
	tr := newTrail(t, 3)
	for _, who := range []struct{ name, url string }{{"service", tr.Service()}, {"owner", tr.Owner()}} {
		conn, err := pgx.Connect(t.Context(), who.url)
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() { _ = conn.Close(context.Background()) })
		if _, err := conn.Exec(t.Context(), "SET zb.account = '0'"); err != nil {
			t.Fatal(err)
		}
		for _, s := range []string{
			"DELETE FROM audit", "DELETE FROM audit WHERE audit_id = 1", "UPDATE audit SET account = 'x'", "TRUNCATE audit CASCADE",
			"DELETE FROM audit_seal", "UPDATE audit_seal SET seq = 9", "TRUNCATE audit_seal",
			"DELETE FROM audit_chain", "UPDATE audit_chain SET chain = gen_random_uuid()", "TRUNCATE audit_chain",
		} {
			if tag, err := conn.Exec(t.Context(), s); err == nil {
				t.Errorf("%s as the %s: %s", s, who.name, tag)
			}
		}
	}
	service, err := pgx.Connect(t.Context(), tr.Service())
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = service.Close(context.Background()) })
	for _, s := range []string{
		"DELETE FROM audit_unsealed", "INSERT INTO audit_unsealed VALUES (1)", "INSERT INTO audit_seal VALUES (9, 1, sha256('x'))",
		"SET session_replication_role = 'replica'", "ALTER TABLE audit DISABLE TRIGGER ALL", "DROP TABLE audit CASCADE",
	} {
		if tag, err := service.Exec(t.Context(), s); err == nil {
			t.Errorf("%s as the service: %s", s, tag)
		}
	}
	whole(t, tr.verify(t), 3)
}

// Only the auditor and the console read the trail.
func TestWhoReads(t *testing.T) {
	t.Parallel()
	d := storetest.Demo(t)
	db := d.Front(t)
	if err := db.Record(t.Context(), somebody, land.Deed{Object: "H-0001"}); err != nil {
		t.Fatal(err)
	}
	rows, err := d.Psql(t).Query(t.Context(), "SELECT account_id, role FROM account WHERE role IS NOT NULL")
	if err != nil {
		t.Fatal(err)
	}
	people, err := pgx.CollectRows(rows, pgx.RowToStructByPos[struct {
		ID   int32
		Role land.Role
	}])
	if err != nil {
		t.Fatal(err)
	}
	for _, p := range append(people, struct {
		ID   int32
		Role land.Role
	}{}) {
		var records []land.Record
		err := db.Read(store.As(t.Context(), land.Actor{ID: p.ID, Role: p.Role}), func(tx *store.Tx) error {
			records, _, err = tx.Records(t.Context(), land.AuditFilter{Limit: 5})
			return err
		})
		sees := p.Role == land.RoleAuditor || p.Role == land.RoleConsole
		if err != nil || (len(records) > 0) != sees {
			t.Errorf("%q reads %d records, %v", p.Role, len(records), err)
		}
	}
}

// The next server takes over when a sealer is gone, within two seconds; two never seal at once; what was written meanwhile is sealed and anchored.
func TestTakingOver(t *testing.T) {
	t.Parallel()
	tr := newTrail(t, 1)
	run := func(tr *trail) (stop func()) {
		ctx, cancel := context.WithCancel(context.Background())
		ended := make(chan struct{})
		go func() { defer close(ended); tr.sealer().Run(ctx) }()
		stop = func() { cancel(); <-ended }
		t.Cleanup(stop)
		return stop
	}
	sealed := func(records int64, within time.Duration) {
		t.Helper()
		for end := time.Now().Add(within); ; time.Sleep(20 * time.Millisecond) {
			if r := tr.verify(t); r.Records == records && r.Waiting == 0 && len(r.Notes) == 0 {
				whole(t, r, records)
				return
			} else if time.Now().After(end) {
				t.Fatalf("%d of %d sealed, notes %v, faults %v", r.Records, records, r.Notes, r.Faults)
			}
		}
	}
	other := *tr
	other.log = &bytes.Buffer{}
	other.db = tr.Open(t)
	stop := run(tr)
	sealed(1, 5*time.Second)
	run(&other)
	tr.write(t, "H-0002")
	sealed(2, 2*time.Second)
	tag, err := tr.psql.Exec(t.Context(), `SELECT pg_terminate_backend(a.pid) FROM pg_stat_activity a JOIN pg_locks l USING (pid)
		WHERE a.application_name = 'zhengbei seal' AND a.datname = current_database() AND l.locktype = 'advisory' AND l.classid = 0 AND l.objid = 7 AND l.granted`)
	if err != nil || tag.RowsAffected() != 1 {
		t.Fatalf("%d sealers have the right to, %v", tag.RowsAffected(), err)
	}
	tr.write(t, "H-0003")
	sealed(3, 3*time.Second)
	stop()
	tr.write(t, "H-0004")
	sealed(4, 3*time.Second)
}

// What is left is sealed when the sealer stops.
func TestFinalSeal(t *testing.T) {
	t.Parallel()
	tr := newTrail(t, 0)
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	for i := range 5 {
		tr.write(t, fmt.Sprint("H-", i))
	}
	tr.sealer().Run(ctx)
	whole(t, tr.verify(t), 5)
}

// A record that waits longer than ten seconds fails the verification; one that has just come does not.
func TestLate(t *testing.T) {
	t.Parallel()
	tr := newTrail(t, 2)
	tr.write(t, "H-0003")
	if r := tr.verify(t); !r.Whole() || r.Waiting != 1 {
		t.Errorf("a fresh record: %d wait, %v", r.Waiting, r.Faults)
	}
	tr.tamper(t, "UPDATE audit SET at = at - interval '11 seconds' WHERE audit_id = 3")
	if r := tr.verify(t); codes(r) != "audit.late" {
		t.Errorf("a late record: %v", r.Faults)
	}
	tr.seal(t)
	whole(t, tr.verify(t), 3)
}

// Only who has the right to seal seals; what was sealed past the sealer is anchored from the table, and an anchor that stays behind is a fault.
func TestSealedByAnother(t *testing.T) {
	t.Parallel()
	tr := newTrail(t, 2)
	service, err := pgx.Connect(t.Context(), tr.Service())
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = service.Close(context.Background()) })
	tr.write(t, "H-0003")
	if _, err := service.Exec(t.Context(), "SELECT count(*) FROM audit_seal_some(10)"); err == nil {
		t.Error("the service seals without the right to")
	}
	if _, err := service.Exec(t.Context(), "SELECT pg_advisory_lock(0, 7), (SELECT count(*) FROM audit_seal_some(10)), pg_advisory_unlock(0, 7)"); err != nil {
		t.Fatal(err)
	}
	tr.write(t, "H-0004")
	tr.seal(t)
	whole(t, tr.verify(t), 4)
	text, err := os.ReadFile(tr.anchor(t))
	if err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(tr.anchor(t), text[:bytes.IndexByte(text, '\n')+1], 0o600); err != nil {
		t.Fatal(err)
	}
	tr.tamper(t, "UPDATE audit SET at = at - interval '11 seconds' WHERE audit_id = 4")
	if r := tr.verify(t); !strings.Contains(codes(r), "audit.anchor_stale") {
		t.Errorf("an anchor that stays behind: %v", r.Faults)
	}
}

// A clock that goes back is noted, and is no fault: the order is that of the chain.
func TestClockBack(t *testing.T) {
	t.Parallel()
	tr := newTrail(t, 2)
	if _, err := tr.psql.Exec(t.Context(), `INSERT INTO audit (at, account, address, request, via, outcome) VALUES (clock_timestamp() - interval '2 hours', 'officer', 'x', 'x', 'x', 'done')`); err != nil {
		t.Fatal(err)
	}
	tr.seal(t)
	r := tr.verify(t)
	if !r.Whole() || len(r.Notes) != 1 || r.Notes[0].Code != "audit.note_clock" {
		t.Errorf("faults %v, notes %v", r.Faults, r.Notes)
	}
}

// An anchor that cannot be written holds up nothing: sealing goes on, and the anchor follows when it can be written again.
func TestAnchorUnwritable(t *testing.T) {
	t.Parallel()
	tr := newTrail(t, 2)
	folder := tr.folder
	tr.folder = filepath.Join(folder, "no") // a file stands in its place
	if err := os.WriteFile(tr.folder, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	tr.write(t, "H-0003")
	tr.seal(t)
	if !strings.Contains(tr.log.String(), "not anchored") {
		t.Errorf("the log says nothing of it: %s", tr.log)
	}
	tr.folder = folder
	r := tr.verify(t)
	if !r.Whole() || r.Records != 3 || len(r.Notes) != 1 || r.Notes[0].Code != "audit.note_anchor_behind" {
		t.Errorf("%d records, faults %v, notes %v", r.Records, r.Faults, r.Notes)
	}
	tr.write(t, "H-0004")
	tr.seal(t)
	whole(t, tr.verify(t), 4)
}

// What somebody outside sends as a name, an id or an address is kept, as a database can hold it.
func TestStrangeTexts(t *testing.T) {
	t.Parallel()
	tr := newTrail(t, 0)
	long := strings.Repeat("名", 5000)
	for _, s := range []string{"", "a\x00b", "\xff\xfe", long, `","`, "{}", "NULL", "-", "3:abc", "\u202eright"} {
		if err := tr.db.Refused(t.Context(), land.Actor{Account: s, Address: s, Request: s, Via: s}, "session.refused", []string{s, "a,b"}, map[string]string{"x": s}); err != nil {
			t.Errorf("%q: %v", s, err)
		}
	}
	tr.seal(t)
	whole(t, tr.verify(t), 10)
}

// Verifying keeps neither the trail nor the anchor in memory.
func TestVerifyInBoundedMemory(t *testing.T) {
	if testing.Short() {
		t.Skip("writes 100,000 records")
	}
	tr := newTrail(t, 0)
	const records = 100_000
	if _, err := tr.psql.Exec(t.Context(), `INSERT INTO audit (account_id, account, role, address, request, via, outcome, objects, detail)
		SELECT 1, 'officer', 'officer', '10.0.0.7', md5(n::text), 'POST /api/v1/facts', 'done', ARRAY['H-' || n], json_build_object('deeds', repeat('x', 400))
		FROM generate_series(1, $1::int) n`, records); err != nil {
		t.Fatal(err)
	}
	begun := time.Now()
	tr.seal(t)
	t.Logf("sealed and anchored %d records in %v", records, time.Since(begun).Round(time.Millisecond))
	most := uint64(0)
	stop := make(chan struct{})
	ended := make(chan struct{})
	runtime.GC()
	var at runtime.MemStats
	runtime.ReadMemStats(&at)
	base := at.HeapAlloc
	go func() {
		defer close(ended)
		for {
			var m runtime.MemStats
			runtime.ReadMemStats(&m)
			most = max(most, m.HeapAlloc)
			select {
			case <-stop:
				return
			case <-time.After(10 * time.Millisecond):
			}
		}
	}()
	begun = time.Now()
	r := tr.verify(t)
	took := time.Since(begun)
	close(stop)
	<-ended
	whole(t, r, records)
	t.Logf("verified %d records in %v, the heap grew by %d kB at most", records, took.Round(time.Millisecond), (most-min(base, most))>>10)
	if most > base+32<<20 {
		t.Errorf("the heap grew by %d MB", (most-base)>>20)
	}
}
