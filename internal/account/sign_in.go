package account

import (
	"context"
	"fmt"
	"net/netip"
	"strings"
	"time"
	"unicode/utf8"

	"zhengbei/internal/fault"
	"zhengbei/internal/land"
	"zhengbei/internal/store"
)

// How long a one-time link is good.
const (
	LinkLasts     = 72 * time.Hour
	DemoLinkLasts = 24 * time.Hour
)

// Visitor is who stands at the door, not known yet.
type Visitor struct {
	From  land.Actor        // nobody, with address, request and route
	Agent string            // the program, as it says itself
	Shown *store.Credential // the session that its browser showed: it ends when another one begins
}

// mostAgent bounds what is kept of how a program calls itself.
const mostAgent = 300

// signedIn and the like are what the audit trail says of an account; nothing of them is secret.
type signedIn struct {
	Session int32  `json:"session"`
	By      string `json:"by"`
}

// SignIn begins a session where name and password are right, and answers its secret. To whom it refuses it says nothing of the account,
// and takes as long whether there is one or not.
func (k *Keeper) SignIn(ctx context.Context, v Visitor, name, password string) (secret string, err error) {
	if !land.IsAccountName(name) {
		return "", fault.New(fault.Invalid, "account.name_form").In("/name")
	}
	release, err := k.passwords.slot(ctx) // before it is counted: who waits is not counted yet
	if err != nil {
		return "", err
	}
	defer release()
	tried := v.From
	failure, p, err := k.attempt(ctx, &tried, name)
	if err != nil {
		return "", err
	}
	right := k.passwords.matches(p.Hash, password) && !p.Disabled && p.Role != ""
	fresh := ""
	if right && k.passwords.stale(*p.Hash) {
		fresh = k.passwords.hash(password)
	}
	if right {
		secret, err = k.admit(ctx, v, p.Name, "password", func(tx *store.Tx, a land.Account) error {
			if now, _, err := tx.Password(ctx, a.Name); err != nil || now.Hash == nil || *now.Hash != *p.Hash {
				if err == nil {
					err = errChanged // since it was looked at
				}
				return err
			}
			if fresh != "" {
				if err := tx.Rehash(ctx, a.ID, *p.Hash, fresh); err != nil {
					return err
				}
			}
			return tx.Succeeded(ctx, failure, name, placeOf(v.From.Address))
		})
		if err != errChanged { //nolint:errorlint // it is ours, and comes untouched
			return secret, err
		}
	}
	return "", k.refuse(ctx, tried, failure, fault.New(fault.Unauthenticated, "session.refused"))
}

// errChanged says that an account was changed while its password was looked at.
var errChanged = fault.New(fault.Unauthenticated, "session.refused")

// attempt counts a look at the password of a name, unless the bounds of guessing are reached, and says under which name whoever tries is recorded.
func (k *Keeper) attempt(ctx context.Context, by *land.Actor, name string) (failure int64, p store.Password, err error) {
	var wait time.Duration
	err = k.db.Manage(ctx, *by, func(tx *store.Tx) (err error) {
		if failure, wait, err = tx.Attempt(ctx, name, placeOf(by.Address)); err != nil {
			return err
		}
		var found bool
		if p, found, err = tx.Password(ctx, name); err != nil { // also where it is locked: for its name
			return err
		}
		by.Account = guessed(name)
		if found {
			by.Account = p.Name
		}
		return nil
	})
	if err == nil && wait > 0 {
		seconds := int(wait / time.Second)
		err = fault.New(fault.TooMany, "session.locked", "minutes", (seconds+59)/60, "seconds", seconds)
		k.note(ctx, *by, "session.locked")
	}
	return failure, p, err
}

// guessed is how a record shows a name that no account has: people type their password into the field for the name.
func guessed(name string) string {
	first, size := utf8.DecodeRuneInString(name)
	if size == 0 {
		return ""
	}
	return fmt.Sprintf("%c… (%d)", first, utf8.RuneCountInString(name))
}

// Called is how a record shows the name that somebody gave who is not known.
func (k *Keeper) Called(ctx context.Context, name string) string {
	if !land.IsAccountName(name) {
		return guessed(name)
	}
	called := guessed(name)
	if err := k.db.Read(ctx, func(tx *store.Tx) error {
		a, found, err := tx.Account(ctx, name)
		if found {
			called = a.Name
		}
		return err
	}); err != nil {
		k.log.Error("an account could not be looked up for a record", "error", err)
	}
	return called
}

// refuse lets an attempt count, and has it recorded before it is answered, whether or not the client waits for that.
func (k *Keeper) refuse(ctx context.Context, by land.Actor, failure int64, f *fault.Error) error {
	ctx = context.WithoutCancel(ctx)
	if err := k.db.Manage(ctx, by, func(tx *store.Tx) error { return tx.Failed(ctx, failure) }); err != nil {
		return err
	}
	k.note(ctx, by, f.Code)
	return f
}

// note records a refusal; that it cannot be recorded is logged and hides no answer, and the attempt counts all the same.
func (k *Keeper) note(ctx context.Context, by land.Actor, code string) {
	if err := k.db.Refused(context.WithoutCancel(ctx), by, code, []string{objectOf(by.Account)}, struct{}{}); err != nil {
		k.log.Error("a refused sign-in could not be recorded", "id", by.Request, "code", code, "account", by.Account, "address", by.Address, "error", err)
	}
}

// admit begins a session of an account that may sign in, in one transaction with what check does.
func (k *Keeper) admit(ctx context.Context, v Visitor, name, how string, check func(*store.Tx, land.Account) error) (secret string, err error) {
	err = k.db.Manage(ctx, v.From, func(tx *store.Tx) error {
		a, found, err := tx.HoldAccount(ctx, name)
		if err != nil {
			return err
		}
		if !found || a.Disabled || a.Role == "" {
			return errChanged
		}
		if err := check(tx, a); err != nil {
			return err
		}
		secret, err = k.Begin(ctx, tx, v, a, how)
		return err
	})
	return secret, err
}

// Begin begins a session of an account within a transaction, as that account, and answers its secret.
func (k *Keeper) Begin(ctx context.Context, tx *store.Tx, v Visitor, a land.Account, how string) (string, error) {
	secret, credential := fresh(false)
	if v.Shown != nil {
		if err := tx.EndShown(ctx, *v.Shown); err != nil {
			return "", err
		}
	}
	agent := strings.ToValidUTF8(strings.ReplaceAll(v.Agent, "\x00", ""), "�")
	if r := []rune(agent); len(r) > mostAgent {
		agent = string(r[:mostAgent])
	}
	number, err := tx.BeginSession(ctx, a.ID, credential, v.From.Address, agent)
	if err != nil {
		return "", err
	}
	if err := tx.EndCrowd(ctx, a.ID); err != nil {
		return "", err
	}
	tx.Actor.ID, tx.Actor.Account, tx.Actor.Role = a.ID, a.Name, a.Role
	tx.Did(land.Deed{Object: objectOf(a.Name), After: signedIn{number, how}})
	return secret, nil
}

// SignOut ends the session that was shown.
func (k *Keeper) SignOut(ctx context.Context, by land.Actor, c store.Credential) error {
	err := k.db.Manage(ctx, by, func(tx *store.Tx) error {
		if err := tx.EndShown(ctx, c); err != nil || by.IsNobody() {
			return err
		}
		tx.Did(land.Deed{Object: objectOf(by.Account), Before: signedIn{numberOf(by), "session"}})
		return nil
	})
	k.Forget()
	return err
}

// Link tells what a one-time link is good for.
func (k *Keeper) Link(ctx context.Context, secret string) (l land.OneTimeLink, err error) {
	err = k.db.Read(ctx, func(tx *store.Tx) (err error) {
		l, err = look(ctx, tx, secret)
		return err
	})
	return l, err
}

// look refuses a link that is good for nothing.
func look(ctx context.Context, tx *store.Tx, secret string) (land.OneTimeLink, error) {
	l, found, err := tx.Link(ctx, Secret(false, secret))
	switch {
	case err != nil:
		return l, err
	case !found:
		return l, fault.New(fault.NotFound, "link.unknown").In("/link")
	case l.Used:
		return l, fault.New(fault.Gone, "link.used").In("/link")
	case l.Expired:
		return l, fault.New(fault.Gone, "link.expired").In("/link")
	case l.Account.Disabled:
		return l, fault.New(fault.Gone, "link.disabled", "name", l.Account.Name).In("/link")
	}
	return l, nil
}

// UseLink uses a one-time link: it sets a password where one is given, and signs in. The secret is empty where a password was set and the account has no role yet.
func (k *Keeper) UseLink(ctx context.Context, v Visitor, link string, password *string) (secret string, l land.OneTimeLink, err error) {
	if l, err = k.Link(ctx, link); err != nil {
		return "", l, err
	}
	how := string(l.Purpose) + " link"
	var hash *string
	switch {
	case password != nil:
		if err := CheckPassword(l.Account.Name, *password); err != nil {
			return "", l, at(err, "/password")
		}
		release, err := k.passwords.slot(ctx)
		if err != nil {
			return "", l, err
		}
		h := k.passwords.hash(*password)
		release()
		hash = &h
	case l.Purpose != land.LinkSignIn:
		return "", l, fault.New(fault.Invalid, "link.needs_password").In("/password")
	}
	err = k.db.Manage(ctx, v.From, func(tx *store.Tx) error {
		a, _, err := tx.HoldAccount(ctx, l.Account.Name)
		if err != nil {
			return err
		}
		if l, err = look(ctx, tx, link); err != nil { // anew, now that nobody else changes it
			return err
		}
		if hash == nil && a.Role == "" { // the link stays good until there is one
			return fault.New(fault.Conflict, "link.no_role", "name", a.Name).In("/link")
		}
		if used, err := tx.UseLink(ctx, l.ID); err != nil || !used {
			if err == nil {
				err = fault.New(fault.Gone, "link.used").In("/link")
			}
			return err
		}
		tx.Actor.ID, tx.Actor.Account, tx.Actor.Role = a.ID, a.Name, a.Role
		if hash != nil {
			if err := tx.SetPassword(ctx, a.ID, hash); err != nil {
				return err
			}
			if _, err := tx.EndSessions(ctx, a.ID, 0); err != nil {
				return err
			}
			tx.Did(land.Deed{Object: objectOf(a.Name), After: passwordSet{how}})
		}
		if err := tx.Forgive(ctx, a.Name); err != nil || a.Role == "" {
			return err
		}
		secret, err = k.Begin(ctx, tx, v, a, how)
		return err
	})
	k.Forget()
	return secret, l, err
}

// passwordSet is what the audit trail says of a new password.
type passwordSet struct {
	By string `json:"password_set_by"`
}

// again asks whoever is signed in for the present password; a wrong one counts as a failed sign-in. What it may cost is held until release.
func (k *Keeper) again(ctx context.Context, by land.Actor, present string) (failure int64, p store.Password, release func(), err error) {
	if release, err = k.passwords.slot(ctx); err != nil {
		return 0, p, nil, err
	}
	if failure, p, err = k.attempt(ctx, &by, by.Account); err == nil && !k.passwords.matches(p.Hash, present) {
		err = k.refuse(ctx, by, failure, fault.New(fault.Invalid, "password.wrong").In("/password"))
	}
	if err != nil {
		release()
		return 0, p, nil, err
	}
	return failure, p, release, nil
}

// ChangePassword sets another password where the present one is right; the other sessions and the tokens of the account end.
func (k *Keeper) ChangePassword(ctx context.Context, by land.Actor, present, next string) error {
	if err := CheckPassword(by.Account, next); err != nil {
		return at(err, "/new_password")
	}
	if present == next {
		return fault.New(fault.Invalid, "password.same").In("/new_password")
	}
	failure, p, release, err := k.again(ctx, by, present)
	if err != nil {
		return err
	}
	defer release()
	hash := k.passwords.hash(next)
	err = k.db.Manage(ctx, by, func(tx *store.Tx) error {
		if _, _, err := tx.HoldAccount(ctx, by.Account); err != nil {
			return err
		}
		now, _, err := tx.Password(ctx, by.Account)
		if err != nil {
			return err
		}
		if now.Hash == nil || *now.Hash != *p.Hash {
			return errChanged
		}
		if err := tx.Succeeded(ctx, failure, by.Account, placeOf(by.Address)); err != nil {
			return err
		}
		if err := tx.SetPassword(ctx, by.ID, &hash); err != nil {
			return err
		}
		if _, err := tx.EndTokens(ctx, by.ID); err != nil { // whoever knew the password may have made one
			return err
		}
		_, err = tx.EndSessions(ctx, by.ID, numberOf(by))
		tx.Did(land.Deed{Object: objectOf(by.Account), After: passwordSet{"password"}})
		return err
	})
	k.Forget()
	return err
}

// placeOf is the address by which failures are counted: of IPv6 the network, since whoever has one address there has them all.
func placeOf(address string) string {
	ip, err := netip.ParseAddr(address)
	if err != nil {
		return address
	}
	ip = ip.Unmap().WithZone("")
	if ip.Is6() {
		network, _ := ip.Prefix(64) // 64 is a lawful length
		return network.String()
	}
	return ip.String()
}

// at says where in the body a fault stands.
func at(err error, field string) error {
	if f, ok := fault.As(err); ok {
		return f.In(field)
	}
	return err
}
