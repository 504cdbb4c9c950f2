// Package issuertest is an issuer of OpenID Connect for tests: strict as a real one should be, and spoilt on demand.
package issuertest

import (
	"crypto"
	"crypto/rand"
	"crypto/rsa"
	"crypto/sha256"
	"encoding/base64"
	"encoding/json"
	"math/big"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"sync"
	"testing"
	"time"
)

// The client that the issuer knows.
const (
	ClientID = "zhengbei"
	Secret   = "a secret of the client"
)

// Claims are what a token says.
type Claims map[string]any

// Issuer signs in whoever is set as its person, without asking.
type Issuer struct {
	URL string

	mu     sync.Mutex
	key    *rsa.PrivateKey // signs
	shown  *rsa.PublicKey  // is shown; of key, unless the test spoils it
	person Claims
	spoil  func(header, claims Claims)
	answer func(q url.Values)
	away   bool
	codes  map[string]*grant
	asked  []url.Values
	tokens int
}

type grant struct {
	query url.Values
	spent bool
}

// Start runs an issuer until the test ends.
func Start(t testing.TB) *Issuer {
	t.Helper()
	i := &Issuer{key: newKey(t), codes: map[string]*grant{}}
	i.shown = &i.key.PublicKey
	mux := http.NewServeMux()
	mux.HandleFunc("GET /.well-known/openid-configuration", func(w http.ResponseWriter, _ *http.Request) {
		answer(w, Claims{
			"issuer": i.URL, "authorization_endpoint": i.URL + "/authorize", "token_endpoint": i.URL + "/token", "jwks_uri": i.URL + "/keys",
			"response_types_supported": []string{"code"}, "subject_types_supported": []string{"public"},
			"id_token_signing_alg_values_supported": []string{"RS256", "none", "HS256"}, "authorization_response_iss_parameter_supported": true,
		})
	})
	mux.HandleFunc("GET /authorize", i.authorize)
	mux.HandleFunc("POST /token", i.token)
	mux.HandleFunc("GET /keys", func(w http.ResponseWriter, _ *http.Request) {
		i.mu.Lock()
		defer i.mu.Unlock()
		answer(w, Claims{"keys": []Claims{{
			"kty": "RSA", "use": "sig", "alg": "RS256", "kid": "1", "n": b64(i.shown.N.Bytes()), "e": b64(big.NewInt(int64(i.shown.E)).Bytes()),
		}}})
	})
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		i.mu.Lock()
		away := i.away
		i.mu.Unlock()
		if away {
			http.Error(w, "away", http.StatusBadGateway)
			return
		}
		mux.ServeHTTP(w, r)
	}))
	t.Cleanup(server.Close)
	i.URL = server.URL
	return i
}

func newKey(t testing.TB) *rsa.PrivateKey {
	key, err := rsa.GenerateKey(rand.Reader, 2048)
	if err != nil {
		t.Fatal(err)
	}
	return key
}

// Shows sets who signs in next: what the token says of them.
func (i *Issuer) Shows(person Claims) { i.set(func() { i.person = person }) }

// Spoils changes each token before it is signed; nil ends it.
func (i *Issuer) Spoils(how func(header, claims Claims)) { i.set(func() { i.spoil = how }) }

// Answers changes what the browser brings back; nil ends it.
func (i *Issuer) Answers(how func(q url.Values)) { i.set(func() { i.answer = how }) }

// Away lets nobody in for a while.
func (i *Issuer) Away(is bool) { i.set(func() { i.away = is }) }

// Forges signs with another key than the one that is shown.
func (i *Issuer) Forges(t testing.TB) {
	key := newKey(t)
	i.set(func() { i.key = key })
}

func (i *Issuer) set(fn func()) {
	i.mu.Lock()
	defer i.mu.Unlock()
	fn()
}

// Asked are the questions that browsers came with.
func (i *Issuer) Asked() []url.Values {
	i.mu.Lock()
	defer i.mu.Unlock()
	return i.asked
}

// Tokens is how many tokens were given out.
func (i *Issuer) Tokens() int {
	i.mu.Lock()
	defer i.mu.Unlock()
	return i.tokens
}

func (i *Issuer) authorize(w http.ResponseWriter, r *http.Request) {
	q := r.URL.Query()
	back, err := url.Parse(q.Get("redirect_uri"))
	if err != nil || q.Get("client_id") != ClientID || q.Get("response_type") != "code" || !strings.Contains(" "+q.Get("scope")+" ", " openid ") ||
		q.Get("code_challenge_method") != "S256" || len(q.Get("code_challenge")) != 43 || len(q.Get("state")) < 40 || len(q.Get("nonce")) < 40 {
		http.Error(w, "invalid_request", http.StatusBadRequest)
		return
	}
	i.mu.Lock()
	defer i.mu.Unlock()
	i.asked = append(i.asked, q)
	code := rand.Text()
	i.codes[code] = &grant{query: q}
	answer := url.Values{"code": {code}, "state": {q.Get("state")}, "iss": {i.URL}}
	if i.answer != nil {
		i.answer(answer)
	}
	back.RawQuery = answer.Encode()
	http.Redirect(w, r, back.String(), http.StatusFound)
}

func (i *Issuer) token(w http.ResponseWriter, r *http.Request) {
	i.mu.Lock()
	defer i.mu.Unlock()
	id, secret, _ := r.BasicAuth()
	if id, _ = url.QueryUnescape(id); id != ClientID {
		refuse(w, http.StatusUnauthorized, "invalid_client")
		return
	}
	if secret, _ = url.QueryUnescape(secret); secret != Secret {
		refuse(w, http.StatusUnauthorized, "invalid_client")
		return
	}
	g := i.codes[r.FormValue("code")]
	proof := sha256.Sum256([]byte(r.FormValue("code_verifier")))
	if g == nil || g.spent || r.FormValue("grant_type") != "authorization_code" ||
		r.FormValue("redirect_uri") != g.query.Get("redirect_uri") || b64(proof[:]) != g.query.Get("code_challenge") {
		refuse(w, http.StatusBadRequest, "invalid_grant")
		return
	}
	g.spent = true
	i.tokens++
	now := time.Now() //nolint:forbidigo // it stands for a server elsewhere, which has a clock of its own
	header := Claims{"alg": "RS256", "kid": "1", "typ": "JWT"}
	claims := Claims{"iss": i.URL, "aud": ClientID, "iat": now.Unix(), "exp": now.Add(5 * time.Minute).Unix(), "nonce": g.query.Get("nonce")}
	for name, value := range i.person {
		claims[name] = value
	}
	if i.spoil != nil {
		i.spoil(header, claims)
	}
	answer(w, Claims{"access_token": "unused", "token_type": "Bearer", "expires_in": 300, "id_token": i.sign(header, claims)})
}

// sign makes a token; alg none gets no signature.
func (i *Issuer) sign(header, claims Claims) string {
	text := b64(jsonOf(header)) + "." + b64(jsonOf(claims))
	if header["alg"] == "none" {
		return text + "."
	}
	sum := sha256.Sum256([]byte(text))
	signature, err := rsa.SignPKCS1v15(nil, i.key, crypto.SHA256, sum[:])
	if err != nil {
		panic(err) // the key is sound
	}
	return text + "." + b64(signature)
}

func refuse(w http.ResponseWriter, status int, code string) {
	w.Header().Set("Content-Type", "application/json")
	w.WriteHeader(status)
	_, _ = w.Write(jsonOf(Claims{"error": code}))
}

func answer(w http.ResponseWriter, body Claims) {
	w.Header().Set("Content-Type", "application/json")
	_, _ = w.Write(jsonOf(body))
}

func jsonOf(v Claims) []byte {
	raw, err := json.Marshal(v)
	if err != nil {
		panic(err) // the claims of a test
	}
	return raw
}

func b64(raw []byte) string { return base64.RawURLEncoding.EncodeToString(raw) }
