package land

import (
	"bytes"
	"encoding/json"
	"strconv"
	"strings"

	"zhengbei/internal/fault"
)

// LongestPublished bounds what is kept of published figures, in bytes.
const LongestPublished = 20_000

// Published reads published figures as they can be kept: an object, without what a database cannot hold. Nothing is an empty object.
func Published(raw json.RawMessage, at string) (json.RawMessage, *fault.Error) {
	if len(raw) == 0 || string(raw) == "null" {
		return json.RawMessage("{}"), nil
	}
	if len(raw) > LongestPublished {
		return nil, fault.New(fault.Invalid, "property.too_long", "name", "published", "max", LongestPublished).In(at)
	}
	d := json.NewDecoder(bytes.NewReader(raw))
	d.UseNumber()
	var members map[string]any
	if d.Decode(&members) != nil || !keepable(members) {
		return nil, fault.New(fault.Invalid, "property.object", "name", "published").In(at)
	}
	clean, err := json.Marshal(members) // half a character becomes the sign for it
	if err != nil {
		return nil, fault.New(fault.Invalid, "property.object", "name", "published").In(at)
	}
	return clean, nil
}

// keepable reports whether a JSON value has no NUL in a text and no number beyond all bounds.
func keepable(value any) bool {
	switch v := value.(type) {
	case string:
		return !strings.ContainsRune(v, 0)
	case json.Number:
		return UsualNumber(v.String())
	case []any:
		for _, one := range v {
			if !keepable(one) {
				return false
			}
		}
	case map[string]any:
		for name, one := range v {
			if strings.ContainsRune(name, 0) || !keepable(one) {
				return false
			}
		}
	}
	return true
}

// longestNumber is how long a number is that stands for a float8: PostgreSQL writes it with 309 digits at most.
const longestNumber = 400

// UsualNumber reports whether a JSON number is within the bounds of a float8: a database takes neither 1e999999 nor 1e-999999.
func UsualNumber(number string) bool {
	f, err := strconv.ParseFloat(number, 64)
	mantissa, _, _ := strings.Cut(strings.ToLower(number), "e")
	return err == nil && len(number) <= longestNumber && (f != 0 || strings.Trim(mantissa, "-0.") == "")
}
