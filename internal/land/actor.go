package land

import (
	"slices"

	"zhengbei/internal/fault"
)

// Role is what an account may do; each account has one, so that the three administrations (三员) are never combined, nor with land.
type Role string

// The seven roles of people, and the console: whoever runs the program beside the database.
const (
	RoleOfficer  Role = "officer"      // draws and edits boundaries, keeps the register
	RolePost     Role = "command_post" // records what happens in its own parcels
	RolePlanner  Role = "planner"      // reads all, exports; names of persons are masked unless granted
	RoleViewer   Role = "viewer"       // leaders: map, totals, reports; no names
	RoleSysAdmin Role = "sysadmin"     // accounts; no land
	RoleSecAdmin Role = "secadmin"     // roles and what they may; no land
	RoleAuditor  Role = "auditor"      // reads the audit trail only
	RoleConsole  Role = "console"
)

// Roles are those that an account can be given, in the order in which they are shown.
var Roles = []Role{RoleOfficer, RolePost, RolePlanner, RoleViewer, RoleSysAdmin, RoleSecAdmin, RoleAuditor}

// RoleNames are the words of the roles.
var RoleNames = map[Role]fault.Words{
	RoleOfficer:  {Zh: "经办员", En: "officer"},
	RolePost:     {Zh: "指挥部", En: "command post"},
	RolePlanner:  {Zh: "规划人员", En: "planner"},
	RoleViewer:   {Zh: "领导", En: "viewer"},
	RoleSysAdmin: {Zh: "系统管理员", En: "system administrator"},
	RoleSecAdmin: {Zh: "安全管理员", En: "security administrator"},
	RoleAuditor:  {Zh: "安全审计员", En: "auditor"},
	RoleConsole:  {Zh: "控制台", En: "console"},
}

// Administers reports whether a role is one of the three administrations, which see no land.
func (r Role) Administers() bool {
	return r == RoleSysAdmin || r == RoleSecAdmin || r == RoleAuditor
}

// SeesAll reports whether a role sees the register of every command post.
func (r Role) SeesAll() bool { return r == RoleOfficer || r == RolePlanner || r == RoleConsole }

// Actor is who acts: the account stands in every version that a write leaves behind, the rest in the audit trail.
// The zero actor is nobody: the database shows it no row of the register.
type Actor struct {
	ID       int32 // of the account; 0 with Role RoleConsole: the console
	Account  string
	Role     Role
	Post     string   // the code of its command post
	Parcels  []string // that the post runs today
	Granted  bool     // a planner who was granted personal names
	Scopes   []string // of the token that it came with; nil: a session, which may what the role may
	Why      string   // the reason that its token gives to changes by programs that cannot
	Address  string   // from where
	Request  string   // the number of the request
	Via      string   // the route, or the command
	SignedBy string   // session:ID or token:ID
}

// Operator is the person at the console.
var Operator = Actor{Account: "operator", Role: RoleConsole, Address: "console"}

// Seeder is the service when it lays out the data that it ships with.
var Seeder = Actor{Account: "zhengbei", Role: RoleConsole, Address: "console", Via: "zhengbei seed"}

// IsNobody reports whether nobody acts.
func (a Actor) IsNobody() bool { return a.Account == "" }

// Is reports whether two actors are the same account.
func (a Actor) Is(b Actor) bool { return a.Account == b.Account }

// SeesParcel reports whether it may see the register of a parcel, as RLS says in the database.
func (a Actor) SeesParcel(code string) bool {
	return a.Role.SeesAll() || a.Role == RolePost && slices.Contains(a.Parcels, code)
}

// Mine are the parcels that the register is narrowed to; nil: all of them.
func (a Actor) Mine() []string {
	if a.Role.SeesAll() {
		return nil
	}
	if a.Parcels == nil {
		return []string{}
	}
	return a.Parcels
}

// SeesNames reports whether names of persons are shown to it as they are.
func (a Actor) SeesNames() bool {
	return a.Role == RoleOfficer || a.Role == RolePost || a.Role == RoleConsole || a.Role == RolePlanner && a.Granted
}

// Deed is what was done to one thing, for the audit trail: what stood before and what stands after, as JSON.
type Deed struct {
	Object string // its code, or account:NAME, token:ID, session:ID
	Before any    // nil: it was not there
	After  any    // nil: it ended
}
