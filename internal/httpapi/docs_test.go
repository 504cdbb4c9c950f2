package httpapi

import (
	"encoding/json"
	"slices"
	"strings"
	"testing"

	"zhengbei/internal/land"
)

// The page of the order of facts is made from the order itself, in both languages.
func TestFactsDocs(t *testing.T) {
	t.Parallel()
	s := newService(t)
	zh, en := string(s.get(t, "/docs/facts").body), string(s.get(t, "/docs/facts", "Accept-Language", "en").body)
	for _, r := range land.Order {
		if !strings.Contains(zh, `<tr id="`+string(r.Kind)+`"><td>`+r.Name.Zh) || !strings.Contains(en, `<tr id="`+string(r.Kind)+`"><td>`+r.Name.En) {
			t.Errorf("%s does not stand on the page", r.Kind)
		}
	}
	for kind, stages := range land.Stages {
		for _, stage := range stages {
			if !strings.Contains(zh, "<code>"+stage.Name+"</code></td><td>"+stage.Words.Zh) || !strings.Contains(en, "<code>"+stage.Name+"</code></td><td>"+stage.Words.En) {
				t.Errorf("%s of a %s does not stand on the page", stage.Name, kind)
			}
		}
	}
	schema := s.get(t, "/docs/facts/schema.json")
	if got := schema.header.Get("Content-Type"); got != "application/schema+json" {
		t.Errorf("the schema comes as %s", got)
	}
	var doc struct {
		Definitions map[string]struct {
			Subjects []land.SubjectKind `json:"x-subjects"`
			Place    int                `json:"x-place"`
		} `json:"$defs"`
	}
	if err := json.Unmarshal(schema.body, &doc); err != nil || len(doc.Definitions) != len(land.Order) {
		t.Errorf("the schema has %d kinds: %v", len(doc.Definitions), err)
	}
	for i, rule := range land.Order {
		if d := doc.Definitions[string(rule.Kind)]; !slices.Equal(d.Subjects, rule.Subjects) || d.Place != i+1 {
			t.Errorf("%s speaks of %v at place %d", rule.Kind, d.Subjects, d.Place)
		}
	}
}
