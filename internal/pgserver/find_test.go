package pgserver

import (
	"fmt"
	"os"
	"path/filepath"
	"testing"

	"zhengbei/internal/fault"
)

func TestChoose(t *testing.T) {
	t.Parallel()
	tests := []struct {
		name  string
		tree  map[string][]string // version → extensions
		data  int                 // major version of the data
		major int
		fault string
	}{
		{name: "nothing", fault: "pg.not_installed"},
		{name: "newest", tree: map[string][]string{"9.6.24": Extensions, "15.18": Extensions, "17rc1": Extensions}, major: 17},
		{name: "newest with PostGIS", tree: map[string][]string{"15.18": Extensions, "17.2": {"btree_gist"}}, major: 15},
		{name: "without PostGIS", tree: map[string][]string{"17.2": {"btree_gist"}}, fault: "pg.no_extension"},
		{name: "without btree_gist", tree: map[string][]string{"17.2": {"postgis"}}, fault: "pg.no_extension"},
		{name: "data of an older one", tree: map[string][]string{"15.18": Extensions, "17.2": Extensions}, data: 15, major: 15},
		{name: "data of one that is gone", tree: map[string][]string{"17.2": Extensions}, data: 15, fault: "pg.other_major"},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			root := t.TempDir()
			for version, extensions := range test.tree {
				plant(t, filepath.Join(root, version), version, extensions)
			}
			if err := os.MkdirAll(filepath.Join(root, "18", "bin"), 0o755); err != nil { // a client alone
				t.Fatal(err)
			}
			bin, err := choose(installed([]string{filepath.Join(root, "*", "bin")}), test.data)
			if test.fault != "" {
				if !fault.Is(err, test.fault) {
					t.Fatalf("got %v, want %s", err, test.fault)
				}
				return
			}
			if err != nil || bin.Major != test.major {
				t.Fatalf("got %+v, %v; want major %d", bin, err, test.major)
			}
		})
	}
}

// plant makes what look reads of an installed PostgreSQL.
func plant(t *testing.T, dir, version string, extensions []string) {
	t.Helper()
	share := filepath.Join(dir, "share")
	files := map[string]string{
		"bin/initdb":    "",
		"bin/postgres":  "",
		"bin/pg_config": fmt.Sprintf("#!/bin/sh\necho 'PostgreSQL %s (Debian)'\necho '%s'\n", version, share),
	}
	for _, extension := range extensions {
		files["share/extension/"+extension+".control"] = ""
	}
	for name, content := range files {
		path := filepath.Join(dir, name)
		if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, []byte(content), 0o755); err != nil {
			t.Fatal(err)
		}
	}
}

// The machine that runs these tests has what the service needs.
func TestFind(t *testing.T) {
	t.Parallel()
	bin, err := Find()
	if err != nil {
		t.Fatal(err)
	}
	if _, lacking := bin.lacks(); lacking || bin.Major == 0 || bin.Version == "" {
		t.Fatalf("got %+v", bin)
	}
}
