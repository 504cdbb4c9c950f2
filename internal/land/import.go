package land

import (
	"fmt"
	"slices"
	"strings"

	"zhengbei/internal/fault"
)

// Incoming is a feature as a file brings it, with its place in it.
type Incoming struct {
	Draft
	Place    int32  // in the file, counted from 1
	Base     *int32 // the version that its author had before them; own exports carry it
	Given    Given
	Decimals int16          // of its coordinates: a difference below them is no change
	Faults   []*fault.Error // what is wrong with it; such a feature goes no further
}

// Given says which properties a file names: what it does not name stays as it stands.
type Given int32

// The properties, a bit each; import_plan in the schema reads the same bits.
const (
	GivenName Given = 1 << iota
	GivenNameEn
	GivenNameStatus
	GivenSubdistrict
	GivenSubdistrictEn
	GivenLocality
	GivenLocalityEn
	GivenParcel
	GivenDisposition
	GivenUseClass
	GivenAccuracy
	GivenSource
	GivenSourceEn
	GivenAreaOfficial
	GivenPublished
)

// givenBits are the bits of the properties by name, in the order of the bits.
var givenBits = []string{
	"name", "name_en", "name_status", "subdistrict", "subdistrict_en", "locality", "locality_en", "parcel", "disposition", "use_class",
	"accuracy", "source", "source_en", "area_official_m2", "published",
}

// Gives is the bit of a property.
func Gives(name string) Given { return 1 << slices.Index(givenBits, name) }

// FileSays is what a file says of itself, or what is taken for it.
type FileSays struct {
	Format   string
	Encoding string
	CRS      string
	Why      fault.Words // how the reference system is known
}

// The severities of a problem.
const (
	Refuses = "error"   // nothing of the file is applied
	Warns   = "warning" // applied all the same, if that is asked for
)

// Problem is something that a look at a file has found. It is kept, and read again in either language.
type Problem struct {
	Severity string
	Feature  int32  // its place in the file, counted from 1; 0: of the file as a whole
	ID       string // its code, where it has one
	Kind     fault.Kind
	Code     string // of the fault
	Params   map[string]fault.Words
	Pointer  string
	Point    *[2]float64
}

// NewProblem keeps a fault.
func NewProblem(severity string, feature int32, id string, f *fault.Error) Problem {
	p := Problem{Severity: severity, Feature: feature, ID: keepableText(id), Kind: f.Kind, Code: f.Code, Params: map[string]fault.Words{}, Pointer: keepableText(f.Field), Point: f.Point}
	for name, value := range f.Params {
		words, ok := value.(fault.Words)
		if !ok {
			words = fault.Words{Zh: fmt.Sprint(value), En: fmt.Sprint(value)}
		}
		p.Params[name] = fault.Words{Zh: keepableText(words.Zh), En: keepableText(words.En)}
	}
	return p
}

// longestKept is how much of what a file says is kept to tell what is wrong with it.
const longestKept = 500

// keepableText is a text of a file as a database can hold it: the faults of a text are told by the text.
func keepableText(s string) string {
	s = strings.ReplaceAll(strings.ToValidUTF8(s, "\uFFFD"), "\x00", "\uFFFD")
	if r := []rune(s); len(r) > longestKept {
		return string(r[:longestKept]) + "…"
	}
	return s
}

// Fault is the fault that was kept.
func (p Problem) Fault() *fault.Error {
	e := fault.New(p.Kind, p.Code).In(p.Pointer)
	e.Point, e.Params = p.Point, map[string]any{}
	for name, value := range p.Params {
		e.Params[name] = value
	}
	return e
}

// Look is what a file would bring: nothing is written before it is applied.
type Look struct {
	ID         int32
	Hash       string // of the file, and of the versions of all that it was compared with
	File       string // its name
	FileHash   string // SHA-256 of its bytes
	Collection Collection
	FileSays
	Features  int32
	Begins    int64      // how many are new
	Changes   int64      // how many change
	Unchanged int64      // how many say what is already so
	New       []LookRow  // the first of them
	Changed   []LookRow  // the first of them
	Outside   []Left     // plots that would lie outside their parcel
	Leaves    int64      // how many of these there are
	Problems  []Problem  // the first of them
	Errors    int64      // how many problems refuse the file
	Warnings  int64      // how many do not
	Applied   *ApplyDone // nil: not yet
}

// LookRow is a feature that is new, or that changes.
type LookRow struct {
	Place    int32
	Code     *string // nil: numbered when it is applied
	Version  *int32  // that stands
	What     []string
	AreaM2   *string
	BeforeM2 *string
}

// Left is a plot that lies outside its parcel, by how much and where.
type Left struct {
	Parcel, Plot string
	AreaM2       string
	Point        [2]float64
}

// ApplyDone is what was written.
type ApplyDone struct {
	Begun, Changed, Unchanged int64
	From                      Day
}
