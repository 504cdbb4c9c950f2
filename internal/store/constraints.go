package store

import (
	"context"
	"errors"
	"io"
	"net"

	"zhengbei/internal/fault"

	"github.com/jackc/pgx/v5/pgconn"
)

// broken says what each named constraint means to the person who met it.
var broken = map[string]func() *fault.Error{
	"feature_code_form":           func() *fault.Error { return fault.New(fault.Invalid, "feature.code_form") },
	"feature_version_shape_valid": func() *fault.Error { return fault.New(fault.Invalid, "geometry.invalid") },
	"feature_version_accuracy":    func() *fault.Error { return fault.New(fault.Invalid, "feature.accuracy") },
	"feature_version_name_status": func() *fault.Error { return fault.New(fault.Invalid, "feature.name_status") },
	"zone_version_kind":           func() *fault.Error { return fault.New(fault.Invalid, "feature.kind") },
	"parcel_version_kind":         func() *fault.Error { return fault.New(fault.Invalid, "feature.kind") },
	"plot_version_kind":           func() *fault.Error { return fault.New(fault.Invalid, "feature.kind") },
	"plot_version_disposed":       func() *fault.Error { return fault.New(fault.Invalid, "feature.kind") },
	"feature_no_overlap":          func() *fault.Error { return fault.New(fault.Conflict, "feature.overlap_met") },
	"context_version_kind":        func() *fault.Error { return fault.New(fault.Invalid, "feature.kind") },
	"account_name":                func() *fault.Error { return fault.New(fault.Conflict, "account.taken").In("/name") },
}

// translate turns what the driver reports into a fault where a person can act on it; faults and nil pass untouched.
func translate(err error) error {
	if err == nil {
		return nil
	}
	if _, ok := fault.As(err); ok || errors.Is(err, context.Canceled) {
		return err
	}
	var pg *pgconn.PgError
	if errors.As(err, &pg) {
		if mean, ok := broken[pg.ConstraintName]; ok {
			return mean().Because(err)
		}
		switch {
		case pg.Code == "57014", pg.Code == "55P03": // a statement or a lock took too long
			return fault.New(fault.Busy, "db.slow").Because(err)
		case pg.Code[:2] == "57", pg.Code[:2] == "53", pg.Code[:2] == "08": // shutting down, out of something, connection
			return fault.New(fault.Busy, "db.away").Because(err)
		}
		return err
	}
	var connect *pgconn.ConnectError
	var network net.Error
	if errors.Is(err, context.DeadlineExceeded) && !errors.As(err, &connect) {
		return fault.New(fault.Busy, "db.slow").Because(err)
	}
	if errors.As(err, &connect) || errors.As(err, &network) || pgconn.SafeToRetry(err) || pgconn.Timeout(err) || isClosed(err) {
		return fault.New(fault.Busy, "db.away").Because(err)
	}
	return err
}

// isClosed recognises a connection that ended under a statement.
func isClosed(err error) bool {
	return errors.Is(err, net.ErrClosed) || errors.Is(err, io.ErrUnexpectedEOF)
}
