package httpapi

import (
	"math/bits"
	"strings"

	"zhengbei/internal/land"
)

// rule says whom a route admits, a bit a role. The zero rule is nobody, so a row without a rule admits no one.
type rule uint16

const (
	officers rule = 1 << iota
	posts
	planners
	viewers
	sysadmins
	secadmins
	auditors
	passersby // nobody is signed in
	readers   // nobody is signed in, and the operator has switched anonymous reading on
	machine   // a monitor on this machine, or a token of a system administrator
)

const (
	nobody    rule = 0
	onMap          = officers | posts | planners | viewers // who sees the map: the same for all of them
	public         = onMap | readers
	keepers        = officers | posts | planners // who sees the register: a post its own parcels, a planner without names
	recorders      = officers | posts
	exporters      = officers | posts | planners
	everyone       = onMap | sysadmins | secadmins | auditors
	anyone         = everyone | passersby
)

// bitOf is the bit of a role.
var bitOf = map[land.Role]rule{
	land.RoleOfficer: officers, land.RolePost: posts, land.RolePlanner: planners, land.RoleViewer: viewers,
	land.RoleSysAdmin: sysadmins, land.RoleSecAdmin: secadmins, land.RoleAuditor: auditors,
}

// admits reports whether a rule admits a role.
func (r rule) admits(role land.Role) bool { return r&bitOf[role] != 0 }

// String names those that a rule admits.
func (r rule) String() string {
	if r == anyone {
		return "anyone"
	}
	var names []string
	for _, role := range land.Roles {
		if r.admits(role) {
			names = append(names, string(role))
		}
	}
	if r&readers != 0 {
		names = append(names, "readers")
	}
	if r&machine != 0 {
		names = append(names, "machine")
	}
	if len(names) == 0 || bits.OnesCount16(uint16(r)) == 0 {
		return "nobody"
	}
	return strings.Join(names, "+")
}

// scope is what a token must be good for.
type scope int

const (
	bySession scope = iota // no token is good for it: accounts, sessions and tokens are managed by people
	toRead
	toEdit
	toExport
)

func (s scope) String() string { return [...]string{"session", "read", "edit", "export"}[s] }

// class is which rate bounds a route; a row without one fails the tests.
type class int

const (
	unbound   class = iota
	reading         // questions
	writing         // changes
	bulk            // files in and out
	signingIn       // passwords, links and whatever lets somebody in; a success is not counted
	revealing       // personal data in clear
	unknown         // credentials that nobody is known by; of no row
	entering        // sign-ins that succeed, which are counted as well; of no row
)

func (c class) String() string {
	return [...]string{"unbound", "reading", "writing", "bulk", "signing in", "revealing", "unknown", "entering"}[c]
}
