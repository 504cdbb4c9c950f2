package ogc

import (
	"zhengbei/internal/fault"
	"zhengbei/internal/land"
)

// entry describes one collection in both languages.
type entry struct {
	title, text map[fault.Language]string
}

var catalogue = map[land.Collection]entry{
	land.Zones: {
		map[fault.Language]string{fault.Chinese: "重点片区", fault.English: "Key zones"},
		map[fault.Language]string{fault.Chinese: "重点片区。轮廓在测量成果导入前为示意，非法定界线。", fault.English: "Key zones. Until surveyed boundaries are imported the outlines are approximate, not legal boundaries."},
	},
	land.Parcels: {
		map[fault.Language]string{fault.Chinese: "产业整备片区", fault.English: "Consolidation parcels"},
		map[fault.Language]string{fault.Chinese: "产业整备片区（大地块）。轮廓在测量成果导入前为示意，非法定界线。", fault.English: "Industrial consolidation parcels. Until surveyed boundaries are imported the outlines are approximate, not legal boundaries."},
	},
	land.Plots: {
		map[fault.Language]string{fault.Chinese: "地块", fault.English: "Plots"},
		map[fault.Language]string{fault.Chinese: "片区内的地块：收储、留用、保留。", fault.English: "The land units inside the parcels: storage, retained, kept."},
	},
	land.Context: {
		map[fault.Language]string{fault.Chinese: "底图要素", fault.English: "Context"},
		map[fault.Language]string{fault.Chinese: "区界、轨道站点与线路、河流；示意，仅供定位。", fault.English: "District outline, metro stations and lines, river; schematic, for orientation only."},
	},
}

// ParseCollection reads the name of a collection.
func ParseCollection(name string) (land.Collection, error) {
	c := land.Collection(name)
	if !c.Known() {
		return "", fault.New(fault.NotFound, "collection.unknown", "value", name).In("{collection}")
	}
	return c, nil
}
