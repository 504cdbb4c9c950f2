package store

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"strings"
	"time"

	"zhengbei/internal/land"

	"github.com/jackc/pgx/v5"
)

var (
	accountBySession    = query("account.by_session")
	accountByToken      = query("account.by_token")
	accountSawSession   = query("account.saw_session")
	accountUsedToken    = query("account.used_token")
	accountList         = query("account.list")
	accountLock         = query("account.lock")
	accountAdd          = query("account.add")
	accountAlter        = query("account.alter")
	accountPost         = query("account.post")
	accountPassword     = query("account.password")
	accountSetPassword  = query("account.set_password")
	accountRehash       = query("account.rehash")
	accountCost         = query("account.cost")
	accountBeginSession = query("account.begin_session")
	accountCrowd        = query("account.crowd")
	accountFreshSession = query("account.fresh_session")
	accountSessions     = query("account.sessions")
	accountEndSessions  = query("account.end_sessions")
	accountEndShown     = query("account.end_shown")
	accountTokens       = query("account.tokens")
	accountAddToken     = query("account.add_token")
	accountEndTokens    = query("account.end_tokens")
	accountTokenOf      = query("account.token_of")
	accountAddLink      = query("account.add_link")
	accountEndLinks     = query("account.end_links")
	accountLink         = query("account.link")
	accountUseLink      = query("account.use_link")
	accountGate         = query("account.attempts_gate")
	accountAttempts     = query("account.attempts")
	accountAttempt      = query("account.attempt")
	accountFailed       = query("account.attempt_failed")
	accountSucceeded    = query("account.attempt_succeeded")
	accountForgive      = query("account.forgive")
	accountUnclaimed    = query("account.unclaimed")
)

const (
	// SessionIdle is how long a session lasts that nobody uses (trust: 30 min).
	SessionIdle = 30 * time.Minute
	// SessionLasts is how long one lasts that is always used.
	SessionLasts = 12 * time.Hour
	// clockAhead is how far a session may lie before the clock, which is set by small steps now and then.
	clockAhead = 5 * time.Minute
)

// The bounds of guessing, in half an hour (trust: 5 failures lock for 30 minutes, by account and address).
const (
	attemptsOfPair    = 5
	attemptsOfName    = 20
	attemptsOfAddress = 50
	attemptsSpan      = 30 * time.Minute
)

// Credential is what a client shows: the SHA-256 of the secret of a session, of a token or of a link.
type Credential struct {
	Token  bool
	Secret [32]byte
}

// Bearer finds who shows a credential; found is false where it is unknown, ended, expired, or its account disabled or without a role.
// That it was used is kept, to the minute; an open stream is no use of it, or a page that nobody looks at would never be idle.
func (db *DB) Bearer(ctx context.Context, c Credential, used bool) (by land.Actor, found bool, err error) {
	look := []sql{accountBySession, accountSawSession}
	kind := "session"
	params := named{"secret": c.Secret[:], "idle": SessionIdle, "ahead": clockAhead}
	if c.Token {
		look, kind = []sql{accountByToken, accountUsedToken}, "token"
		delete(params, "idle")
		delete(params, "ahead")
	}
	err = db.transact(ctx, pgx.TxOptions{IsoLevel: pgx.ReadCommitted}, land.Actor{}, func(tx *Tx) error {
		b, there, err := row[struct {
			ID      int32
			Account string
			Role    land.Role
			Post    string
			Parcels []string
			Granted bool
			Number  int32
			Scopes  []string
			Why     string
			Stale   bool
		}](ctx, tx, look[0], params)
		if err != nil || !there {
			return err
		}
		found = true
		by = land.Actor{
			ID: b.ID, Account: b.Account, Role: b.Role, Post: b.Post, Parcels: b.Parcels, Granted: b.Granted,
			Scopes: b.Scopes, Why: b.Why, SignedBy: fmt.Sprintf("%s:%d", kind, b.Number),
		}
		if !b.Stale || !used {
			return nil
		}
		return tx.exec(ctx, look[1], named{"number": b.Number})
	})
	return by, found, err
}

// Manage runs fn in one transaction of one actor, with its audit record. It is Write without the ledger: nobody waits for a long import to sign in.
func (db *DB) Manage(ctx context.Context, by land.Actor, fn func(*Tx) error) error {
	return db.writing(ctx, by, fn)
}

// Accounts are all people, by name.
func (tx *Tx) Accounts(ctx context.Context) ([]land.Account, error) {
	return many[land.Account](ctx, tx, accountList, named{"name": nil, "id": nil})
}

// Account is one of them, by its name without regard to case.
func (tx *Tx) Account(ctx context.Context, name string) (a land.Account, found bool, err error) {
	return row[land.Account](ctx, tx, accountList, named{"name": name, "id": nil})
}

// HoldAccount is Account, and nobody else changes it or signs in to it before the transaction ends.
func (tx *Tx) HoldAccount(ctx context.Context, name string) (a land.Account, found bool, err error) {
	if err := tx.exec(ctx, accountLock, named{"name": name}); err != nil {
		return a, false, err
	}
	return tx.Account(ctx, name)
}

// AddAccount adds an account and answers its number.
func (tx *Tx) AddAccount(ctx context.Context, a land.Account) (int32, error) {
	return one[int32](ctx, tx, accountAdd, named{"name": a.Name, "person": a.Person, "role": string(a.Role), "post": a.Post, "granted": a.Granted, "by": tx.Actor.Account})
}

// AlterAccount writes person, role, post, grant and whether it is disabled.
func (tx *Tx) AlterAccount(ctx context.Context, a land.Account) error {
	return tx.exec(ctx, accountAlter, named{"id": a.ID, "person": a.Person, "role": string(a.Role), "post": a.Post, "granted": a.Granted, "disabled": a.Disabled})
}

// HasPost reports whether there is a command post of a code.
func (tx *Tx) HasPost(ctx context.Context, code string) (bool, error) {
	return one[bool](ctx, tx, accountPost, named{"code": code})
}

// Password is what a password is compared with.
type Password struct {
	ID       int32
	Name     string
	Role     land.Role
	Hash     *string
	Disabled bool
}

// Password is that of an account, by its name without regard to case.
func (tx *Tx) Password(ctx context.Context, name string) (p Password, found bool, err error) {
	return row[Password](ctx, tx, accountPassword, named{"name": name})
}

// SetPassword sets a password by its hash; nil takes it away.
func (tx *Tx) SetPassword(ctx context.Context, account int32, hash *string) error {
	return tx.exec(ctx, accountSetPassword, named{"id": account, "hash": hash})
}

// Rehash keeps the same password at another cost.
func (tx *Tx) Rehash(ctx context.Context, account int32, old, hash string) error {
	return tx.exec(ctx, accountRehash, named{"id": account, "old": old, "hash": hash})
}

// UsualHash is a hash at the cost at which most passwords are kept; empty where there is none.
func (tx *Tx) UsualHash(ctx context.Context) (string, error) {
	return one[string](ctx, tx, accountCost, nil)
}

// BeginSession begins a session of an account.
func (tx *Tx) BeginSession(ctx context.Context, account int32, c Credential, address, agent string) (int32, error) {
	return one[int32](ctx, tx, accountBeginSession, named{"account": account, "secret": c.Secret[:], "lasts": SessionLasts, "address": address, "agent": agent})
}

// MostSessions is how many sessions of an account last side by side.
const MostSessions = 20

// EndCrowd ends the oldest sessions of an account beyond MostSessions.
func (tx *Tx) EndCrowd(ctx context.Context, account int32) error {
	return tx.exec(ctx, accountCrowd, named{"account": account, "most": MostSessions, "idle": SessionIdle})
}

// IsFreshSession reports whether a session of an account began less than a while ago.
func (tx *Tx) IsFreshSession(ctx context.Context, account, session int32, within time.Duration) (bool, error) {
	return one[bool](ctx, tx, accountFreshSession, named{"account": account, "session": session, "within": within})
}

// Sessions are those of an account that last.
func (tx *Tx) Sessions(ctx context.Context, account int32) ([]land.Session, error) {
	return many[land.Session](ctx, tx, accountSessions, named{"account": account, "idle": SessionIdle, "ahead": clockAhead})
}

// EndSession ends one session of an account; false where it has none of that number.
func (tx *Tx) EndSession(ctx context.Context, account, session int32) (bool, error) {
	n, err := tx.written(ctx, accountEndSessions, named{"account": account, "session": session, "but": nil})
	return n > 0, err
}

// EndSessions ends the sessions of an account but one (0: all), and answers how many.
func (tx *Tx) EndSessions(ctx context.Context, account, but int32) (int64, error) {
	return tx.written(ctx, accountEndSessions, named{"account": account, "session": nil, "but": but})
}

// EndShown ends the session whose secret is shown, if there is one.
func (tx *Tx) EndShown(ctx context.Context, c Credential) error {
	return tx.exec(ctx, accountEndShown, named{"secret": c.Secret[:]})
}

// Tokens are those of an account that were not revoked.
func (tx *Tx) Tokens(ctx context.Context, account int32) ([]land.Token, error) {
	return many[land.Token](ctx, tx, accountTokens, named{"account": account})
}

// AddToken makes a token of an account.
func (tx *Tx) AddToken(ctx context.Context, account int32, t land.Token, c Credential, lasts time.Duration) (land.Token, error) {
	made, _, err := row[land.Token](ctx, tx, accountAddToken, named{"account": account, "name": t.Name, "secret": c.Secret[:], "scopes": t.Scopes, "why": t.Why, "lasts": lasts})
	return made, err
}

// EndToken revokes one token of an account; false where it has none of that number.
func (tx *Tx) EndToken(ctx context.Context, account, token int32) (bool, error) {
	n, err := tx.written(ctx, accountEndTokens, named{"account": account, "token": token})
	return n > 0, err
}

// EndTokens revokes the tokens of an account, and answers how many.
func (tx *Tx) EndTokens(ctx context.Context, account int32) (int64, error) {
	return tx.written(ctx, accountEndTokens, named{"account": account, "token": nil})
}

// TokenOf is the name of the account that a token belongs to.
func (tx *Tx) TokenOf(ctx context.Context, token int32) (name string, found bool, err error) {
	r, found, err := row[struct{ Name string }](ctx, tx, accountTokenOf, named{"token": token})
	return r.Name, found, err
}

// AddLink makes a one-time link of an account in place of those that it has, and answers until when it is good.
func (tx *Tx) AddLink(ctx context.Context, account int32, purpose land.LinkPurpose, c Credential, lasts time.Duration) (time.Time, error) {
	if err := tx.EndLinks(ctx, account); err != nil {
		return time.Time{}, err
	}
	return one[time.Time](ctx, tx, accountAddLink, named{"account": account, "purpose": string(purpose), "secret": c.Secret[:], "lasts": lasts})
}

// EndLinks ends the links of an account that were not used.
func (tx *Tx) EndLinks(ctx context.Context, account int32) error {
	return tx.exec(ctx, accountEndLinks, named{"account": account})
}

// Link is what a one-time link is good for.
func (tx *Tx) Link(ctx context.Context, c Credential) (l land.OneTimeLink, found bool, err error) {
	r, found, err := row[struct {
		ID            int32
		Purpose       land.LinkPurpose
		Account       int32
		Ends          time.Time
		Used, Expired bool
	}](ctx, tx, accountLink, named{"secret": c.Secret[:]})
	if err != nil || !found {
		return l, false, err
	}
	of, found, err := row[land.Account](ctx, tx, accountList, named{"name": nil, "id": r.Account})
	return land.OneTimeLink{ID: r.ID, Purpose: r.Purpose, Account: of, Ends: r.Ends, Used: r.Used, Expired: r.Expired}, found, err
}

// UseLink uses a link; false where somebody was first.
func (tx *Tx) UseLink(ctx context.Context, link int32) (bool, error) {
	n, err := tx.written(ctx, accountUseLink, named{"link": link})
	return n > 0, err
}

// Attempt counts a sign-in as failed before its password is looked at, unless the bounds of guessing are reached: then it says when to come again.
func (tx *Tx) Attempt(ctx context.Context, name, address string) (failure int64, wait time.Duration, err error) {
	if err := tx.exec(ctx, accountGate, nil); err != nil { // in a statement of its own: what is counted is seen behind it
		return 0, 0, err
	}
	of := named{"name": countedAs(name), "address": address, "span": attemptsSpan}
	bound, _, err := row[struct {
		Seconds int32
		Pending bool
	}](ctx, tx, accountAttempts, plus(named{"of_pair": attemptsOfPair, "of_name": attemptsOfName, "of_address": attemptsOfAddress}, of))
	if err != nil {
		return 0, 0, err
	}
	if bound.Seconds > 0 {
		if bound.Pending { // one that is being looked at may turn out right
			return 0, 2 * time.Second, nil
		}
		return 0, time.Duration(bound.Seconds) * time.Second, nil
	}
	failure, err = one[int64](ctx, tx, accountAttempt, named{"name": countedAs(name), "address": address, "span": attemptsSpan})
	return failure, 0, err
}

// Failed says that the password of an attempt was wrong.
func (tx *Tx) Failed(ctx context.Context, failure int64) error {
	return tx.exec(ctx, accountFailed, named{"failure": failure})
}

// Succeeded takes an attempt back, with what was mistyped before.
func (tx *Tx) Succeeded(ctx context.Context, failure int64, name, address string) error {
	return tx.exec(ctx, accountSucceeded, named{"failure": failure, "name": countedAs(name), "address": address})
}

// Forgive forgets the failures of a name.
func (tx *Tx) Forgive(ctx context.Context, name string) error {
	return tx.exec(ctx, accountForgive, named{"name": countedAs(name)})
}

// countedAs is a name as failures are counted by it: what was typed for a name may be a password.
func countedAs(name string) string {
	sum := sha256.Sum256([]byte(strings.ToLower(name)))
	return hex.EncodeToString(sum[:])
}

// Unclaimed reports whether nobody has come in yet.
func (tx *Tx) Unclaimed(ctx context.Context) (bool, error) {
	return one[bool](ctx, tx, accountUnclaimed, nil)
}
