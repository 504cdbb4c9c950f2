// Package internal holds the one test of how the rooms may lean on each other; README.md draws it.
package internal

import (
	"encoding/json"
	"os/exec"
	"slices"
	"strings"
	"testing"
)

// may says what each package of the service may import of the others; the order is the diagram of README.md.
var may = map[string][]string{
	"internal/fault":           {},
	"internal/geometry":        {"internal/fault"},
	"internal/land":            {"internal/fault"},
	"internal/personal":        {"internal/fault"},
	"internal/pgserver":        {"internal/fault"},
	"internal/pgserver/withpg": {"internal/fault", "internal/pgserver"},
	"internal/store":           {"internal/fault", "internal/land", "migrations"},
	"internal/store/storetest": {"internal/cadastre", "internal/demonstration", "internal/exchange", "internal/land", "internal/pgserver", "internal/store", "geodata", "migrations"},
	"internal/account":         {"internal/fault", "internal/land", "internal/store"},
	"internal/audit":           {"internal/fault", "internal/land", "internal/store"},
	"internal/cadastre":        {"internal/fault", "internal/geometry", "internal/land", "internal/store"},
	"internal/exchange":        {"internal/fault", "internal/geometry", "internal/land", "internal/store"},
	"internal/signing":         {"internal/fault", "internal/land", "internal/store"},
	"internal/demonstration":   {"internal/fault", "internal/geometry", "internal/land"},
	"internal/progress":        {"internal/fault", "internal/geometry", "internal/land", "internal/store"},
	"internal/tile":            {"internal/fault", "internal/land", "internal/store"},
	"internal/ogc":             {"internal/fault", "internal/land", "internal/store"},
	"internal/httpapi":         {"internal/account", "internal/audit", "internal/cadastre", "internal/exchange", "internal/fault", "internal/geometry", "internal/land", "internal/ogc", "internal/personal", "internal/progress", "internal/signing", "internal/store", "internal/tile"},
	"cmd/zhengbei":             {"internal/account", "internal/audit", "internal/cadastre", "internal/demonstration", "internal/exchange", "internal/fault", "internal/httpapi", "internal/land", "internal/ogc", "internal/personal", "internal/pgserver", "internal/progress", "internal/signing", "internal/store", "internal/tile", "geodata", "web"},
	"geodata":                  {},
	"migrations":               {},
	"web":                      {},
	"internal":                 {},

	"internal/account/issuertest": {},
}

// only says which rooms may use a library that everything else is kept apart from.
var only = map[string][]string{
	"github.com/labstack/echo": {"internal/httpapi"},
	"github.com/jackc/pgx":     {"internal/store", "internal/store/storetest"},
	"github.com/alecthomas":    {"cmd/zhengbei"},
}

func TestImports(t *testing.T) {
	t.Parallel()
	cmd := exec.CommandContext(t.Context(), "go", "list", "-json=ImportPath,Imports", "zhengbei/...")
	out, err := cmd.Output()
	if err != nil {
		t.Fatal(err)
	}
	seen := 0
	for dec := json.NewDecoder(strings.NewReader(string(out))); dec.More(); seen++ {
		var pkg struct {
			ImportPath string
			Imports    []string
		}
		if err := dec.Decode(&pkg); err != nil {
			t.Fatal(err)
		}
		name := strings.TrimPrefix(pkg.ImportPath, "zhengbei/")
		allowed, ok := may[name]
		if !ok {
			t.Errorf("%s is not in the diagram: say what it may import", name)
		}
		for _, imported := range pkg.Imports {
			if own, ok := strings.CutPrefix(imported, "zhengbei/"); ok && !slices.Contains(allowed, own) {
				t.Errorf("%s may not import %s", name, own)
			}
			for library, rooms := range only {
				if strings.HasPrefix(imported, library) && !slices.Contains(rooms, name) {
					t.Errorf("%s may not import %s: that is for %s", name, imported, strings.Join(rooms, ", "))
				}
			}
		}
	}
	if seen < len(may) {
		t.Errorf("%d packages in the diagram, %d in the tree", len(may), seen)
	}
}
