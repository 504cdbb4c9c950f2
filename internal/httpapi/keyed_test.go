package httpapi

import (
	"net/http/httptest"
	"testing"

	"zhengbei/internal/land"
	"zhengbei/internal/store"
)

// What was answered under a key to somebody is not repeated to whom has become something else since.
func TestKeyIsOfStanding(t *testing.T) {
	t.Parallel()
	hash := func(by land.Actor) [32]byte {
		r := httptest.NewRequestWithContext(store.As(t.Context(), by), post, "/api/v1/facts", nil)
		r.Header.Set("Idempotency-Key", "k")
		key, _, err := keyed(r, []byte("{}"))
		if err != nil {
			t.Fatal(err)
		}
		return key.Request
	}
	was := land.Actor{ID: 7, Account: "li.wei", Role: land.RolePost, Post: "F-01"}
	if again := was; hash(again) != hash(was) {
		t.Error("the same is another")
	}
	for what, is := range map[string]land.Actor{
		"role":  {ID: 7, Account: "li.wei", Role: land.RoleOfficer},
		"post":  {ID: 7, Account: "li.wei", Role: land.RolePost, Post: "F-02"},
		"grant": {ID: 7, Account: "li.wei", Role: land.RolePlanner, Granted: true},
	} {
		if hash(is) == hash(was) {
			t.Errorf("another %s is the same", what)
		}
	}
	if hash(land.Actor{ID: 7, Account: "li.wei", Role: land.RolePlanner, Granted: true}) == hash(land.Actor{ID: 7, Account: "li.wei", Role: land.RolePlanner}) {
		t.Error("a grant taken back is the same")
	}
}
