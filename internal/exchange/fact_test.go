package exchange

import (
	"testing"

	"zhengbei/internal/fault"
)

// FuzzReadFacts reads facts as somebody may send them: it never panics, and as many come out as stand in the list.
func FuzzReadFacts(f *testing.F) {
	for _, seed := range []string{
		`{"subject":{"kind":"holding","id":"H-0001"},"kind":"visited","occurred_on":"2022-12-30","evidence":[{"name":""}]}`,
		`[{"kind":"visited"},{"kind":7},null,{"occurred_on":"x"}]`, `[]`, `[[]]`, ``, `{}{}`,
	} {
		f.Add([]byte(seed))
	}
	f.Fuzz(func(t *testing.T, raw []byte) {
		facts, list, unread, err := ReadFacts(raw)
		if e, ok := fault.As(err); err != nil && !ok {
			t.Fatalf("%v %v", e, err)
		}
		if err == nil && (len(facts) == 0 || !list && (len(facts) != 1 || len(unread) > 0)) {
			t.Errorf("%d facts, list %v, %d unread", len(facts), list, len(unread))
		}
	})
}
