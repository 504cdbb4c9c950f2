// Package store holds the only SQL, the only transactions and the only PostgreSQL driver of the service.
package store
