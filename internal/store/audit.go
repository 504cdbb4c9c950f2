package store

import (
	"context"
	"encoding/json"

	"zhengbei/internal/land"

	"github.com/jackc/pgx/v5"
)

var auditWrite = query("audit.write")

// Did notes what the transaction does to a thing; it is recorded when the transaction commits.
func (tx *Tx) Did(d land.Deed) { tx.deeds = append(tx.deeds, d) }

// mostDeeds bounds what one record lists; of more it says how many there were.
const mostDeeds = 200

// deedView is a deed as the audit trail keeps it.
type deedView struct {
	Object string `json:"object"`
	Before any    `json:"before"`
	After  any    `json:"after"`
}

// audit records what the transaction did, in the transaction itself.
func (tx *Tx) audit(ctx context.Context) error {
	if len(tx.deeds) == 0 {
		return nil
	}
	objects := []string{}
	views := []deedView{}
	for _, d := range tx.deeds[:min(len(tx.deeds), mostDeeds)] {
		objects = append(objects, d.Object)
		views = append(views, deedView(d))
	}
	detail, err := json.Marshal(struct {
		Deeds []deedView `json:"deeds"`
		Count int        `json:"count"`
	}{views, len(tx.deeds)})
	if err != nil {
		return err
	}
	return tx.record(ctx, "done", nil, objects, detail)
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
	if objects == nil {
		objects = []string{}
	}
	return tx.exec(ctx, auditWrite, named{
		"account_id": id, "account": by.Account, "role": role, "address": by.Address, "request": by.Request, "via": by.Via,
		"outcome": outcome, "code": code, "objects": objects, "detail": detail,
	})
}
