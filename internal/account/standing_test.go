package account

import (
	"testing"

	"zhengbei/internal/land"
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
