package ogc

import (
	"net/url"

	"zhengbei/internal/fault"
	"zhengbei/internal/land"
	"zhengbei/internal/store"
)

// The media types of answers.
const (
	TypeJSON    = "application/json"
	TypeGeoJSON = "application/geo+json"
	TypeOpenAPI = "application/vnd.oai.openapi+json;version=3.1"
	TypeHTML    = "text/html"
	TypeMVT     = "application/vnd.mapbox-vector-tile"
)

// crs84 is the only reference system that items are answered in: CGCS2000 and WGS 84 agree to centimetres.
const crs84 = "http://www.opengis.net/def/crs/OGC/1.3/CRS84"

// conformance lists what is kept, no more.
var conformance = []string{
	"http://www.opengis.net/spec/ogcapi-features-1/1.0/conf/core",
	"http://www.opengis.net/spec/ogcapi-features-1/1.0/conf/oas30",
	"http://www.opengis.net/spec/ogcapi-features-1/1.0/conf/geojson",
	"http://www.opengis.net/spec/ogcapi-features-4/1.0/conf/create-replace-delete",
	"http://www.opengis.net/spec/ogcapi-features-4/1.0/conf/update",
	"http://www.opengis.net/spec/ogcapi-features-4/1.0/conf/optimistic-locking-etags",
	"http://www.opengis.net/spec/ogcapi-features-4/1.0/conf/features",
}

// Documents makes the documents of the standard for one reader.
type Documents struct {
	Base     string // the public address, without a slash at its end
	Language fault.Language
	Clock    url.Values // the day and the instant asked for, which the links to items hand on
}

func (d Documents) say(zh, en string) string {
	if d.Language == fault.English {
		return en
	}
	return zh
}

// Landing is the landing page.
type Landing struct {
	Title       string `json:"title"`
	Description string `json:"description"`
	Links       []Link `json:"links"`
}

// Landing leads to everything else.
func (d Documents) Landing() Landing {
	return Landing{
		Title:       d.say("整备：龙华区土地整备", "zhengbei: land consolidation of Longhua District"),
		Description: d.say("重点片区、产业整备片区、地块及其沿革。轮廓在测量成果导入前为示意，非法定界线。", "Key zones, consolidation parcels, plots and their history. Until surveyed boundaries are imported the outlines are approximate, not legal boundaries."),
		Links: []Link{
			{"self", withQuery(d.Base+"/ogc", d.Clock), TypeJSON, d.say("本页", "This document")},
			{"service-desc", d.Base + "/ogc/api", TypeOpenAPI, "OpenAPI"},
			{"service-doc", d.Base + "/docs", TypeHTML, d.say("接口说明", "Documentation")},
			{"conformance", d.Base + "/ogc/conformance", TypeJSON, d.say("符合性", "Conformance")},
			{"data", withQuery(d.Base+"/ogc/collections", d.Clock), TypeJSON, d.say("图层", "Collections")},
			{"tiles", d.Base + "/tiles.json", TypeJSON, d.say("矢量瓦片", "Vector tiles")},
		},
	}
}

// Conformance is the conformance document.
type Conformance struct {
	ConformsTo []string `json:"conformsTo"`
}

// Conformance lists the conformance classes that are kept.
func (d Documents) Conformance() Conformance { return Conformance{conformance} }

// Collection describes one collection.
type Collection struct {
	ID          string   `json:"id"`
	Title       string   `json:"title"`
	Description string   `json:"description"`
	ItemType    string   `json:"itemType"`
	CRS         []string `json:"crs"`
	Extent      *Extent  `json:"extent,omitempty"`
	Links       []Link   `json:"links"`
}

// Extent is where and since when a collection has something.
type Extent struct {
	Spatial struct {
		BBox []land.Box `json:"bbox"`
		CRS  string     `json:"crs"`
	} `json:"spatial"`
	Temporal struct {
		Interval [][2]*string `json:"interval"`
	} `json:"temporal"`
}

// Collections is the list of collections.
type Collections struct {
	Links       []Link       `json:"links"`
	Collections []Collection `json:"collections"`
}

// Collections lists the collections; extent nil means that nothing is on the map yet.
func (d Documents) Collections(among []land.Collection, extent *land.Box, since *land.Day) Collections {
	all := Collections{Links: []Link{{"self", withQuery(d.Base+"/ogc/collections", d.Clock), TypeJSON, ""}}}
	for _, c := range among {
		all.Collections = append(all.Collections, d.Collection(c, extent, since))
	}
	return all
}

// Collection describes one collection.
func (d Documents) Collection(c land.Collection, extent *land.Box, since *land.Day) Collection {
	at := d.Base + "/ogc/collections/" + string(c)
	out := Collection{
		ID: string(c), Title: catalogue[c].title[d.Language], Description: catalogue[c].text[d.Language],
		ItemType: "feature", CRS: []string{crs84},
		Links: []Link{
			{"self", withQuery(at, d.Clock), TypeJSON, ""},
			{"items", withQuery(at+"/items", d.Clock), TypeGeoJSON, d.say("要素", "Items")},
			{"enclosure", withQuery(d.Base+"/api/v1/exports/"+string(c)+".geojson", d.Clock), TypeGeoJSON, d.say("下载", "Download")},
		},
	}
	if extent != nil {
		out.Extent = &Extent{}
		out.Extent.Spatial.BBox, out.Extent.Spatial.CRS = []land.Box{*extent}, crs84
		out.Extent.Temporal.Interval = [][2]*string{{nil, nil}}
		if since != nil && c != land.Context {
			from := since.String() + "T00:00:00+08:00"
			out.Extent.Temporal.Interval[0][0] = &from
		}
	}
	return out
}

// ItemsLinks are the links of a page of items; last is the code that it ended with, empty where no page follows.
func (d Documents) ItemsLinks(page store.Page, asked url.Values, last string) []Link {
	at := d.Base + "/ogc/collections/" + string(page.Collection)
	links := []Link{{"self", withQuery(at+"/items", asked), TypeGeoJSON, ""}, {"collection", at, TypeJSON, ""}}
	if last == "" {
		return links
	}
	q := url.Values{}
	for name, values := range asked {
		q[name] = values
	}
	if !q.Has("datetime") {
		q.Set("at", page.Clock.Days.To.String()) // the next page is of the same day, though midnight passes
	}
	q.Set("next", writeToken(page, last))
	return append(links, Link{"next", withQuery(at+"/items", q), TypeGeoJSON, d.say("下一页", "Next page")})
}

// ItemLinks are the links of a single item.
func (d Documents) ItemLinks(c land.Collection, code string) []Link {
	at := d.Base + "/ogc/collections/" + string(c)
	links := []Link{{"self", at + "/items/" + code, TypeGeoJSON, ""}, {"collection", at, TypeJSON, ""}}
	if c == land.Released {
		return links // what is derived has no versions of its own
	}
	return append(links, Link{"version-history", d.VersionsURL(c, code), TypeJSON, d.say("沿革", "History")})
}

// VersionsURL is where the history of a feature is.
func (d Documents) VersionsURL(c land.Collection, code string) string {
	return d.Base + "/api/v1/features/" + string(c) + "/" + code + "/versions"
}

func withQuery(at string, q url.Values) string {
	if len(q) == 0 {
		return at
	}
	return at + "?" + q.Encode()
}
