// Package account knows people: who they are, how they show it, and what is kept of that.
package account
