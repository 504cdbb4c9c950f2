package httpapi

import (
	"net/http"
	"net/http/httptest"
	"testing"

	"zhengbei/internal/fault"

	"github.com/labstack/echo/v4"
)

// FuzzIfMatch reads what a change is based on from any header: it never panics, and takes no version but those of tags that are whole.
func FuzzIfMatch(f *testing.F) {
	for _, seed := range []string{`"3.0.` + markOf("P-02") + `AAAAAAAAAAAAAAAA"`, `W/"1.0.x"`, `*`, `"a", "b"`, `"`, `,`, `"1.0.AAAAAAAAAAAAAAAAAAAA-gzip"`} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, header string) {
		r := httptest.NewRequestWithContext(t.Context(), http.MethodPut, "/", nil)
		r.Header["If-Match"] = []string{header}
		base, err := baseOf(echo.New().NewContext(r, httptest.NewRecorder()), "P-02", nil)
		if e, ok := fault.As(err); err != nil && (!ok || e.Field != "If-Match:") {
			t.Fatalf("%q: %v", header, err)
		}
		for _, v := range base.Versions {
			if err != nil || v < 1 || !base.Exact {
				t.Errorf("%q: %+v %v", header, base, err)
			}
		}
	})
}
