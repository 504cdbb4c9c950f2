package land

import (
	"encoding/json"
	"fmt"
	"math/big"
	"regexp"
	"strings"
	"unicode"
	"unicode/utf8"

	"zhengbei/internal/fault"
)

// The drafts of register rows: what somebody writes of a thing. Nil is left as it stands; a list takes the place of the whole one.
type (
	// HoldingDraft is what is written of a holding.
	HoldingDraft struct {
		Parcel, Name, Class *string
		Parties             *[]Share
		Land                *[]HoldingLand
	}

	// BuildingDraft is what is written of a building.
	BuildingDraft struct {
		Holding, Plot, Use *string
		FloorAreaM2        *json.Number
		Storeys            *int32
		Tenants            *[]string
	}

	// ContractDraft is what is written of a contract; kind and parcel stand once it is drawn up.
	ContractDraft struct {
		Kind, Parcel *string
		Holdings     *[]string
		Amount       Optional[json.Number]
	}

	// PartyDraft is what is written of a party.
	PartyDraft struct{ Name, Kind *string }

	// CommandPostDraft is what is written of a command post.
	CommandPostDraft struct {
		Name, NameEn *string
		Parcels      *[]string
	}

	// RoundDraft is what is written of a round.
	RoundDraft struct {
		Name, NameEn *string
		TargetHa     Optional[json.Number]
		Deadline     Optional[Day]
		DocumentNo   *string
	}
)

// Optional is a value that may be taken away: Set says that the draft speaks of it, and a nil Value that there is none.
type Optional[T any] struct {
	Set   bool
	Value *T
}

// CodeForm is how the codes of a kind of thing are written: letter, hyphen and at least so many digits.
type CodeForm struct {
	Letter string
	Digits int
}

// The codes of what the register holds.
var (
	HoldingCode  = CodeForm{"H", 4}
	BuildingCode = CodeForm{"B", 4}
	ContractCode = CodeForm{"C", 4}
	PartyCode    = CodeForm{"R", 4}
	PostCode     = CodeForm{"F", 2}
)

// mostDigits bounds a number, so that there is always a next one.
const mostDigits = 8

// Write writes the code of a number.
func (f CodeForm) Write(number int64) string {
	return fmt.Sprintf("%s-%0*d", f.Letter, f.Digits, number)
}

// Takes reports whether a code is written so, with no more leading zeros than it takes: one number has one code.
func (f CodeForm) Takes(code string) bool {
	digits, ok := strings.CutPrefix(code, f.Letter+"-")
	if !ok || len(digits) < f.Digits || len(digits) > mostDigits || strings.Trim(digits, "0123456789") != "" || strings.Trim(digits, "0") == "" {
		return false
	}
	return len(digits) == f.Digits || digits[0] != '0'
}

// The words of the register.
var (
	HoldingClasses = []string{"residential", "factory", "collective", "individual"}
	BuildingUses   = []string{"residential", "factory", "commercial", "public"}
	PartyKinds     = []string{"person", "company", "collective_company"}
)

// MostName is the longest name in the register, and MostReason the longest reason of a change, in characters.
const (
	MostName   = 200
	MostReason = 2000
)

// MostStoreys is the most storeys of a building.
const MostStoreys = 200

// IsWording reports whether a text says something in at most so many characters, none of them a control character or one that turns the reading direction.
func IsWording(text string, most int) bool {
	return strings.TrimSpace(text) != "" && utf8.RuneCountInString(text) <= most &&
		!strings.ContainsFunc(text, func(r rune) bool { return unicode.IsControl(r) || unicode.Is(unicode.Bidi_Control, r) })
}

// Decimal is the form of a figure: plain digits, at most so many before and behind the point.
type Decimal struct {
	Whole, Places int
	Zero          bool // zero is a figure as well
}

// The figures of the register, as they are stored: nothing is rounded unseen.
var (
	LandArea  = Decimal{10, 4, false}
	FloorArea = Decimal{12, 2, false}
	Yuan      = Decimal{14, 2, true}
	TargetHa  = Decimal{8, 4, false}
)

var decimalForm = regexp.MustCompile(`^(0|[1-9][0-9]*)(?:\.([0-9]+))?$`)

// Takes reports whether a number is written so.
func (d Decimal) Takes(text string) bool {
	parts := decimalForm.FindStringSubmatch(text)
	if parts == nil || len(parts[1]) > d.Whole || len(parts[2]) > d.Places {
		return false
	}
	return d.Zero || strings.Trim(text, "0.") != ""
}

// Form says what the figure takes.
func (d Decimal) Form() fault.Words {
	if d.Zero {
		return fault.Words{Zh: fmt.Sprintf("不小于零的数，至多 %d 位小数", d.Places), En: fmt.Sprintf("a number from zero on, with at most %d decimals", d.Places)}
	}
	return fault.Words{Zh: fmt.Sprintf("大于零的数，至多 %d 位小数", d.Places), En: fmt.Sprintf("a number above zero, with at most %d decimals", d.Places)}
}

// ParseM2 reads square metres with at most four decimals.
func ParseM2(text json.Number) (M2, bool) {
	r, ok := new(big.Rat).SetString(text.String())
	if !ok {
		return 0, false
	}
	r.Mul(r, new(big.Rat).SetInt64(int64(squareMetre)))
	if !r.IsInt() || !r.Num().IsInt64() {
		return 0, false
	}
	return M2(r.Num().Int64()), true
}

var shareForm = regexp.MustCompile(`^([1-9][0-9]{0,8})/([1-9][0-9]{0,8})$`)

// ParseShare reads a share as 1/2: above zero, at most one.
func ParseShare(text string) (numerator, denominator int32, ok bool) {
	if !shareForm.MatchString(text) {
		return 0, 0, false
	}
	if _, err := fmt.Sscanf(text, "%d/%d", &numerator, &denominator); err != nil {
		return 0, 0, false
	}
	return numerator, denominator, numerator <= denominator
}

// SumOfShares compares what shares add up to with the whole: below it -1, the whole 0, above it +1; and writes the sum.
func SumOfShares(shares []Share) (compared int, sum string) {
	total := new(big.Rat)
	for _, s := range shares {
		total.Add(total, big.NewRat(int64(s.Numerator), int64(s.Denominator)))
	}
	return total.Cmp(big.NewRat(1, 1)), total.RatString()
}
