package exchange

import (
	"encoding/json"
	"fmt"
	"io"
	"io/fs"

	"zhengbei/internal/fault"
	"zhengbei/internal/geometry"
	"zhengbei/internal/land"

	"github.com/paulmach/orb"
)

// China is the area of use of CGCS2000 in degrees (EPSG:4490): the shipped outlines come before any programme extent is known.
var China = orb.Bound{Min: orb.Point{73.62, 16.7}, Max: orb.Point{134.77, 53.56}}

// ReadSeed reads round.json and one GeoJSON file a collection.
func ReadSeed(files fs.FS) (land.Round, []land.Draft, error) {
	raw, err := fs.ReadFile(files, "round.json")
	if err != nil {
		return land.Round{}, nil, err
	}
	var r struct {
		Code     string       `json:"code"`
		Name     string       `json:"name"`
		NameEn   string       `json:"name_en"`
		StartsOn string       `json:"starts_on"`
		TargetHa *json.Number `json:"target_ha"`
		Deadline *string      `json:"deadline"`
		Source   string       `json:"source"`
		SourceEn string       `json:"source_en"`
	}
	if err := json.Unmarshal(raw, &r); err != nil {
		return land.Round{}, nil, fmt.Errorf("round.json: %w", err)
	}
	round := land.Round{Code: r.Code, Name: r.Name, NameEn: r.NameEn, TargetHa: r.TargetHa, Source: r.Source, SourceEn: r.SourceEn}
	if round.StartsOn, err = land.ParseDay("/starts_on", r.StartsOn); err != nil {
		return land.Round{}, nil, err
	}
	if r.Deadline != nil {
		deadline, err := land.ParseDay("/deadline", *r.Deadline)
		if err != nil {
			return land.Round{}, nil, err
		}
		round.Deadline = &deadline
	}
	var all []land.Draft
	for _, collection := range land.Collections {
		name := string(collection) + ".geojson"
		f, err := files.Open(name)
		if err != nil {
			continue // a collection may begin empty
		}
		more, err := drafts(f, Reading{Collection: collection, Rules: geometry.Rules{Extent: China}})
		_ = f.Close()
		if err != nil {
			return land.Round{}, nil, fmt.Errorf("%s: %w", name, err)
		}
		all = append(all, more...)
	}
	return round, all, nil
}

// drafts reads a GeoJSON file as a whole; every fault in it is listed.
func drafts(r io.Reader, as Reading) (all []land.Draft, err error) {
	file, err := readGeoJSON(r, as)
	if err != nil {
		return nil, err
	}
	var faults []*fault.Error
	for in, err := range file.Features() {
		if err != nil {
			return nil, err
		}
		faults = append(faults, in.Faults...)
		all = append(all, in.Draft)
	}
	return all, fault.All(faults)
}
