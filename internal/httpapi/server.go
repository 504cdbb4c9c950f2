package httpapi

import (
	"log/slog"
	"net/http"
	"net/netip"
	"net/url"
	"strings"
	"time"

	"zhengbei/internal/account"
	"zhengbei/internal/land"
	"zhengbei/internal/ogc"
	"zhengbei/internal/personal"
	"zhengbei/internal/progress"
	"zhengbei/internal/store"
	"zhengbei/internal/tile"

	"github.com/klauspost/compress/gzhttp"
	"github.com/labstack/echo/v4"
)

// Settings are what the surface rests on.
type Settings struct {
	DB      *store.DB
	People  *account.Keeper
	Tiles   *tile.Server
	Hub     *Hub
	Figures *progress.Reader
	Site    *Site    // the built page
	Public  *url.URL // the public address; nil: as the request says
	Extent  *land.Box
	Version string
	Log     *slog.Logger
	Now     func() time.Time
	Today   *land.Day // the day of a demonstration; nil: the real one

	Issuer    *account.Issuer // where people show who they are; nil: here alone
	Keys      *personal.Ring  // by which personal data are encrypted
	Anonymous bool            // passers-by may read generalised outlines and totals

	Anchors string // the folder of the audit trail's anchor

	Proxies     []netip.Prefix // whose word about the client is taken; none: nobody's
	Certificate *Certificate   // nil: no TLS of its own
}

type api struct {
	db      *store.DB
	tiles   *tile.Server
	hub     *Hub
	site    *Site
	public  *url.URL
	extent  *land.Box // configured; nil: what is on the map
	release string
	log     *slog.Logger
	now     func() time.Time
	day     *land.Day // the day of a demonstration; nil: the real one
	figures *progress.Reader
	meter   *meter
	table   []route

	people    *account.Keeper
	keys      *personal.Ring
	rates     *rates
	issuer    *account.Issuer // nil: with a password alone
	origins   *http.CrossOriginProtection
	anonymous bool
	anchors   string  // the folder of the audit trail's anchor
	repeated  repeats // refusals that a client repeats

	proxies     proxies
	certificate *Certificate
}

// New is the whole surface as one handler.
func New(s Settings) http.Handler {
	a := &api{db: s.DB, tiles: s.Tiles, hub: s.Hub, site: s.Site, public: s.Public, extent: s.Extent, release: s.Version, log: s.Log, now: s.Now, day: s.Today, figures: s.Figures}
	a.meter = newMeter(a)
	a.table = routes
	a.people, a.origins, a.anonymous = s.People, http.NewCrossOriginProtection(), s.Anonymous
	a.keys = s.Keys
	a.anchors = s.Anchors
	a.rates = newRates(s.Now, 1)
	a.proxies, a.certificate = s.Proxies, s.Certificate
	if s.Public != nil { // where a proxy has put its own name in place of the one that the browser asked for
		if err := a.origins.AddTrustedOrigin(s.Public.Scheme + "://" + s.Public.Host); err != nil {
			s.Log.Warn("the public address is no origin", "error", err)
		}
	}
	a.issuer = s.Issuer
	return a.handler()
}

func (a *api) handler() http.Handler {
	e := echo.New()
	e.HTTPErrorHandler = a.fail
	e.Use(a.observe, a.catch, a.through, a.guard)
	allow := map[string][]string{}
	for _, r := range a.table {
		h := a.admit(r)
		e.Add(r.method, r.path, h)
		allow[r.path] = append(allow[r.path], r.method)
		if r.method == get {
			e.Add(http.MethodHead, r.path, h)
			allow[r.path] = append(allow[r.path], http.MethodHead)
		}
	}
	for path, methods := range allow {
		methods := strings.Join(append(methods, http.MethodOptions), ", ")
		e.OPTIONS(path, func(c echo.Context) error {
			c.Response().Header().Set(echo.HeaderAllow, methods)
			return c.NoContent(http.StatusNoContent)
		})
	}
	return packed(e)
}

// packed answers in gzip whoever takes it, but what is packed already or must not wait.
func packed(h http.Handler) http.Handler {
	wrap, err := gzhttp.NewWrapper(gzhttp.MinSize(1024), gzhttp.EnableZstd(false), gzhttp.CompressionLevel(3), gzhttp.SuffixETag(gzipMark),
		gzhttp.ExceptContentTypes([]string{"text/event-stream", ogc.TypeMVT, "image/png"}))
	if err != nil {
		panic(err) // the options above are constants
	}
	return wrap(h)
}

// base is the address under which links lead back here.
func (a *api) base(r *http.Request) string {
	if a.public != nil {
		return strings.TrimSuffix(a.public.String(), "/")
	}
	scheme := "http"
	if r.TLS != nil {
		scheme = "https"
	}
	return scheme + "://" + r.Host
}

// documents speaks OGC to the reader of a request.
func (a *api) documents(c echo.Context) ogc.Documents {
	return ogc.Documents{Base: a.base(c.Request()), Language: speaks(c.Request())}
}

// today is what a reading uses where it names no day.
func (a *api) today() ogc.Today {
	now := a.now()
	if a.day != nil {
		return ogc.Today{Day: *a.day, Now: now}
	}
	return ogc.Today{Day: land.DayOf(now), Now: now}
}
