// Package demonstration makes the ledger of the demonstration (演示): invented plots become holdings, buildings, contracts and
// dated facts, from a fixed seed, so that the stages derived on its last day are those that the file of plots says.
// Nothing in it is real: names, document numbers and sources say so themselves.
package demonstration
