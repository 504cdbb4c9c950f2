package store

import (
	"context"
	"encoding/json"
	"strconv"
	"strings"
	"time"

	"zhengbei/internal/land"

	"github.com/jackc/pgx/v5"
)

var (
	auditWrite    = query("audit.write")
	auditPage     = query("audit.page")
	auditCount    = query("audit.count")
	auditEach     = query("audit.each")
	auditChain    = query("audit.chain")
	auditSealed   = query("audit.sealed")
	auditUnsealed = query("audit.unsealed")
)

// Did notes what the transaction does to a thing; it is recorded when the transaction commits.
func (tx *Tx) Did(d land.Deed) { tx.deeds = append(tx.deeds, d) }

// about names things that a deed touches beside the one that it names, so that the trail is found by them.
func (tx *Tx) about(objects ...string) { tx.objects = append(tx.objects, objects...) }

// Record records what was done where nothing else is written: that something was exported.
func (db *DB) Record(ctx context.Context, by land.Actor, d land.Deed) error {
	return db.transact(ctx, pgx.TxOptions{IsoLevel: pgx.ReadCommitted}, by, func(tx *Tx) error {
		tx.Did(d)
		return tx.audit(ctx)
	})
}

// The bounds of one record: how many deeds and objects it lists, what is more stands in further ones; and how long a text from outside is kept.
const (
	mostDeeds   = 200
	mostObjects = 400
	longestNote = 300
)

// deedView is a deed as the audit trail keeps it.
type deedView struct {
	Object string `json:"object"`
	Before any    `json:"before"`
	After  any    `json:"after"`
}

// audit records what the transaction did, in the transaction itself: in as many records as it takes, each of which says which part it is.
func (tx *Tx) audit(ctx context.Context) error {
	if len(tx.deeds) == 0 || tx.unaudited {
		return nil
	}
	parts := partsOf(tx.deeds, tx.objects)
	for i, p := range parts {
		detail := deedsView{Count: len(tx.deeds)}
		for _, d := range p.deeds {
			detail.Deeds = append(detail.Deeds, deedView(d))
		}
		if len(parts) > 1 {
			detail.Part = strconv.Itoa(i+1) + "/" + strconv.Itoa(len(parts))
		}
		raw, err := json.Marshal(detail)
		if err != nil {
			return err
		}
		if err := tx.record(ctx, "done", nil, p.objects, raw); err != nil {
			return err
		}
	}
	return nil
}

// deedsView is what a record says of deeds; it counts those of the whole transaction.
type deedsView struct {
	Deeds []deedView `json:"deeds"`
	Count int        `json:"count"`
	Part  string     `json:"part,omitempty"` // 2/5
}

// part is what one record holds.
type part struct {
	deeds   []land.Deed
	objects []string
}

// partsOf divides deeds, and the things beside them, into what records can hold. Where more things are left than deeds,
// the last deed stands again in each record of them, so that whoever looks for a thing finds what was done to it.
func partsOf(deeds []land.Deed, beside []string) (parts []part) {
	for len(deeds) > 0 || len(beside) > 0 {
		n := min(len(deeds), mostDeeds)
		p := part{deeds: deeds[:n], objects: []string{}}
		if n == 0 {
			p.deeds = parts[len(parts)-1].deeds
			p.deeds = p.deeds[len(p.deeds)-1:]
		}
		deeds = deeds[n:]
		named := map[string]bool{}
		name := func(object string) {
			if !named[object] {
				named[object] = true
				p.objects = append(p.objects, object)
			}
		}
		for _, d := range p.deeds {
			name(d.Object)
		}
		for len(beside) > 0 && len(p.objects) < mostObjects {
			name(beside[0])
			beside = beside[1:]
		}
		parts = append(parts, p)
	}
	return parts
}

// Refused records an attempt that came to nothing, in a transaction of its own and before it is answered.
func (db *DB) Refused(ctx context.Context, by land.Actor, code string, objects []string, detail any) error {
	raw, err := json.Marshal(detail)
	if err != nil {
		return err
	}
	return db.transact(ctx, pgx.TxOptions{IsoLevel: pgx.ReadCommitted}, by, func(tx *Tx) error {
		return tx.record(ctx, "refused", &code, objects, raw)
	})
}

func (tx *Tx) record(ctx context.Context, outcome string, code *string, objects []string, detail json.RawMessage) error {
	by := tx.Actor
	var id *int32
	var role *string
	if !by.IsNobody() && (by.ID > 0 || by.Role == land.RoleConsole) {
		id = &by.ID
	}
	if by.Role != "" {
		r := string(by.Role)
		role = &r
	}
	things := make([]string, len(objects))
	for i, o := range objects {
		things[i] = kept(o)
	}
	return tx.exec(ctx, auditWrite, named{
		"account_id": id, "account": kept(by.Account), "role": role, "address": kept(by.Address), "request": kept(by.Request), "via": kept(by.Via),
		"outcome": outcome, "code": code, "objects": things, "detail": detail,
	})
}

// kept is a text from outside as a record can hold it: names that were tried and ids that were asked for are anything.
func kept(text string) string {
	text = strings.ReplaceAll(strings.ToValidUTF8(text, "\uFFFD"), "\x00", "\uFFFD")
	if len(text) <= longestNote {
		return text
	}
	if r := []rune(text); len(r) > longestNote {
		return string(r[:longestNote]) + "…"
	}
	return text
}

func recordArgs(f land.AuditFilter) named {
	return named{"account": f.Account, "object": f.Object, "via": f.Via, "outcome": f.Outcome, "code": f.Code, "from": f.From, "to": f.To}
}

// mostCounted bounds how far records are counted: a trail grows for ever.
const mostCounted = 100_000

// Records are those of the trail that a filter asks for, the newest first, and how many there are in all, counted up to 100,000.
func (tx *Tx) Records(ctx context.Context, f land.AuditFilter) (records []land.Record, matched int64, err error) {
	if records, err = many[land.Record](ctx, tx, auditPage, plus(recordArgs(f), named{"before": f.Before, "limit": f.Limit})); err != nil {
		return nil, 0, err
	}
	matched, err = one[int64](ctx, tx, auditCount, plus(recordArgs(f), named{"most": mostCounted}))
	return records, matched, err
}

// EachRecord hands on all records that a filter asks for, the oldest first, and keeps none.
func (tx *Tx) EachRecord(ctx context.Context, f land.AuditFilter, fn func(land.Record) error) error {
	return each(ctx, tx, auditEach, recordArgs(f), fn)
}

// Chain is the chain of this database.
func (tx *Tx) Chain(ctx context.Context) (land.Chain, error) {
	chain, _, err := row[land.Chain](ctx, tx, auditChain, nil)
	return chain, err
}

// EachSealed hands on every link of the chain with the record that it seals, in order, and keeps none.
func (tx *Tx) EachSealed(ctx context.Context, fn func(land.Sealed) error) error {
	return each(ctx, tx, auditSealed, nil, func(r struct {
		Seq                                                 int64
		Hash                                                []byte
		RecordID                                            int64
		ID                                                  *int64
		At                                                  *time.Time
		AccountID                                           *int32
		Account, Role, Address, Request, Via, Outcome, Code *string
		Objects                                             []string
		Detail                                              *string
	},
	) error {
		s := land.Sealed{Seal: land.Seal{Seq: r.Seq, Hash: r.Hash}, RecordID: r.RecordID}
		if r.ID != nil {
			s.Record = &land.Record{
				ID: *r.ID, At: *r.At, AccountID: r.AccountID, Account: *r.Account, Role: r.Role, Address: *r.Address, Request: *r.Request, Via: *r.Via,
				Outcome: *r.Outcome, Code: r.Code, Objects: r.Objects, Detail: json.RawMessage(*r.Detail), Seal: &r.Seq,
			}
		}
		return fn(s)
	})
}

// EachUnsealed hands on the records that no link seals, and those in line that are gone.
func (tx *Tx) EachUnsealed(ctx context.Context, fn func(land.Unsealed) error) error {
	return each(ctx, tx, auditUnsealed, nil, fn)
}

// Clock is the database's own, at this moment.
func (tx *Tx) Clock(ctx context.Context) (time.Time, error) {
	return one[time.Time](ctx, tx, dbClock, nil)
}
