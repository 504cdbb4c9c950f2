package account

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"time"

	"zhengbei/internal/fault"
	"zhengbei/internal/land"
	"zhengbei/internal/store"
)

// Change is what is to become of an account; what is nil stays as it is.
type Change struct {
	Person   *string
	Disabled *bool
	Role     *land.Role
	Post     *string
	Names    *bool
}

// view is an account as the audit trail keeps it.
type view struct {
	Person   string    `json:"person"`
	Role     land.Role `json:"role"`
	Post     string    `json:"command_post"`
	Names    bool      `json:"names"`
	Disabled bool      `json:"disabled"`
}

func viewOf(a land.Account) view { return view{a.Person, a.Role, a.Post, a.Granted, a.Disabled} }

// objectOf is an account in the audit trail.
func objectOf(name string) string { return "account:" + name }

// numberOf is the number of the session by which somebody acts; 0 where it is none.
func numberOf(by land.Actor) (number int32) {
	_, _ = fmt.Sscanf(by.SignedBy, "session:%d", &number)
	return number
}

// Accounts are all people, by name.
func (k *Keeper) Accounts(ctx context.Context) (all []land.Account, err error) {
	err = k.db.Read(ctx, func(tx *store.Tx) (err error) {
		all, err = tx.Accounts(ctx)
		return err
	})
	return all, err
}

// Account is one of them, by its name.
func (k *Keeper) Account(ctx context.Context, name string) (a land.Account, err error) {
	err = k.db.Read(ctx, func(tx *store.Tx) (err error) {
		a, err = known(tx.Account(ctx, name))
		return err
	})
	return a, err
}

// known makes a fault of an account that is not there.
func known(a land.Account, found bool, err error) (land.Account, error) {
	if err == nil && !found {
		err = fault.New(fault.NotFound, "account.unknown")
	}
	return a, err
}

// Add adds an account and answers a one-time link by which its person sets a password.
func (k *Keeper) Add(ctx context.Context, by land.Actor, name string, c Change, purpose land.LinkPurpose) (a land.Account, link string, ends time.Time, err error) {
	if !land.IsAccountName(name) {
		return a, "", ends, fault.New(fault.Invalid, "account.name_form").In("/name")
	}
	err = k.db.Manage(ctx, by, func(tx *store.Tx) error {
		if _, found, err := tx.Account(ctx, name); err != nil || found {
			if err == nil {
				err = fault.New(fault.Conflict, "account.taken").In("/name")
			}
			return err
		}
		if a, err = plan(ctx, tx, land.Account{Name: name}, c); err != nil {
			return err
		}
		number, err := tx.AddAccount(ctx, a)
		if err != nil {
			return err
		}
		tx.Did(land.Deed{Object: objectOf(name), After: viewOf(a)})
		link, ends, err = newLink(ctx, tx, number, purpose)
		if err != nil {
			return err
		}
		a, err = known(tx.Account(ctx, name))
		return err
	})
	return a, link, ends, err
}

// newLink makes a one-time link in place of those before it.
func newLink(ctx context.Context, tx *store.Tx, account int32, purpose land.LinkPurpose) (link string, ends time.Time, err error) {
	link, c := fresh(false)
	lasts := LinkLasts
	if purpose == land.LinkSignIn {
		lasts = DemoLinkLasts
	}
	ends, err = tx.AddLink(ctx, account, purpose, c, lasts)
	return link, ends, err
}

// plan is an account after a change, where the change is lawful.
func plan(ctx context.Context, tx *store.Tx, a land.Account, c Change) (land.Account, error) {
	if c.Person != nil {
		a.Person = strings.TrimSpace(*c.Person)
		if a.Person != "" && !land.IsWording(a.Person, land.MostPerson) {
			return a, fault.New(fault.Invalid, "account.person", "max", land.MostPerson).In("/person")
		}
	}
	if c.Disabled != nil {
		a.Disabled = *c.Disabled
	}
	if c.Role != nil && *c.Role != a.Role {
		if !slices.Contains(land.Roles, *c.Role) {
			return a, fault.New(fault.Invalid, "account.role", "roles", joined(land.Roles)).In("/role")
		}
		a.Role, a.Post, a.Granted = *c.Role, "", false // what belonged to the role before goes with it
	}
	if c.Post != nil {
		a.Post = *c.Post
	}
	if c.Names != nil {
		a.Granted = *c.Names
	}
	switch {
	case a.Role == land.RolePost && a.Post == "":
		return a, fault.New(fault.Invalid, "account.needs_post").In("/command_post")
	case a.Role != land.RolePost && a.Post != "":
		return a, fault.New(fault.Invalid, "account.no_post").In("/command_post")
	case a.Role != land.RolePlanner && a.Granted:
		return a, fault.New(fault.Invalid, "account.no_names").In("/names")
	}
	if a.Post != "" {
		there, err := tx.HasPost(ctx, a.Post)
		if err == nil && !there {
			err = fault.New(fault.Invalid, "account.unknown_post", "value", a.Post).In("/command_post")
		}
		if err != nil {
			return a, err
		}
	}
	return a, nil
}

func joined(roles []land.Role) string {
	var words []string
	for _, r := range roles {
		words = append(words, string(r))
	}
	return strings.Join(words, ", ")
}

// Alter changes an account. Whatever changes what it may ends its sessions and tokens at once; nobody does that to their own account.
func (k *Keeper) Alter(ctx context.Context, by land.Actor, name string, c Change) (after land.Account, err error) {
	err = k.db.Manage(ctx, by, func(tx *store.Tx) error {
		before, err := known(tx.HoldAccount(ctx, name))
		if err != nil {
			return err
		}
		if after, err = plan(ctx, tx, before, c); err != nil || viewOf(after) == viewOf(before) {
			return err
		}
		may := after
		may.Person = before.Person
		if viewOf(may) != viewOf(before) {
			if by.ID == before.ID {
				return fault.New(fault.Forbidden, "account.own")
			}
			if before.Disabled != after.Disabled {
				if err := outOfReach(by, before); err != nil {
					return err
				}
			}
			if after, err = expelFor(ctx, tx, before, after); err != nil {
				return err
			}
			if after.Disabled {
				if err := tx.EndLinks(ctx, before.ID); err != nil {
					return err
				}
			}
		}
		tx.Did(land.Deed{Object: objectOf(before.Name), Before: viewOf(before), After: viewOf(after)})
		return tx.AlterAccount(ctx, after)
	})
	k.Forget()
	return after, err
}

// administers reports whether a role is one of the three that keep the service and not the land.
func administers(r land.Role) bool {
	return r == land.RoleSysAdmin || r == land.RoleSecAdmin || r == land.RoleAuditor
}

// outOfReach refuses what would let the system administrator silence or become the two who watch them; the console may.
func outOfReach(by land.Actor, a land.Account) error {
	if by.Role != land.RoleConsole && by.ID != a.ID && (a.Role == land.RoleSecAdmin || a.Role == land.RoleAuditor) {
		return fault.New(fault.Forbidden, "account.administration", "name", a.Name)
	}
	return nil
}

// expelFor ends what was let in under another standing. Who becomes an administration loses the ways in made before as well:
// whoever made the account knows its link, and may have set its password.
func expelFor(ctx context.Context, tx *store.Tx, before, after land.Account) (land.Account, error) {
	if err := expel(ctx, tx, before.ID); err != nil || before.Role == after.Role || !administers(after.Role) {
		return after, err
	}
	if err := tx.EndLinks(ctx, before.ID); err != nil {
		return after, err
	}
	after.Password = nil
	return after, tx.SetPassword(ctx, before.ID, nil)
}

// expel ends the sessions and tokens of an account.
func expel(ctx context.Context, tx *store.Tx, account int32) error {
	if _, err := tx.EndSessions(ctx, account, 0); err != nil {
		return err
	}
	_, err := tx.EndTokens(ctx, account)
	return err
}

// Reset takes the password of an account away, ends its sessions and tokens, and answers a link by which its person sets another.
// Over HTTP the other two administrations are out of reach of the system administrator, who could else become them.
func (k *Keeper) Reset(ctx context.Context, by land.Actor, name string, purpose land.LinkPurpose) (a land.Account, link string, ends time.Time, err error) {
	err = k.db.Manage(ctx, by, func(tx *store.Tx) error {
		if a, err = known(tx.HoldAccount(ctx, name)); err != nil {
			return err
		}
		switch {
		case a.Disabled:
			return fault.New(fault.Conflict, "account.disabled", "name", a.Name)
		case a.Elsewhere:
			return fault.New(fault.Conflict, "account.elsewhere", "name", a.Name)
		}
		if err := outOfReach(by, a); err != nil {
			return err
		}
		if err := tx.SetPassword(ctx, a.ID, nil); err != nil {
			return err
		}
		if err := expel(ctx, tx, a.ID); err != nil {
			return err
		}
		if err := tx.Forgive(ctx, a.Name); err != nil {
			return err
		}
		tx.Did(land.Deed{Object: objectOf(a.Name), After: linkMade{purpose}})
		link, ends, err = newLink(ctx, tx, a.ID, purpose)
		return err
	})
	k.Forget()
	return a, link, ends, err
}

// linkMade is what the audit trail says of a new link.
type linkMade struct {
	Link land.LinkPurpose `json:"link"`
}

// Sessions are those of an account that last.
func (k *Keeper) Sessions(ctx context.Context, name string) (all []land.Session, err error) {
	err = k.db.Read(ctx, func(tx *store.Tx) error {
		a, err := known(tx.Account(ctx, name))
		if err == nil {
			all, err = tx.Sessions(ctx, a.ID)
		}
		return err
	})
	return all, err
}

// ended is what the audit trail says of sessions and tokens that were ended.
type ended struct {
	Sessions int64 `json:"sessions,omitempty"`
	Session  int32 `json:"session,omitempty"`
	Tokens   int64 `json:"tokens,omitempty"`
	Token    int32 `json:"token,omitempty"`
}

// EndSession ends one session of an account.
func (k *Keeper) EndSession(ctx context.Context, by land.Actor, name string, session int32) error {
	return k.end(ctx, by, name, func(tx *store.Tx, a land.Account) (ended, error) {
		found, err := tx.EndSession(ctx, a.ID, session)
		if err == nil && !found {
			err = fault.New(fault.NotFound, "session.unknown")
		}
		return ended{Session: session}, err
	})
}

// EndSessions ends all sessions of an account.
func (k *Keeper) EndSessions(ctx context.Context, by land.Actor, name string) error {
	return k.end(ctx, by, name, func(tx *store.Tx, a land.Account) (ended, error) {
		n, err := tx.EndSessions(ctx, a.ID, 0)
		return ended{Sessions: n}, err
	})
}

// EndToken revokes one token of an account.
func (k *Keeper) EndToken(ctx context.Context, by land.Actor, name string, token int32) error {
	return k.end(ctx, by, name, func(tx *store.Tx, a land.Account) (ended, error) {
		found, err := tx.EndToken(ctx, a.ID, token)
		if err == nil && !found {
			err = fault.New(fault.NotFound, "token.not_there")
		}
		return ended{Token: token}, err
	})
}

// EndTokens revokes all tokens of an account.
func (k *Keeper) EndTokens(ctx context.Context, by land.Actor, name string) error {
	return k.end(ctx, by, name, func(tx *store.Tx, a land.Account) (ended, error) {
		n, err := tx.EndTokens(ctx, a.ID)
		return ended{Tokens: n}, err
	})
}

func (k *Keeper) end(ctx context.Context, by land.Actor, name string, fn func(*store.Tx, land.Account) (ended, error)) error {
	err := k.db.Manage(ctx, by, func(tx *store.Tx) error {
		a, err := known(tx.HoldAccount(ctx, name))
		if err != nil {
			return err
		}
		if err := outOfReach(by, a); err != nil {
			return err
		}
		what, err := fn(tx, a)
		tx.Did(land.Deed{Object: objectOf(a.Name), Before: what})
		return err
	})
	k.Forget()
	return err
}
