package tile

import (
	"math"
	"strconv"
	"strings"

	"zhengbei/internal/fault"
)

// MaxZoom is the deepest zoom: 4 cm a pixel of 256 at Longhua.
const MaxZoom = 22

// Buffer is how far a tile reaches over its edge, as a share of its width: 64 of 4096.
const Buffer = 64.0 / 4096

// worldEdge is the half width of the world in EPSG:3857, in metres.
const worldEdge = 20037508.342789244

// ID names a tile of WebMercatorQuad.
type ID struct{ Z, X, Y int }

// ParseID reads the three numbers of a tile's path; the last one ends in .mvt.
func ParseID(z, x, yExt string) (ID, error) {
	y, ok := strings.CutSuffix(yExt, ".mvt")
	if !ok {
		return ID{}, fault.New(fault.NotFound, "tile.format", "value", yExt).In("{y}")
	}
	var id ID
	for _, part := range []struct {
		into        *int
		text, field string
	}{{&id.Z, z, "{z}"}, {&id.X, x, "{x}"}, {&id.Y, y, "{y}"}} {
		n, err := strconv.Atoi(part.text)
		if err != nil || strconv.Itoa(n) != part.text { // one address a tile: no sign, no leading zero
			return ID{}, fault.New(fault.NotFound, "tile.number", "value", part.text).In(part.field)
		}
		*part.into = n
	}
	if id.Z < 0 || id.Z > MaxZoom {
		return ID{}, fault.New(fault.NotFound, "tile.zoom", "value", id.Z, "max", MaxZoom).In("{z}")
	}
	most := 1<<id.Z - 1
	if id.X < 0 || id.X > most {
		return ID{}, fault.New(fault.NotFound, "tile.range", "value", id.X, "max", most, "zoom", id.Z).In("{x}")
	}
	if id.Y < 0 || id.Y > most {
		return ID{}, fault.New(fault.NotFound, "tile.range", "value", id.Y, "max", most, "zoom", id.Z).In("{y}")
	}
	return id, nil
}

// meets reports whether a box in EPSG:3857 metres touches the tile or its buffer.
func (id ID) meets(box [4]float64) bool {
	size := 2 * worldEdge / math.Exp2(float64(id.Z))
	reach := size * Buffer
	west := -worldEdge + float64(id.X)*size
	north := worldEdge - float64(id.Y)*size
	return box[2] >= west-reach && box[0] <= west+size+reach && box[1] <= north+reach && box[3] >= north-size-reach
}
