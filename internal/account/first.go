package account

import (
	"context"
	"time"

	"zhengbei/internal/land"
	"zhengbei/internal/store"
)

// Invitation is a one-time link for somebody, by the name and role of the account.
type Invitation struct {
	Name string
	Role land.Role
	Link string // the secret of it
	Ends time.Time
}

// First are the links of the three administrations, as long as nobody has come in: each start makes new ones in place of those before.
// From then on those who are in add the others.
func (k *Keeper) First(ctx context.Context, by land.Actor) (all []Invitation, err error) {
	err = k.db.Manage(ctx, by, func(tx *store.Tx) error {
		unclaimed, err := tx.Unclaimed(ctx)
		if err != nil || !unclaimed {
			return err
		}
		all, err = invite(ctx, tx, []land.Role{land.RoleSysAdmin, land.RoleSecAdmin, land.RoleAuditor}, land.LinkPassword)
		return err
	})
	return all, err
}

// FirstPost is the command post whose account the demonstration shows.
const FirstPost = "F-01"

// Demonstrate are links by which one comes into a demonstration without a password, one a role; each start makes new ones.
func (k *Keeper) Demonstrate(ctx context.Context, by land.Actor) (all []Invitation, err error) {
	err = k.db.Manage(ctx, by, func(tx *store.Tx) (err error) {
		all, err = invite(ctx, tx, land.Roles, land.LinkSignIn)
		return err
	})
	k.Forget()
	return all, err
}

// invite makes a link for an account of each role, which is called after it and is made where it is not there.
// One that was disabled, or given another role, is put right: it is the way in that the start promises.
func invite(ctx context.Context, tx *store.Tx, roles []land.Role, purpose land.LinkPurpose) (all []Invitation, err error) {
	for _, role := range roles {
		name := string(role)
		a, found, err := tx.HoldAccount(ctx, name)
		if err != nil {
			return nil, err
		}
		stands := a
		stands.Name, stands.Role, stands.Disabled = name, role, false
		if role == land.RolePost && stands.Post == "" {
			stands.Post = FirstPost
		} else if role != land.RolePost {
			stands.Post = ""
		}
		stands.Granted = a.Granted && role == land.RolePlanner
		switch {
		case !found:
			if stands.ID, err = tx.AddAccount(ctx, stands); err != nil {
				return nil, err
			}
			tx.Did(land.Deed{Object: objectOf(name), After: viewOf(stands)})
		case viewOf(stands) != viewOf(a):
			if stands, err = expelFor(ctx, tx, a, stands); err != nil {
				return nil, err
			}
			if err := tx.AlterAccount(ctx, stands); err != nil {
				return nil, err
			}
			tx.Did(land.Deed{Object: objectOf(name), Before: viewOf(a), After: viewOf(stands)})
		}
		link, ends, err := newLink(ctx, tx, stands.ID, purpose)
		if err != nil {
			return nil, err
		}
		tx.Did(land.Deed{Object: objectOf(name), After: linkMade{purpose}})
		all = append(all, Invitation{name, role, link, ends})
	}
	return all, nil
}
