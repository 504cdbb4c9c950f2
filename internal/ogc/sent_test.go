package ogc

import (
	"strings"
	"testing"

	"zhengbei/internal/fault"
	"zhengbei/internal/land"
)

// FuzzReadFeature reads features as clients may send them: it never panics, what it takes is lawful, and every fault has its place.
func FuzzReadFeature(f *testing.F) {
	for _, seed := range []string{
		`{"type":"Feature","geometry":{"type":"Polygon","coordinates":[]},"properties":{"name":"试","name_status":"confirmed","accuracy":"surveyed","source":"测量","reason":"勘定"}}`,
		`{"properties":{"name":null,"published":{"a":{"b":1}},"reason":"x","version":2,"valid_from":"2022-01-01"}}`,
		`{"properties":{"area_m2":1.50,"published":{"a":"\u0000"},"reason":" "}}`,
		`{"type":"Feature","crs":{},"id":7,"properties":[]}`, `null`, `[]`, `{"properties":{"code":{},"area_official_m2":"1e9"}}`,
	} {
		f.Add([]byte(seed))
	}
	name, status, since := "福城南", "confirmed", land.Day{}
	stands := land.Feature{Collection: land.Parcels, Code: "P-02", Version: 3, Kind: "parcel", Name: &name, NameStatus: &status, Accuracy: "approximate", Source: "x", SourceEn: "x", ValidFrom: &since}
	f.Fuzz(func(t *testing.T, raw []byte) {
		for how, read := range map[string]func() (Sent, error){
			"new":   func() (Sent, error) { return ReadNew(land.Parcels, raw) },
			"whole": func() (Sent, error) { return ReadWhole(raw, stands) },
			"patch": func() (Sent, error) { return ReadPatch(raw, stands) },
		} {
			sent, err := read()
			if err == nil {
				if strings.TrimSpace(sent.Reason) == "" || len(sent.Draft.Faults("")) > 0 || how != "new" && sent.Draft.Code != stands.Code {
					t.Errorf("%s: taken: %+v", how, sent)
				}
				continue
			}
			e, ok := fault.As(err)
			if !ok {
				t.Fatalf("%s: %v", how, err)
			}
			for _, one := range e.Each() {
				if one.Code != "body.malformed" && !strings.HasPrefix(one.Field, "/") {
					t.Errorf("%s: %s has no place: %q", how, one.Code, one.Field)
				}
			}
		}
	})
}

// A patch changes what it names: objects member by member, null takes away (RFC 7396).
func TestMerge(t *testing.T) {
	t.Parallel()
	for _, c := range []struct{ stands, patch, want string }{
		{`{"a":1,"b":{"c":2,"d":3}}`, `{"b":{"c":null,"e":4}}`, `{"a":1,"b":{"d":3,"e":4}}`},
		{`{"a":1}`, `{"a":{"b":null}}`, `{"a":{}}`},
		{`{}`, `[1]`, `[1]`},
	} {
		if got := merge([]byte(c.stands), []byte(c.patch)); string(got) != c.want {
			t.Errorf("%s over %s: %s, want %s", c.patch, c.stands, got, c.want)
		}
	}
}
