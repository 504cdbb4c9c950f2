package httpapi

import (
	"crypto/sha256"
	"encoding/base64"
	"errors"
	"io/fs"
	"mime"
	"net/http"
	"path"
	"strings"

	"zhengbei/internal/fault"

	"github.com/labstack/echo/v4"
)

// Site is the built page, read into memory once, with what the build compressed.
type Site struct {
	files map[string]siteFile // by path without a leading slash
}

type siteFile struct {
	body, gzip, brotli []byte
	tag, contentType   string
}

// errNotBuilt: the binary was made before the page was.
var errNotBuilt = errors.New("web/dist has no index.html: run `make build`")

// NewSite reads a built page.
func NewSite(dist fs.FS) (*Site, error) {
	s := &Site{files: map[string]siteFile{}}
	err := fs.WalkDir(dist, ".", func(name string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() || strings.HasSuffix(name, ".gz") || strings.HasSuffix(name, ".br") || path.Base(name) == ".keep" {
			return err
		}
		body, err := fs.ReadFile(dist, name)
		if err != nil {
			return err
		}
		sum := sha256.Sum256(body)
		f := siteFile{body: body, tag: base64.RawURLEncoding.EncodeToString(sum[:12]), contentType: mime.TypeByExtension(path.Ext(name))}
		f.gzip, _ = fs.ReadFile(dist, name+".gz") // small and binary files have none
		f.brotli, _ = fs.ReadFile(dist, name+".br")
		s.files[name] = f
		return nil
	})
	if err == nil && s.files["index.html"].body == nil {
		err = errNotBuilt
	}
	return s, err
}

// page serves the one page under each of its addresses.
func (a *api) page(c echo.Context) error { return a.static(c, "index.html", "no-cache") }

// asset serves what the page loads; names under assets/ carry a hash of their content.
func (a *api) asset(c echo.Context) error {
	name := strings.TrimPrefix(c.Request().URL.Path, "/")
	if strings.HasPrefix(name, "assets/") {
		return a.static(c, name, "public, max-age=31536000, immutable")
	}
	return a.static(c, name, "no-cache")
}

func (a *api) static(c echo.Context, name, cache string) error {
	f, ok := a.site.files[name]
	if !ok {
		return fault.New(fault.NotFound, "route.unknown", "path", c.Request().URL.Path)
	}
	h := c.Response().Header()
	h.Set(echo.HeaderCacheControl, cache)
	h.Set(echo.HeaderContentType, f.contentType)
	body, coding, accepts := f.body, "", c.Request().Header.Get("Accept-Encoding")
	switch {
	case f.brotli != nil && strings.Contains(accepts, "br"):
		body, coding = f.brotli, "br"
	case f.gzip != nil && strings.Contains(accepts, "gzip"):
		body, coding = f.gzip, "gzip"
	}
	tag := f.tag
	if coding != "" {
		h.Set(echo.HeaderContentEncoding, coding)
		tag += "-" + coding[:2]
	}
	same, err := unchanged(c, tag)
	if err != nil || same {
		h.Del(echo.HeaderContentEncoding)
		if err != nil {
			return err
		}
		return c.NoContent(http.StatusNotModified)
	}
	c.Response().WriteHeader(http.StatusOK)
	if c.Request().Method == http.MethodHead {
		return nil
	}
	_, err = c.Response().Write(body)
	return ignoreGone(c, err)
}
