package account

import (
	"context"
	"crypto/rand"
	"crypto/subtle"
	"encoding/base64"
	"fmt"
	"runtime"
	"time"

	"zhengbei/internal/fault"

	"golang.org/x/crypto/argon2"
	"golang.org/x/text/unicode/norm"
)

// Cost is what one look at a password costs: so much memory, so often gone over.
type Cost struct {
	KiB    uint32
	Passes uint32
}

// Floor is the least that OWASP recommends for argon2id: 19 MiB, gone over twice.
var Floor = Cost{KiB: 19 << 10, Passes: 2}

// steps are the costs to choose from: few, so that two starts of one machine choose the same.
var steps = []Cost{{19 << 10, 2}, {32 << 10, 2}, {46 << 10, 2}, {64 << 10, 2}, {64 << 10, 3}, {64 << 10, 4}, {64 << 10, 6}, {64 << 10, 8}}

const (
	hashTakes    = 100 * time.Millisecond // what a look at a password is to take
	waitForSlot  = 3 * time.Second        // how long a sign-in waits for those before it
	saltBytes    = 16
	keyBytes     = 32
	mostHashKiB  = 256 << 10 // what a hash of the database may ask for
	mostPasses   = 64
	oneProcessor = 1
)

// Hasher hashes passwords, as many at a time as there are processors: so the memory that sign-ins take is bounded.
type Hasher struct {
	cost  Cost
	slots chan struct{}
	dummy string // is compared with where there is no password to compare with, so that it takes as long
}

// NewHasher is a hasher of a cost.
func NewHasher(cost Cost) *Hasher {
	h := &Hasher{cost: cost, slots: make(chan struct{}, runtime.GOMAXPROCS(0))}
	h.dummy = h.hash("")
	return h
}

// Calibrated is a hasher whose cost makes one hash take about a tenth of a second here. It keeps the cost of usual, a hash that is kept already,
// where that takes from half to twice as long: all passwords then stay of one cost, and none tells by its time that there is an account.
func Calibrated(usual string, now func() time.Time) *Hasher {
	took := func(c Cost) time.Duration {
		best := time.Hour
		for range 3 { // the best of three: whatever else runs on the machine makes it slower only
			began := now()
			_ = argon2.IDKey([]byte("calibration"), make([]byte, saltBytes), c.Passes, c.KiB, oneProcessor, keyBytes)
			best = min(best, now().Sub(began))
		}
		return best
	}
	if _, c, _, _, ok := parse(usual); ok && c.KiB >= Floor.KiB && c.Passes >= Floor.Passes {
		if t := took(c); t >= hashTakes/2 && t <= 2*hashTakes {
			return NewHasher(c)
		}
	}
	cost := steps[0]
	each := took(cost) / time.Duration(cost.KiB*cost.Passes/1024)
	for _, c := range steps[1:] {
		if each*time.Duration(c.KiB*c.Passes/1024) > hashTakes*5/4 {
			break
		}
		cost = c
	}
	return NewHasher(cost)
}

// Cost is what one hash costs.
func (h *Hasher) Cost() Cost { return h.cost }

// slot waits for a turn; release gives it back.
func (h *Hasher) slot(ctx context.Context) (release func(), err error) {
	within, cancel := context.WithTimeout(ctx, waitForSlot)
	defer cancel()
	select {
	case h.slots <- struct{}{}:
		return func() { <-h.slots }, nil
	case <-within.Done():
		if ctx.Err() != nil {
			return nil, ctx.Err()
		}
		return nil, fault.New(fault.Busy, "session.busy")
	}
}

// hash is the PHC string of a password under a salt of its own. Whoever calls it holds a slot.
func (h *Hasher) hash(password string) string {
	var salt [saltBytes]byte
	_, _ = rand.Read(salt[:])
	key := argon2.IDKey(prepare(password), salt[:], h.cost.Passes, h.cost.KiB, oneProcessor, keyBytes)
	return fmt.Sprintf("$argon2id$v=%d$m=%d,t=%d,p=%d$%s$%s", argon2.Version, h.cost.KiB, h.cost.Passes, oneProcessor,
		base64.RawStdEncoding.EncodeToString(salt[:]), base64.RawStdEncoding.EncodeToString(key))
}

// matches compares a password with a hash, or with none: it takes as long. Whoever calls it holds a slot.
func (h *Hasher) matches(hash *string, password string) bool {
	against := h.dummy
	if hash != nil {
		against = *hash
	}
	salt, c, p, want, ok := parse(against)
	if !ok {
		salt, c, p, want, _ = parse(h.dummy)
	}
	key := argon2.IDKey(prepare(password), salt, c.Passes, c.KiB, p, uint32(len(want)))
	return subtle.ConstantTimeCompare(key, want) == 1 && ok && hash != nil
}

// stale reports whether a hash is of another cost than today's.
func (h *Hasher) stale(hash string) bool {
	_, c, p, _, ok := parse(hash)
	return !ok || c != h.cost || p != oneProcessor
}

// prepare makes one of the ways to type the same characters.
func prepare(password string) []byte { return norm.NFC.Bytes([]byte(password)) }

// parse reads a PHC string of argon2id.
func parse(hash string) (salt []byte, c Cost, p uint8, key []byte, ok bool) {
	var version int
	var s, k string
	if n, err := fmt.Sscanf(hash, "$argon2id$v=%d$m=%d,t=%d,p=%d$%s", &version, &c.KiB, &c.Passes, &p, &s); err != nil || n != 5 {
		return nil, c, 0, nil, false
	}
	for i := range len(s) {
		if s[i] == '$' {
			s, k = s[:i], s[i+1:]
			break
		}
	}
	salt, err := base64.RawStdEncoding.DecodeString(s)
	key, err2 := base64.RawStdEncoding.DecodeString(k)
	ok = err == nil && err2 == nil && version == argon2.Version && len(salt) >= 8 && len(key) >= 16 && p > 0 &&
		c.KiB >= 8 && c.KiB <= mostHashKiB && c.Passes > 0 && c.Passes <= mostPasses
	return salt, c, p, key, ok
}
