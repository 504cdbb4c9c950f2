// Package signing decides what may be recorded in the ledger, and stand in the register under it.
package signing
