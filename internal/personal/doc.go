// Package personal keeps identity numbers and telephones from everybody who does not hold the key: it encrypts, finds by a keyed hash, and masks.
package personal
