package personal_test

import (
	"bytes"
	"crypto/rand"
	"encoding/base64"
	"encoding/hex"
	"errors"
	"testing"

	"zhengbei/internal/fault"
	"zhengbei/internal/personal"
)

// ascending is a master key for the golden vectors: 00 01 02 … 1f.
func ascending() []byte {
	raw := make([]byte, personal.Size)
	for i := range raw {
		raw[i] = byte(i)
	}
	return raw
}

func keyOf(t testing.TB, master []byte) *personal.Key {
	t.Helper()
	k, err := personal.NewKey(master)
	if err != nil {
		t.Fatal(err)
	}
	return k
}

// TestGolden holds the form of what is stored: a database that was written yesterday is read tomorrow.
func TestGolden(t *testing.T) {
	t.Parallel()
	k := keyOf(t, ascending())
	tests := []struct {
		name, want string
		got        func() ([]byte, error)
	}{
		{"check", "08ab1088e32752512a76a0f987a763ae1e0b963832885fcbc80c44855fa5a8c3", func() ([]byte, error) { return k.Check(), nil }},
		{"hash of a phone", "79f0138420fb6ad77357f26fdae5f3b76552b5f13eb16b6a64c068f0bdc2ce6f", func() ([]byte, error) { return k.Hash(personal.Phone, "13800138000"), nil }},
		{"phone", "013031323334353637383961624f0fe7b630f7677fbcb1a14d383b45ce60f3d9d47c24c72104c9dd", func() ([]byte, error) {
			return k.Seal(bytes.NewReader([]byte("0123456789ab")), "R-0001", personal.Phone, "13800138000")
		}},
		{"id_number", "01626139383736353433323130e484b3bee6fd4937dd6205107fa74898c82a14890befd029705f34436e101f7c285c", func() ([]byte, error) {
			return k.Seal(bytes.NewReader([]byte("ba9876543210")), "R-0001", personal.IDNumber, "11010519491231002X")
		}},
	}
	for _, tt := range tests {
		got, err := tt.got()
		if err != nil || hex.EncodeToString(got) != tt.want {
			t.Errorf("%s: %x, %v; not %s", tt.name, got, err, tt.want)
		}
	}
}

func TestSealed(t *testing.T) {
	t.Parallel()
	k, other := keyOf(t, ascending()), keyOf(t, bytes.Repeat([]byte{7}, personal.Size))
	sealed, err := k.Seal(rand.Reader, "R-0001", personal.Phone, "13800138000")
	if err != nil {
		t.Fatal(err)
	}
	if value, err := k.Open("R-0001", personal.Phone, sealed); err != nil || value != "13800138000" {
		t.Errorf("opened as %q, %v", value, err)
	}
	if again, _ := k.Seal(rand.Reader, "R-0001", personal.Phone, "13800138000"); bytes.Equal(again, sealed) {
		t.Error("one value is sealed alike twice: who reads the table sees who shares a telephone")
	}
	if bytes.Contains(sealed, []byte("13800138000")) {
		t.Error("the value stands in the clear")
	}
	for name, open := range map[string]func() (string, error){
		"another key":   func() (string, error) { return other.Open("R-0001", personal.Phone, sealed) },
		"another party": func() (string, error) { return k.Open("R-0002", personal.Phone, sealed) },
		"another field": func() (string, error) { return k.Open("R-0001", personal.IDNumber, sealed) },
		"cut":           func() (string, error) { return k.Open("R-0001", personal.Phone, sealed[:len(sealed)-1]) },
		"nothing":       func() (string, error) { return k.Open("R-0001", personal.Phone, nil) },
	} {
		if value, err := open(); err == nil {
			t.Errorf("%s: opened as %q", name, value)
		}
	}
	for i := range sealed {
		changed := bytes.Clone(sealed)
		changed[i] ^= 1
		if _, err := k.Open("R-0001", personal.Phone, changed); err == nil {
			t.Errorf("byte %d changed, and it is opened", i)
		}
	}
	if bytes.Equal(k.Hash(personal.Phone, "13800138000"), other.Hash(personal.Phone, "13800138000")) || bytes.Equal(k.Hash(personal.Phone, "1"), k.Hash(personal.IDNumber, "1")) {
		t.Error("a hash does not depend on key and field")
	}
	if _, err := k.Seal(bytes.NewReader([]byte("short")), "R-0001", personal.Phone, "1"); err == nil {
		t.Error("sealed without randomness")
	}
}

func TestMaster(t *testing.T) {
	t.Parallel()
	raw := ascending()
	for _, text := range []string{hex.EncodeToString(raw), " " + hex.EncodeToString(raw) + "\n", base64.StdEncoding.EncodeToString(raw), base64.RawURLEncoding.EncodeToString(raw)} {
		if got, err := personal.ParseMaster(text, "test"); err != nil || !bytes.Equal(got, raw) {
			t.Errorf("%q: %x, %v", text, got, err)
		}
	}
	for _, text := range []string{"", "secret", hex.EncodeToString(raw[1:]), hex.EncodeToString(raw) + "00"} {
		if _, err := personal.ParseMaster(text, "test"); err == nil {
			t.Errorf("%q is taken for a key", text)
		} else if f, ok := fault.As(err); !ok || f.Code != "personal_key.form" || text != "" && bytes.Contains([]byte(err.Error()), []byte(text)) {
			t.Errorf("%q: %v", text, err)
		}
	}
	if text, err := personal.NewMaster(rand.Reader); err != nil {
		t.Error(err)
	} else if _, err := personal.ParseMaster(text, "test"); err != nil {
		t.Error(err)
	}
}

func TestRing(t *testing.T) {
	t.Parallel()
	first, second := keyOf(t, ascending()), keyOf(t, bytes.Repeat([]byte{7}, personal.Size))
	there, loads := []*personal.Key{first}, 0
	ring := personal.NewRing(func() ([]*personal.Key, error) { loads++; return there, nil })
	for range 3 {
		if k, err := ring.Key(first.Check()); err != nil || k != first {
			t.Fatal(k, err)
		}
	}
	if loads != 1 {
		t.Errorf("read %d times", loads)
	}
	away := func(err error) bool {
		f, ok := fault.As(err)
		return ok && f.Kind == fault.Busy && f.Code == "personal_key.away"
	}
	if _, err := ring.Key(second.Check()); !away(err) {
		t.Errorf("a key that is not there: %v", err)
	}
	there = []*personal.Key{first, second} // rotated
	if k, err := ring.Key(second.Check()); err != nil || k != second {
		t.Errorf("a key that came: %v", err)
	}
	if _, err := (*personal.Ring)(nil).Key(first.Check()); !away(err) {
		t.Errorf("no ring: %v", err)
	}
	broken := personal.NewRing(func() ([]*personal.Key, error) { return nil, errors.New("no file") })
	if _, err := broken.Key(first.Check()); !away(err) {
		t.Errorf("no file: %v", err)
	}
}
