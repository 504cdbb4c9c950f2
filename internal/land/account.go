package land

import (
	"regexp"
	"time"
)

// Account is whoever may act, as those who keep accounts see it: nothing of its password.
type Account struct {
	ID        int32
	Name      string
	Person    string // whom it belongs to
	Role      Role   // empty: it waits for the security administrator
	Post      string // the code of its command post
	Granted   bool   // a planner who was granted personal names
	Disabled  bool
	Elsewhere bool // it signs in through an identity provider
	Since     time.Time
	By        string     // who added it
	Password  *time.Time // since when it has the present one
	SignedIn  *time.Time // when it last did
}

// AccountState says what an account waits for, if for anything.
type AccountState string

// The states of an account: it needs a role and a password to be signed in.
const (
	AccountActive     AccountState = "active"
	AccountNoRole     AccountState = "waits_for_role"
	AccountNoPassword AccountState = "waits_for_password"
	AccountDisabled   AccountState = "disabled"
)

// State is what the account waits for.
func (a Account) State() AccountState {
	switch {
	case a.Disabled:
		return AccountDisabled
	case a.Role == "":
		return AccountNoRole
	case a.Password == nil && !a.Elsewhere:
		return AccountNoPassword
	}
	return AccountActive
}

// accountName is of letters that cannot be mistaken for one another's likeness in another script: the name stands in every record for ever.
var accountName = regexp.MustCompile(`^[A-Za-z0-9][A-Za-z0-9._@-]{1,63}$`)

// IsAccountName reports whether an account may be called so.
func IsAccountName(name string) bool { return accountName.MatchString(name) }

// MostPerson bounds the wording of whom an account belongs to.
const MostPerson = 100

// Session is a sign-in that lasts.
type Session struct {
	ID      int32
	Since   time.Time
	Seen    time.Time // to the minute
	Ends    time.Time // at the latest
	Address string
	Agent   string
}

// Token lets a program act for an account.
type Token struct {
	ID     int32
	Name   string
	Scopes []string
	Why    string
	Since  time.Time
	Ends   time.Time
	Used   *time.Time // to the minute
}

// TokenScopes are what a token can be good for.
var TokenScopes = []string{"read", "edit", "export"}

// LinkPurpose is what a one-time link is good for.
type LinkPurpose string

// The purposes of a one-time link.
const (
	LinkPassword LinkPurpose = "password" // sets a password, and signs in with it
	LinkSignIn   LinkPurpose = "sign_in"  // signs in as it is: in a demonstration only
)

// OneTimeLink is a link by what it is good for.
type OneTimeLink struct {
	ID      int32
	Purpose LinkPurpose
	Account Account
	Ends    time.Time
	Used    bool // it was, or a newer one took its place
	Expired bool
}
