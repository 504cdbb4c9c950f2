package land

import (
	"encoding/json"
	"time"
)

// FactKind names what happened; Order lists the kinds with their rules.
type FactKind string

// Voided is the fact that takes another one back.
const Voided FactKind = "voided"

// Fact is an append-only, dated event about one subject, with its evidence.
type Fact struct {
	ID         int64
	Subject    Subject
	Kind       FactKind
	OccurredOn Day       // the day it happened, in Shanghai
	RecordedAt time.Time // the instant it was entered
	RecordedBy string
	Value      json.RawMessage // by kind: see Order
	Note       *string
	Reason     *string // why a fact is voided
	Voids      *int64  // the fact that this one takes back
	VoidedBy   *int64
	Evidence   []Evidence
	Demo       bool
}

// Evidence is what a fact rests on: a document by number, a file by name.
type Evidence struct {
	Name       string  `json:"name"`
	DocumentNo *string `json:"document_no"`
}
