package store_test

import (
	"os"
	"regexp"
	"strings"
	"testing"

	"zhengbei/internal/store/storetest"
)

// Every SQL block prepares against the real schema, and says in a sentence what it is for.
func TestEveryBlockPrepares(t *testing.T) {
	t.Parallel()
	conn := storetest.Seeded(t).Psql(t)
	entries, err := os.ReadDir("queries")
	if err != nil {
		t.Fatal(err)
	}
	arg := regexp.MustCompile(`@([a-z_0-9]+)`)
	utility := regexp.MustCompile(`^(DO|SET|LISTEN|CREATE)\b`)
	n := 0
	for _, entry := range entries {
		raw, err := os.ReadFile("queries/" + entry.Name())
		if err != nil {
			t.Fatal(err)
		}
		for _, part := range strings.Split("\n"+string(raw), "\n-- name: ")[1:] {
			name, text, _ := strings.Cut(part, "\n")
			if !strings.HasPrefix(text, "-- ") {
				t.Errorf("%s says nothing of itself", name)
			}
			var code []string
			for line := range strings.SplitSeq(text, "\n") {
				if !strings.HasPrefix(line, "--") {
					code = append(code, line)
				}
			}
			body := strings.TrimSuffix(strings.TrimSpace(strings.Join(code, "\n")), ";")
			if utility.MatchString(body) {
				continue // these do not prepare; they run in other tests
			}
			places := map[string]int{}
			body = arg.ReplaceAllStringFunc(body, func(m string) string {
				if places[m] == 0 {
					places[m] = len(places) + 1
				}
				return "$" + string(rune('0'+places[m]/10)) + string(rune('0'+places[m]%10))
			})
			if _, err := conn.Prepare(t.Context(), name, regexp.MustCompile(`\$0(\d)`).ReplaceAllString(body, `$$$1`)); err != nil {
				t.Errorf("%s: %v", name, err)
			}
			n++
		}
	}
	if n < 15 {
		t.Fatalf("only %d blocks were prepared", n)
	}
}
