package httpapi

import (
	"time"

	"zhengbei/internal/ogc"

	"github.com/labstack/echo/v4"
)

// rule says whom a route admits. The zero rule is nobody, so a row without a rule admits no one.
type rule int

const (
	nobody   rule = iota
	anyone        // no account is asked for: the page itself, health
	reader        // whoever may see the map; until accounts exist the operator at this machine
	machine       // a monitor on this machine
	operator      // whoever sits at this machine, until accounts exist: see ofOperator
)

func (r rule) String() string {
	return [...]string{"nobody", "anyone", "reader", "machine", "operator"}[r]
}

// load bounds how long a request may take.
type load time.Duration

const (
	light  = load(10 * time.Second)
	heavy  = load(60 * time.Second)
	stream = load(10 * time.Minute)
	open   = load(0) // the event stream lasts as long as its reader
)

type route struct {
	method string
	path   string
	rule   rule
	load   load
	query  []string // the query parameters that it knows; another one is 400
	handle func(*api, echo.Context) error
}

const (
	get    = "GET"
	post   = "POST" // by a reader: a question that is too long for an address; it changes nothing
	put    = "PUT"
	patch  = "PATCH"
	remove = "DELETE"
)

// routes is the whole HTTP surface; HEAD and OPTIONS follow from it.
var routes = []route{
	{get, "/", anyone, light, pageParams, (*api).page},
	{get, "/zones/:id", anyone, light, pageParams, (*api).page},
	{get, "/parcels/:id", anyone, light, pageParams, (*api).page},
	{get, "/plots/:id", anyone, light, pageParams, (*api).page},
	{get, "/signing", anyone, light, pageParams, (*api).page},
	{get, "/table", anyone, light, pageParams, (*api).page},
	{get, "/imports", anyone, light, pageParams, (*api).page},
	{get, "/favicon.svg", anyone, light, nil, (*api).asset},
	{get, "/assets/:file", anyone, light, nil, (*api).asset},

	{get, "/ogc", reader, light, ogc.DocumentParams, (*api).landing},
	{get, "/ogc/api", reader, light, ogc.DocumentParams, (*api).openAPI},
	{get, "/ogc/conformance", reader, light, ogc.DocumentParams, (*api).conformance},
	{get, "/ogc/collections", reader, light, ogc.DocumentParams, (*api).collections},
	{get, "/ogc/collections/:collection", reader, light, ogc.DocumentParams, (*api).collection},
	{get, "/ogc/collections/:collection/items", reader, heavy, ogc.ItemsParams, (*api).items},
	{post, "/ogc/collections/:collection/items", operator, light, []string{"dry_run"}, (*api).createFeature},
	{get, "/ogc/collections/:collection/items/:id", reader, light, ogc.DocumentParams, (*api).item},
	{put, "/ogc/collections/:collection/items/:id", operator, light, []string{"dry_run"}, (*api).replaceFeature},
	{patch, "/ogc/collections/:collection/items/:id", operator, light, []string{"dry_run"}, (*api).patchFeature},
	{remove, "/ogc/collections/:collection/items/:id", operator, light, ogc.RetirementParams, (*api).retireFeature},

	{get, "/api/v1/round", reader, light, ogc.ClockParams, (*api).round},
	{patch, "/api/v1/round", operator, light, []string{"dry_run"}, (*api).reviseRound},
	{get, "/api/v1/features/:collection/:id/versions", reader, light, []string{"known"}, (*api).versions},
	{get, "/api/v1/features/:collection/:id/versions/:version", reader, light, []string{"known"}, (*api).oneVersion},
	{get, "/api/v1/search", reader, light, []string{"q", "limit", "at", "known"}, (*api).search},
	{get, "/api/v1/exports/:file", reader, stream, ogc.ExportParams, (*api).export},
	{post, "/api/v1/imports", operator, stream, nil, (*api).lookAtFile},
	{get, "/api/v1/imports/:id", operator, light, nil, (*api).look},
	{remove, "/api/v1/imports/:id", operator, light, nil, (*api).dropLook},
	{post, "/api/v1/imports/:id/apply", operator, stream, []string{"dry_run"}, (*api).applyLook},
	{get, "/api/v1/events", reader, open, nil, (*api).events},

	{get, "/api/v1/progress", reader, light, []string{"at", "known", "use_class"}, (*api).progress},
	{get, "/api/v1/progress/series", reader, light, []string{"at", "known", "from", "to", "step", "parcel"}, (*api).series},
	{post, "/api/v1/progress/selection", reader, light, nil, (*api).selection},
	{post, "/api/v1/progress/what-if", reader, light, nil, (*api).whatIf},
	{get, "/api/v1/blocks", reader, light, []string{"at", "known", "min_ha", "parcel"}, (*api).blocks},
	{get, "/api/v1/keystones", reader, light, []string{"at", "known", "parcel", "limit"}, (*api).keystones},
	{get, "/api/v1/facts", reader, light, listParams("subject", "parcel", "kind", "from", "to", "voided"), (*api).facts},
	{post, "/api/v1/facts", operator, heavy, []string{"dry_run"}, (*api).recordFacts},
	{post, "/api/v1/facts/:id/void", operator, light, []string{"dry_run"}, (*api).voidFact},
	{get, "/api/v1/holdings", reader, light, listParams("parcel", "plot", "command_post", "stage", "signed", "class", "q"), (*api).holdings},
	{post, "/api/v1/holdings", operator, light, []string{"dry_run"}, (*api).enterHolding},
	{get, "/api/v1/holdings/:id", reader, light, ogc.ClockParams, (*api).holding},
	{patch, "/api/v1/holdings/:id", operator, light, []string{"dry_run"}, (*api).reviseHolding},
	{get, "/api/v1/buildings", reader, light, listParams("parcel", "plot", "holding", "stage"), (*api).buildings},
	{post, "/api/v1/buildings", operator, light, []string{"dry_run"}, (*api).enterBuilding},
	{get, "/api/v1/buildings/:id", reader, light, ogc.ClockParams, (*api).building},
	{patch, "/api/v1/buildings/:id", operator, light, []string{"dry_run"}, (*api).reviseBuilding},
	{get, "/api/v1/contracts", reader, light, listParams("parcel", "plot", "holding", "kind", "status", "q"), (*api).contracts},
	{post, "/api/v1/contracts", operator, light, []string{"dry_run"}, (*api).enterContract},
	{get, "/api/v1/contracts/:id", reader, light, ogc.ClockParams, (*api).contract},
	{patch, "/api/v1/contracts/:id", operator, light, []string{"dry_run"}, (*api).reviseContract},
	{get, "/api/v1/parties", reader, light, listParams("parcel", "q"), (*api).parties},
	{post, "/api/v1/parties", operator, light, []string{"dry_run"}, (*api).enterParty},
	{get, "/api/v1/parties/:id", reader, light, ogc.ClockParams, (*api).party},
	{patch, "/api/v1/parties/:id", operator, light, []string{"dry_run"}, (*api).reviseParty},
	{get, "/api/v1/command-posts", reader, light, listParams(), (*api).commandPosts},
	{post, "/api/v1/command-posts", operator, light, []string{"dry_run"}, (*api).enterCommandPost},
	{get, "/api/v1/command-posts/:id", reader, light, ogc.ClockParams, (*api).commandPost},
	{patch, "/api/v1/command-posts/:id", operator, light, []string{"dry_run"}, (*api).reviseCommandPost},

	{get, "/tiles.json", reader, light, nil, (*api).tileJSON},
	{get, "/tiles/:z/:x/:y", reader, light, ogc.ClockParams, (*api).tile},

	{get, "/docs", anyone, light, nil, (*api).docs},
	{get, "/docs/style.css", anyone, light, nil, (*api).docsStyle},
	{get, "/docs/facts", anyone, light, nil, (*api).factsDocs},
	{get, "/docs/facts/schema.json", anyone, light, nil, (*api).factsSchema},
	{get, "/docs/problems", anyone, light, nil, (*api).problemsDocs},
	{get, "/docs/problems/:code", anyone, light, nil, (*api).problemDocs},
	{get, "/healthz", anyone, light, nil, (*api).healthz},
	{get, "/readyz", anyone, light, nil, (*api).readyz},
	{get, "/metrics", machine, light, nil, (*api).metrics},
}

// listParams are the parameters of a list of register or ledger: its own filters, and what every list takes.
func listParams(filters ...string) []string {
	return append(filters, "at", "known", "limit", "next")
}

// anyParam lets a route take whatever stands in its query.
const anyParam = "*"

// pageParams belong to the page, which reads at and known itself; what a messenger appends to a shared link is no fault of its reader.
var pageParams = []string{"at", "known", anyParam}
