package httpapi

import (
	"strings"
	"testing"
)

func TestPage(t *testing.T) {
	t.Parallel()
	s := newService(t)
	for _, path := range []string{"/", "/parcels/P-02", "/zones/Z-01?at=2022-01-01", "/plots/L-000001", "/parcels/P-02?from=singlemessage&from=x"} {
		r := s.get(t, path)
		if r.status != 200 || !strings.Contains(string(r.body), "整备") || r.header.Get("Cache-Control") != "no-cache" || r.etag() == "" {
			t.Errorf("%s: %d %v", path, r.status, r.header)
		}
		for name, want := range map[string]string{"Content-Security-Policy": csp, "X-Content-Type-Options": "nosniff", "Referrer-Policy": "no-referrer"} {
			if r.header.Get(name) != want {
				t.Errorf("%s: %s is %q", path, name, r.header.Get(name))
			}
		}
	}
	asset := s.get(t, "/assets/app-1.js", "Accept-Encoding", "gzip, br")
	if vary := asset.header.Values("Vary"); len(vary) != 1 || vary[0] != "Accept-Encoding" {
		t.Errorf("Vary is %q", vary)
	}
	if string(asset.body) != "gzip of it" || asset.header.Get("Content-Encoding") != "gzip" || !strings.Contains(asset.header.Get("Cache-Control"), "immutable") {
		t.Errorf("got %q %v", asset.body, asset.header)
	}
	if r := s.get(t, "/assets/app-1.js", "Accept-Encoding", "gzip", "If-None-Match", asset.etag()); r.status != 304 {
		t.Errorf("got %d", r.status)
	}
	if plain := s.get(t, "/assets/app-1.js"); string(plain.body) != "export {}" || plain.header.Get("Content-Encoding") != "" {
		t.Errorf("got %q %v", plain.body, plain.header)
	}
}

func TestDocs(t *testing.T) {
	t.Parallel()
	s := newService(t)
	zh, en := string(s.get(t, "/docs").body), string(s.get(t, "/docs", "Accept-Language", "en").body)
	if !strings.Contains(zh, "接口说明") || strings.Contains(en, "接口说明") || !strings.Contains(en, "/tiles/{z}/{x}/{y}.mvt") {
		t.Error("the readable pages do not follow the reader's language")
	}
	if r := s.get(t, "/ogc/api", "Accept", "application/vnd.oai.openapi+json;version=3.0"); !strings.Contains(string(r.body), `"openapi": "3.0.3"`) {
		t.Error("GDAL is not answered in OpenAPI 3.0")
	}
}

func TestHealth(t *testing.T) {
	t.Parallel()
	s := newService(t)
	for path, part := range map[string]string{"/healthz": `"alive":true`, "/readyz": `"ready":true`, "/metrics": "zhengbei_feed_heard 1"} {
		if r := s.as("").get(t, path); r.status != 200 || !strings.Contains(string(r.body), part) {
			t.Errorf("%s: %d %.200s", path, r.status, r.body)
		}
	}
}
