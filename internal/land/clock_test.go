package land

import (
	"testing"
	"time"

	"zhengbei/internal/fault"
)

func TestDayOf(t *testing.T) {
	t.Parallel()
	for instant, day := range map[string]string{"2022-12-29T15:59:59Z": "2022-12-29", "2022-12-29T16:00:00Z": "2022-12-30", "2022-12-30T10:00:00+08:00": "2022-12-30"} {
		at, err := time.Parse(time.RFC3339, instant)
		if err != nil {
			t.Fatal(err)
		}
		if got := DayOf(at).String(); got != day {
			t.Errorf("%s is %s in Shanghai, not %s", instant, day, got)
		}
	}
}

func TestParseKnown(t *testing.T) {
	t.Parallel()
	now := time.Date(2022, 12, 30, 4, 0, 0, 0, time.UTC) // noon in Shanghai
	tests := []struct{ text, known, code string }{
		{text: "2022-12-29", known: "2022-12-29T16:00:00Z"},
		{text: "2022-12-30", known: "2022-12-30T04:00:00Z"},
		{text: "2022-12-30T11:00:00+08:00", known: "2022-12-30T03:00:00Z"},
		{text: "2022-12-31", code: "known.in_future"},
		{text: "2022-12-30T04:00:01Z", code: "known.in_future"},
		{text: "1800-01-01", code: "date.out_of_range"},
		{text: "noon", code: "known.malformed"},
		{text: "", code: "known.malformed"},
	}
	for _, tt := range tests {
		got, err := ParseKnown("?known", tt.text, now)
		if tt.code != "" {
			if !fault.Is(err, tt.code) {
				t.Errorf("%q: got %v, want %s", tt.text, err, tt.code)
			}
			continue
		}
		if err != nil || got.Format(time.RFC3339) != tt.known {
			t.Errorf("%q: got %s, %v", tt.text, got.Format(time.RFC3339), err)
		}
	}
}

func FuzzParseSpan(f *testing.F) {
	for _, s := range []string{"2022-01-01", "../2022-01-01", "2022-01-01/", "/", "2022-01-01T00:00:00Z/.."} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, text string) {
		span, err := ParseSpan("?datetime", text)
		if err != nil {
			if _, ok := fault.As(err); !ok {
				t.Fatalf("not a fault: %v", err)
			}
			return
		}
		if span.From.After(span.To.Time) || span.From.Before(firstDay.Time) || span.To.After(LastDay.Time) {
			t.Fatalf("accepted %v", span)
		}
	})
}
