package land

import (
	"strings"
	"testing"
)

// What is taken is what a database can keep; numbers beyond a float8 end there in an error.
func TestPublished(t *testing.T) {
	t.Parallel()
	for in, want := range map[string]string{
		``: `{}`, `null`: `{}`, `{"a":1.50,"b":[0,-0.0,0e9]}`: `{"a":1.50,"b":[0,-0.0,0e9]}`, `{"a":1e308}`: `{"a":1e308}`,
		`[]`: "", `{"a":"\u0000"}`: "", `{"\u0000":1}`: "", `{"a":[{"b":"\u0000"}]}`: "",
		`{"a":1e400}`: "", `{"a":1e-200000}`: "", `{"a":[1e999999]}`: "", `{"a":0.` + strings.Repeat("1", 17_000) + `}`: "", `{"a":"` + strings.Repeat("x", LongestPublished) + `"}`: "",
	} {
		got, wrong := Published([]byte(in), "/properties/published")
		if string(got) != want || (wrong == nil) != (want != "") || wrong != nil && wrong.Field != "/properties/published" {
			t.Errorf("%.60s: %s, %v", in, got, wrong)
		}
	}
}
