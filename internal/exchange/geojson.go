package exchange

import (
	"encoding/json"
	"fmt"
	"io"

	"zhengbei/internal/fault"
	"zhengbei/internal/geometry"
	"zhengbei/internal/land"
)

// properties are what a feature says of itself when it is handed in, as items show it.
type properties struct {
	Kind           string          `json:"kind"`
	Name           *string         `json:"name"`
	NameEn         *string         `json:"name_en"`
	NameStatus     *string         `json:"name_status"`
	Subdistrict    *string         `json:"subdistrict"`
	SubdistrictEn  *string         `json:"subdistrict_en"`
	Locality       *string         `json:"locality"`
	LocalityEn     *string         `json:"locality_en"`
	Parcel         *string         `json:"parcel"`
	Disposition    *string         `json:"disposition"`
	UseClass       *string         `json:"use_class"`
	Accuracy       string          `json:"accuracy"`
	Source         string          `json:"source"`
	SourceEn       string          `json:"source_en"`
	AreaOfficialM2 *json.Number    `json:"area_official_m2"`
	Published      json.RawMessage `json:"published"`
}

// ReadGeoJSON reads a FeatureCollection in CRS84 as drafts of one collection; every fault in it is listed.
func ReadGeoJSON(r io.Reader, collection land.Collection, rules geometry.Rules) ([]land.Draft, error) {
	var file struct {
		Type     string `json:"type"`
		Features []struct {
			Type       string          `json:"type"`
			ID         string          `json:"id"`
			Properties properties      `json:"properties"`
			Geometry   json.RawMessage `json:"geometry"`
		} `json:"features"`
	}
	if err := json.NewDecoder(r).Decode(&file); err != nil {
		return nil, fault.New(fault.Malformed, "file.not_geojson", "why", err.Error())
	}
	if file.Type != "FeatureCollection" {
		return nil, fault.New(fault.Malformed, "file.not_geojson", "why", fmt.Sprintf("type %q", file.Type)).In("/type")
	}
	rules.Context = collection == land.Context
	var faults []*fault.Error
	drafts := make([]land.Draft, 0, len(file.Features))
	for i, f := range file.Features {
		shape, err := geometry.Parse(f.Geometry, fmt.Sprintf("/features/%d/geometry", i), rules)
		if e, ok := fault.As(err); ok {
			faults = append(faults, e.Each()...)
			continue
		}
		p := f.Properties
		drafts = append(drafts, land.Draft{
			Collection: collection, Code: f.ID, Kind: p.Kind,
			Name: p.Name, NameEn: p.NameEn, NameStatus: p.NameStatus,
			Subdistrict: p.Subdistrict, SubdistrictEn: p.SubdistrictEn, Locality: p.Locality, LocalityEn: p.LocalityEn,
			Parcel: p.Parcel, Disposition: p.Disposition, UseClass: p.UseClass,
			Accuracy: p.Accuracy, Source: p.Source, SourceEn: p.SourceEn,
			AreaOfficialM2: p.AreaOfficialM2, Published: p.Published, Geometry: shape,
		})
	}
	return drafts, fault.All(faults)
}
