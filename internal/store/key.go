package store

import (
	"bytes"
	"context"
	"crypto/sha256"
	"strings"

	"zhengbei/internal/fault"
)

var (
	keyClaim    = query("key.claim")
	keyAnswered = query("key.answered")
	keyKeep     = query("key.keep")
)

// Key makes a write idempotent: under one key one request of an account is carried out once.
type Key struct {
	Account string
	Name    string
	Request [32]byte // a hash of what was asked
}

// Answered is returned in place of a write that was carried out before under its key.
type Answered struct {
	Status int
	Header map[string]string // those that a client acts on: ETag, Location
	Body   []byte
}

func (Answered) Error() string { return "answered before under this key" }

// LongestKey bounds the name of a key; a UUID has 36 characters.
const LongestKey = 200

// NewKey is the key of a request: what was asked is its method, its address, what it is based on and its body, so that a key means the same wherever it is brought.
func NewKey(account, name, method, address, base string, body []byte) (Key, error) {
	if len(name) > LongestKey || strings.ContainsFunc(name, func(c rune) bool { return c < 0x21 || c > 0x7e }) {
		return Key{}, fault.New(fault.Malformed, "key.form", "max", LongestKey)
	}
	request := sha256.Sum256(append([]byte(method+" "+address+"\n"+base+"\n"), body...))
	return Key{Account: account, Name: name, Request: request}, nil
}

type keyOf struct{}

// WithKey is a context whose write claims the key first, in its own transaction.
func WithKey(ctx context.Context, key Key) context.Context {
	return context.WithValue(ctx, keyOf{}, key)
}

// claim takes the key of the context, if it has one; Answered where it was answered before. Each attempt of a write claims it anew.
func (tx *Tx) claim(ctx context.Context) error {
	key, ok := ctx.Value(keyOf{}).(Key)
	if !ok {
		return nil
	}
	_, claimed, err := row[struct{ Claimed bool }](ctx, tx, keyClaim, named{"account": key.Account, "key": key.Name, "request": key.Request[:]})
	if err != nil || claimed {
		return err
	}
	before, found, err := tx.Replayed(ctx, key) // in a statement of its own: it sees what the claim waited for
	switch {
	case err != nil:
		return err
	case !found: // forgotten since, or written by hand
		return fault.New(fault.Busy, "db.busy")
	}
	return before
}

// Replayed is what was answered under a key before; a key that was used for another request is refused.
func (tx *Tx) Replayed(ctx context.Context, key Key) (answer Answered, found bool, err error) {
	before, found, err := row[struct {
		Request []byte
		Status  *int
		Headers map[string]string
		Body    []byte
	}](ctx, tx, keyAnswered, named{"account": key.Account, "key": key.Name})
	switch {
	case err != nil || !found || before.Status == nil:
		return answer, false, err
	case !bytes.Equal(before.Request, key.Request[:]):
		return answer, false, fault.New(fault.Invalid, "key.reused", "key", key.Name).In("Idempotency-Key:")
	}
	return Answered{*before.Status, before.Headers, before.Body}, true, nil
}

// Keep keeps the answer under the key of the context, if it has one, to be committed with what was written.
func (tx *Tx) Keep(ctx context.Context, answer Answered) error {
	key, ok := ctx.Value(keyOf{}).(Key)
	if !ok {
		return nil
	}
	return tx.exec(ctx, keyKeep, named{"account": key.Account, "key": key.Name, "status": answer.Status, "headers": answer.Header, "body": answer.Body})
}
