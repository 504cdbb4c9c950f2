package ogc

import (
	"encoding/json"

	"zhengbei/internal/land"
)

// Sketch is a feature as those read it who are not signed in.
type Sketch struct {
	Type       string           `json:"type"`
	ID         string           `json:"id"`
	Geometry   json.RawMessage  `json:"geometry"`
	Properties SketchProperties `json:"properties"`
	Links      []Link           `json:"links,omitempty"`
}

// SketchProperties say of what is generalised that it is.
type SketchProperties struct {
	Code     string       `json:"code"`
	Name     *string      `json:"name"`
	NameEn   *string      `json:"name_en"`
	Kind     string       `json:"kind"`
	Accuracy string       `json:"accuracy"`
	AreaM2   *json.Number `json:"area_m2"`
	Source   string       `json:"source"`
	SourceEn string       `json:"source_en"`
	Demo     bool         `json:"demo"`
}

// NewSketch shows a sketch.
func NewSketch(o land.Sketch) Sketch {
	return Sketch{Type: "Feature", ID: o.Code, Geometry: o.Geometry, Properties: SketchProperties{
		Code: o.Code, Name: o.Name, NameEn: o.NameEn, Kind: o.Kind, Accuracy: "generalised", AreaM2: o.AreaM2, Source: o.Source, SourceEn: o.SourceEn, Demo: o.Demo,
	}}
}
