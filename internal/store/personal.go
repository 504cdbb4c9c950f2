package store

import (
	"bytes"
	"context"
	"encoding/hex"

	"zhengbei/internal/fault"
	"zhengbei/internal/land"

	"github.com/jackc/pgx/v5"
)

var (
	personalKey     = query("personal.key")
	personalHoldKey = query("personal.hold_key")
	personalTakeKey = query("personal.take_key")
	personalBegin   = query("personal.begin_key")
	personalRetire  = query("personal.retire_key")
	personalOf      = query("personal.of")
	personalPage    = query("personal.page")
	personalKeep    = query("personal.keep")
	personalReseal  = query("personal.reseal")
	personalFind    = query("personal.find")
)

// Sealed is what is kept of a party beside its name, as the service encrypted it: the database never holds the key.
type Sealed struct {
	Code         string // of the party
	Check        []byte // of the key that it was encrypted with
	IDNumber     []byte // nil: none is known
	IDNumberHash []byte
	Phone        []byte
	PhoneHash    []byte
}

// KeyInUse is the key with which personal data are encrypted, by its check value.
type KeyInUse struct {
	Check  []byte
	Values int64 // that are encrypted with it
}

// PersonalKey is the key in use; found is false where none has begun.
func (tx *Tx) PersonalKey(ctx context.Context) (k KeyInUse, found bool, err error) {
	return row[KeyInUse](ctx, tx, personalKey, nil)
}

// BeginPersonalKey puts a key in use where there is none.
func (tx *Tx) BeginPersonalKey(ctx context.Context, check []byte) error {
	began, err := tx.written(ctx, personalBegin, named{"check": check})
	if err == nil && began == 0 {
		err = fault.New(fault.Conflict, "personal_key.used")
	}
	return err
}

// HoldPersonalKey is the check value of the key in use, which stays in use until this transaction ends.
func (tx *Tx) HoldPersonalKey(ctx context.Context) ([]byte, error) {
	for range 2 { // whoever waited for a rotation sees no key in that statement, and the new one in the next
		held, err := tx.checks(ctx, personalHoldKey)
		if err != nil || len(held) > 0 {
			return first(held), err
		}
	}
	return nil, fault.New(fault.Busy, "personal_key.away")
}

func (tx *Tx) checks(ctx context.Context, q sql) ([][]byte, error) {
	rows, _ := tx.tx.Query(ctx, q.text)
	found, err := pgx.CollectRows(rows, pgx.RowTo[[]byte])
	return found, translate(err)
}

func first(checks [][]byte) []byte {
	if len(checks) == 0 {
		return nil
	}
	return checks[0]
}

// Personal is what is kept of parties, of those of which there is anything and who may be seen.
func (tx *Tx) Personal(ctx context.Context, codes []string) ([]Sealed, error) {
	return many[Sealed](ctx, tx, personalOf, named{"codes": codes})
}

// KeepPersonal keeps what was encrypted of a party with the key that this transaction holds.
func (tx *Tx) KeepPersonal(ctx context.Context, s Sealed) error {
	kept, err := tx.written(ctx, personalKeep, named{
		"code": s.Code, "id_number": s.IDNumber, "id_number_hash": s.IDNumberHash, "phone": s.Phone, "phone_hash": s.PhoneHash, "by": tx.Actor.Account,
	})
	if err == nil && kept == 0 {
		err = fault.New(fault.NotFound, "register.unknown", "id", s.Code)
	}
	return err
}

// FindPersonal are the parties with a telephone or an identity number, of those who may be seen; nil is not looked for.
func (tx *Tx) FindPersonal(ctx context.Context, phone, idNumber []byte) ([]string, error) {
	rows, _ := tx.tx.Query(ctx, personalFind.text, named{"phone": phone, "id_number": idNumber})
	codes, err := pgx.CollectRows(rows, pgx.RowTo[string])
	return codes, translate(err)
}

// resealAtOnce is how many rows are encrypted anew in one statement.
const resealAtOnce = 1000

// RotatePersonalKey retires the key in use for another one and encrypts everything anew, all of it or nothing; writers wait meanwhile.
// It is refused where the key in use is no longer the one from which reseal encrypts.
func (db *DB) RotatePersonalKey(ctx context.Context, by land.Actor, from, to []byte, reseal func(Sealed) (Sealed, error)) (rows int, err error) {
	err = db.Write(ctx, by, func(tx *Tx) error {
		rows = 0
		held, err := tx.checks(ctx, personalTakeKey)
		if err != nil {
			return err
		}
		if !bytes.Equal(first(held), from) {
			return fault.New(fault.Conflict, "personal_key.rotated")
		}
		if err := tx.Patient(ctx); err != nil {
			return err
		}
		if err := tx.exec(ctx, personalRetire, nil); err != nil {
			return err
		}
		if err := tx.BeginPersonalKey(ctx, to); err != nil {
			return err
		}
		tx.Did(land.Deed{Object: "personal_key", Before: hex.EncodeToString(from[:4]), After: hex.EncodeToString(to[:4])})
		for after := ""; ; {
			page, err := many[Sealed](ctx, tx, personalPage, named{"after": after, "limit": resealAtOnce})
			if err != nil || len(page) == 0 {
				return err
			}
			after = page[len(page)-1].Code
			rows += len(page)
			if err := tx.reseal(ctx, page, reseal); err != nil {
				return err
			}
		}
	})
	return rows, err
}

func (tx *Tx) reseal(ctx context.Context, page []Sealed, reseal func(Sealed) (Sealed, error)) error {
	var codes []string
	var idNumbers, idNumberHashes, phones, phoneHashes [][]byte
	for _, old := range page {
		s, err := reseal(old)
		if err != nil {
			return err
		}
		codes = append(codes, old.Code)
		idNumbers, idNumberHashes = append(idNumbers, s.IDNumber), append(idNumberHashes, s.IDNumberHash)
		phones, phoneHashes = append(phones, s.Phone), append(phoneHashes, s.PhoneHash)
	}
	return tx.exec(ctx, personalReseal, named{
		"codes": codes, "id_numbers": idNumbers, "id_number_hashes": idNumberHashes, "phones": phones, "phone_hashes": phoneHashes,
	})
}
