// Package fault is the one error type that a caller, an officer or a script may be shown.
package fault
