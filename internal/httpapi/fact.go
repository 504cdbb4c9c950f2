package httpapi

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"strconv"
	"strings"
	"time"

	"zhengbei/internal/fault"
	"zhengbei/internal/land"
	"zhengbei/internal/signing"
	"zhengbei/internal/store"

	"github.com/labstack/echo/v4"
)

// mostFacts bounds a list of facts.
const mostFacts = 10_000

// subjectView names a thing.
type subjectView struct {
	Kind land.SubjectKind `json:"kind"`
	ID   string           `json:"id"`
}

// factView is a fact as lists show it and as it is answered once recorded.
type factView struct {
	ID         int64           `json:"id"`
	Subject    subjectView     `json:"subject"`
	Kind       land.FactKind   `json:"kind"`
	OccurredOn land.Day        `json:"occurred_on"`
	Value      json.RawMessage `json:"value"`
	Note       *string         `json:"note"`
	Reason     *string         `json:"reason"`
	Evidence   []land.Evidence `json:"evidence"`
	RecordedAt time.Time       `json:"recorded_at"`
	RecordedBy string          `json:"recorded_by"`
	Voids      *int64          `json:"voids"`
	VoidedBy   *int64          `json:"voided_by"`
	Demo       bool            `json:"demo"`
}

func viewFact(f land.Fact) factView {
	return factView{f.ID, subjectView{f.Subject.Kind, f.Subject.Code}, f.Kind, f.OccurredOn, f.Value, f.Note, f.Reason, f.Evidence, f.RecordedAt.UTC(), f.RecordedBy, f.Voids, f.VoidedBy, f.Demo}
}

// factAsked is a fact as it is sent.
type factAsked struct {
	Subject    subjectView     `json:"subject"`
	Kind       land.FactKind   `json:"kind"`
	OccurredOn *string         `json:"occurred_on"`
	Value      json.RawMessage `json:"value"`
	Note       *string         `json:"note"`
	Reason     *string         `json:"reason"`
	Evidence   []land.Evidence `json:"evidence"`
	Voids      *int64          `json:"voids"`
}

// fact is what was asked, and what of it cannot be read; at is where it stands in the body.
func (q factAsked) fact(at string) (land.Fact, []*fault.Error) {
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

// recordFacts records one fact or a list, all or nothing; every fault of the list is named.
func (a *api) recordFacts(c echo.Context) error {
	raw, err := body(c)
	if err != nil {
		return err
	}
	if trimmed := bytes.TrimLeft(raw, " \t\r\n"); len(trimmed) == 0 || trimmed[0] != '[' {
		var q factAsked
		if err := strict(raw, &q); err != nil {
			return err
		}
		f, faults := q.fact("")
		if len(faults) > 0 {
			return fault.All(faults)
		}
		return a.record(c, raw, []land.Fact{f}, false)
	}
	var list []json.RawMessage
	if err := strict(raw, &list); err != nil {
		return err
	}
	if len(list) == 0 || len(list) > mostFacts {
		return fault.New(fault.Invalid, "fact.list", "max", mostFacts).In("/")
	}
	facts := make([]land.Fact, len(list))
	var faults []*fault.Error
	for i, one := range list {
		var q factAsked
		if e, bad := fault.As(strict(one, &q)); bad {
			faults = append(faults, e.In(fmt.Sprintf("/%d%s", i, e.Field)))
		}
		var wrong []*fault.Error
		facts[i], wrong = q.fact(fmt.Sprintf("/%d", i))
		faults = append(faults, wrong...)
	}
	if err := fault.All(faults); err != nil {
		return err
	}
	return a.record(c, raw, facts, true)
}

// voidFact takes a fact back, with a reason; what rests on it refuses that, and is named.
func (a *api) voidFact(c echo.Context) error {
	raw, err := body(c)
	if err != nil {
		return err
	}
	id, err := strconv.ParseInt(c.Param("id"), 10, 64)
	if err != nil {
		return fault.New(fault.NotFound, "fact.unknown", "id", c.Param("id"))
	}
	var q struct {
		Reason     *string `json:"reason"`
		OccurredOn *string `json:"occurred_on"`
		Note       *string `json:"note"`
	}
	if err := strict(raw, &q); err != nil {
		return err
	}
	if today := land.DayOf(a.now()).String(); q.OccurredOn == nil {
		q.OccurredOn = &today
	}
	f, faults := factAsked{Kind: land.Voided, OccurredOn: q.OccurredOn, Reason: q.Reason, Note: q.Note, Voids: &id}.fact("")
	if len(faults) > 0 {
		return fault.All(faults)
	}
	return a.record(c, raw, []land.Fact{f}, false)
}

// record writes facts and answers them: one by itself, or a list as items.
func (a *api) record(c echo.Context, raw []byte, facts []land.Fact, list bool) error {
	lang := speaks(c.Request())
	return a.write(c, raw, func(ctx context.Context, by land.Actor, keep func(*store.Tx, outcome) error) error {
		_, _, err := signing.Record(ctx, a.db, by, facts, func(tx *store.Tx, recorded []land.Fact, warnings []*fault.Error) error {
			round, _, err := tx.Round(ctx, land.On(land.DayOf(tx.Now)))
			if err != nil {
				return err
			}
			items := make([]factView, len(recorded))
			for i, f := range recorded {
				f.Demo = round.Demo
				items[i] = viewFact(f)
			}
			says := make([]string, len(warnings))
			for i, w := range warnings {
				says[i] = w.Says(lang)
			}
			if list {
				return keep(tx, outcome{body: struct {
					Items    []factView `json:"items"`
					Warnings []string   `json:"warnings"`
				}{items, says}})
			}
			return keep(tx, outcome{body: struct {
				factView
				Warnings []string `json:"warnings"`
			}{items[0], says}})
		})
		if e, bad := fault.As(err); bad && !list {
			return ofOne(e)
		}
		return err
	})
}

// ofOne points into the one fact that was sent, and not into a list.
func ofOne(e *fault.Error) error {
	for _, one := range e.Each() {
		one.Field = strings.TrimPrefix(one.Field, "/0")
	}
	return e
}
