package httpapi

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/json"
	"encoding/pem"
	"log/slog"
	"math/big"
	"net"
	"net/http"
	"net/http/httptest"
	"net/netip"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"zhengbei/internal/fault"
	"zhengbei/internal/store/storetest"

	"github.com/labstack/echo/v4"
)

// seen is what the service takes a request for.
type seen struct {
	Address, Host, Base, Cookie string
	Machine                     bool
}

// mirror tells what the service takes a request for.
func mirror(a *api) {
	a.table = append([]route{{get, "/mirror", anyone, toRead, reading, noBody, light, nil, func(a *api, c echo.Context) error {
		r := c.Request()
		return c.JSON(http.StatusOK, seen{a.addressOf(r), r.Host, a.base(r), a.cookieName(r), ofThisMachine(r)})
	}}}, routes...)
}

// A proxy that is named is believed, the right-most address that is no proxy is the client, and what others say of themselves is not read.
func TestProxy(t *testing.T) {
	t.Parallel()
	d := storetest.Empty(t)
	public, err := url.Parse("https://zhengbei.example")
	if err != nil {
		t.Fatal(err)
	}
	handler := func(named string, public *url.URL) http.Handler {
		var h http.Handler
		serve(t, d, func(a *api) {
			a.proxies, err = ReadProxies(named)
			if err != nil {
				t.Fatal(err)
			}
			a.public = public
			mirror(a)
			h = a.handler()
		})
		return h
	}
	none, named, addressed := handler("", nil), handler("10.0.0.0/24, 127.0.0.9", nil), handler("10.0.0.5", public)
	const local = "127.0.0.1:8080"
	for name, tt := range map[string]struct {
		to      http.Handler
		peer    string
		host    string
		headers string // name: value, a line each
		want    seen
		code    string
	}{
		"no proxy":                            {to: none, peer: "127.0.0.1:5", want: seen{"127.0.0.1", local, "http://" + local, cookiePlain, true}},
		"no proxy, headers of a liar":         {to: none, peer: "127.0.0.1:5", headers: "X-Forwarded-For: 1.2.3.4\nX-Forwarded-Proto: https\nX-Forwarded-Host: evil.example", code: "request.proxy_unnamed"},
		"no proxy is named, and one says so":  {to: none, peer: "127.0.0.1:5", headers: "Via: 1.1 caddy", code: "request.proxy_unnamed"},
		"no proxy is named, one by X-Real-IP": {to: none, peer: "[::1]:5", headers: "X-Real-IP: 192.168.1.7", code: "request.proxy_unnamed"},
		"no proxy is named, one by Forwarded": {to: none, peer: "127.0.0.1:5", headers: "Forwarded: for=192.168.1.7", code: "request.proxy_unnamed"},
		"another is named":                    {to: named, peer: "127.0.0.1:5", headers: "X-Real-IP: 192.168.1.7", want: seen{"127.0.0.1", local, "http://" + local, cookiePlain, false}},
		"by the proxy":                        {to: named, peer: "10.0.0.5:99", headers: "X-Forwarded-For: 192.168.1.7\nX-Forwarded-Proto: https\nX-Forwarded-Host: zhengbei.example", want: seen{"192.168.1.7", "zhengbei.example", "https://zhengbei.example", cookieTLS, false}},
		"its host passed on":                  {to: named, peer: "10.0.0.5:99", host: "zhengbei.example", headers: "X-Forwarded-For: 192.168.1.7\nX-Forwarded-Proto: https", want: seen{"192.168.1.7", "zhengbei.example", "https://zhengbei.example", cookieTLS, false}},
		"two proxies":                         {to: named, peer: "10.0.0.5:99", headers: "X-Forwarded-For: 192.168.1.7, 10.0.0.6\nX-Forwarded-Proto: https", want: seen{"192.168.1.7", local, "https://" + local, cookieTLS, false}},
		"a client that lies":                  {to: named, peer: "10.0.0.5:99", headers: "X-Forwarded-For: 127.0.0.1, 10.0.0.9, 192.168.1.7\nX-Forwarded-Proto: https", want: seen{"192.168.1.7", local, "https://" + local, cookieTLS, false}},
		"in two lines":                        {to: named, peer: "10.0.0.5:99", headers: "X-Forwarded-For: 127.0.0.1\nX-Forwarded-For: 192.168.1.7\nX-Forwarded-Proto: https", want: seen{"192.168.1.7", local, "https://" + local, cookieTLS, false}},
		"rubbish before the client":           {to: named, peer: "10.0.0.5:99", headers: "X-Forwarded-For: unknown, [2001:db8::1]:99\nX-Forwarded-Proto: https", want: seen{"2001:db8::1", local, "https://" + local, cookieTLS, false}},
		"rubbish alone":                       {to: named, peer: "10.0.0.5:99", headers: "X-Forwarded-For: unknown\nX-Forwarded-Proto: https", want: seen{"10.0.0.5", local, "https://" + local, cookieTLS, false}},
		"says it is this machine":             {to: named, peer: "10.0.0.5:99", headers: "X-Forwarded-For: 127.0.0.1\nX-Forwarded-Proto: https", want: seen{"127.0.0.1", local, "https://" + local, cookieTLS, false}},
		"IPv4 in IPv6":                        {to: named, peer: "[::ffff:10.0.0.5]:99", headers: "X-Forwarded-For: ::ffff:192.168.1.7\nX-Forwarded-Proto: https", want: seen{"192.168.1.7", local, "https://" + local, cookieTLS, false}},
		"this machine, past the proxy":        {to: named, peer: "127.0.0.1:5", want: seen{"127.0.0.1", local, "http://" + local, cookiePlain, true}},
		"this machine, lying":                 {to: named, peer: "127.0.0.1:5", headers: "X-Forwarded-For: 1.2.3.4\nX-Forwarded-Proto: https", want: seen{"127.0.0.1", local, "http://" + local, cookiePlain, false}},
		"past the proxy":                      {to: named, peer: "10.0.1.5:99", code: "request.not_through_proxy"},
		"past the proxy, lying":               {to: named, peer: "10.0.1.5:99", headers: "X-Forwarded-For: 10.0.0.5\nX-Forwarded-Proto: https", code: "request.not_through_proxy"},
		"the proxy itself":                    {to: named, peer: "10.0.0.5:99", code: "request.not_through_proxy"},
		"plain to the proxy":                  {to: named, peer: "10.0.0.5:99", headers: "X-Forwarded-For: 192.168.1.7\nX-Forwarded-Proto: http", code: "request.plain"},
		"a proxy that does not say":           {to: named, peer: "10.0.0.5:99", headers: "X-Forwarded-For: 192.168.1.7", code: "request.plain"},
		"does not say, but is public":         {to: addressed, peer: "10.0.0.5:99", headers: "X-Forwarded-For: 192.168.1.7", want: seen{"192.168.1.7", "zhengbei.example", "https://zhengbei.example", cookieTLS, false}},
		"another name":                        {to: addressed, peer: "10.0.0.5:99", headers: "X-Forwarded-For: 192.168.1.7\nX-Forwarded-Host: evil.example", code: "request.host"},
	} {
		t.Run(name, func(t *testing.T) {
			r := httptest.NewRequestWithContext(t.Context(), http.MethodGet, "/mirror", nil)
			r.RemoteAddr, r.Host = tt.peer, local
			if tt.host != "" {
				r.Host = tt.host
			}
			for line := range strings.SplitSeq(tt.headers, "\n") {
				if name, value, ok := strings.Cut(line, ": "); ok {
					r.Header.Add(name, value)
				}
			}
			w := httptest.NewRecorder()
			tt.to.ServeHTTP(w, r)
			if tt.code != "" {
				var p problem
				if err := json.Unmarshal(w.Body.Bytes(), &p); err != nil || p.Code != tt.code {
					t.Errorf("%d %s", w.Code, w.Body)
				}
				return
			}
			var got seen
			if err := json.Unmarshal(w.Body.Bytes(), &got); err != nil || got != tt.want {
				t.Errorf("taken for %+v: %d %s", got, w.Code, w.Body)
			}
			if hsts := w.Header().Get("Strict-Transport-Security"); (hsts != "") != (tt.want.Cookie == cookieTLS) {
				t.Errorf("HSTS is %q", hsts)
			}
		})
	}
	r := httptest.NewRequestWithContext(t.Context(), http.MethodGet, "/healthz", nil)
	r.RemoteAddr, r.Host = "10.0.0.5:99", "127.0.0.1"
	w := httptest.NewRecorder()
	named.ServeHTTP(w, r)
	if w.Code != http.StatusOK {
		t.Errorf("the proxy may not ask whether the service lives: %d %s", w.Code, w.Body)
	}
}

func TestReadProxies(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]int{"": 0, " , ": 0, "10.0.0.1": 1, "10.0.0.1, ::1,192.168.0.0/16": 3, "0.0.0.0/0": -1, "::/0": -1, "proxy.example": -1, "10.0.0.1:80": -1, "10.0.0.0/33": -1, "::ffff:0:0/96": -1} {
		got, err := ReadProxies(text)
		if f, ok := fault.As(err); (want < 0) != (err != nil) || ok && f.Code != "setting.trusted_proxy" || want >= 0 && len(got) != want {
			t.Errorf("%q: %v %v", text, got, err)
		}
	}
	all, err := ReadProxies("10.0.0.77/24")
	if err != nil || !proxies(all).has(netip.MustParseAddr("10.0.0.1")) || proxies(all).has(netip.MustParseAddr("10.0.1.1")) {
		t.Errorf("%v %v", all, err)
	}
}

// issue writes a certificate of a name, signed by itself.
func issue(t *testing.T, folder, name string, serial int64, written time.Time) (cert, key string) {
	t.Helper()
	secret, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	form := &x509.Certificate{
		SerialNumber: big.NewInt(serial), Subject: pkix.Name{CommonName: name}, DNSNames: []string{name}, IPAddresses: []net.IP{net.IPv4(127, 0, 0, 1)},
		NotBefore: time.Now().Add(-time.Hour), NotAfter: time.Now().Add(time.Hour), IsCA: true, BasicConstraintsValid: true,
	}
	raw, err := x509.CreateCertificate(rand.Reader, form, form, &secret.PublicKey, secret)
	if err != nil {
		t.Fatal(err)
	}
	hidden, err := x509.MarshalPKCS8PrivateKey(secret)
	if err != nil {
		t.Fatal(err)
	}
	cert, key = filepath.Join(folder, "cert.pem"), filepath.Join(folder, "key.pem")
	for file, block := range map[string]*pem.Block{cert: {Type: "CERTIFICATE", Bytes: raw}, key: {Type: "PRIVATE KEY", Bytes: hidden}} {
		if err := os.WriteFile(file, pem.EncodeToMemory(block), 0o600); err != nil {
			t.Fatal(err)
		}
		if err := os.Chtimes(file, written, written); err != nil {
			t.Fatal(err)
		}
	}
	return cert, key
}

// The service speaks TLS 1.2 and later under the names of its certificate, and serves one that was renewed without a restart.
func TestCertificate(t *testing.T) {
	t.Parallel()
	var clock stopped
	folder, begun := t.TempDir(), time.Now().Add(-time.Hour)
	cert, key := issue(t, folder, "zhengbei.example", 1, begun)
	c, err := NewCertificate(cert, key, clock.now, slog.New(slog.DiscardHandler))
	if err != nil {
		t.Fatal(err)
	}
	var handler http.Handler
	serve(t, storetest.Empty(t), func(a *api) {
		a.certificate = c
		mirror(a)
		handler = a.handler()
	})
	var lc net.ListenConfig
	l, err := lc.Listen(t.Context(), "tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	server := NewServer(handler, slog.New(slog.DiscardHandler))
	server.TLSConfig = c.Config()
	go func() { _ = server.ServeTLS(Listener(l), "", "") }()
	t.Cleanup(func() { _ = server.Close() })
	ask := func(most uint16, host string) (*http.Response, seen, error) {
		transport := &http.Transport{ForceAttemptHTTP2: true, TLSClientConfig: &tls.Config{InsecureSkipVerify: true, MinVersion: tls.VersionTLS10, MaxVersion: most}} //nolint:gosec // old versions are asked for to be refused
		defer transport.CloseIdleConnections()
		r, err := http.NewRequestWithContext(t.Context(), http.MethodGet, "https://"+l.Addr().String()+"/mirror", nil)
		if err != nil {
			t.Fatal(err)
		}
		r.Host = host
		res, err := transport.RoundTrip(r)
		if err != nil {
			return nil, seen{}, err
		}
		defer func() { _ = res.Body.Close() }()
		var got seen
		_ = json.NewDecoder(res.Body).Decode(&got)
		return res, got, nil
	}
	serial := func() int64 {
		t.Helper()
		res, got, err := ask(tls.VersionTLS13, "zhengbei.example") //nolint:bodyclose // ask closes it
		if err != nil {
			t.Fatal(err)
		}
		if got.Base != "https://zhengbei.example" || got.Cookie != cookieTLS || res.Header.Get("Strict-Transport-Security") != "max-age=31536000" || res.ProtoMajor != 2 {
			t.Errorf("%s %v %+v", res.Proto, res.Header, got)
		}
		return res.TLS.PeerCertificates[0].SerialNumber.Int64()
	}
	if n := serial(); n != 1 {
		t.Errorf("the certificate is %d", n)
	}
	if res, _, err := ask(tls.VersionTLS12, "zhengbei.example"); err != nil || res.StatusCode != http.StatusOK { //nolint:bodyclose // ask closes it
		t.Errorf("TLS 1.2: %v", err)
	}
	if _, _, err := ask(tls.VersionTLS11, "zhengbei.example"); err == nil { //nolint:bodyclose // ask closes it
		t.Error("TLS 1.1 is spoken")
	}
	if res, _, err := ask(tls.VersionTLS13, "evil.example"); err != nil || res.StatusCode != http.StatusBadRequest { //nolint:bodyclose // ask closes it
		t.Errorf("a name that the certificate does not have: %v", err)
	}
	issue(t, folder, "zhengbei.example", 2, begun.Add(time.Minute))
	clock.on(renewedAfter)
	if n := serial(); n != 2 {
		t.Errorf("after a renewal the certificate is %d", n)
	}
	if err := os.WriteFile(key, []byte("half a key"), 0o600); err != nil {
		t.Fatal(err)
	}
	clock.on(renewedAfter)
	if n := serial(); n != 2 {
		t.Errorf("in the middle of a renewal the certificate is %d", n)
	}
	issue(t, folder, "zhengbei.example", 3, begun.Add(2*time.Minute))
	clock.on(renewedAfter)
	if n := serial(); n != 3 {
		t.Errorf("after the renewal the certificate is %d", n)
	}
	for _, files := range [][2]string{{"", key}, {cert, ""}, {cert, cert}, {filepath.Join(folder, "none"), key}} {
		if _, err := NewCertificate(files[0], files[1], clock.now, slog.New(slog.DiscardHandler)); err == nil {
			t.Errorf("%v are taken", files)
		} else if f, ok := fault.As(err); !ok || f.Code != "setting.tls" {
			t.Error(err)
		}
	}
}
