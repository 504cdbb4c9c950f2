package land

import (
	"encoding/json"
	"time"
)

// Record is one record of the audit trail (审计记录).
type Record struct {
	ID        int64
	At        time.Time
	AccountID *int32 // nil: nobody was signed in
	Account   string // as given; of a failed sign-in the name that was tried
	Role      *string
	Address   string
	Request   string
	Via       string // the route, or the command
	Outcome   string // done, refused
	Code      *string
	Objects   []string
	Detail    json.RawMessage
	Seal      *int64 // its place in the chain; nil: it waits to be sealed
	Hash      []byte // of the chain up to it
}

// The outcomes of a record.
var Outcomes = []string{"done", "refused"}

// Chain is the chain of seals of a database (审计链); its number begins the first hash.
type Chain struct {
	Database string
	ID       string // a UUID; empty where somebody removed it
}

// Seal is a link of the chain (封印): the hash of all records up to this one.
type Seal struct {
	Seq  int64
	Hash []byte
}

// Sealed is a link with the record that it seals, as both are stored; a record that is gone is nil.
type Sealed struct {
	Seal
	RecordID int64
	Record   *Record
}

// Unsealed is a record that no link seals, or one that was to be sealed and is gone.
type Unsealed struct {
	ID    int64
	At    *time.Time // nil: the record is gone
	Waits bool       // it stands in line
}

// AuditFilter says which records of the audit trail are asked for; nil asks for all.
type AuditFilter struct {
	Account, Object, Via, Outcome, Code *string
	From, To                            *Day  // in Shanghai, both of them included
	Before                              int64 // 0: from the newest on
	Limit                               int
}
