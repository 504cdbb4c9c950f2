package account

import (
	"log/slog"
	"strconv"
	"testing"
	"time"

	"zhengbei/internal/land"
	"zhengbei/internal/store"
)

// administrator is one of storetest's, as a browser acts.
func (o office) administrator(t testing.TB, name string, role land.Role) land.Actor {
	t.Helper()
	return land.Actor{ID: int32(o.count(t, "SELECT account_id FROM account WHERE name = $1", name)), Account: name, Role: role, Address: "10.0.0.9", Request: "r", Via: "PATCH /api/v1/users/:name"}
}

// Who becomes an administration comes in by nothing that was made before: whoever added the account knows its link, and may have used it.
func TestAdministrationLosesFormerWaysIn(t *testing.T) {
	t.Parallel()
	for _, role := range []land.Role{land.RoleSysAdmin, land.RoleSecAdmin, land.RoleAuditor} {
		t.Run(string(role), func(t *testing.T) {
			t.Parallel()
			o := newOffice(t)
			sys, sec := o.administrator(t, "sysadmin", land.RoleSysAdmin), o.administrator(t, "secadmin", land.RoleSecAdmin)
			_, unused, _, err := o.Add(t.Context(), sys, "li.wei", Change{}, land.LinkPassword)
			if err != nil {
				t.Fatal(err)
			}
			a, used, _, err := o.Add(t.Context(), sys, "wang.fang", Change{}, land.LinkPassword)
			if err != nil {
				t.Fatal(err)
			}
			pass := password
			if _, _, err := o.UseLink(t.Context(), from("10.0.0.1"), used, &pass); err != nil {
				t.Fatal(err)
			}
			for _, name := range []string{"li.wei", a.Name} {
				after, err := o.Alter(t.Context(), sec, name, Change{Role: &role})
				if err != nil || after.State() != land.AccountNoPassword {
					t.Fatalf("%s: %s %v", name, after.State(), err)
				}
			}
			if _, _, err := o.UseLink(t.Context(), from("10.0.0.1"), unused, &pass); codeOf(err) != "link.used" {
				t.Errorf("the link from before the role: %v", err)
			}
			if got := o.tries(t, "10.0.0.1", a.Name, password); got != "session.refused" {
				t.Errorf("the password from before the role: %s", got)
			}
		})
	}
}

// A role over land keeps the password that its person has set: nobody who gave it gains by that.
func TestRoleOverLandKeepsPassword(t *testing.T) {
	t.Parallel()
	o := newOffice(t)
	o.furnish(t, "officer")
	role := land.RoleViewer
	if _, err := o.Alter(t.Context(), o.administrator(t, "secadmin", land.RoleSecAdmin), "officer", Change{Role: &role}); err != nil {
		t.Fatal(err)
	}
	if got := o.tries(t, "10.0.0.1", "officer", password); got != "" {
		t.Error(got)
	}
}

// The system administrator does not silence the two who watch; the console does.
func TestAdministrationsAreOutOfReach(t *testing.T) {
	t.Parallel()
	o := newOffice(t)
	sys := o.administrator(t, "sysadmin", land.RoleSysAdmin)
	for _, name := range []string{"secadmin", "auditor"} {
		for _, by := range []land.Actor{sys, land.Operator} {
			want := ""
			if by.ID == sys.ID {
				want = "account.administration"
			}
			for what, err := range map[string]error{
				"sessions": o.EndSessions(t.Context(), by, name),
				"tokens":   o.EndTokens(t.Context(), by, name),
			} {
				if got := codeOf(err); got != want {
					t.Errorf("%s of %s by %s: %q", what, name, by.Account, got)
				}
			}
			if by.ID == sys.ID {
				if got := codeOf(o.EndSession(t.Context(), by, name, 1)); got != want {
					t.Errorf("a session of %s: %q", name, got)
				}
			}
			for _, off := range []bool{true, false} {
				if _, err := o.Alter(t.Context(), by, name, Change{Disabled: &off}); codeOf(err) != want && off {
					t.Errorf("disabling %s by %s: %v", name, by.Account, err)
				}
			}
		}
	}
	off := true
	if _, err := o.Alter(t.Context(), sys, "officer", Change{Disabled: &off}); err != nil {
		t.Errorf("an officer: %v", err)
	}
}

// A browser left open makes no token that outlasts it: the present password is asked for, and guesses count.
func TestTokenAsksForPassword(t *testing.T) {
	t.Parallel()
	o := newOffice(t)
	o.furnish(t, "officer")
	secret, err := o.SignIn(t.Context(), from("10.0.0.1"), "officer", password)
	if err != nil {
		t.Fatal(err)
	}
	by, _, err := o.Who(t.Context(), Secret(false, secret))
	if err != nil {
		t.Fatal(err)
	}
	by.Address = "10.0.0.1"
	token := func(present string) (string, string) {
		_, token, err := o.CreateToken(t.Context(), by, "officer", NewToken{Name: "x", Scopes: []string{"read"}, Lasts: time.Hour, Present: present})
		return token, codeOf(err)
	}
	if _, got := token(""); got != "token.password" {
		t.Errorf("without a password: %s", got)
	}
	if _, got := token("wrong"); got != "password.wrong" {
		t.Errorf("with another: %s", got)
	}
	made, got := token(password)
	if got != "" {
		t.Fatal(got)
	}
	if err := o.ChangePassword(t.Context(), by, password, "kettle umbrella violin"); err != nil {
		t.Fatal(err)
	}
	if _, found, err := o.Who(t.Context(), Secret(true, made)); found || err != nil {
		t.Errorf("the token outlives the password: %v", err)
	}
	for range 5 {
		_, _ = token("guess")
	}
	if _, got := token("kettle umbrella violin"); got != "session.locked" {
		t.Errorf("guesses go on: %s", got)
	}
	o.exec(t, "UPDATE account SET password_hash = NULL, password_at = NULL WHERE name = 'officer'")
	if _, got := token(""); got != "" {
		t.Errorf("without a password, soon after the sign-in: %s", got)
	}
	o.exec(t, "UPDATE session SET created_at = created_at - interval '11 min'")
	if _, got := token(""); got != "token.sign_in_again" {
		t.Errorf("without a password, later: %s", got)
	}
}

// Whom an issuer brings and who comes no more has no token that goes on.
func TestTokenOfIssuerEndsWithSignIns(t *testing.T) {
	t.Parallel()
	o := newOffice(t)
	_, token, err := o.CreateToken(t.Context(), land.Operator, "officer", NewToken{Name: "x", Scopes: []string{"read"}, Lasts: 300 * 24 * time.Hour})
	if err != nil {
		t.Fatal(err)
	}
	for days, good := range map[int]bool{29: true, 31: false} {
		o.exec(t, "UPDATE account SET issuer = 'https://id', subject = 'x', signed_in_at = clock_timestamp() - make_interval(days => $1) WHERE name = 'officer'", days)
		if _, found, err := o.another().Who(t.Context(), Secret(true, token)); found != good || err != nil {
			t.Errorf("after %d days: %t %v", days, found, err)
		}
	}
}

// Twenty sessions of an account last; the oldest ends for the next.
func TestOldestSessionEnds(t *testing.T) {
	t.Parallel()
	o := newOffice(t)
	o.furnish(t, "officer")
	first, err := o.SignIn(t.Context(), from("10.0.0.1"), "officer", password)
	if err != nil {
		t.Fatal(err)
	}
	for n := range store.MostSessions {
		if _, found, _ := o.another().Who(t.Context(), Secret(false, first)); !found {
			t.Fatalf("ended by the %d. after it", n)
		}
		if got := o.tries(t, "10.0.0.1", "officer", password); got != "" {
			t.Fatal(got)
		}
	}
	if _, found, _ := o.another().Who(t.Context(), Secret(false, first)); found {
		t.Error("the oldest lasts")
	}
	if all, err := o.Sessions(t.Context(), "officer"); len(all) != store.MostSessions || err != nil {
		t.Errorf("%d sessions: %v", len(all), err)
	}
}

// Made-up credentials push nobody out who is known, and each is a stranger until it is told.
func TestKnownStayRemembered(t *testing.T) {
	t.Parallel()
	k := NewKeeper(nil, time.Now, slog.New(slog.DiscardHandler))
	c := Secret(false, "known")
	k.known[c] = remembered{found: true, until: time.Now().Add(time.Minute)}
	for n := range mostRemembered {
		k.vain[Secret(false, strconv.Itoa(n))] = remembered{until: time.Now().Add(time.Minute)}
	}
	makeRoom(k.vain, time.Now())
	if !k.Remembers(c) || k.Remembers(Secret(false, "0")) || len(k.vain) != 0 {
		t.Errorf("%d in vain", len(k.vain))
	}
}

// While the database is away who was known is told without asking it at each tile.
func TestOutageIsNotAskedAboutAtEachTile(t *testing.T) {
	t.Parallel()
	now := time.Now()
	k := NewKeeper(nil, func() time.Time { return now }, slog.New(slog.DiscardHandler)) // asking would panic
	c := Secret(false, "known")
	k.known[c] = remembered{by: land.Actor{ID: 7}, found: true, until: now.Add(-outage + time.Second), used: true}
	k.away = now.Add(patience)
	if by, found, err := k.Who(t.Context(), c); by.ID != 7 || !found || err != nil {
		t.Errorf("%v %t %v", by, found, err)
	}
	for what, at := range map[string]time.Time{"a second later": now.Add(patience), "after a minute": now.Add(time.Second)} {
		func() {
			defer func() {
				if recover() == nil {
					t.Errorf("%s it is not asked again", what)
				}
			}()
			k.away = at.Add(patience)
			if what == "a second later" {
				k.away = at
			}
			now = at
			_, _, _ = k.Who(t.Context(), c)
		}()
	}
}
