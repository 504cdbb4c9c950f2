package ogc

import (
	"bytes"
	"encoding/json"
	"maps"
	"slices"
	"strings"
	"unicode/utf8"

	"zhengbei/internal/fault"
	"zhengbei/internal/land"
)

// Sent is a feature as a client sends it, parsed; its geometry is yet to be.
type Sent struct {
	Draft      land.Draft
	Geometry   json.RawMessage // nil: not spoken of
	Version    *int32          // that it is based on
	Reason     string
	ValidFrom  *land.Day
	DocumentNo *string
}

// The members of a feature and its properties: those that a client writes, and those that follow from others.
var (
	members  = []string{"type", "id", "geometry", "properties", "links", "bbox", "noded", "geometry_hash", "warnings"}
	writable = []string{
		"name", "name_en", "name_status", "subdistrict", "subdistrict_en", "locality", "locality_en", "parcel", "disposition", "use_class",
		"accuracy", "source", "source_en", "area_official_m2", "published", "reason", "document_no", "valid_from", "version",
	}
	derived = []string{"code", "fid", "kind", "zone", "stage", "stage_since", "area_m2", "area_plane_m2", "valid_to", "updated_at", "updated_by", "demo"}
	// own is what a change says of itself, and not of the thing: it is never taken over from the version before.
	own = []string{"reason", "document_no", "valid_from", "version"}
)

// ReadNew reads a feature that is to be drawn.
func ReadNew(collection land.Collection, raw []byte) (Sent, error) {
	return read(collection, raw, nil, false)
}

// ReadWhole reads a feature that takes the place of the one that stands (PUT). What follows from other things is the service's own:
// it may come back as it was read. So may valid_from, which then means nothing: a change holds from today unless another day is named.
func ReadWhole(raw []byte, stands land.Feature) (Sent, error) {
	return read(stands.Collection, raw, &stands, false)
}

// ReadPatch reads what changes of the feature that stands (RFC 7396); what follows from other things cannot.
func ReadPatch(raw []byte, stands land.Feature) (Sent, error) {
	return read(stands.Collection, raw, &stands, true)
}

// urnCRS84 is crs84 as files name it, the reference system of every feature that is sent; longestShown bounds how much is shown of what names another.
const (
	urnCRS84     = "urn:ogc:def:crs:OGC:1.3:CRS84"
	longestShown = 80
)

type reader struct {
	faults []*fault.Error
	given  map[string]json.RawMessage
}

func (r *reader) fail(e *fault.Error, pointer string) { r.faults = append(r.faults, e.In(pointer)) }

func read(collection land.Collection, raw []byte, stands *land.Feature, patch bool) (Sent, error) {
	r := &reader{}
	var feature map[string]json.RawMessage
	if json.Unmarshal(raw, &feature) != nil || feature == nil {
		return Sent{}, fault.New(fault.Malformed, "body.malformed", "why", fault.Words{Zh: "不是对象", En: "no object"})
	}
	for _, name := range slices.Sorted(maps.Keys(feature)) {
		if name == "crs" && !bytes.Contains(feature[name], []byte(urnCRS84)) {
			r.fail(fault.New(fault.Invalid, "geometry.crs", "value", string(feature[name][:min(len(feature[name]), longestShown)]), "only", urnCRS84), "/crs")
		} else if name != "crs" && !slices.Contains(members, name) {
			r.fail(fault.New(fault.Malformed, "body.unknown_member", "value", name), "/"+name)
		}
	}
	if kind, there := feature["type"]; (there || !patch) && string(kind) != `"Feature"` {
		r.fail(fault.New(fault.Malformed, "body.not_feature"), "/type")
	}
	if p := feature["properties"]; len(p) > 0 && json.Unmarshal(p, &r.given) != nil {
		r.fail(fault.New(fault.Malformed, "body.malformed", "why", fault.Words{Zh: "properties 不是对象", En: "properties is no object"}), "/properties")
	}
	sent := Sent{Geometry: feature["geometry"]}
	if bytes.Equal(sent.Geometry, []byte("null")) {
		sent.Geometry = nil
	}
	if sent.Geometry == nil && (!patch || feature["geometry"] != nil) {
		r.fail(fault.New(fault.Invalid, "property.missing", "name", "geometry"), "/geometry")
	}
	r.known()
	if stands == nil {
		r.code(feature["id"], &sent.Draft)
	} else {
		r.unmoved(feature["id"], *stands, patch)
		sent.Draft.Code = stands.Code
		if patch {
			r.over(*stands)
		}
	}
	sent.Draft.Collection, sent.Draft.Kind = collection, strings.TrimSuffix(string(collection), "s")
	r.attributes(&sent.Draft)
	r.change(&sent, stands, patch)
	r.faults = append(r.faults, sent.Draft.Faults("/properties")...)
	slices.SortStableFunc(r.faults, func(a, b *fault.Error) int { return int(a.Kind) - int(b.Kind) }) // what cannot be read comes before what is not lawful
	return sent, fault.All(r.faults)
}

func (r *reader) known() {
	for _, name := range slices.Sorted(maps.Keys(r.given)) {
		if !slices.Contains(writable, name) && !slices.Contains(derived, name) {
			r.fail(fault.New(fault.Malformed, "property.unknown", "name", name, "known", strings.Join(writable, ", ")), "/properties/"+name)
		}
	}
}

// code reads the code that somebody gives a new feature, as its id or its code.
func (r *reader) code(id json.RawMessage, d *land.Draft) {
	code, named := r.text("code", r.given["code"]), r.text("id", id)
	switch {
	case code != nil && named != nil && *code != *named:
		r.fail(fault.New(fault.Invalid, "property.read_only", "name", "code", "value", *named), "/properties/code")
	case code != nil:
		d.Code = *code
	case named != nil:
		d.Code = *named
	}
}

// unmoved refuses another value of what follows from other things. Of a whole feature only those are compared that no other change moves.
func (r *reader) unmoved(id json.RawMessage, stands land.Feature, patch bool) {
	present := properties(stands)
	if !isNull(id) && !land.SameJSON(id, present["code"]) {
		r.fail(fault.New(fault.Invalid, "property.read_only", "name", "id", "value", stands.Code), "/id")
	}
	names := derived
	if !patch {
		names = []string{"code", "fid", "kind"}
		if v := r.given["version"]; v != nil && land.SameJSON(v, present["version"]) {
			names = append(names, "area_m2", "area_plane_m2")
		}
	}
	for _, name := range names {
		if value, there := r.given[name]; there && !land.SameJSON(value, present[name]) && (patch || !isNull(value)) {
			r.fail(fault.New(fault.Invalid, "property.read_only", "name", name, "value", string(present[name])), "/properties/"+name)
		}
	}
}

// over lays what is given over what stands.
func (r *reader) over(stands land.Feature) {
	whole := properties(stands)
	for _, name := range own {
		delete(whole, name)
	}
	if patch, there := r.given["published"]; there && !isNull(patch) {
		r.given["published"] = merge(whole["published"], patch)
	}
	maps.Copy(whole, r.given)
	r.given = whole
}

// merge lays a patch over a JSON value (RFC 7396): objects member by member, null takes away, anything else takes the place.
func merge(stands, patch json.RawMessage) json.RawMessage {
	var whole, given map[string]json.RawMessage
	if json.Unmarshal(patch, &given) != nil || given == nil {
		return patch
	}
	if json.Unmarshal(stands, &whole) != nil || whole == nil {
		whole = map[string]json.RawMessage{}
	}
	for name, value := range given {
		if isNull(value) {
			delete(whole, name)
			continue
		}
		whole[name] = merge(whole[name], value)
	}
	merged, err := json.Marshal(whole)
	if err != nil {
		return patch
	}
	return merged
}

func properties(f land.Feature) map[string]json.RawMessage {
	raw, _ := json.Marshal(NewItem(f).Properties) // of strings and numbers
	all := map[string]json.RawMessage{}
	_ = json.Unmarshal(raw, &all)
	return all
}

func (r *reader) attributes(d *land.Draft) {
	for name, into := range map[string]**string{
		"name": &d.Name, "name_en": &d.NameEn, "name_status": &d.NameStatus, "subdistrict": &d.Subdistrict, "subdistrict_en": &d.SubdistrictEn,
		"locality": &d.Locality, "locality_en": &d.LocalityEn, "parcel": &d.Parcel, "disposition": &d.Disposition, "use_class": &d.UseClass,
	} {
		*into = r.text(name, r.given[name])
	}
	for name, into := range map[string]*string{"accuracy": &d.Accuracy, "source": &d.Source, "source_en": &d.SourceEn} {
		if value := r.text(name, r.given[name]); value != nil {
			*into = *value
		}
	}
	if d.SourceEn == "" {
		d.SourceEn = d.Source // a source in one language is better than none
	}
	if raw := r.given["area_official_m2"]; !isNull(raw) {
		number := json.Number(strings.Trim(string(raw), `"`))
		d.AreaOfficialM2 = &number
	}
	published, wrong := land.Published(r.given["published"], "/properties/published")
	if wrong != nil {
		r.faults = append(r.faults, wrong)
	}
	d.Published = published
}

// change reads what a change says of itself.
func (r *reader) change(sent *Sent, stands *land.Feature, patch bool) {
	if raw := r.given["version"]; !isNull(raw) {
		var version int32
		if json.Unmarshal(raw, &version) != nil || version < 1 {
			r.fail(fault.New(fault.Malformed, "property.version", "value", string(raw)), "/properties/version")
		}
		sent.Version = &version
	}
	reason := r.text("reason", r.given["reason"])
	switch {
	case reason == nil || strings.TrimSpace(*reason) == "":
		r.fail(fault.New(fault.Invalid, "change.no_reason"), "/properties/reason")
	case utf8.RuneCountInString(*reason) > land.LongestReason:
		r.fail(fault.New(fault.Invalid, "property.too_long", "name", "reason", "max", land.LongestReason), "/properties/reason")
	default:
		sent.Reason = strings.TrimSpace(*reason)
	}
	if sent.DocumentNo = r.text("document_no", r.given["document_no"]); sent.DocumentNo != nil && utf8.RuneCountInString(*sent.DocumentNo) > land.LongestDocument {
		r.fail(fault.New(fault.Invalid, "property.too_long", "name", "document_no", "max", land.LongestDocument), "/properties/document_no")
	}
	if day := r.text("valid_from", r.given["valid_from"]); day != nil {
		from, err := land.ParseDay("/properties/valid_from", *day)
		if e, bad := fault.As(err); bad {
			r.faults = append(r.faults, e)
			return
		}
		asRead := stands != nil && !patch && stands.ValidFrom != nil && from == *stands.ValidFrom
		if !asRead {
			sent.ValidFrom = &from
		}
	}
}

func (r *reader) text(name string, raw json.RawMessage) *string {
	if isNull(raw) {
		return nil
	}
	var s string
	if json.Unmarshal(raw, &s) != nil {
		r.fail(fault.New(fault.Malformed, "property.text", "name", name), "/properties/"+name)
		return nil
	}
	if strings.ContainsRune(s, 0) {
		r.fail(fault.New(fault.Invalid, "property.not_text", "name", name), "/properties/"+name)
		return nil
	}
	return &s
}

func isNull(raw json.RawMessage) bool { return len(raw) == 0 || string(raw) == "null" }
