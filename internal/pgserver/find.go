package pgserver

import (
	"cmp"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strconv"
	"strings"

	"zhengbei/internal/fault"
)

// Extensions are what the service creates in its database, in the order in which doctor lists them.
var Extensions = []string{"postgis", "btree_gist"}

// Binaries is one PostgreSQL that is installed on this machine.
type Binaries struct {
	Dir     string // holds initdb and postgres
	Share   string // holds extension/*.control
	Version string // 15.18
	Major   int    // 15
}

// Has reports whether an extension is installed beside it.
func (b Binaries) Has(extension string) bool {
	_, err := os.Stat(filepath.Join(b.Share, "extension", extension+".control"))
	return err == nil
}

func (b Binaries) lacks() (extension string, lacking bool) {
	for _, e := range Extensions {
		if !b.Has(e) {
			return e, true
		}
	}
	return "", false
}

func (b Binaries) program(name string) string { return filepath.Join(b.Dir, name) }

// where packages put a server: Debian and Ubuntu, Red Hat, and PostgreSQL's own make install.
var places = []string{"/usr/lib/postgresql/*/bin", "/usr/pgsql-*/bin", "/usr/local/pgsql/bin"}

// Find answers the newest PostgreSQL that has every extension the service needs.
func Find() (Binaries, error) { return choose(installed(places), 0) }

// installed lists what lies in some places, the newest first.
func installed(places []string) []Binaries {
	var found []Binaries
	for _, place := range places {
		dirs, _ := filepath.Glob(place) // the only error is a malformed pattern
		for _, dir := range dirs {
			if b, ok := look(dir); ok {
				found = append(found, b)
			}
		}
	}
	slices.SortStableFunc(found, func(a, b Binaries) int { return cmp.Compare(b.Major, a.Major) })
	return found
}

// look reads what a folder of programs is; a folder with a client alone is none.
func look(dir string) (Binaries, bool) {
	for _, name := range []string{"initdb", "postgres"} {
		if _, err := os.Stat(filepath.Join(dir, name)); err != nil {
			return Binaries{}, false
		}
	}
	out, err := exec.Command(filepath.Join(dir, "pg_config"), "--version", "--sharedir").Output() //nolint:noctx // it prints two lines
	lines := strings.Split(string(out), "\n")
	if err != nil || len(lines) < 2 {
		return Binaries{}, false
	}
	words := strings.Fields(lines[0]) // PostgreSQL 15.18 (Debian 15.18-0+deb12u1)
	if len(words) < 2 {
		return Binaries{}, false
	}
	digits := strings.IndexFunc(words[1]+".", func(r rune) bool { return r < '0' || r > '9' }) // 18beta1 is an 18
	major, err := strconv.Atoi(words[1][:digits])
	if err != nil {
		return Binaries{}, false
	}
	return Binaries{Dir: dir, Share: lines[1], Version: words[1], Major: major}, true
}

// choose takes the newest that has every extension; data of a major version want that version.
func choose(found []Binaries, major int) (Binaries, error) {
	if len(found) == 0 {
		return Binaries{}, fault.New(fault.Busy, "pg.not_installed")
	}
	fits := found
	if major != 0 {
		fits = slices.DeleteFunc(slices.Clone(found), func(b Binaries) bool { return b.Major != major })
	}
	if len(fits) == 0 {
		return Binaries{}, fault.New(fault.Busy, "pg.other_major", "data", major, "installed", found[0].Major)
	}
	for _, b := range fits {
		if _, lacking := b.lacks(); !lacking {
			return b, nil
		}
	}
	extension, _ := fits[0].lacks()
	return Binaries{}, fault.New(fault.Busy, "pg.no_extension", "extension", extension, "major", fits[0].Major)
}
