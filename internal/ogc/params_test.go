package ogc

import (
	"net/url"
	"testing"
	"time"

	"zhengbei/internal/fault"
	"zhengbei/internal/land"
)

var now = Today{Day: land.Day{Time: time.Date(2022, 12, 30, 0, 0, 0, 0, time.UTC)}, Now: time.Date(2022, 12, 30, 4, 0, 0, 0, time.UTC)}

// Whatever stands in a query, it is read or refused with a fault; a token that is accepted leads on.
func FuzzParsePage(f *testing.F) {
	for _, q := range []string{"bbox=1,2,3,4&limit=5", "datetime=../2022-01-01", "known=2022-01-01&at=2021-06-01", "next=AAAA", "fid=7", "bbox=1e400,NaN,-0,0x1p3"} {
		f.Add(q)
	}
	f.Fuzz(func(t *testing.T, raw string) {
		q, err := url.ParseQuery(raw)
		if err != nil {
			return
		}
		page, err := ParsePage(land.Parcels, q, now)
		if err != nil {
			if _, ok := fault.As(err); !ok {
				t.Fatalf("not a fault: %v", err)
			}
			return
		}
		if page.Limit < 1 || page.Limit > MaxLimit || page.Clock.Days.From.After(page.Clock.Days.To.Time) || page.Clock.Known.After(now.Now) {
			t.Fatalf("accepted %+v", page)
		}
		if after, err := readToken(writeToken(page, "P-02"), page); err != nil || after != "P-02" {
			t.Fatalf("a token does not lead on: %q, %v", after, err)
		}
	})
}

// A token that somebody made is refused where it could not be a code.
func TestMadeTokens(t *testing.T) {
	t.Parallel()
	page, err := ParsePage(land.Parcels, url.Values{}, now)
	if err != nil {
		t.Fatal(err)
	}
	for _, after := range []string{"\x00", "P-02\x00", "\xff"} {
		if _, err := readToken(writeToken(page, after), page); !fault.Is(err, "next.forged") {
			t.Errorf("%q: %v", after, err)
		}
	}
}
