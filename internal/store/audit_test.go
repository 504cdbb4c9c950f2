package store_test

import (
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"testing"

	"zhengbei/internal/land"
	"zhengbei/internal/store"
	"zhengbei/internal/store/storetest"
)

// However much one transaction does, all of it is recorded: in several records of the same request, each of which says which part it is.
func TestAllDeedsAreRecorded(t *testing.T) {
	t.Parallel()
	d := storetest.Empty(t)
	db, psql := d.Open(t), d.Psql(t)
	for _, tt := range []struct {
		deeds, beside int
		deedsOf       []int // of each record
		objectsOf     []int
	}{
		{0, 3, nil, nil},
		{1, 0, []int{1}, []int{1}},
		{1, 399, []int{1}, []int{400}},
		{1, 400, []int{1, 1}, []int{400, 2}}, // the deed stands in the second again
		{200, 0, []int{200}, []int{200}},
		{201, 0, []int{200, 1}, []int{200, 1}},
		{450, 0, []int{200, 200, 50}, []int{200, 200, 50}},
		{450, 1000, []int{200, 200, 50, 1}, []int{400, 400, 400, 251}},
	} {
		by := land.Operator
		by.Request = fmt.Sprintf("%d and %d", tt.deeds, tt.beside)
		want := map[string]bool{}
		if err := db.Manage(t.Context(), by, func(tx *store.Tx) error {
			for i := range tt.beside {
				object := fmt.Sprintf("L-%d", i)
				tx.About(object)
				want[object] = tt.deeds > 0
			}
			for i := range tt.deeds {
				object := fmt.Sprintf("H-%d", i)
				tx.Did(land.Deed{Object: object, After: i})
				want[object] = true
			}
			return nil
		}); err != nil {
			t.Fatal(err)
		}
		rows, err := psql.Query(t.Context(), "SELECT objects, detail FROM audit WHERE request = $1 AND outcome = 'done' AND account = 'operator' ORDER BY audit_id", by.Request)
		if err != nil {
			t.Fatal(err)
		}
		var deedsOf, objectsOf []int
		var parts []string
		said, named := map[string]bool{}, map[string]bool{}
		for rows.Next() {
			var objects []string
			var raw []byte
			if err := rows.Scan(&objects, &raw); err != nil {
				t.Fatal(err)
			}
			var detail struct {
				Deeds []struct{ Object string }
				Count int
				Part  string
			}
			if err := json.Unmarshal(raw, &detail); err != nil {
				t.Fatal(err)
			}
			if detail.Count != tt.deeds {
				t.Errorf("%s: counted as %d", by.Request, detail.Count)
			}
			deedsOf, objectsOf, parts = append(deedsOf, len(detail.Deeds)), append(objectsOf, len(objects)), append(parts, detail.Part)
			for _, one := range detail.Deeds {
				said[one.Object] = true
			}
			for _, object := range objects {
				named[object] = true
			}
		}
		if err := rows.Err(); err != nil {
			t.Fatal(err)
		}
		if !slices.Equal(deedsOf, tt.deedsOf) || !slices.Equal(objectsOf, tt.objectsOf) || len(said) != tt.deeds {
			t.Errorf("%s: records of %v deeds (%d in all) and %v objects, want %v and %v", by.Request, deedsOf, len(said), objectsOf, tt.deedsOf, tt.objectsOf)
		}
		for object, there := range want {
			if named[object] != there {
				t.Errorf("%s: found by %s: %v", by.Request, object, named[object])
				break
			}
		}
		for i, part := range parts {
			if want := fmt.Sprintf("%d/%d", i+1, len(parts)); len(parts) > 1 && part != want || len(parts) == 1 && part != "" {
				t.Errorf("%s: part %q, want %q", by.Request, part, want)
			}
		}
	}
}

// What does not commit leaves none of its records.
func TestNoPartIsRecordedAlone(t *testing.T) {
	t.Parallel()
	d := storetest.Empty(t)
	db, psql := d.Open(t), d.Psql(t)
	by := land.Operator
	by.Request = "too much"
	err := db.Manage(t.Context(), by, func(tx *store.Tx) error {
		for i := range 450 {
			tx.Did(land.Deed{Object: fmt.Sprint(i), After: map[bool]any{false: i, true: func() {}}[i == 449]}) // the last cannot be written
		}
		return nil
	})
	var unwritable *json.UnsupportedTypeError
	if !errors.As(err, &unwritable) {
		t.Errorf("recorded: %v", err)
	}
	var n int
	if err := psql.QueryRow(t.Context(), "SELECT count(*) FROM audit WHERE request = $1", by.Request).Scan(&n); err != nil || n != 0 {
		t.Errorf("%d records of it: %v", n, err)
	}
}
