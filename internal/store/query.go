package store

import (
	"embed"
	"fmt"
	"strings"
)

//go:embed queries/*.sql
var queryFiles embed.FS

// blocks are the named SQL blocks of queries/, by name.
var blocks = readBlocks()

// handles counts who asked for each block, so that a test finds SQL that nothing uses.
var handles = map[string]bool{}

// sql is one named block.
type sql struct{ name, text string }

// query finds a block; a wrong name panics at start, so any test finds it.
func query(name string) sql {
	text, ok := blocks[name]
	if !ok {
		panic("no SQL block is named " + name)
	}
	handles[name] = true
	return sql{name, text}
}

func readBlocks() map[string]string {
	found := map[string]string{}
	entries, err := queryFiles.ReadDir("queries")
	if err != nil {
		panic(err)
	}
	for _, entry := range entries {
		raw, err := queryFiles.ReadFile("queries/" + entry.Name())
		if err != nil {
			panic(err)
		}
		for _, part := range strings.Split("\n"+string(raw), "\n-- name: ")[1:] {
			name, text, _ := strings.Cut(part, "\n")
			if _, twice := found[name]; twice {
				panic(fmt.Sprintf("%s: SQL block %q stands twice", entry.Name(), name))
			}
			found[name] = strings.TrimSuffix(strings.TrimSpace(text), ";")
		}
	}
	return found
}
