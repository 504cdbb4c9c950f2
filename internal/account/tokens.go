package account

import (
	"context"
	"slices"
	"strings"
	"time"

	"zhengbei/internal/fault"
	"zhengbei/internal/land"
	"zhengbei/internal/store"
)

// The bounds of a token.
const (
	LongestToken   = 366 * 24 * time.Hour
	mostTokens     = 50
	mostTokenName  = 100
	mostTokenWords = 500
)

// NewToken is what a token is to be.
type NewToken struct {
	Name   string
	Scopes []string
	Why    string // the reason that programs give with it, which cannot give one themselves
	Lasts  time.Duration

	Present string // the password of whoever makes it
}

// freshEnough is how young a session must be that makes a token of an account without a password.
const freshEnough = 10 * time.Minute

// confirm has whoever makes a token show anew who they are: a browser left open is not enough for what outlasts it.
func (k *Keeper) confirm(ctx context.Context, by land.Actor, present string) error {
	var has, young bool
	if err := k.db.Read(ctx, func(tx *store.Tx) error {
		p, _, err := tx.Password(ctx, by.Account)
		if has = p.Hash != nil; err != nil || has {
			return err
		}
		young, err = tx.IsFreshSession(ctx, by.ID, numberOf(by), freshEnough)
		return err
	}); err != nil {
		return err
	}
	switch {
	case !has && !young:
		return fault.New(fault.Forbidden, "token.sign_in_again", "minutes", int(freshEnough/time.Minute))
	case !has:
		return nil
	case present == "":
		return fault.New(fault.Invalid, "token.password").In("/password")
	}
	failure, _, release, err := k.again(ctx, by, present)
	if err != nil {
		return err
	}
	defer release()
	return k.db.Manage(ctx, by, func(tx *store.Tx) error {
		return tx.Succeeded(ctx, failure, strings.ToLower(by.Account), placeOf(by.Address))
	})
}

// lawful reads what a token is to be, and names all that is wrong with it.
func (n NewToken) lawful() (land.Token, error) {
	var faults []*fault.Error
	t := land.Token{Name: strings.TrimSpace(n.Name), Why: strings.TrimSpace(n.Why)}
	if !land.IsWording(t.Name, mostTokenName) {
		faults = append(faults, fault.New(fault.Invalid, "token.name", "max", mostTokenName).In("/name"))
	}
	if t.Why != "" && !land.IsWording(t.Why, mostTokenWords) {
		faults = append(faults, fault.New(fault.Invalid, "token.reason", "max", mostTokenWords).In("/reason"))
	}
	for _, scope := range land.TokenScopes {
		if slices.Contains(n.Scopes, scope) {
			t.Scopes = append(t.Scopes, scope)
		}
	}
	if len(t.Scopes) == 0 || slices.ContainsFunc(n.Scopes, func(s string) bool { return !slices.Contains(land.TokenScopes, s) }) {
		faults = append(faults, fault.New(fault.Invalid, "token.scopes", "scopes", strings.Join(land.TokenScopes, ", ")).In("/scopes"))
	}
	if n.Lasts < time.Minute || n.Lasts > LongestToken {
		faults = append(faults, fault.New(fault.Invalid, "token.lasts", "days", int(LongestToken/(24*time.Hour))).In("/days"))
	}
	return t, fault.All(faults)
}

// tokenView is a token as the audit trail keeps it.
type tokenView struct {
	Token  int32    `json:"token"`
	Name   string   `json:"name"`
	Scopes []string `json:"scopes"`
	Ends   string   `json:"expires_at"`
}

// CreateToken makes a token of an account and answers it with its secret, which is not kept.
func (k *Keeper) CreateToken(ctx context.Context, by land.Actor, name string, n NewToken) (t land.Token, secret string, err error) {
	if t, err = n.lawful(); err != nil {
		return t, "", err
	}
	if by.Role != land.RoleConsole {
		if err := k.confirm(ctx, by, n.Present); err != nil {
			return t, "", err
		}
	}
	secret, c := fresh(true)
	err = k.db.Manage(ctx, by, func(tx *store.Tx) error {
		a, err := known(tx.HoldAccount(ctx, name))
		switch {
		case err != nil:
			return err
		case a.Disabled:
			return fault.New(fault.Conflict, "account.disabled", "name", a.Name)
		case a.Role == "":
			return fault.New(fault.Conflict, "account.waits_for_role", "name", a.Name)
		}
		had, err := tx.Tokens(ctx, a.ID)
		if err != nil {
			return err
		}
		if len(had) >= mostTokens {
			return fault.New(fault.Conflict, "token.many", "max", mostTokens)
		}
		if t, err = tx.AddToken(ctx, a.ID, t, c, n.Lasts); err != nil {
			return err
		}
		tx.Did(land.Deed{Object: objectOf(a.Name), After: tokenView{t.ID, t.Name, t.Scopes, t.Ends.UTC().Format(time.RFC3339)}})
		return nil
	})
	return t, secret, err
}

// Tokens are those of an account that were not revoked.
func (k *Keeper) Tokens(ctx context.Context, name string) (all []land.Token, err error) {
	err = k.db.Read(ctx, func(tx *store.Tx) error {
		a, err := known(tx.Account(ctx, name))
		if err == nil {
			all, err = tx.Tokens(ctx, a.ID)
		}
		return err
	})
	return all, err
}

// RevokeToken revokes a token by its number alone, whoever it belongs to.
func (k *Keeper) RevokeToken(ctx context.Context, by land.Actor, token int32) error {
	var of string
	err := k.db.Read(ctx, func(tx *store.Tx) error {
		name, found, err := tx.TokenOf(ctx, token)
		if err == nil && !found {
			err = fault.New(fault.NotFound, "token.not_there")
		}
		of = name
		return err
	})
	if err != nil {
		return err
	}
	return k.EndToken(ctx, by, of, token)
}
