package personal

import (
	"bytes"
	"crypto/aes"
	"crypto/cipher"
	"crypto/hkdf"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/base64"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"strings"
	"sync"

	"zhengbei/internal/fault"
)

// Size is that of a master key in bytes.
const Size = 32

// Field names what a value is; it is bound into its encryption and its hash, so that none can stand in another's place.
type Field string

// The fields of a party that are encrypted.
const (
	Phone    Field = "phone"
	IDNumber Field = "id_number"
)

// Key encrypts and hashes. What it was made of is not kept.
type Key struct {
	seal  cipher.AEAD
	hash  []byte
	check []byte
}

// The purposes for which keys are derived, so that none serves two.
const (
	toEncrypt = "zhengbei personal 1 encrypt"
	toHash    = "zhengbei personal 1 hash"
	toCheck   = "zhengbei personal 1 check"
)

// NewKey derives what is needed from a master key.
func NewKey(master []byte) (*Key, error) {
	if len(master) != Size {
		return nil, fmt.Errorf("a master key of %d bytes", len(master))
	}
	derived := map[string][]byte{}
	for _, purpose := range []string{toEncrypt, toHash, toCheck} {
		key, err := hkdf.Key(sha256.New, master, nil, purpose, 32)
		if err != nil {
			return nil, err
		}
		derived[purpose] = key
	}
	block, err := aes.NewCipher(derived[toEncrypt])
	if err != nil {
		return nil, err
	}
	seal, err := cipher.NewGCM(block)
	if err != nil {
		return nil, err
	}
	return &Key{seal: seal, hash: derived[toHash], check: derived[toCheck]}, nil
}

// ParseMaster reads a master key as 64 hexadecimal digits or in base64; from names where it stood.
func ParseMaster(text, from string) ([]byte, error) {
	text = strings.TrimSpace(text)
	if raw, err := hex.DecodeString(text); err == nil && len(raw) == Size {
		return raw, nil
	}
	for _, encoding := range []*base64.Encoding{base64.StdEncoding, base64.RawStdEncoding, base64.URLEncoding, base64.RawURLEncoding} {
		if raw, err := encoding.DecodeString(text); err == nil && len(raw) == Size {
			return raw, nil
		}
	}
	return nil, fault.New(fault.Invalid, "personal_key.form", "from", from)
}

// NewMaster draws a master key, as it is written into a file.
func NewMaster(random io.Reader) (string, error) {
	raw := make([]byte, Size)
	if _, err := io.ReadFull(random, raw); err != nil {
		return "", err
	}
	return hex.EncodeToString(raw), nil
}

// Check tells this key from every other one, and tells nothing else of it.
func (k *Key) Check() []byte { return bytes.Clone(k.check) }

// Name is the beginning of the check value, for people and the names of files.
func (k *Key) Name() string { return hex.EncodeToString(k.check[:4]) }

// form begins each sealed value: how it was sealed.
const form = 1

// errSealed says that a value was not sealed with this key for this party and field, or was changed since.
var errSealed = errors.New("a sealed value that this key does not open")

// Seal encrypts a value of a party: the form, a random nonce, and what AES-256-GCM makes of it with party and field as additional data.
func (k *Key) Seal(random io.Reader, party string, field Field, value string) ([]byte, error) {
	sealed := make([]byte, 1+k.seal.NonceSize(), 1+k.seal.NonceSize()+len(value)+k.seal.Overhead())
	sealed[0] = form
	if _, err := io.ReadFull(random, sealed[1:]); err != nil {
		return nil, err
	}
	return k.seal.Seal(sealed, sealed[1:], []byte(value), belongs(party, field)), nil
}

// Open decrypts a value that was sealed for a party and a field.
func (k *Key) Open(party string, field Field, sealed []byte) (string, error) {
	if len(sealed) < 1+k.seal.NonceSize() || sealed[0] != form {
		return "", errSealed
	}
	nonce, rest := sealed[1:1+k.seal.NonceSize()], sealed[1+k.seal.NonceSize():]
	value, err := k.seal.Open(nil, nonce, rest, belongs(party, field))
	if err != nil {
		return "", errSealed // what the library says adds nothing
	}
	return string(value), nil
}

// belongs binds a sealed value to its place.
func belongs(party string, field Field) []byte { return []byte(string(field) + "\x00" + party) }

// Hash is by what a value is found: nobody without the key can try numbers until one fits.
func (k *Key) Hash(field Field, value string) []byte {
	mac := hmac.New(sha256.New, k.hash)
	mac.Write(belongs(value, field))
	return mac.Sum(nil)
}

// Ring holds the keys that are at hand; load reads them again where another one is asked for.
type Ring struct {
	load func() ([]*Key, error)
	mu   sync.Mutex
	keys []*Key
}

// NewRing makes a ring of the keys that load finds.
func NewRing(load func() ([]*Key, error)) *Ring { return &Ring{load: load} }

// Key is the one with a check value; where it is not at hand, the service can neither read nor write what was encrypted with it.
func (r *Ring) Key(check []byte) (*Key, error) {
	if r == nil {
		return nil, fault.New(fault.Busy, "personal_key.away")
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	if k := Among(r.keys, check); k != nil {
		return k, nil
	}
	keys, err := r.load() // a rotation has begun another one
	if err != nil {
		return nil, fault.New(fault.Busy, "personal_key.away").Because(err)
	}
	r.keys = keys
	if k := Among(r.keys, check); k != nil {
		return k, nil
	}
	return nil, fault.New(fault.Busy, "personal_key.away")
}

// Blind is a hash that nobody without a key can try texts against; one text has one hash, until the keys change.
func (r *Ring) Blind(text []byte) []byte {
	var key []byte
	if r != nil {
		r.mu.Lock()
		defer r.mu.Unlock()
		if len(r.keys) == 0 {
			r.keys, _ = r.load() // without a key nothing is written either
		}
		if len(r.keys) > 0 {
			key = r.keys[0].hash
		}
	}
	mac := hmac.New(sha256.New, key)
	mac.Write(text)
	return mac.Sum(nil)
}

// Among is the key with a check value; nil where there is none.
func Among(keys []*Key, check []byte) *Key {
	for _, k := range keys {
		if hmac.Equal(k.check, check) {
			return k
		}
	}
	return nil
}
