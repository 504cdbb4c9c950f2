package main

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"encoding/pem"
	"math/big"
	"net"
	"net/http"
	"net/http/httptest"
	"net/http/httputil"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"zhengbei/internal/store/storetest"
)

// The program lets others in by HTTPS, by a certificate of its own and behind a proxy: cookies and links are those of HTTPS.
func TestServeOnANetwork(t *testing.T) {
	t.Parallel()
	insecure := &http.Transport{TLSClientConfig: &tls.Config{InsecureSkipVerify: true}} //nolint:gosec // the certificate is of this test
	comesIn := func(t *testing.T, base, link string) {
		t.Helper()
		_, secret, _ := strings.Cut(link, "#")
		req, err := http.NewRequestWithContext(t.Context(), http.MethodPost, base+"/api/v1/links/use", strings.NewReader(`{"link":"`+secret+`","password":"石凹 白鹭 二零三一 网"}`))
		if err != nil {
			t.Fatal(err)
		}
		req.Header.Set("Content-Type", "application/json")
		res, err := insecure.RoundTrip(req)
		if err != nil {
			t.Fatal(err)
		}
		_ = res.Body.Close()
		cookies := res.Cookies()
		if res.StatusCode != http.StatusOK || len(cookies) != 1 || cookies[0].Name != "__Host-zhengbei" || !cookies[0].Secure || !cookies[0].HttpOnly || res.Header.Get("Strict-Transport-Security") == "" {
			t.Errorf("%d %v", res.StatusCode, res.Header)
		}
	}
	t.Run("certificate", func(t *testing.T) {
		t.Parallel()
		secret, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
		must(t, err)
		form := &x509.Certificate{SerialNumber: big.NewInt(1), IPAddresses: []net.IP{net.IPv4(127, 0, 0, 1)}, NotAfter: time.Now().Add(time.Hour)}
		cert, err := x509.CreateCertificate(rand.Reader, form, form, &secret.PublicKey, secret)
		must(t, err)
		key, err := x509.MarshalPKCS8PrivateKey(secret)
		must(t, err)
		certFile, keyFile := filepath.Join(t.TempDir(), "cert.pem"), filepath.Join(t.TempDir(), "key.pem")
		must(t, os.WriteFile(certFile, pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: cert}), 0o600))
		must(t, os.WriteFile(keyFile, pem.EncodeToMemory(&pem.Block{Type: "PRIVATE KEY", Bytes: key}), 0o600))
		s := start(t, "DATABASE_URL="+storetest.Empty(t).Service(), "ZHENGBEI_TLS_CERT="+certFile, "ZHENGBEI_TLS_KEY="+keyFile)
		if !strings.HasPrefix(s.url, "https://") {
			t.Fatalf("it answers at %s", s.url)
		}
		code, out, errs := ran(t, s.cmd.Env, "user", "reset", "sysadmin")
		if code != 0 {
			t.Fatalf("%d %s%s", code, out, errs)
		}
		comesIn(t, s.url, strings.TrimSpace(out[strings.Index(out, "#"):]))
	})
	t.Run("proxy", func(t *testing.T) {
		t.Parallel()
		base := "DATABASE_URL=" + storetest.Empty(t).Service()
		s := start(t, base, "ZHENGBEI_TRUSTED_PROXY=127.0.0.1")
		to, err := url.Parse(s.url)
		must(t, err)
		proxy := httptest.NewTLSServer(&httputil.ReverseProxy{Rewrite: func(r *httputil.ProxyRequest) { r.SetURL(to); r.SetXForwarded() }})
		defer proxy.Close()
		code, out, errs := ran(t, []string{base}, "user", "reset", "sysadmin")
		if code != 0 {
			t.Fatalf("%d %s%s", code, out, errs)
		}
		comesIn(t, proxy.URL, strings.TrimSpace(out[strings.Index(out, "#"):]))
	})
}
