package storetest

import (
	"context"
	"net/url"
	"os"
	"strings"
	"testing"

	"github.com/jackc/pgx/v5"
)

// Filled is a database that SQL has filled, made once a cluster under a name: what takes minutes to make is cloned.
// ZHENGBEI_TEST_FILLED names one of the cluster that is filled already and is used as it stands: what takes longer still is not even cloned.
func Filled(t testing.TB, name, sql string) Database {
	t.Helper()
	if there := os.Getenv("ZHENGBEI_TEST_FILLED"); there != "" {
		admin, err := cluster()
		if err != nil {
			t.Fatal(err)
		}
		return Database{Name: there, admin: admin}
	}
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
