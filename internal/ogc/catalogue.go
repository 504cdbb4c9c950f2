package ogc

import (
	"slices"

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
	land.Released: {
		map[fault.Language]string{fault.Chinese: "已释放土地", fault.English: "Released land"},
		map[fault.Language]string{fault.Chinese: "某日集中连片的已释放土地，由地块的阶段推导，只读；编号为其中编号最小的地块。区间取其末日（至今者取今日）。", fault.English: "The contiguous released land of a day, derived from the stages of its plots; read only. The id of a block is the code of its lowest plot. An interval is answered by its last day, or by today where it lasts until later."},
	},
	land.Context: {
		map[fault.Language]string{fault.Chinese: "底图要素", fault.English: "Context"},
		map[fault.Language]string{fault.Chinese: "区界、轨道站点与线路、河流；示意，仅供定位。", fault.English: "District outline, metro stations and lines, river; schematic, for orientation only."},
	},
}

// ParseCollection reads the name of one of some collections.
func ParseCollection(name string, among []land.Collection) (land.Collection, error) {
	c := land.Collection(name)
	if !slices.Contains(among, c) {
		return "", fault.New(fault.NotFound, "collection.unknown", "value", name).In("{collection}")
	}
	return c, nil
}
