// Package audit keeps the audit trail tamper-evident: it seals what waits, anchors each link outside the database, and verifies the whole chain.
package audit
