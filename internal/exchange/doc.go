// Package exchange reads and writes the files that officers bring and take.
package exchange
