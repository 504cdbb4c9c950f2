package ogc

import (
	"encoding/json"
	"time"

	"zhengbei/internal/land"
)

// Link is a link of RFC 8288 as OGC API writes it.
type Link struct {
	Rel   string `json:"rel"`
	Href  string `json:"href"`
	Type  string `json:"type,omitempty"`
	Title string `json:"title,omitempty"`
}

// Item is a feature as clients read it.
type Item struct {
	Type       string          `json:"type"`
	ID         string          `json:"id"`
	Geometry   json.RawMessage `json:"geometry"`
	Properties Properties      `json:"properties"`
	Links      []Link          `json:"links,omitempty"`
}

// Properties of an item; areas are m2 with up to four decimals.
type Properties struct {
	Code           string          `json:"code"`
	FID            int32           `json:"fid"`
	Name           *string         `json:"name"`
	NameEn         *string         `json:"name_en"`
	Kind           string          `json:"kind"`
	Parcel         *string         `json:"parcel,omitempty"`
	Zone           *string         `json:"zone,omitempty"`
	Version        int32           `json:"version"`
	Accuracy       string          `json:"accuracy"`
	NameStatus     *string         `json:"name_status,omitempty"`
	Subdistrict    *string         `json:"subdistrict,omitempty"`
	SubdistrictEn  *string         `json:"subdistrict_en,omitempty"`
	Locality       *string         `json:"locality,omitempty"`
	LocalityEn     *string         `json:"locality_en,omitempty"`
	AreaM2         *json.Number    `json:"area_m2"`
	AreaPlaneM2    *json.Number    `json:"area_plane_m2"`
	AreaOfficialM2 *json.Number    `json:"area_official_m2"`
	Disposition    *string         `json:"disposition,omitempty"`
	UseClass       *string         `json:"use_class,omitempty"`
	Stage          *string         `json:"stage,omitempty"`
	StageSince     *land.Day       `json:"stage_since,omitempty"`
	Source         string          `json:"source"`
	SourceEn       string          `json:"source_en"`
	Published      json.RawMessage `json:"published"`
	ValidFrom      *land.Day       `json:"valid_from"`
	ValidTo        *land.Day       `json:"valid_to"`
	UpdatedAt      time.Time       `json:"updated_at"`
	UpdatedBy      string          `json:"updated_by"`
	Reason         *string         `json:"reason"`
	DocumentNo     *string         `json:"document_no"`
	Demo           bool            `json:"demo"`
}

// NewItem shows a feature.
func NewItem(f land.Feature) Item {
	return Item{Type: "Feature", ID: f.Code, Geometry: f.Geometry, Properties: Properties{
		Code: f.Code, FID: f.FID, Name: f.Name, NameEn: f.NameEn, Kind: f.Kind, Parcel: f.Parcel, Zone: f.Zone,
		Version: f.Version, Accuracy: f.Accuracy, NameStatus: f.NameStatus,
		Subdistrict: f.Subdistrict, SubdistrictEn: f.SubdistrictEn, Locality: f.Locality, LocalityEn: f.LocalityEn,
		AreaM2: f.AreaM2, AreaPlaneM2: f.AreaPlaneM2, AreaOfficialM2: f.AreaOfficialM2,
		Disposition: f.Disposition, UseClass: f.UseClass, Stage: f.Stage, StageSince: f.StageSince, Source: f.Source, SourceEn: f.SourceEn, Published: f.Published,
		ValidFrom: f.ValidFrom, ValidTo: f.ValidTo, UpdatedAt: f.RecordedAt.UTC(), UpdatedBy: f.RecordedBy,
		Reason: f.Reason, DocumentNo: f.DocumentNo, Demo: f.Demo,
	}}
}

// Version is a line of a feature's history.
type Version struct {
	Version    int32        `json:"version"`
	Change     string       `json:"change"`
	ValidFrom  *land.Day    `json:"valid_from"`
	ValidTo    *land.Day    `json:"valid_to"`
	KnownFrom  time.Time    `json:"known_from"`
	KnownTo    *time.Time   `json:"known_to"`
	UpdatedAt  time.Time    `json:"updated_at"`
	UpdatedBy  string       `json:"updated_by"`
	Reason     *string      `json:"reason"`
	DocumentNo *string      `json:"document_no"`
	Accuracy   string       `json:"accuracy"`
	AreaM2     *json.Number `json:"area_m2"`
}

// NewVersion shows a version.
func NewVersion(f land.Feature) Version {
	return Version{
		Version: f.Version, Change: f.Change, ValidFrom: f.ValidFrom, ValidTo: f.ValidTo,
		KnownFrom: f.KnownFrom.UTC(), KnownTo: utc(f.KnownTo), UpdatedAt: f.RecordedAt.UTC(), UpdatedBy: f.RecordedBy,
		Reason: f.Reason, DocumentNo: f.DocumentNo, Accuracy: f.Accuracy, AreaM2: f.AreaM2,
	}
}

func utc(t *time.Time) *time.Time {
	if t == nil {
		return nil
	}
	u := t.UTC()
	return &u
}
