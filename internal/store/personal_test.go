package store_test

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"testing"
	"time"

	"zhengbei/internal/fault"
	"zhengbei/internal/land"
	"zhengbei/internal/store"
	"zhengbei/internal/store/storetest"
)

// check is the check value of an invented key.
func check(n byte) []byte { return bytes.Repeat([]byte{n}, 32) }

// keepAs keeps what is sealed of a party as an account of the test database would.
func keepAs(ctx context.Context, db *store.DB, by land.Actor, s store.Sealed) error {
	return db.Write(ctx, by, func(tx *store.Tx) error {
		if _, err := tx.HoldPersonalKey(ctx); err != nil {
			return err
		}
		return tx.KeepPersonal(ctx, s)
	})
}

// actorNamed is an account of the test database.
func actorNamed(t testing.TB, d storetest.Database, name string) (by land.Actor) {
	t.Helper()
	err := d.Psql(t).QueryRow(t.Context(), "SELECT account_id, name, role FROM account WHERE name = $1", name).Scan(&by.ID, &by.Account, &by.Role)
	if err != nil {
		t.Fatal(err)
	}
	return by
}

// TestPersonalPolicy asks the database itself who sees and writes what is kept of a party, whatever the service would let through.
func TestPersonalPolicy(t *testing.T) {
	t.Parallel()
	d := storetest.Demo(t)
	db, front, ctx := d.Open(t), d.Front(t), t.Context()
	psql := d.Psql(t)
	var mine string // a party of post 1 alone
	if err := psql.QueryRow(ctx, `SELECT p.code FROM party p JOIN holding_party h USING (party_id) JOIN subject s ON s.subject_id = h.holding JOIN subject c ON c.subject_id = s.parcel
		GROUP BY p.code HAVING bool_and(c.code = 'P-01') ORDER BY p.code LIMIT 1`).Scan(&mine); err != nil {
		t.Fatal(err)
	}
	sealed := store.Sealed{Code: mine, Phone: []byte("sealed"), PhoneHash: []byte("hash")}
	if err := keepAs(ctx, db, land.Operator, sealed); !is(err, "personal_key.away") {
		t.Errorf("kept before there is a key: %v", err)
	}
	if err := db.Write(ctx, land.Operator, func(tx *store.Tx) error { return tx.BeginPersonalKey(ctx, check(1)) }); err != nil {
		t.Fatal(err)
	}
	if err := keepAs(ctx, db, land.Operator, sealed); err != nil {
		t.Fatal(err)
	}
	tests := []struct {
		name string
		sees bool
	}{
		{"officer", true},
		{"post1", true},
		{"post1b", true},
		{"post2", false},
		{"planner", false},
		{"granted", false},
		{"viewer", false},
		{"sysadmin", false},
		{"secadmin", false},
		{"auditor", false},
	}
	for _, tt := range tests {
		by := actorNamed(t, d, tt.name)
		var read []store.Sealed
		var found []string
		err := front.Read(store.As(ctx, by), func(tx *store.Tx) (err error) {
			if read, err = tx.Personal(ctx, []string{mine}); err != nil {
				return err
			}
			found, err = tx.FindPersonal(ctx, []byte("hash"), nil)
			return err
		})
		if err != nil || (len(read) == 1) != tt.sees || (len(found) == 1) != tt.sees {
			t.Errorf("%s reads %d, finds %d: %v", tt.name, len(read), len(found), err)
		}
		if err := keepAs(ctx, front, by, sealed); (err == nil) != tt.sees {
			t.Errorf("%s writes: %v", tt.name, err)
		}
	}
	var nobody []store.Sealed
	if err := front.Read(ctx, func(tx *store.Tx) (err error) { nobody, err = tx.Personal(ctx, []string{mine}); return err }); err != nil || len(nobody) != 0 {
		t.Errorf("nobody reads %d: %v", len(nobody), err)
	}
}

func is(err error, code string) bool {
	f, ok := fault.As(err)
	return ok && f.Code == code
}

// TestRotate holds that a rotation is all or nothing, waits for writers, lets writers wait, and never takes a key up again.
func TestRotate(t *testing.T) {
	t.Parallel()
	d := storetest.Empty(t)
	db, ctx := d.Open(t), t.Context()
	if _, err := d.Psql(t).Exec(ctx, "INSERT INTO party (code) SELECT format('R-%s', n) FROM generate_series(1001, 3500) n"); err != nil {
		t.Fatal(err)
	}
	if err := db.Write(ctx, land.Operator, func(tx *store.Tx) error {
		if err := tx.BeginPersonalKey(ctx, check(1)); err != nil {
			return err
		}
		for n := 1001; n <= 3500; n++ {
			phone := fmt.Appendf(nil, "1:%d", n)
			if err := tx.KeepPersonal(ctx, store.Sealed{Code: fmt.Sprintf("R-%d", n), Phone: phone, PhoneHash: phone}); err != nil {
				return err
			}
		}
		return nil
	}); err != nil {
		t.Fatal(err)
	}
	anew := func(s store.Sealed) (store.Sealed, error) {
		s.Phone = bytes.Replace(s.Phone, []byte("1:"), []byte("2:"), 1)
		return s, nil
	}
	state := func() (in store.KeyInUse, old, fresh int) {
		t.Helper()
		err := db.Read(ctx, func(tx *store.Tx) (err error) { in, _, err = tx.PersonalKey(ctx); return err })
		if err == nil {
			err = d.Psql(t).QueryRow(ctx, "SELECT count(*) FILTER (WHERE phone LIKE '1:%'), count(*) FILTER (WHERE phone LIKE '2:%') FROM party_personal").Scan(&old, &fresh)
		}
		if err != nil {
			t.Fatal(err)
		}
		return in, old, fresh
	}

	torn := errors.New("the lights went out")
	done := 0
	if _, err := db.RotatePersonalKey(ctx, land.Operator, check(1), check(2), func(s store.Sealed) (store.Sealed, error) {
		if done++; done > 2000 {
			return s, torn
		}
		return anew(s)
	}); !errors.Is(err, torn) {
		t.Errorf("torn: %v", err)
	}
	if in, old, fresh := state(); !bytes.Equal(in.Check, check(1)) || old != 2500 || fresh != 0 {
		t.Errorf("after half a rotation %x is in use, %d old and %d new", in.Check[:1], old, fresh)
	}

	// A writer who holds the key is waited for, and what it wrote is encrypted anew as well.
	held, release, rotated := make(chan struct{}), make(chan struct{}), make(chan error, 1)
	wrote := make(chan error, 1)
	go func() {
		wrote <- db.Write(ctx, land.Operator, func(tx *store.Tx) error {
			if _, err := tx.HoldPersonalKey(ctx); err != nil {
				return err
			}
			close(held)
			<-release
			return tx.KeepPersonal(ctx, store.Sealed{Code: "R-1001", Phone: []byte("1:late"), PhoneHash: []byte("x")})
		})
	}()
	<-held
	during := make(chan struct{})
	go func() {
		first := true
		n, err := db.RotatePersonalKey(ctx, land.Operator, check(1), check(2), func(s store.Sealed) (store.Sealed, error) {
			if first {
				first = false
				close(during)
				time.Sleep(100 * time.Millisecond) // in which the writer below comes
			}
			return anew(s)
		})
		if err == nil && n != 2500 {
			err = fmt.Errorf("%d rows", n)
		}
		rotated <- err
	}()
	select {
	case <-during:
		t.Error("rotated under a writer")
	case <-time.After(100 * time.Millisecond):
	}
	close(release)
	if err := <-wrote; err != nil {
		t.Error(err)
	}
	<-during
	var used []byte
	if err := db.Write(ctx, land.Operator, func(tx *store.Tx) (err error) { used, err = tx.HoldPersonalKey(ctx); return err }); err != nil || !bytes.Equal(used, check(2)) {
		t.Errorf("a writer who waited takes %x: %v", used, err)
	}
	if err := <-rotated; err != nil {
		t.Fatal(err)
	}
	if in, old, fresh := state(); !bytes.Equal(in.Check, check(2)) || in.Values != 2500 || old != 0 || fresh != 2500 {
		t.Errorf("after the rotation %x is in use for %d, %d old and %d new", in.Check[:1], in.Values, old, fresh)
	}
	if _, err := db.RotatePersonalKey(ctx, land.Operator, check(1), check(3), anew); !is(err, "personal_key.rotated") {
		t.Errorf("from a key that is not in use: %v", err)
	}
	if _, err := db.RotatePersonalKey(ctx, land.Operator, check(2), check(1), anew); !is(err, "personal_key.used") {
		t.Errorf("back to a retired key: %v", err)
	}
}
