// Package pgserver finds, starts and stops a private PostgreSQL, and answers its DSN.
//
// It needs Linux: the death signal, flock and /proc are what keeps the database and its parent together.
package pgserver
