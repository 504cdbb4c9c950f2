package audit

import (
	"crypto/sha256"
	"strconv"

	"zhengbei/internal/land"
)

// instantForm is how an instant is sealed: PostgreSQL keeps microseconds.
const instantForm = "2006-01-02T15:04:05.000000Z"

// canonical is a record as it is sealed: each field with its length before it, '-' where there is none, so that no two records read alike.
// The database has the same form (audit_canonical); this one is written apart, so that a change of either is found.
func canonical(r land.Record) []byte {
	out := make([]byte, 0, 256+len(r.Detail))
	field := func(s string) {
		out = strconv.AppendInt(out, int64(len(s)), 10)
		out = append(out, ':')
		out = append(out, s...)
	}
	none := func() { out = append(out, '-') }
	optional := func(s *string) {
		if s == nil {
			none()
			return
		}
		field(*s)
	}
	field(strconv.FormatInt(r.ID, 10))
	field(r.At.UTC().Format(instantForm))
	if r.AccountID == nil {
		none()
	} else {
		field(strconv.Itoa(int(*r.AccountID)))
	}
	field(r.Account)
	optional(r.Role)
	field(r.Address)
	field(r.Request)
	field(r.Via)
	field(r.Outcome)
	optional(r.Code)
	if len(r.Objects) == 0 {
		none()
	} else {
		var all []byte
		for _, o := range r.Objects {
			all = strconv.AppendInt(all, int64(len(o)), 10)
			all = append(all, ':')
			all = append(all, o...)
		}
		field(string(all))
	}
	field(string(r.Detail))
	return out
}

// begin is the hash before the first link: the chain's own number.
func begin(chain string) []byte {
	h := sha256.Sum256([]byte(chain))
	return h[:]
}

// link is the hash of a record behind the one before it.
func link(before []byte, r land.Record) []byte {
	h := sha256.New()
	h.Write(before)
	h.Write(canonical(r))
	return h.Sum(nil)
}
