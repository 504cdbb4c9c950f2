package store

import "testing"

// Every SQL block is used; that a used name exists is held at start.
func TestEveryBlockHasAHandle(t *testing.T) {
	t.Parallel()
	for name := range blocks {
		if !handles[name] {
			t.Errorf("SQL block %s is used nowhere", name)
		}
	}
}
