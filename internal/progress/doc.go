// Package progress reads the table: figures, curve, blocks and keystones for any day, as known at any instant.
package progress
