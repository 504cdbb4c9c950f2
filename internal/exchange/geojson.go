package exchange

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"iter"
	"strconv"
	"unicode/utf8"

	"zhengbei/internal/fault"
	"zhengbei/internal/geometry"
	"zhengbei/internal/land"
)

// geoJSON reads a FeatureCollection, a Feature, or Features one after the other (RFC 7946, RFC 8142, one a line).
type geoJSON struct {
	in     *source
	as     Reading
	says   land.FileSays
	place  int32
	held   []member // of the feature that is read
	second []member // of its properties
}

// systems are the names under which files say that they are in longitude and latitude.
// CGCS2000 and WGS 84 agree to centimetres and are treated alike.
var systems = map[string]bool{
	"urn:ogc:def:crs:OGC:1.3:CRS84": true, "urn:ogc:def:crs:OGC::CRS84": true, "OGC:CRS84": true, "CRS84": true,
	"urn:ogc:def:crs:EPSG::4326": true, "EPSG:4326": true, "urn:ogc:def:crs:EPSG::4490": true, "EPSG:4490": true,
}

func readGeoJSON(r io.Reader, as Reading) (Reader, error) {
	var faults []*fault.Error
	if as.CRS != "" && !systems[as.CRS] {
		faults = append(faults, fault.New(fault.Unsupported, "file.crs", "value", as.CRS).In("/crs"))
	}
	if as.Encoding != "" && as.Encoding != "UTF-8" && as.Encoding != "utf-8" {
		faults = append(faults, fault.New(fault.Unsupported, "file.encoding", "value", as.Encoding).In("/encoding"))
	}
	if as.Layer != "" {
		faults = append(faults, fault.New(fault.Unsupported, "file.no_layers", "value", as.Layer).In("/layer"))
	}
	g := &geoJSON{in: newSource(r), as: as, says: land.FileSays{
		Format: "geojson", Encoding: "UTF-8", CRS: "OGC:CRS84",
		Why: fault.Words{Zh: "GeoJSON 规定（RFC 7946）", En: "GeoJSON says so (RFC 7946)"},
	}}
	g.as.Rules.Context = as.Collection == land.Context
	return g, fault.All(faults)
}

func (g *geoJSON) Says() land.FileSays { return g.says }

// errEnough ends the reading where nobody asks for more.
var errEnough = errors.New("enough")

func (g *geoJSON) Features() iter.Seq2[land.Incoming, error] {
	return func(yield func(land.Incoming, error) bool) {
		err := g.texts(func(in land.Incoming) error {
			if !yield(in, nil) {
				return errEnough
			}
			return nil
		})
		if errors.Is(err, io.ErrUnexpectedEOF) {
			err = fault.New(fault.Malformed, "file.cut_off", "byte", g.in.at)
		}
		if err != nil && !errors.Is(err, errEnough) {
			yield(land.Incoming{}, err)
		}
	}
}

// texts reads one object after the other until the file ends; a record may begin with RS, the file with a mark of its byte order.
func (g *geoJSON) texts(yield func(land.Incoming) error) error {
	if mark, err := g.in.r.Peek(3); err == nil && string(mark) == "\xef\xbb\xbf" {
		_, _ = g.in.r.Discard(3)
		g.in.at += 3
	}
	for n := 0; ; n++ {
		b, err := g.in.next()
		for err == nil && b == 0x1e {
			_, _ = g.in.read()
			b, err = g.in.next()
		}
		if errors.Is(err, io.EOF) && n > 0 {
			return nil
		}
		if errors.Is(err, io.EOF) || err == nil && b != '{' {
			return fault.New(fault.Malformed, "file.not_geojson", "why", notObject)
		}
		if err != nil {
			return err
		}
		if err := g.object(yield); err != nil {
			return err
		}
	}
}

var (
	notObject  = fault.Words{Zh: "开头不是 JSON 对象", En: "it does not begin with a JSON object"}
	noFeatures = fault.Words{Zh: "没有 features 数组", En: "there is no array of features"}
)

// object reads a collection, handing on its features as they come, or a single feature.
func (g *geoJSON) object(yield func(land.Incoming) error) error {
	if err := g.in.take('{'); err != nil {
		return err
	}
	kept := map[string][]byte{}
	listed := false
	for first := true; ; first = false {
		b, err := g.in.next()
		if err != nil {
			return ended(err)
		}
		if b == '}' {
			_, _ = g.in.read()
			return g.ends(kept, listed, yield)
		}
		if !first {
			if err := g.in.take(','); err != nil {
				return err
			}
		}
		raw, err := g.in.value()
		if err != nil {
			return err
		}
		name, ok := textOf(raw)
		if !ok {
			return g.in.broken()
		}
		if err := g.in.take(':'); err != nil {
			return err
		}
		if _, twice := kept[name]; twice || name == "features" && listed {
			return fault.New(fault.Malformed, "body.twice", "value", name).In("/" + name)
		}
		if name == "features" {
			if listed, err = true, g.list(yield); err != nil {
				return err
			}
			continue
		}
		if raw, err = g.in.value(); err != nil {
			return err
		}
		switch name {
		case "crs":
			if err := g.system(raw); err != nil {
				return err
			}
			kept[name] = nil
		case "type", "geometry", "properties", "id":
			kept[name] = append([]byte(nil), raw...)
		}
	}
}

// ended: the text ends where more of it should come.
func ended(err error) error {
	if errors.Is(err, io.EOF) {
		return io.ErrUnexpectedEOF
	}
	return err
}

// system reads the crs member, which RFC 7946 took out and GDAL still writes.
func (g *geoJSON) system(raw []byte) error {
	var crs *struct {
		Properties struct {
			Name string `json:"name"`
		} `json:"properties"`
	}
	if json.Unmarshal(raw, &crs) != nil {
		return fault.New(fault.Unsupported, "file.crs", "value", string(raw)).In("/crs")
	}
	if crs == nil {
		return nil
	}
	if !systems[crs.Properties.Name] {
		return fault.New(fault.Unsupported, "file.crs", "value", crs.Properties.Name).In("/crs")
	}
	g.says.Why = fault.Words{Zh: "文件的 crs 成员", En: "the file's member crs"}
	return nil
}

// list reads an array of features.
func (g *geoJSON) list(yield func(land.Incoming) error) error {
	if b, err := g.in.next(); err != nil || b != '[' {
		if err != nil {
			return ended(err)
		}
		return fault.New(fault.Malformed, "file.not_geojson", "why", noFeatures).In("/features")
	}
	_, _ = g.in.read()
	for first := true; ; first = false {
		b, err := g.in.next()
		if err != nil {
			return ended(err)
		}
		if b == ']' {
			_, _ = g.in.read()
			return nil
		}
		if !first {
			if err := g.in.take(','); err != nil {
				return err
			}
		}
		raw, err := g.in.value()
		if err != nil {
			return err
		}
		in := g.begin()
		var ok bool
		if g.held, ok = members(raw, g.held[:0]); !ok {
			in.fail(fault.New(fault.Invalid, "file.not_feature", "value", string(raw[:min(len(raw), 40)])), "")
		} else {
			g.feature(&in, g.held)
		}
		if err := yield(in.Incoming); err != nil {
			return err
		}
	}
}

// ends says what the object was: a collection, whose features have been handed on, or a feature.
func (g *geoJSON) ends(kept map[string][]byte, listed bool, yield func(land.Incoming) error) error {
	kind, _ := textOf(kept["type"])
	if kind == "FeatureCollection" && listed {
		return nil
	}
	if kind == "FeatureCollection" {
		return fault.New(fault.Malformed, "file.not_geojson", "why", noFeatures)
	}
	if kind != "Feature" || listed {
		return fault.New(fault.Malformed, "file.not_geojson", "why", fmt.Sprintf("type %q", kind)).In("/type")
	}
	in := g.begin()
	in.at = ""
	g.held = g.held[:0]
	for _, name := range []string{"type", "geometry", "properties", "id"} {
		if raw, there := kept[name]; there {
			g.held = append(g.held, member{name, raw})
		}
	}
	g.feature(&in, g.held)
	return yield(in.Incoming)
}

// incoming is a feature that is being read, and where it stands.
type incoming struct {
	land.Incoming
	at string
}

func (in *incoming) fail(f *fault.Error, pointer string) {
	in.Faults = append(in.Faults, f.In(in.at+pointer))
}

func (g *geoJSON) begin() incoming {
	in := incoming{at: "/features/" + strconv.Itoa(int(g.place))}
	g.place++
	in.Place, in.Collection = g.place, g.as.Collection
	return in
}

// feature reads the members of a feature; every fault in it is noted.
func (g *geoJSON) feature(in *incoming, all []member) {
	var shape, properties, id []byte
	for i, m := range all {
		if twice(all[:i], m.name) {
			in.fail(fault.New(fault.Malformed, "body.twice", "value", m.name), "/"+m.name)
		}
		switch m.name {
		case "type":
			if kind, _ := textOf(m.value); kind != "Feature" {
				in.fail(fault.New(fault.Invalid, "file.not_feature", "value", string(m.value[:min(len(m.value), 40)])), "/type")
			}
		case "geometry":
			shape = m.value
		case "properties":
			properties = m.value
		case "id":
			id = m.value
		case "bbox", "links":
		default:
			in.fail(fault.New(fault.Invalid, "file.member", "value", m.name), "/"+m.name)
		}
	}
	if code, ok := textOf(id); ok { // a number is a counter of the program that wrote the file, not a code
		in.Code = code
		if !keepable(id) {
			in.fail(fault.New(fault.Malformed, "request.not_text"), "/id")
		}
	}
	var ok bool
	if g.second, ok = members(properties, g.second[:0]); ok {
		for i, m := range g.second {
			if twice(g.second[:i], m.name) {
				in.fail(fault.New(fault.Malformed, "body.twice", "value", m.name), "/properties/"+m.name)
			}
			in.property(m)
		}
	} else if properties != nil && string(properties) != "null" {
		in.fail(fault.New(fault.Invalid, "file.not_object", "value", "properties"), "/properties")
	}
	if in.Geometry, in.Decimals, ok = plain(shape, g.as.Rules.Extent); ok {
		return
	}
	in.Decimals = decimals(shape)
	var err error
	in.Geometry, err = geometry.Parse(shape, in.at+"/geometry", g.as.Rules)
	if e, bad := fault.As(err); bad {
		in.Faults = append(in.Faults, e.Each()...)
	}
}

func twice(before []member, name string) bool {
	for _, m := range before {
		if m.name == name {
			return true
		}
	}
	return false
}

// derived are the properties of our own exports that follow from others: they are read over.
var derived = map[string]bool{
	"fid": true, "zone": true, "stage": true, "stage_since": true, "area_m2": true, "area_plane_m2": true, "valid_from": true, "valid_to": true,
	"updated_at": true, "updated_by": true, "change": true, "reason": true, "document_no": true, "demo": true, "links": true,
}

// property reads one property; one that is not known is a fault and is not dropped in silence.
func (in *incoming) property(m member) {
	null := string(m.value) == "null"
	optional := func(bit land.Given, into **string) {
		in.Given |= bit
		if !null {
			text := in.text(m)
			*into = &text
		}
	}
	needed := func(bit land.Given, into *string) {
		if !null && (bit != land.GivenSourceEn || string(m.value) != `""`) { // an empty source in English is none
			in.Given |= bit
			*into = in.text(m)
		}
	}
	switch m.name {
	case "code", "id":
		if null {
			return
		}
		if m.name == "id" && m.value[0] != '"' {
			return
		}
		if code := in.text(m); in.Code != "" && in.Code != code {
			in.fail(fault.New(fault.Invalid, "file.two_codes", "one", in.Code, "other", code), "/properties/"+m.name)
		} else {
			in.Code = code
		}
	case "version":
		if null {
			return
		}
		n, err := strconv.ParseInt(string(m.value), 10, 32)
		if err != nil || n < 1 {
			in.fail(fault.New(fault.Invalid, "file.version", "value", string(m.value)), "/properties/version")
		}
		base := int32(n)
		in.Base = &base
	case "kind":
		needed(0, &in.Kind)
	case "name":
		optional(land.GivenName, &in.Name)
	case "name_en":
		optional(land.GivenNameEn, &in.NameEn)
	case "name_status":
		optional(land.GivenNameStatus, &in.NameStatus)
	case "subdistrict":
		optional(land.GivenSubdistrict, &in.Subdistrict)
	case "subdistrict_en":
		optional(land.GivenSubdistrictEn, &in.SubdistrictEn)
	case "locality":
		optional(land.GivenLocality, &in.Locality)
	case "locality_en":
		optional(land.GivenLocalityEn, &in.LocalityEn)
	case "parcel":
		optional(land.GivenParcel, &in.Parcel)
	case "disposition":
		optional(land.GivenDisposition, &in.Disposition)
	case "use_class":
		optional(land.GivenUseClass, &in.UseClass)
	case "accuracy":
		needed(land.GivenAccuracy, &in.Accuracy)
	case "source":
		needed(land.GivenSource, &in.Source)
	case "source_en":
		needed(land.GivenSourceEn, &in.SourceEn)
	case "area_official_m2":
		in.Given |= land.GivenAreaOfficial
		if null {
			return
		}
		area := json.Number(m.value)
		if !land.IsArea(area) {
			in.fail(fault.New(fault.Invalid, "file.area", "value", string(m.value)), "/properties/area_official_m2")
		}
		in.AreaOfficialM2 = &area
	case "published":
		if null {
			return
		}
		in.Given |= land.GivenPublished
		if m.value[0] != '{' {
			in.fail(fault.New(fault.Invalid, "file.not_object", "value", "published"), "/properties/published")
		} else if !keepable(m.value) {
			in.fail(fault.New(fault.Malformed, "request.not_text"), "/properties/published")
		}
		in.Published = append(json.RawMessage(nil), m.value...)
	default:
		if !derived[m.name] {
			in.fail(fault.New(fault.Invalid, "file.property", "value", m.name), "/properties/"+m.name)
		}
	}
}

// longestText bounds a property: a source is some sentences.
const longestText = 4000

func (in *incoming) text(m member) string {
	text, ok := textOf(m.value)
	switch {
	case !ok:
		in.fail(fault.New(fault.Invalid, "file.not_text", "name", m.name, "value", string(m.value[:min(len(m.value), 40)])), "/properties/"+m.name)
	case !keepable(m.value):
		in.fail(fault.New(fault.Malformed, "request.not_text"), "/properties/"+m.name)
	case utf8.RuneCountInString(text) > longestText:
		in.fail(fault.New(fault.Invalid, "file.text_too_long", "name", m.name, "max", longestText), "/properties/"+m.name)
	}
	return text
}
