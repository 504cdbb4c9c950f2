package account

import (
	"context"
	"crypto/sha256"
	"log/slog"
	"sync"
	"time"

	"zhengbei/internal/fault"
	"zhengbei/internal/land"
	"zhengbei/internal/store"
)

// remember is how long an answer about a credential is good: what was revoked is seen within it on every server (trust: 5 s).
const remember = 2 * time.Second

// mostRemembered bounds what is remembered of each kind; guesses of an attacker push out nothing but each other.
const mostRemembered = 20_000

const (
	// outage is how long who was known stays known beyond that while the database is away.
	outage = 60 * time.Second
	// patience is how long nothing is asked about somebody known after the database was found away: not at each tile.
	patience = time.Second
)

// Keeper tells who shows a credential, without asking the database for each tile.
type Keeper struct {
	db        *store.DB
	now       func() time.Time
	passwords *Hasher
	log       *slog.Logger

	mu    sync.Mutex
	known map[store.Credential]remembered // those who were found
	vain  map[store.Credential]remembered // and what was good for nothing
	away  time.Time                       // until when the database is not asked about those who are known
}

type remembered struct {
	by    land.Actor
	found bool
	until time.Time
	used  bool // and not only held by an open stream
}

// NewKeeper makes a keeper that remembers nobody yet, and looks at passwords at the least cost that is lawful.
func NewKeeper(db *store.DB, now func() time.Time, log *slog.Logger) *Keeper {
	return &Keeper{db: db, now: now, log: log, passwords: NewHasher(Floor), known: map[store.Credential]remembered{}, vain: map[store.Credential]remembered{}}
}

// Hashing looks at passwords at another cost.
func (k *Keeper) Hashing(h *Hasher) *Keeper { k.passwords = h; return k }

// Secret is a credential by the secret that a client shows.
func Secret(token bool, secret string) store.Credential {
	return store.Credential{Token: token, Secret: sha256.Sum256([]byte(secret))}
}

// Who tells who shows a credential; found is false where it is good for nothing (any more).
// While the database is away who was known stays known for a minute: nobody can be revoked in that time either.
func (k *Keeper) Who(ctx context.Context, c store.Credential) (by land.Actor, found bool, err error) {
	return k.who(ctx, c, true)
}

// Still tells the same of somebody whose stream is open, and counts it as no use.
func (k *Keeper) Still(ctx context.Context, c store.Credential) (by land.Actor, found bool, err error) {
	return k.who(ctx, c, false)
}

// Remembers reports whether telling about a credential costs no look that a stranger could ask for.
func (k *Keeper) Remembers(c store.Credential) bool {
	now := k.now()
	k.mu.Lock()
	defer k.mu.Unlock()
	if _, there := k.known[c]; there {
		return true
	}
	r, there := k.vain[c]
	return there && now.Before(r.until)
}

func (k *Keeper) who(ctx context.Context, c store.Credential, used bool) (by land.Actor, found bool, err error) {
	now := k.now()
	k.mu.Lock()
	r, there := k.known[c]
	if !there {
		r, there = k.vain[c]
	}
	lasts := there && r.found && now.Before(r.until.Add(outage))
	away := now.Before(k.away)
	k.mu.Unlock()
	if there && now.Before(r.until) && (r.used || !used) {
		return r.by, r.found, nil
	}
	if away && lasts {
		return r.by, true, nil
	}
	by, found, err = k.db.Bearer(ctx, c, used)
	if f, ok := fault.As(err); ok && f.Kind == fault.Busy && lasts {
		k.mu.Lock()
		k.away = now.Add(patience)
		k.mu.Unlock()
		return r.by, true, nil
	}
	if err != nil {
		return land.Actor{}, false, err
	}
	k.mu.Lock()
	defer k.mu.Unlock()
	into, other := k.known, k.vain
	if !found {
		into, other = other, into
	}
	delete(other, c)
	makeRoom(into, now)
	into[c] = remembered{by, found, now.Add(remember), used}
	return by, found, nil
}

// makeRoom forgets what is no longer good where too much is remembered, and where that is not enough, all.
func makeRoom(of map[store.Credential]remembered, now time.Time) {
	if len(of) < mostRemembered {
		return
	}
	for old, r := range of {
		if !now.Before(r.until) {
			delete(of, old)
		}
	}
	if len(of) >= mostRemembered {
		clear(of)
	}
}

// Forget asks the database anew about everybody, on this server at once.
func (k *Keeper) Forget() {
	k.mu.Lock()
	defer k.mu.Unlock()
	clear(k.known)
	clear(k.vain)
}
