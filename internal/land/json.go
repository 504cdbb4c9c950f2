package land

import (
	"encoding/json"
	"math/big"
	"reflect"
	"strings"
)

// SameJSON compares two JSON values by what they say, not by their spelling: 1.50 is 1.5, members have no order, and nothing is null.
func SameJSON(a, b json.RawMessage) bool {
	value := func(raw json.RawMessage) (v any) {
		d := json.NewDecoder(strings.NewReader(string(raw)))
		d.UseNumber()
		if d.Decode(&v) != nil {
			return nil
		}
		return plainNumbers(v)
	}
	return reflect.DeepEqual(value(a), value(b))
}

// longestCompared bounds the numbers that are compared by value: a fraction of 1e999999 would fill the memory.
const longestCompared = 40

func plainNumbers(v any) any {
	switch v := v.(type) {
	case json.Number:
		if r, ok := new(big.Rat).SetString(v.String()); ok && len(v) <= longestCompared && !strings.ContainsAny(v.String(), "eE") {
			return r.RatString()
		}
	case []any:
		for i := range v {
			v[i] = plainNumbers(v[i])
		}
	case map[string]any:
		for name := range v {
			v[name] = plainNumbers(v[name])
		}
	}
	return v
}
