package account

import (
	"crypto/rand"
	"encoding/base64"

	"zhengbei/internal/store"
)

// TokenMark begins each token, so that one that was pasted somewhere is found by a search.
const TokenMark = "zbt_"

// fresh makes a secret of 256 random bits; the database is given its hash alone.
func fresh(token bool) (string, store.Credential) {
	var raw [32]byte
	_, _ = rand.Read(raw[:]) // it never fails: the runtime ends the program first
	secret := base64.RawURLEncoding.EncodeToString(raw[:])
	if token {
		secret = TokenMark + secret
	}
	return secret, Secret(token, secret)
}
