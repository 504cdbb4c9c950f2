package httpapi

import (
	"context"
	"encoding/json"
	"strconv"
	"strings"
	"time"

	"zhengbei/internal/exchange"
	"zhengbei/internal/fault"
	"zhengbei/internal/land"
	"zhengbei/internal/signing"
	"zhengbei/internal/store"

	"github.com/labstack/echo/v4"
)

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

// recordFacts records one fact or a list, all or nothing; every fault of the list is named.
func (a *api) recordFacts(c echo.Context) error {
	raw, err := body(c)
	if err != nil {
		return err
	}
	facts, list, unread, err := exchange.ReadFacts(raw)
	if err != nil {
		return err
	}
	return a.record(c, raw, facts, list, unread)
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
	f, faults := exchange.Fact{Kind: land.Voided, OccurredOn: q.OccurredOn, Reason: q.Reason, Note: q.Note, Voids: &id}.Fact("")
	if len(faults) > 0 {
		return fault.All(faults)
	}
	return a.record(c, raw, []land.Fact{f}, false, nil)
}

// record writes facts and answers them: one by itself, or a list as items. Where some could not be read all is judged, and nothing written.
func (a *api) record(c echo.Context, raw []byte, facts []land.Fact, list bool, unread []*fault.Error) error {
	lang := speaks(c.Request())
	return a.write(c, raw, func(ctx context.Context, by land.Actor, keep func(*store.Tx, outcome) error) error {
		_, _, err := signing.RecordRead(ctx, a.db, by, facts, unread, func(tx *store.Tx, recorded []land.Fact, warnings []*fault.Error) error {
			view, err := ViewRecorded(ctx, tx, recorded, warnings, lang, list)
			if err != nil {
				return err
			}
			return keep(tx, outcome{body: view})
		})
		if e, bad := fault.As(err); bad && !list {
			return ofOne(e)
		}
		return err
	})
}

// ViewRecorded is what recording facts is answered with, while they are being recorded: one by itself, a list as items, and what is to be considered.
func ViewRecorded(ctx context.Context, tx *store.Tx, recorded []land.Fact, warnings []*fault.Error, lang fault.Language, list bool) (json.RawMessage, error) {
	round, _, err := tx.Round(ctx, land.On(land.DayOf(tx.Now)))
	if err != nil {
		return nil, err
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
		return json.Marshal(struct {
			Items    []factView `json:"items"`
			Warnings []string   `json:"warnings"`
		}{items, says})
	}
	return json.Marshal(struct {
		factView
		Warnings []string `json:"warnings"`
	}{items[0], says})
}

// ofOne points into the one fact that was sent, and not into a list.
func ofOne(e *fault.Error) error {
	for _, one := range e.Each() {
		one.Field = strings.TrimPrefix(one.Field, "/0")
	}
	return e
}
