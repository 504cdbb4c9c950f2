package account

import (
	"bytes"
	"context"
	"fmt"
	"log/slog"
	"runtime"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"zhengbei/internal/fault"
	"zhengbei/internal/land"
	"zhengbei/internal/store"
	"zhengbei/internal/store/storetest"

	"github.com/jackc/pgx/v5"
)

// office is a keeper on a database of its own, and the way to it that an attacker with psql has.
type office struct {
	*Keeper
	db   *store.DB
	psql *pgx.Conn
}

const password = "纸鹤 飞过 龙华 河 1986"

func newOffice(t testing.TB) office {
	t.Helper()
	d := storetest.Empty(t)
	db := d.Front(t)
	return office{NewKeeper(db, time.Now, slog.New(slog.DiscardHandler)), db, d.Psql(t)}
}

// another server on the same database.
func (o office) another() *Keeper { return NewKeeper(o.db, time.Now, slog.New(slog.DiscardHandler)) }

func (o office) exec(t testing.TB, sql string, args ...any) {
	t.Helper()
	if _, err := o.psql.Exec(t.Context(), sql, args...); err != nil {
		t.Fatal(err)
	}
}

func (o office) count(t testing.TB, sql string, args ...any) (n int) {
	t.Helper()
	if err := o.psql.QueryRow(t.Context(), sql, args...).Scan(&n); err != nil {
		t.Fatal(err)
	}
	return n
}

func (o office) link(t testing.TB, name string) string {
	t.Helper()
	_, link, _, err := o.Reset(t.Context(), land.Operator, name, land.LinkPassword)
	if err != nil {
		t.Fatal(err)
	}
	return link
}

// furnish gives an account the password.
func (o office) furnish(t testing.TB, name string) {
	t.Helper()
	own := password
	if _, _, err := o.UseLink(t.Context(), from("10.0.0.99"), o.link(t, name), &own); err != nil {
		t.Fatal(err)
	}
}

func from(address string) Visitor {
	return Visitor{From: land.Actor{Address: address, Request: "r", Via: "POST /api/v1/session"}, Agent: "a browser"}
}

func codeOf(err error) string {
	if err == nil {
		return ""
	}
	if f, ok := fault.As(err); ok {
		return f.Code
	}
	return err.Error()
}

func (o office) tries(t testing.TB, address, name, password string) string {
	t.Helper()
	_, err := o.SignIn(t.Context(), from(address), name, password)
	return codeOf(err)
}

// Five failures close a name from an address for half an hour: not from elsewhere, not for those who are in; a right password forgives what was mistyped.
func TestLock(t *testing.T) {
	t.Parallel()
	o := newOffice(t)
	o.furnish(t, "officer")
	in, err := o.SignIn(t.Context(), from("10.0.0.1"), "officer", password)
	if err != nil {
		t.Fatal(err)
	}
	for i, want := range []string{"session.refused", "session.refused", "session.refused", "session.refused"} {
		if got := o.tries(t, "10.0.0.1", "OFFICER", "wrong"); got != want {
			t.Fatalf("failure %d: %s", i+1, got)
		}
	}
	if got := o.tries(t, "10.0.0.1", "officer", password); got != "" {
		t.Fatalf("the right one after four: %s", got)
	}
	for _, name := range []string{"officer", "nobody.at.all"} { // whether or not there is such an account
		for i := range 5 {
			if got := o.tries(t, "10.0.0.1", name, "wrong"); got != "session.refused" {
				t.Fatalf("failure %d of %s: %s", i+1, name, got)
			}
		}
		_, err = o.SignIn(t.Context(), from("10.0.0.1"), name, password)
		f, _ := fault.As(err)
		if codeOf(err) != "session.locked" || f.Kind != fault.TooMany || f.Params["minutes"] != 30 {
			t.Errorf("%s after five: %v", name, err)
		}
	}
	if got := o.tries(t, "10.0.0.2", "officer", password); got != "" {
		t.Errorf("from elsewhere: %s", got)
	}
	if _, found, err := o.another().Who(t.Context(), Secret(false, in)); !found || err != nil {
		t.Errorf("who was in is thrown out: %v", err)
	}
	o.exec(t, "UPDATE sign_in_failure SET at = at - interval '29 min'")
	if got := o.tries(t, "10.0.0.1", "officer", password); got != "session.locked" {
		t.Errorf("after 29 min: %s", got)
	}
	o.exec(t, "UPDATE sign_in_failure SET at = at - interval '2 min'")
	if got := o.tries(t, "10.0.0.1", "officer", password); got != "" {
		t.Errorf("after 31 min: %s", got)
	}
	if n := o.count(t, "SELECT count(*) FROM audit WHERE outcome = 'refused' AND code = 'session.refused' AND account IN ('officer', 'n… (13)') AND account_id IS NULL AND objects = ARRAY['account:' || account]"); n != 14 {
		t.Errorf("%d failures are on record", n)
	}
	if n := o.count(t, "SELECT count(*) FROM audit WHERE code = 'session.locked' AND account IN ('officer', 'n… (13)')"); n != 3 {
		t.Errorf("%d attempts behind the lock are on record", n)
	}
}

// A name that no account has is written down nowhere: people type their password into the field for it. Accounts are recorded as they are called.
func TestGuessedNames(t *testing.T) {
	t.Parallel()
	o := newOffice(t)
	o.furnish(t, "officer")
	var log bytes.Buffer
	o.log = slog.New(slog.NewTextHandler(&log, nil))
	const typed = "zhihe1986"
	for range 6 { // the last one behind the lock
		o.tries(t, "10.0.0.1", typed, "")
		o.tries(t, "10.0.0.1", "Officer", "wrong")
	}
	if n := o.count(t, "SELECT count(*) FROM audit WHERE outcome = 'refused' AND account = 'z… (9)' AND objects = ARRAY['account:z… (9)']"); n != 6 {
		t.Errorf("%d attempts of a name that there is not are on record", n)
	}
	if n := o.count(t, "SELECT count(*) FROM audit WHERE outcome = 'refused' AND account = 'officer' AND objects = ARRAY['account:officer']"); n != 6 {
		t.Errorf("%d attempts of the officer are on record", n)
	}
	if n := o.count(t, "SELECT (SELECT count(*) FROM audit a WHERE a::text ILIKE '%' || $1 || '%') + (SELECT count(*) FROM sign_in_failure f WHERE f::text ILIKE '%' || $1 || '%')", typed); n != 0 {
		t.Errorf("what was typed stands in %d rows", n)
	}

	o.exec(t, "REVOKE INSERT ON audit FROM zhengbei_service")
	if got := o.tries(t, "10.0.0.2", typed, "wrong"); got != "session.refused" {
		t.Errorf("where nothing can be recorded: %s", got)
	}
	if said := log.String(); !strings.Contains(said, "could not be recorded") || !strings.Contains(said, "z… (9)") || !strings.Contains(said, "session.refused") || strings.Contains(said, typed) {
		t.Errorf("the log says %q", said)
	}
}

// Who is not known is called what there is an account of, and nothing else that was typed.
func TestCalled(t *testing.T) {
	t.Parallel()
	o := newOffice(t)
	for name, want := range map[string]string{"OFFICER": "officer", "zhihe1986": "z… (9)", "我的密码": "我… (4)", "": "", "operator": "o… (8)"} {
		if got := o.Called(t.Context(), name); got != want {
			t.Errorf("%q is called %q, want %q", name, got, want)
		}
	}
}

// Many addresses, or many names, get no further than their own bounds.
func TestBoundsOfGuessing(t *testing.T) {
	t.Parallel()
	o := newOffice(t)
	o.furnish(t, "officer")
	refused := func(n int, at func(i int) (address, name string)) (count int) {
		for i := range n {
			address, name := at(i)
			if o.tries(t, address, name, "wrong") == "session.refused" {
				count++
			}
		}
		return count
	}
	if n := refused(30, func(i int) (string, string) { return fmt.Sprintf("10.1.0.%d", i), "officer" }); n != 20 {
		t.Errorf("%d guesses at one name from 30 addresses", n)
	}
	if n := refused(60, func(i int) (string, string) { return "10.2.0.1", fmt.Sprintf("name%d", i) }); n != 50 {
		t.Errorf("%d guesses at 60 names from one address", n)
	}
	if n := refused(10, func(i int) (string, string) { return fmt.Sprintf("2001:db8::%d", i), "planner" }); n != 5 {
		t.Errorf("%d guesses from one IPv6 network", n)
	}
}

// Guesses side by side cannot slip past the bound, on two servers neither.
func TestParallelGuesses(t *testing.T) {
	t.Parallel()
	o := newOffice(t)
	o.furnish(t, "officer")
	servers := []*Keeper{o.Keeper, o.another()}
	var wg sync.WaitGroup
	codes := make([]string, 16)
	for i := range codes {
		wg.Go(func() {
			_, err := servers[i%2].SignIn(context.Background(), from("10.0.0.1"), "officer", fmt.Sprint("guess ", i))
			codes[i] = codeOf(err)
		})
	}
	wg.Wait()
	tried, locked := 0, 0
	for _, code := range codes {
		switch code {
		case "session.refused":
			tried++
		case "session.locked":
			locked++
		}
	}
	if tried > 5 || tried == 0 || tried+locked != 16 {
		t.Errorf("%d of 16 were looked at: %v", tried, codes)
	}
}

// A name that is not there, one that is disabled, has no role or no password take as long as a wrong password, and get the same answer.
func TestSameWorkForEveryRefusal(t *testing.T) {
	t.Parallel()
	o := newOffice(t)
	for _, name := range []string{"officer", "officer2", "planner"} {
		o.furnish(t, name)
	}
	o.exec(t, "UPDATE account SET disabled_at = now() WHERE name = 'officer2'")
	o.exec(t, "UPDATE account SET role = NULL, sees_names = false WHERE name = 'planner'")
	kinds := map[string]string{"officer": "wrong", "nobody.at.all": password, "officer2": password, "planner": password, "viewer": password}
	names := slices.Sorted(func(yield func(string) bool) {
		for name := range kinds {
			if !yield(name) {
				return
			}
		}
	})
	says := map[string]string{}
	look := func(name string, round int) time.Duration {
		began := time.Now()
		_, err := o.SignIn(t.Context(), from(fmt.Sprintf("10.0.%d.1", round)), name, kinds[name])
		says[name] = fmt.Sprint(err)
		return time.Since(began)
	}
	const most = 4 // what differs by chance on a busy machine does not differ again and again
	for attempt := 1; ; attempt++ {
		took := map[string][]time.Duration{}
		for round := range 15 {
			for _, name := range names {
				took[name] = append(took[name], look(name, round))
			}
			o.exec(t, "DELETE FROM sign_in_failure")
		}
		var unlike []string
		typical := map[string]time.Duration{}
		for _, name := range names {
			slices.Sort(took[name])
			typical[name] = took[name][len(took[name])/4] // of the quicker half: the rest tells of whatever else runs
		}
		for _, name := range names {
			if ratio := float64(typical[name]) / float64(typical["officer"]); ratio < 0.75 || ratio > 1.33 {
				unlike = append(unlike, fmt.Sprintf("%s takes %s, a wrong password %s", name, typical[name], typical["officer"]))
			}
		}
		if len(unlike) == 0 {
			t.Logf("a wrong password %s, an unknown name %s", typical["officer"], typical["nobody.at.all"])
			break
		}
		if attempt == most {
			t.Error(strings.Join(unlike, "; "))
			break
		}
	}
	for _, name := range names {
		if says[name] != says["officer"] || !strings.Contains(says[name], "wrong, or the account may not") {
			t.Errorf("%s: %s", name, says[name])
		}
	}
}

// A clock that is turned back breaks nothing: failures of a time that has not come lock nobody, sessions of such a time have ended, a session of before goes on.
func TestClockTurnedBack(t *testing.T) {
	t.Parallel()
	o := newOffice(t)
	o.furnish(t, "officer")
	for range 5 {
		o.tries(t, "10.0.0.1", "officer", "wrong")
	}
	o.exec(t, "UPDATE sign_in_failure SET at = at + interval '2 years'")
	secret, err := o.SignIn(t.Context(), from("10.0.0.1"), "officer", password)
	if err != nil {
		t.Fatalf("failures of the future: %v", err)
	}
	in := func() bool {
		t.Helper()
		_, found, err := o.another().Who(t.Context(), Secret(false, secret))
		if err != nil {
			t.Fatal(err)
		}
		return found
	}
	o.exec(t, "UPDATE session SET seen_at = seen_at + interval '2 min'") // set back by two minutes
	if !in() {
		t.Error("a small step ends a session")
	}
	if n := o.count(t, "SELECT count(*) FROM session WHERE seen_at <= clock_timestamp()"); n == 0 {
		t.Error("what was seen stays in the future")
	}
	o.exec(t, "UPDATE session SET created_at = created_at + interval '2 years', seen_at = seen_at + interval '2 years', ends_at = ends_at + interval '2 years'")
	if in() {
		t.Error("a session of the future lasts for two years")
	}
	if _, err := o.SignIn(t.Context(), from("10.0.0.1"), "officer", password); err != nil {
		t.Errorf("signing in anew: %v", err)
	}
}

// A session ends when nobody uses it, at its latest end, and each sign-in in a browser takes the place of the one before.
func TestSessionEnds(t *testing.T) {
	t.Parallel()
	o := newOffice(t)
	o.furnish(t, "officer")
	begin := func(v Visitor) string {
		t.Helper()
		secret, err := o.SignIn(t.Context(), v, "officer", password)
		if err != nil {
			t.Fatal(err)
		}
		return secret
	}
	in := func(secret string) bool {
		t.Helper()
		_, found, err := o.another().Who(t.Context(), Secret(false, secret))
		if err != nil {
			t.Fatal(err)
		}
		return found
	}
	a, b := begin(from("10.0.0.1")), begin(from("10.0.0.1"))
	if a == b || len(a) != 43 || !in(a) || !in(b) {
		t.Fatal("two sign-ins are not two sessions")
	}
	shown := Secret(false, a)
	again := from("10.0.0.1")
	again.Shown = &shown
	c := begin(again)
	if in(a) || !in(b) || !in(c) {
		t.Error("a sign-in does not take the place of the browser's one before, or of others")
	}
	o.exec(t, "UPDATE session SET seen_at = seen_at - interval '31 min' WHERE secret = $1", sum(b))
	o.exec(t, "UPDATE session SET ends_at = clock_timestamp() WHERE secret = $1", sum(c))
	if in(b) || in(c) {
		t.Error("an idle or an old session lasts")
	}
	long := from("10.0.0.1")
	long.Agent = strings.Repeat("长", 1000) + "\x00\xff"
	if !in(begin(long)) {
		t.Error("the name of a program keeps somebody out")
	}
}

func sum(secret string) []byte { c := Secret(false, secret); return c.Secret[:] }

// Of sixteen who use one link at once, one gets in.
func TestOneUsesTheLink(t *testing.T) {
	t.Parallel()
	o := newOffice(t)
	link := o.link(t, "officer")
	var wg sync.WaitGroup
	codes := make([]string, 16)
	for i := range codes {
		wg.Go(func() {
			own := fmt.Sprint(password, i)
			_, _, err := o.UseLink(context.Background(), from("10.0.0.1"), link, &own)
			codes[i] = codeOf(err)
		})
	}
	wg.Wait()
	won := 0
	for _, code := range codes {
		if code == "" {
			won++
		} else if code != "link.used" && code != "session.busy" {
			t.Errorf("a loser is told %s", code)
		}
	}
	if n := o.count(t, "SELECT count(*) FROM session"); won != 1 || n != 1 {
		t.Errorf("%d won, %d sessions", won, n)
	}
}

func TestLinks(t *testing.T) {
	t.Parallel()
	o := newOffice(t)
	old, link := o.link(t, "officer"), o.link(t, "officer")
	own, bad := password, "short"
	use := func(link string, password *string) string {
		t.Helper()
		_, _, err := o.UseLink(t.Context(), from("10.0.0.1"), link, password)
		return codeOf(err)
	}
	for name, test := range map[string]struct {
		link     string
		password *string
		want     string
	}{
		"an older one":         {old, &own, "link.used"},
		"none":                 {"", &own, "link.unknown"},
		"another one":          {"x" + link, &own, "link.unknown"},
		"without a password":   {link, nil, "link.needs_password"},
		"with a short one":     {link, &bad, "password.length"},
		"the name of somebody": {"officer", &own, "link.unknown"},
	} {
		if got := use(test.link, test.password); got != test.want {
			t.Errorf("%s: %s, want %s", name, got, test.want)
		}
	}
	o.exec(t, "UPDATE one_time_link SET ends_at = clock_timestamp() - interval '1 s' WHERE used_at IS NULL")
	if got := use(link, &own); got != "link.expired" {
		t.Errorf("expired: %s", got)
	}
	link = o.link(t, "officer")
	if _, err := o.Alter(t.Context(), land.Operator, "officer", Change{Disabled: is(true)}); err != nil {
		t.Fatal(err)
	}
	if got := use(link, &own); got != "link.used" {
		t.Errorf("of a disabled account: %s", got)
	}
	if _, _, _, err := o.Reset(t.Context(), land.Operator, "officer", land.LinkPassword); codeOf(err) != "account.disabled" {
		t.Errorf("a link for a disabled account: %v", err)
	}
	// An account without a role may set its password, and waits.
	_, link, ends, err := o.Add(t.Context(), land.Operator, "new.here", Change{}, land.LinkPassword)
	if err != nil || time.Until(ends) < 71*time.Hour || time.Until(ends) > 73*time.Hour {
		t.Fatalf("%v %s", err, ends)
	}
	if secret, l, err := o.UseLink(t.Context(), from("10.0.0.1"), link, &own); secret != "" || err != nil || l.Account.Name != "new.here" {
		t.Errorf("an account without a role comes in: %v", err)
	}
	if got := o.tries(t, "10.0.0.1", "new.here", password); got != "session.refused" {
		t.Errorf("an account without a role: %s", got)
	}
	// A link that signs in stays good until there is a role.
	_, link, _, err = o.Add(t.Context(), land.Operator, "demo.here", Change{}, land.LinkSignIn)
	if err != nil {
		t.Fatal(err)
	}
	if got := use(link, nil); got != "link.no_role" {
		t.Errorf("a link that signs in without a role: %s", got)
	}
	officer := land.RoleOfficer
	if _, err := o.Alter(t.Context(), land.Operator, "demo.here", Change{Role: &officer}); err != nil {
		t.Fatal(err)
	}
	if got := use(link, nil); got != "" {
		t.Errorf("the same once it has a role: %s", got)
	}
	for _, person := range []string{"李\u202e伟", "\u2066李伟", "李\u0085伟"} {
		if _, err := o.Alter(t.Context(), land.Operator, "demo.here", Change{Person: &person}); codeOf(err) != "account.person" {
			t.Errorf("the person %q: %v", person, err)
		}
	}
	if _, err := o.Alter(t.Context(), land.Operator, "new.here", Change{Role: &officer}); err != nil {
		t.Fatal(err)
	}
	if got := o.tries(t, "10.0.0.1", "new.here", password); got != "" {
		t.Errorf("once it has a role: %s", got)
	}
	if n := o.count(t, "SELECT count(*) FROM audit WHERE detail::text LIKE '%' || $1 || '%' OR detail::text LIKE '%' || $2 || '%'", link, password); n != 0 {
		t.Error("the audit trail keeps a secret")
	}
}

func is(b bool) *bool { return &b }

// A password is hashed anew at the next sign-in when the cost has changed, and is the same one.
func TestRehash(t *testing.T) {
	t.Parallel()
	o := newOffice(t)
	o.furnish(t, "officer")
	hash := func() (h string) {
		t.Helper()
		if err := o.psql.QueryRow(t.Context(), "SELECT password_hash FROM account WHERE name = 'officer'").Scan(&h); err != nil {
			t.Fatal(err)
		}
		return h
	}
	before := hash()
	o.Hashing(NewHasher(Cost{KiB: 20 << 10, Passes: 2}))
	for i, want := range []string{"$argon2id$v=19$m=20480,t=2,p=1$", "$argon2id$v=19$m=20480,t=2,p=1$"} {
		if got := o.tries(t, "10.0.0.1", "officer", password); got != "" {
			t.Fatal(got)
		}
		if now := hash(); !strings.HasPrefix(now, want) || i == 1 && now != before {
			t.Errorf("sign-in %d: %s", i+1, now)
		}
		before = hash()
	}
	if got := o.tries(t, "10.0.0.1", "officer", password+"!"); got != "session.refused" {
		t.Error(got)
	}
	o.exec(t, "UPDATE account SET password_hash = '$argon2id$v=19$m=99999999,t=1,p=1$AAAAAAAAAAAAAAAAAAAAAA$AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA' WHERE name = 'officer'")
	if got := o.tries(t, "10.0.0.2", "officer", password); got != "session.refused" {
		t.Errorf("a hash that asks for 100 GB: %s", got)
	}
}

// Another password ends the other sessions, not the one that changed it; the old one is good for nothing.
func TestChangePassword(t *testing.T) {
	t.Parallel()
	o := newOffice(t)
	o.furnish(t, "officer")
	here, _ := o.SignIn(t.Context(), from("10.0.0.1"), "officer", password)
	there, _ := o.SignIn(t.Context(), from("10.0.0.2"), "officer", password)
	by, found, err := o.Who(t.Context(), Secret(false, here))
	if err != nil || !found {
		t.Fatal(err)
	}
	by.Address = "10.0.0.1"
	const next = "kettle umbrella violin"
	for _, test := range []struct{ present, next, code string }{
		{"wrong", next, "password.wrong"},
		{password, password, "password.same"},
		{password, "short", "password.length"},
		{password, "an officer with a kettle", "password.account"},
		{password, next, ""},
	} {
		if got := codeOf(o.ChangePassword(t.Context(), by, test.present, test.next)); got != test.code {
			t.Errorf("%q to %q: %s", test.present, test.next, got)
		}
	}
	_, stays, _ := o.another().Who(t.Context(), Secret(false, here))
	_, other, _ := o.another().Who(t.Context(), Secret(false, there))
	if !stays || other {
		t.Errorf("this session lasts: %t, the other one: %t", stays, other)
	}
	if old, now := o.tries(t, "10.0.0.1", "officer", password), o.tries(t, "10.0.0.1", "officer", next); old != "session.refused" || now != "" {
		t.Errorf("the old one: %s, the new one: %s", old, now)
	}
	for range 5 {
		_ = o.ChangePassword(t.Context(), by, "guess", next+"!")
	}
	if got := codeOf(o.ChangePassword(t.Context(), by, next, password)); got != "session.locked" {
		t.Errorf("a stolen session guesses on: %s", got)
	}
}

// No more passwords are looked at than there are processors, so that memory is bounded; who waits too long is told to come again.
func TestSlots(t *testing.T) {
	t.Parallel()
	h := NewHasher(Floor)
	var release []func()
	for range runtime.GOMAXPROCS(0) {
		r, err := h.slot(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		release = append(release, r)
	}
	gone, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err := h.slot(gone); err == nil || codeOf(err) == "session.busy" {
		t.Errorf("a client that left: %v", err)
	}
	began := time.Now()
	if _, err := h.slot(t.Context()); codeOf(err) != "session.busy" || time.Since(began) < waitForSlot {
		t.Errorf("after %s: %v", time.Since(began), err)
	}
	release[0]()
	if _, err := h.slot(t.Context()); err != nil {
		t.Error(err)
	}
}

func TestCalibrated(t *testing.T) {
	t.Parallel()
	h := Calibrated("", time.Now)
	if c := h.Cost(); c.KiB < Floor.KiB || c.Passes < Floor.Passes {
		t.Errorf("below the floor: %+v", c)
	}
	// By a clock that ticks: each look takes as long as the machine is slow.
	for each, want := range map[time.Duration]Cost{time.Millisecond: {64 << 10, 8}, time.Hour: Floor} {
		at := time.Time{}
		ticks := func() time.Time { at = at.Add(each); return at }
		if got := Calibrated("", ticks).Cost(); got != want {
			t.Errorf("%s a look: %+v", each, got)
		}
	}
	at := time.Time{}
	usual := NewHasher(Cost{20 << 10, 2}).hash("x")
	if got := Calibrated(usual, func() time.Time { at = at.Add(hashTakes); return at }).Cost(); got != (Cost{20 << 10, 2}) {
		t.Errorf("what is usual, and takes as long as it should: %+v", got)
	}
}

func TestPlaceOf(t *testing.T) {
	t.Parallel()
	for address, want := range map[string]string{
		"10.0.0.1": "10.0.0.1", "::ffff:10.0.0.1": "10.0.0.1", "2001:db8:1:2:3:4:5:6": "2001:db8:1:2::/64", "fe80::1%eth0": "fe80::/64", "console": "console",
	} {
		if got := placeOf(address); got != want {
			t.Errorf("%s: %s", address, got)
		}
	}
}

// How long a sign-in takes, and how many a second this machine stands: run with -cpu 1,2.
func BenchmarkSignIn(b *testing.B) {
	o := newOffice(b)
	o.Hashing(Calibrated("", time.Now))
	b.Logf("cost %+v", o.passwords.Cost())
	o.furnish(b, "officer")
	b.Run("alone", func(b *testing.B) {
		for b.Loop() {
			if _, err := o.SignIn(context.Background(), from("10.0.0.1"), "officer", password); err != nil {
				b.Fatal(err)
			}
		}
	})
	b.Run("many", func(b *testing.B) {
		var next sync.Mutex
		n := 0
		b.SetParallelism(4)
		b.RunParallel(func(pb *testing.PB) {
			for pb.Next() {
				next.Lock()
				n++
				address := fmt.Sprintf("10.0.%d.%d", n/250, n%250)
				next.Unlock()
				if _, err := o.SignIn(context.Background(), from(address), "officer", password); err != nil {
					b.Error(err)
				}
			}
		})
	})
}
