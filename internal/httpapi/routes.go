package httpapi

import (
	"time"

	"zhengbei/internal/ogc"

	"github.com/labstack/echo/v4"
)

// load bounds how long a request may take.
type load time.Duration

const (
	light  = load(10 * time.Second)
	heavy  = load(60 * time.Second)
	stream = load(10 * time.Minute)
	open   = load(0) // the event stream lasts as long as its reader
)

// size bounds the body of a request in bytes.
type size int64

const (
	noBody size = 0
	kB64   size = 64 << 10
	mB10   size = 10 << 20  // 10,000 facts, or outlines of 200,000 vertices
	mB100  size = 101 << 20 // a file of 100 MB with the form around it
)

type route struct {
	method string
	path   string
	rule   rule
	scope  scope // what a token must be good for; the zero scope admits sessions only
	class  class // which rate bounds it
	body   size
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
	{get, "/", anyone, toRead, reading, noBody, light, pageParams, (*api).page},
	{get, "/zones/:id", anyone, toRead, reading, noBody, light, pageParams, (*api).page},
	{get, "/parcels/:id", anyone, toRead, reading, noBody, light, pageParams, (*api).page},
	{get, "/plots/:id", anyone, toRead, reading, noBody, light, pageParams, (*api).page},
	{get, "/signing", anyone, toRead, reading, noBody, light, pageParams, (*api).page},
	{get, "/table", anyone, toRead, reading, noBody, light, pageParams, (*api).page},
	{get, "/imports", anyone, toRead, reading, noBody, light, pageParams, (*api).page},
	{get, "/welcome", anyone, toRead, reading, noBody, light, pageParams, (*api).page},
	{get, "/accounts", anyone, toRead, reading, noBody, light, pageParams, (*api).page},
	{get, "/audit", anyone, toRead, reading, noBody, light, pageParams, (*api).page},
	{get, "/favicon.svg", anyone, toRead, reading, noBody, light, nil, (*api).asset},
	{get, "/assets/:file", anyone, toRead, reading, noBody, light, nil, (*api).asset},

	{get, "/ogc", public, toRead, reading, noBody, light, ogc.DocumentParams, (*api).landing},
	{get, "/ogc/api", anyone, toRead, reading, noBody, light, ogc.DocumentParams, (*api).openAPI},
	{get, "/ogc/conformance", public, toRead, reading, noBody, light, ogc.DocumentParams, (*api).conformance},
	{get, "/ogc/collections", public, toRead, reading, noBody, light, ogc.DocumentParams, (*api).collections},
	{get, "/ogc/collections/:collection", public, toRead, reading, noBody, light, ogc.DocumentParams, (*api).collection},
	{get, "/ogc/collections/:collection/items", public, toRead, reading, noBody, heavy, ogc.ItemsParams, (*api).items},
	{post, "/ogc/collections/:collection/items", officers, toEdit, writing, mB10, light, []string{"dry_run"}, (*api).createFeature},
	{get, "/ogc/collections/:collection/items/:id", public, toRead, reading, noBody, light, ogc.DocumentParams, (*api).item},
	{put, "/ogc/collections/:collection/items/:id", officers, toEdit, writing, mB10, light, []string{"dry_run"}, (*api).replaceFeature},
	{patch, "/ogc/collections/:collection/items/:id", officers, toEdit, writing, mB10, light, []string{"dry_run"}, (*api).patchFeature},
	{remove, "/ogc/collections/:collection/items/:id", officers, toEdit, writing, noBody, light, ogc.RetirementParams, (*api).retireFeature},

	{get, "/api/v1/session", anyone, toRead, reading, noBody, light, nil, (*api).door},
	{get, oidcStart, anyone, toRead, signingIn, noBody, light, []string{"to"}, (*api).toIssuer},
	{get, oidcCallback, anyone, toRead, signingIn, noBody, light, []string{anyParam}, (*api).fromIssuer},
	{post, "/api/v1/session", anyone, bySession, signingIn, kB64, light, nil, (*api).signIn},
	{remove, "/api/v1/session", anyone, bySession, writing, noBody, light, nil, (*api).signOut},
	{post, "/api/v1/links/use", anyone, bySession, signingIn, kB64, light, nil, (*api).useLink},
	{get, "/api/v1/me", everyone, toRead, reading, noBody, light, nil, (*api).me},
	{put, "/api/v1/me/password", everyone, bySession, signingIn, kB64, light, nil, (*api).changePassword},
	{get, "/api/v1/me/sessions", everyone, bySession, reading, noBody, light, nil, (*api).mySessions},
	{remove, "/api/v1/me/sessions/:id", everyone, bySession, writing, noBody, light, nil, (*api).endMySession},
	{get, "/api/v1/tokens", everyone, bySession, reading, noBody, light, nil, (*api).myTokens},
	{post, "/api/v1/tokens", everyone, bySession, writing, kB64, light, nil, (*api).createToken},
	{remove, "/api/v1/tokens/:id", everyone, bySession, writing, noBody, light, nil, (*api).revokeMyToken},
	{get, "/api/v1/users", sysadmins | secadmins, bySession, reading, noBody, light, nil, (*api).users},
	{post, "/api/v1/users", sysadmins, bySession, writing, kB64, light, nil, (*api).addUser},
	{get, "/api/v1/users/:name", sysadmins | secadmins, bySession, reading, noBody, light, nil, (*api).user},
	{patch, "/api/v1/users/:name", sysadmins | secadmins, bySession, writing, kB64, light, nil, (*api).alterUser},
	{post, "/api/v1/users/:name/link", sysadmins, bySession, writing, noBody, light, nil, (*api).resetUser},
	{get, "/api/v1/users/:name/sessions", sysadmins, bySession, reading, noBody, light, nil, (*api).userSessions},
	{remove, "/api/v1/users/:name/sessions", sysadmins, bySession, writing, noBody, light, nil, (*api).endUserSessions},
	{remove, "/api/v1/users/:name/sessions/:id", sysadmins, bySession, writing, noBody, light, nil, (*api).endUserSession},
	{get, "/api/v1/users/:name/tokens", sysadmins, bySession, reading, noBody, light, nil, (*api).userTokens},
	{remove, "/api/v1/users/:name/tokens", sysadmins, bySession, writing, noBody, light, nil, (*api).revokeUserTokens},
	{remove, "/api/v1/users/:name/tokens/:id", sysadmins, bySession, writing, noBody, light, nil, (*api).revokeUserToken},

	{get, "/api/v1/audit", auditors, toRead, reading, noBody, light, []string{"account", "object", "via", "outcome", "code", "from", "to", "limit", "next"}, (*api).auditTrail},
	{get, "/api/v1/audit/verify", auditors, toRead, bulk, noBody, stream, nil, (*api).verifyTrail},
	{get, "/api/v1/audit/export", auditors, toExport, bulk, noBody, stream, []string{"account", "object", "via", "outcome", "code", "from", "to"}, (*api).exportTrail},

	{get, "/api/v1/round", public, toRead, reading, noBody, light, ogc.ClockParams, (*api).round},
	{patch, "/api/v1/round", officers, toEdit, writing, mB10, light, []string{"dry_run"}, (*api).reviseRound},
	{get, "/api/v1/features/:collection/:id/versions", onMap, toRead, reading, noBody, light, []string{"known"}, (*api).versions},
	{get, "/api/v1/features/:collection/:id/versions/:version", onMap, toRead, reading, noBody, light, []string{"known"}, (*api).oneVersion},
	{get, "/api/v1/search", onMap, toRead, reading, noBody, light, []string{"q", "limit", "at", "known"}, (*api).search},
	{get, "/api/v1/exports/:file", exporters, toExport, bulk, noBody, stream, ogc.ExportParams, (*api).export},
	{post, "/api/v1/imports", officers, toEdit, bulk, mB100, stream, nil, (*api).lookAtFile},
	{get, "/api/v1/imports/:id", officers, toRead, reading, noBody, light, nil, (*api).look},
	{remove, "/api/v1/imports/:id", officers, toEdit, writing, noBody, light, nil, (*api).dropLook},
	{post, "/api/v1/imports/:id/apply", officers, toEdit, bulk, mB10, stream, []string{"dry_run"}, (*api).applyLook},
	{get, "/api/v1/events", onMap, toRead, reading, noBody, open, nil, (*api).events},

	{get, "/api/v1/progress", public, toRead, reading, noBody, light, []string{"at", "known", "use_class"}, (*api).progress},
	{get, "/api/v1/progress/series", onMap, toRead, reading, noBody, light, []string{"at", "known", "from", "to", "step", "parcel"}, (*api).series},
	{post, "/api/v1/progress/selection", onMap, toRead, reading, mB10, light, nil, (*api).selection},
	{post, "/api/v1/progress/what-if", keepers, toRead, reading, kB64, light, nil, (*api).whatIf},
	{get, "/api/v1/blocks", onMap, toRead, reading, noBody, light, []string{"at", "known", "min_ha", "parcel"}, (*api).blocks},
	{get, "/api/v1/keystones", keepers, toRead, reading, noBody, light, []string{"at", "known", "parcel", "limit"}, (*api).keystones},
	{get, "/api/v1/facts", keepers, toRead, reading, noBody, light, listParams("subject", "parcel", "kind", "from", "to", "voided"), (*api).facts},
	{post, "/api/v1/facts", recorders, toEdit, writing, mB10, heavy, []string{"dry_run"}, (*api).recordFacts},
	{post, "/api/v1/facts/:id/void", recorders, toEdit, writing, mB10, light, []string{"dry_run"}, (*api).voidFact},
	{get, "/api/v1/holdings", keepers, toRead, reading, noBody, light, listParams("parcel", "plot", "command_post", "stage", "signed", "class", "q"), (*api).holdings},
	{post, "/api/v1/holdings", recorders, toEdit, writing, mB10, light, []string{"dry_run"}, (*api).enterHolding},
	{get, "/api/v1/holdings/:id", keepers, toRead, reading, noBody, light, ogc.ClockParams, (*api).holding},
	{patch, "/api/v1/holdings/:id", recorders, toEdit, writing, mB10, light, []string{"dry_run"}, (*api).reviseHolding},
	{get, "/api/v1/buildings", keepers, toRead, reading, noBody, light, listParams("parcel", "plot", "holding", "stage"), (*api).buildings},
	{post, "/api/v1/buildings", recorders, toEdit, writing, mB10, light, []string{"dry_run"}, (*api).enterBuilding},
	{get, "/api/v1/buildings/:id", keepers, toRead, reading, noBody, light, ogc.ClockParams, (*api).building},
	{patch, "/api/v1/buildings/:id", recorders, toEdit, writing, mB10, light, []string{"dry_run"}, (*api).reviseBuilding},
	{get, "/api/v1/contracts", keepers, toRead, reading, noBody, light, listParams("parcel", "plot", "holding", "kind", "status", "q"), (*api).contracts},
	{post, "/api/v1/contracts", recorders, toEdit, writing, mB10, light, []string{"dry_run"}, (*api).enterContract},
	{get, "/api/v1/contracts/:id", keepers, toRead, reading, noBody, light, ogc.ClockParams, (*api).contract},
	{patch, "/api/v1/contracts/:id", recorders, toEdit, writing, mB10, light, []string{"dry_run"}, (*api).reviseContract},
	{get, "/api/v1/parties", keepers, toRead, reading, noBody, light, listParams("parcel", "q"), (*api).parties},
	{post, "/api/v1/parties", recorders, toEdit, writing, mB10, light, []string{"dry_run"}, (*api).enterParty},
	{get, "/api/v1/parties/:id", keepers, toRead, reading, noBody, light, ogc.ClockParams, (*api).party},
	{patch, "/api/v1/parties/:id", recorders, toEdit, writing, mB10, light, []string{"dry_run"}, (*api).reviseParty},
	{post, "/api/v1/parties/find", recorders, bySession, revealing, kB64, light, nil, (*api).findParties},
	{post, "/api/v1/parties/:id/unmask", recorders, bySession, revealing, kB64, light, nil, (*api).unmaskParty},
	{get, "/api/v1/command-posts", onMap | secadmins, toRead, reading, noBody, light, listParams(), (*api).commandPosts},
	{post, "/api/v1/command-posts", officers, toEdit, writing, mB10, light, []string{"dry_run"}, (*api).enterCommandPost},
	{get, "/api/v1/command-posts/:id", onMap, toRead, reading, noBody, light, ogc.ClockParams, (*api).commandPost},
	{patch, "/api/v1/command-posts/:id", officers, toEdit, writing, mB10, light, []string{"dry_run"}, (*api).reviseCommandPost},

	{get, "/tiles.json", onMap, toRead, reading, noBody, light, nil, (*api).tileJSON},
	{get, "/tiles/:z/:x/:y", onMap, toRead, reading, noBody, light, ogc.ClockParams, (*api).tile},

	{get, "/docs", anyone, toRead, reading, noBody, light, nil, (*api).docs},
	{get, "/docs/style.css", anyone, toRead, reading, noBody, light, nil, (*api).docsStyle},
	{get, "/docs/access", anyone, toRead, reading, noBody, light, nil, (*api).accessDocs},
	{get, "/docs/facts", anyone, toRead, reading, noBody, light, nil, (*api).factsDocs},
	{get, "/docs/facts/schema.json", anyone, toRead, reading, noBody, light, nil, (*api).factsSchema},
	{get, "/docs/problems", anyone, toRead, reading, noBody, light, nil, (*api).problemsDocs},
	{get, "/docs/problems/:code", anyone, toRead, reading, noBody, light, nil, (*api).problemDocs},
	{get, "/healthz", anyone, toRead, reading, noBody, light, nil, (*api).healthz},
	{get, "/readyz", anyone, toRead, reading, noBody, light, nil, (*api).readyz},
	{get, "/metrics", machine | sysadmins, toRead, reading, noBody, light, nil, (*api).metrics},
}

// listParams are the parameters of a list of register or ledger: its own filters, and what every list takes.
func listParams(filters ...string) []string {
	return append(filters, "at", "known", "limit", "next")
}

// anyParam lets a route take whatever stands in its query.
const anyParam = "*"

// pageParams belong to the page, which reads at and known itself; what a messenger appends to a shared link is no fault of its reader.
var pageParams = []string{"at", "known", anyParam}
