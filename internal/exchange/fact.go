package exchange

import (
	"bytes"
	"encoding/json"
	"fmt"
	"strings"

	"zhengbei/internal/fault"
	"zhengbei/internal/land"
)

// mostFacts bounds a list of facts.
const mostFacts = 10_000

// Fact is a fact as it is handed in.
type Fact struct {
	Subject struct {
		Kind land.SubjectKind `json:"kind"`
		ID   string           `json:"id"`
	} `json:"subject"`
	Kind       land.FactKind   `json:"kind"`
	OccurredOn *string         `json:"occurred_on"`
	Value      json.RawMessage `json:"value"`
	Note       *string         `json:"note"`
	Reason     *string         `json:"reason"`
	Evidence   []land.Evidence `json:"evidence"`
	Voids      *int64          `json:"voids"`
}

// Fact is what was handed in, and what of it cannot be read; at is where it stands.
func (q Fact) Fact(at string) (land.Fact, []*fault.Error) {
	var faults []*fault.Error
	f := land.Fact{
		Subject: land.Subject{Kind: q.Subject.Kind, Code: q.Subject.ID}, Kind: q.Kind, Value: q.Value, Note: q.Note, Reason: q.Reason,
		Voids: q.Voids, Evidence: append([]land.Evidence{}, q.Evidence...),
	}
	if q.OccurredOn != nil {
		day, err := land.ParseDay(at+"/occurred_on", *q.OccurredOn)
		if e, bad := fault.As(err); bad {
			faults = append(faults, e)
		}
		f.OccurredOn = day
	}
	for i, e := range q.Evidence {
		if strings.TrimSpace(e.Name) == "" {
			faults = append(faults, fault.New(fault.Invalid, "fact.evidence").In(fmt.Sprintf("%s/evidence/%d/name", at, i)))
		}
	}
	if len(f.Value) == 0 {
		f.Value = json.RawMessage("{}")
	}
	return f, faults
}

// ReadFacts reads one fact, or a list; list says which it was. What could not be read of a list is told apart, with its places,
// so that the rest of it can be judged in the same answer.
func ReadFacts(raw []byte) (facts []land.Fact, list bool, unread []*fault.Error, err error) {
	if trimmed := bytes.TrimLeft(raw, " \t\r\n"); len(trimmed) == 0 || trimmed[0] != '[' {
		var q Fact
		if err := Strict(raw, &q); err != nil {
			return nil, false, nil, err
		}
		f, faults := q.Fact("")
		return []land.Fact{f}, false, nil, fault.All(faults)
	}
	var items []json.RawMessage
	if err := Strict(raw, &items); err != nil {
		return nil, true, nil, err
	}
	if len(items) == 0 || len(items) > mostFacts {
		return nil, true, nil, fault.New(fault.Invalid, "fact.list", "max", mostFacts).In("/")
	}
	facts = make([]land.Fact, len(items))
	for i, item := range items {
		var q Fact
		if e, bad := fault.As(Strict(item, &q)); bad {
			unread = append(unread, e.In(fmt.Sprintf("/%d%s", i, e.Field)))
		}
		var wrong []*fault.Error
		facts[i], wrong = q.Fact(fmt.Sprintf("/%d", i))
		unread = append(unread, wrong...)
	}
	return facts, true, unread, nil
}
