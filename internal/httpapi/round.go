package httpapi

import (
	"encoding/json"

	"zhengbei/internal/fault"
	"zhengbei/internal/land"
	"zhengbei/internal/ogc"
	"zhengbei/internal/store"

	"github.com/labstack/echo/v4"
)

type roundView struct {
	Code      string       `json:"code"`
	Name      string       `json:"name"`
	NameEn    string       `json:"name_en"`
	StartsOn  land.Day     `json:"starts_on"`
	TargetHa  *json.Number `json:"target_ha"`
	Deadline  *land.Day    `json:"deadline"`
	Source    string       `json:"source"`
	SourceEn  string       `json:"source_en"`
	Extent    *land.Box    `json:"extent"`
	DefaultAt land.Day     `json:"default_at"`
	Demo      bool         `json:"demo"`
	Version   string       `json:"version"` // of the service
	// Revision is the version of the round, on which a change is based.
	Revision int32 `json:"revision"`
}

func (a *api) round(c echo.Context) error {
	clock, err := a.clock(c)
	if err != nil {
		return err
	}
	var r land.Round
	var view roundView
	err = a.db.Read(c.Request().Context(), func(tx *store.Tx) error {
		if r, err = a.currentRound(c, tx, clock); err == nil {
			view, err = a.viewRound(c, tx, r)
		}
		return err
	})
	if err != nil {
		return err
	}
	return answer(c, ogc.TypeJSON, tagOf(r.Code, r.Version), view)
}

// currentRound is the newest round on a day.
func (a *api) currentRound(c echo.Context, tx *store.Tx, clock land.Clock) (land.Round, error) {
	r, found, err := tx.Round(c.Request().Context(), clock)
	if err == nil && !found {
		err = fault.New(fault.NotFound, "round.none")
	}
	return r, err
}

func (a *api) viewRound(c echo.Context, tx *store.Tx, r land.Round) (roundView, error) {
	extent, err := a.extentOf(c, tx)
	return roundView{
		Code: r.Code, Name: r.Name, NameEn: r.NameEn, StartsOn: r.StartsOn, TargetHa: r.TargetHa, Deadline: r.Deadline,
		Source: r.Source, SourceEn: r.SourceEn, Extent: extent, DefaultAt: a.today().Day, Demo: r.Demo, Version: a.release, Revision: r.Version,
	}, err
}
