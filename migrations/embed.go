// Package migrations holds the schema, one forward step a file, never edited once released.
package migrations

import "embed"

// Files are the steps, in the order of their numbers.
//
//go:embed *.sql
var Files embed.FS
