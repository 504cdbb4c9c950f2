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
	Version   string       `json:"version"`
}

func (a *api) round(c echo.Context) error {
	clock, err := a.clock(c)
	if err != nil {
		return err
	}
	var view roundView
	err = a.db.Read(c.Request().Context(), func(tx *store.Tx) error {
		r, found, err := tx.Round(c.Request().Context(), clock)
		if err != nil {
			return err
		}
		if !found {
			return fault.New(fault.NotFound, "round.none")
		}
		view = roundView{
			Code: r.Code, Name: r.Name, NameEn: r.NameEn, StartsOn: r.StartsOn, TargetHa: r.TargetHa, Deadline: r.Deadline,
			Source: r.Source, SourceEn: r.SourceEn, DefaultAt: a.today().Day, Demo: r.Demo, Version: a.release,
		}
		view.Extent, err = a.extentOf(c, tx)
		return err
	})
	if err != nil {
		return err
	}
	return answer(c, ogc.TypeJSON, "", view)
}
