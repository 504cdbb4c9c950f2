// Package signing decides what may be recorded in the ledger.
package signing
