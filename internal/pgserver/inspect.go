package pgserver

import (
	"os"
	"path/filepath"
	"slices"

	"zhengbei/internal/fault"
)

// State is what doctor tells of a private PostgreSQL.
type State struct {
	Data     string   // the data folder, made or not
	Major    int      // of the data; 0 where there are none yet
	Binaries Binaries // those that a start would take; the newest installed ones where none would do
	Missing  []string // extensions that are not installed beside them
	Problem  error    // why a start would be refused, nil when it would not
	Holder   int      // process that has the data folder in use, 0 when there is none
	Address  string   // where that one answers
	Pid      int      // PostgreSQL's process, 0 when it does not run
	Free     uint64   // bytes left on the disk of the data
}

// Inspect looks and changes nothing.
func Inspect(set Settings) State {
	state := State{Data: set.Data}
	if state.Data == "" {
		state.Data = DefaultData()
	}
	f := folder{root: state.Data}
	state.Problem = state.look(&f)
	if p := f.postmaster(); slices.Contains(f.inside(), p.pid) {
		state.Pid = p.pid
	}
	state.Holder, state.Address, _ = holder(f.lock())
	for dir := f.root; ; dir = filepath.Dir(dir) { // the folder may still have to be made
		left, err := free(dir)
		if err == nil || dir == filepath.Dir(dir) {
			state.Free = left
			break
		}
	}
	return state
}

// look goes through what a start would check, and fills in what it meets.
func (state *State) look(f *folder) error {
	found := installed(places)
	if len(found) > 0 {
		state.Binaries = found[0]
	}
	root, err := filepath.Abs(state.Data)
	if err != nil {
		return folderFault(err, state.Data)
	}
	if real, err := filepath.EvalSymlinks(root); err == nil {
		root = real
	}
	f.root, state.Data = root, root
	if f.who, err = pick(); err != nil {
		return err
	}
	if at := blocked(root, f.who); at != "" {
		return fault.New(fault.Busy, "pg.unreachable", "data", root, "folder", at, "user", f.who.name)
	}
	if state.Major, err = f.major(); err != nil {
		return err
	}
	bin, err := choose(found, state.Major)
	if err == nil {
		state.Binaries = bin
	}
	for _, extension := range Extensions {
		if state.Binaries.Dir != "" && !state.Binaries.Has(extension) {
			state.Missing = append(state.Missing, extension)
		}
	}
	if err != nil {
		return err
	}
	if _, err := os.Stat(f.cluster()); err == nil {
		return f.owned(f.cluster())
	}
	return nil
}
