package httpapi

import (
	"encoding/json"
	"flag"
	"fmt"
	"os"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
)

var update = flag.Bool("update", false, "write golden files anew")

// Every change of the HTTP surface shows in the golden file.
func TestRoutes(t *testing.T) {
	t.Parallel()
	var b strings.Builder
	for _, r := range routes {
		if r.rule == nobody {
			t.Errorf("%s %s admits nobody: it has no rule", r.method, r.path)
		}
		limit := "none"
		if r.load != open {
			limit = time.Duration(r.load).String()
		}
		fmt.Fprintf(&b, "%-4s %-60s %-8s %-6s %s\n", r.method, r.path, r.rule, limit, strings.Join(r.query, ","))
	}
	golden(t, "testdata/routes.golden", b.String())
}

func golden(t *testing.T, file, got string) {
	t.Helper()
	if *update {
		if err := os.WriteFile(file, []byte(got), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(string(want), got); diff != "" {
		t.Errorf("%s differs (write it anew with -update):\n%s", file, diff)
	}
}

// pageRoutes are the page and its readable documents: no API.
var pageRoutes = []string{"/", "/zones/:id", "/parcels/:id", "/plots/:id", "/signing", "/table", "/imports", "/welcome", "/accounts", "/audit", "/favicon.svg", "/assets/:file", "/docs", "/docs/style.css", "/docs/access", "/docs/facts", "/docs/facts/schema.json", "/docs/problems", "/docs/problems/:code"}

// The OpenAPI document has every route with its parameters, and no other.
func TestOpenAPIHasEveryRoute(t *testing.T) {
	t.Parallel()
	type parameter struct{ Ref, Name, In string }
	var doc struct {
		Paths map[string]map[string]struct {
			Summary    string
			SummaryZh  string `json:"x-summary-zh"`
			Parameters []struct {
				Ref      string `json:"$ref"`
				Name, In string
			}
		}
		Components struct{ Parameters map[string]parameter }
	}
	if err := json.Unmarshal(openAPIFile, &doc); err != nil {
		t.Fatal(err)
	}
	seen := map[string]bool{}
	for _, r := range routes {
		path := openAPIPath(r.path)
		op, ok := doc.Paths[path][strings.ToLower(r.method)]
		if slices.Contains(pageRoutes, r.path) {
			continue
		}
		seen[path] = true
		if !ok {
			t.Errorf("%s %s is not described", r.method, path)
			continue
		}
		if op.Summary == "" || op.SummaryZh == "" {
			t.Errorf("%s has no summary in both languages", path)
		}
		var query []string
		for _, p := range op.Parameters {
			if p.Ref != "" {
				named := doc.Components.Parameters[strings.TrimPrefix(p.Ref, "#/components/parameters/")]
				p.Name, p.In = named.Name, named.In
			}
			if p.In == "query" {
				query = append(query, p.Name)
			}
		}
		known := slices.Clone(r.query)
		slices.Sort(query)
		slices.Sort(known)
		if !slices.Equal(query, known) && !slices.Contains(known, anyParam) { // what another program sends besides is its own
			t.Errorf("%s: described with %v, answers to %v", path, query, known)
		}
	}
	for path := range doc.Paths {
		if !seen[path] {
			t.Errorf("%s is described, and no route", path)
		}
	}
}
