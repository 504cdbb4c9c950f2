package exchange

import (
	"io"
	"iter"
	"slices"
	"strings"
	"time"

	"zhengbei/internal/fault"
	"zhengbei/internal/geometry"
	"zhengbei/internal/land"
)

// Format is one kind of file: by which endings it is known, and how it is read and written.
type Format struct {
	Name    string
	Endings []string // the first one is the usual one
	Media   string
	Read    func(io.Reader, Reading) (Reader, error)
	Write   func(io.Writer, Writing) Writer
}

// Formats lists them all; a format is a file of this package and a row here.
var Formats = []Format{
	{Name: "geojson", Endings: []string{"geojson", "json"}, Media: "application/geo+json", Read: readGeoJSON, Write: writeGeoJSON},
	{Name: "geojsonseq", Endings: []string{"geojsonl", "geojsonseq", "ndjson"}, Media: "application/geo+json-seq", Read: readGeoJSON, Write: writeGeoJSONSeq},
}

// Reading says what a file is to be read as.
type Reading struct {
	Collection land.Collection
	Rules      geometry.Rules
	CRS        string // empty: what the file says, or its format
	Encoding   string // empty: likewise
	Layer      string // of a format that holds several
}

// Reader reads a file from its beginning to its end, feature by feature, and keeps none of them.
type Reader interface {
	// Features hands on each feature with its faults. An error comes last: what follows it cannot be read.
	Features() iter.Seq2[land.Incoming, error]
	// Says is what the file says of itself, once it is read.
	Says() land.FileSays
}

// Writing says what a file that is written says of itself.
type Writing struct {
	Clock land.Clock
	Now   time.Time
	Item  func(land.Feature) ([]byte, error) // a feature in JSON, as items show it
}

// Writer writes features one by one; nothing is whole before End.
type Writer interface {
	Feature(land.Feature) error
	End() error
}

// ByName finds the format of a file by its ending.
func ByName(file string) (Format, error) {
	name := file[strings.LastIndexAny(file, `/\`)+1:]
	ending := ""
	if dot := strings.LastIndexByte(name, '.'); dot >= 0 {
		ending = strings.ToLower(name[dot+1:])
	}
	for _, f := range Formats {
		if slices.Contains(f.Endings, ending) {
			return f, nil
		}
	}
	var known []string
	for _, f := range Formats {
		for _, e := range f.Endings {
			known = append(known, "."+e)
		}
	}
	return Format{}, fault.New(fault.Unsupported, "file.format", "value", name, "known", strings.Join(known, " "))
}
