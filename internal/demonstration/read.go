package demonstration

import (
	"encoding/json"
	"fmt"
	"io/fs"
	"time"

	"zhengbei/internal/fault"
	"zhengbei/internal/geometry"
	"zhengbei/internal/land"

	"github.com/paulmach/orb"
)

// File is the file of invented plots.
const File = "demo-plots.geojson"

// longhuaBox is the district in degrees: the invented plots lie inside it.
var longhuaBox = orb.Bound{Min: orb.Point{113.9, 22.5}, Max: orb.Point{114.2, 22.9}}

const (
	plotSource   = "演示：虚构的地块，铺满示意轮廓；不是真实土地，没有真实权利人。"
	plotSourceEn = "Demonstration: an invented plot inside the approximate outline; no real land, no real holder."
)

// Demonstration is the whole of it: the round, its plots, the register and the facts.
type Demonstration struct {
	Round  land.Round
	Plots  []land.Draft
	Ledger land.Ledger
	Since  time.Time // the first instant: all but the facts has been known since then
}

// plotFile is the file of plots: each says the stage and the day that its facts must lead to.
type plotFile struct {
	Features []struct {
		ID         string          `json:"id"`
		Geometry   json.RawMessage `json:"geometry"`
		Properties struct {
			Parcel      string  `json:"parcel"`
			Disposition string  `json:"disposition"`
			UseClass    string  `json:"use_class"`
			Village     bool    `json:"village"`
			Stage       string  `json:"stage_2022_12_30"`
			StoredOn    *string `json:"stored_on"`
			Holdings    int     `json:"holdings"`
			Signed      int     `json:"signed"`
			FloorAreaM2 int64   `json:"floor_area_m2"`
		} `json:"properties"`
	} `json:"features"`
}

// Read makes the demonstration of a round from the file of invented plots; the same file gives the same ledger to the byte.
func Read(files fs.FS, round land.Round) (Demonstration, error) {
	raw, err := fs.ReadFile(files, File)
	if err != nil {
		return Demonstration{}, err
	}
	var file plotFile
	if err := json.Unmarshal(raw, &file); err != nil {
		return Demonstration{}, fmt.Errorf("%s: %w", File, err)
	}
	d := Demonstration{Round: demonstrated(round), Since: firstInstant}
	w := newWorld()
	var faults []*fault.Error
	for i, f := range file.Features {
		p := f.Properties
		shape, err := geometry.Parse(f.Geometry, fmt.Sprintf("/features/%d/geometry", i), geometry.Rules{Extent: longhuaBox})
		if e, ok := fault.As(err); ok {
			faults = append(faults, e.Each()...)
			continue
		}
		d.Plots = append(d.Plots, land.Draft{
			Collection: land.Plots, Code: f.ID, Kind: "plot", Parcel: &p.Parcel, Disposition: &p.Disposition, UseClass: &p.UseClass,
			Accuracy: "schematic", Source: plotSource, SourceEn: plotSourceEn, Geometry: shape,
		})
		it := &plot{
			code: f.ID, parcel: p.Parcel, use: p.UseClass, village: p.Village, stage: p.Stage,
			holds: p.Holdings, signs: p.Signed, floor: p.FloorAreaM2 * 100, area: tenths(shape) * 10,
		}
		if p.StoredOn != nil {
			it.stored = on(*p.StoredOn)
		}
		w.all = append(w.all, it)
	}
	if err := fault.All(faults); err != nil {
		return Demonstration{}, err
	}
	d.Ledger, err = w.ledger()
	return d, err
}

// demonstrated is the round as the demonstration shows it: with a deadline, which is invented, and its last day as today.
func demonstrated(r land.Round) land.Round {
	deadline, last := on("2024-12-31").land(), lastDay.land()
	r.Demo, r.Deadline, r.DefaultAt = true, &deadline, &last
	r.Source = "演示：期限 2024-12-31 为演示所虚构，台账全部虚构。" + r.Source
	r.SourceEn = "Demonstration: the deadline 2024-12-31 is invented for it, and so is the whole ledger. " + r.SourceEn
	return r
}
