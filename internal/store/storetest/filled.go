package storetest

import (
	"context"
	"net/url"
	"strings"
	"testing"

	"github.com/jackc/pgx/v5"
)

// Filled is a database that SQL has filled, made once a cluster under a name: what takes minutes to make is cloned.
func Filled(t testing.TB, name, sql string) Database {
	t.Helper()
	return clone(t, func() (string, error) {
		return template(name, func(ctx context.Context, service string) error {
			u, err := url.Parse(service)
			if err != nil {
				return err
			}
			conn, err := pgx.Connect(ctx, as(service, superuser, strings.TrimPrefix(u.Path, "/")))
			if err != nil {
				return err
			}
			defer func() { _ = conn.Close(ctx) }()
			if _, err := conn.Exec(ctx, sql); err != nil { // one transaction, as several statements at once are
				return err
			}
			_, err = conn.Exec(ctx, "VACUUM ANALYZE")
			return err
		})
	})
}
