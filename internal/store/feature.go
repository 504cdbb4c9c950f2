package store

import (
	"context"
	"errors"
	"math"
	"regexp"
	"strings"
	"time"

	"zhengbei/internal/fault"
	"zhengbei/internal/land"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgtype"
	"github.com/paulmach/orb"
	"github.com/paulmach/orb/encoding/wkb"
	"github.com/paulmach/orb/project"
)

var (
	featurePage     = query("feature.page")
	featureCount    = query("feature.count")
	featureLife     = query("feature.life")
	featureHeirs    = query("feature.heirs")
	featureVersions = query("feature.versions")
	featureSearch   = query("feature.search")
	featureCodes    = query("feature.codes")
	featureCreate   = query("feature.create")
	featureExtent   = query("feature.extent")
)

// Page asks for the things of a layer.
type Page struct {
	Collection land.Collection
	Clock      land.Clock
	Box        *orb.Bound // degrees; nil: everywhere
	FID        *int32
	After      string // the code that the last page ended with
	Limit      int    // 0: all
}

// knownArg is what the SQL compares known ranges with; infinity stands for all that is committed.
func knownArg(known time.Time) pgtype.Timestamptz {
	if known.IsZero() {
		return pgtype.Timestamptz{InfinityModifier: pgtype.Infinity, Valid: true}
	}
	return pgtype.Timestamptz{Time: known, Valid: true}
}

// mercatorEdge is the half width of the world in EPSG:3857, in metres.
const mercatorEdge = 20037508.342789244

// mercatorBox is the box in EPSG:3857: meridians and parallels stay straight there, so it is exact.
func mercatorBox(b *orb.Bound) (xMin, yMin, xMax, yMax float64) {
	if b == nil {
		return -mercatorEdge, -mercatorEdge, mercatorEdge, mercatorEdge
	}
	low := project.WGS84.ToMercator(orb.Point{b.Min[0], math.Max(b.Min[1], -85.06)})
	high := project.WGS84.ToMercator(orb.Point{b.Max[0], math.Min(b.Max[1], 85.06)})
	return low[0], low[1], high[0], high[1]
}

func (p Page) args() named {
	xMin, yMin, xMax, yMax := mercatorBox(p.Box)
	return named{
		"collection": p.Collection, "from": p.Clock.Days.From, "to": p.Clock.Days.To, "known": knownArg(p.Clock.Known),
		"x_min": xMin, "y_min": yMin, "x_max": xMax, "y_max": yMax, "fid": p.FID,
	}
}

// EachFeature hands on the things of a page in the order of their codes.
func (tx *Tx) EachFeature(ctx context.Context, p Page, fn func(land.Feature) error) error {
	a := p.args()
	a["after"], a["code"], a["limit"] = p.After, (*string)(nil), (*int)(nil)
	if p.Limit > 0 {
		a["limit"] = &p.Limit
	}
	return each(ctx, tx, featurePage, a, func(f land.Feature) error {
		tx.maskFeature(&f)
		return fn(f)
	})
}

// CountFeatures counts all pages together.
func (tx *Tx) CountFeatures(ctx context.Context, p Page) (int64, error) {
	return one[int64](ctx, tx, featureCount, p.args())
}

// Feature is one thing as it stood on the clock's day. Where it did not, the fault says why: never there, not yet, or no more.
func (tx *Tx) Feature(ctx context.Context, collection land.Collection, code string, clock land.Clock) (land.Feature, error) {
	one := 1
	a := Page{Collection: collection, Clock: clock}.args()
	a["after"], a["code"], a["limit"] = "", &code, &one
	feature, found, err := row[land.Feature](ctx, tx, featurePage, a)
	if err != nil || found {
		tx.maskFeature(&feature)
		return feature, err
	}
	return land.Feature{}, tx.absent(ctx, collection, code, clock)
}

// absent says why a thing is not there on a day.
func (tx *Tx) absent(ctx context.Context, collection land.Collection, code string, clock land.Clock) error {
	life, found, err := row[struct{ Since, Until *bound }](ctx, tx, featureLife, named{"collection": collection, "code": code, "known": knownArg(clock.Known)})
	if err != nil {
		return err
	}
	if !found || life.Since == nil {
		return fault.New(fault.NotFound, "feature.unknown", "collection", collection, "id", code)
	}
	day := clock.Days.To
	if life.Until.Infinite || day.Before(life.Until.Day.Time) {
		return fault.New(fault.NotFound, "feature.not_on_day", "id", code, "day", day, "since", life.Since)
	}
	heirs, err := many[struct{ Collection, Code string }](ctx, tx, featureHeirs, named{"collection": collection, "code": code})
	if err != nil {
		return err
	}
	if len(heirs) == 0 {
		return fault.New(fault.Gone, "feature.retired_alone", "id", code, "until", life.Until, "collection", collection)
	}
	gone := fault.New(fault.Gone, "feature.retired", "id", code, "until", life.Until, "heirs", len(heirs))
	for _, h := range heirs {
		gone.Links = append(gone.Links, fault.Link{Rel: "successor-version", Collection: h.Collection, ID: h.Code})
	}
	return gone
}

// Versions are all versions of a thing that were recorded by the clock's instant, the newest first; number picks one.
func (tx *Tx) Versions(ctx context.Context, collection land.Collection, code string, known time.Time, number *int32) ([]land.Feature, error) {
	versions, err := many[land.Feature](ctx, tx, featureVersions, named{"collection": collection, "code": code, "known": knownArg(known), "version": number})
	for i := range versions {
		tx.maskFeature(&versions[i])
	}
	if err != nil || len(versions) > 0 {
		return versions, err
	}
	if number != nil {
		return nil, fault.New(fault.NotFound, "feature.no_version", "id", code, "version", *number)
	}
	return nil, fault.New(fault.NotFound, "feature.unknown", "collection", collection, "id", code)
}

// plotNumber is how the map names a plot: 273, 地块 273, plot 273.
var plotNumber = regexp.MustCompile(`(?i)^(?:地块|plot)?\s*0*([1-9]\d*)$`)

// Search finds things by code, name or place; plots by the beginning of their code, or by their number.
func (tx *Tx) Search(ctx context.Context, words string, clock land.Clock, limit int) ([]land.Found, error) {
	escaped := likeEscape.Replace(words)
	code := strings.ToUpper(words)
	if m := plotNumber.FindStringSubmatch(words); m != nil {
		code = "L-" + strings.Repeat("0", max(0, 6-len(m[1]))) + m[1]
	}
	return many[land.Found](ctx, tx, featureSearch, named{
		"code": code, "prefix": escaped + "%", "inside": "%" + escaped + "%",
		"at": clock.Days.To, "known": knownArg(clock.Known), "limit": limit,
	})
}

// TakenCodes are those of the codes that some thing already has.
func (tx *Tx) TakenCodes(ctx context.Context, codes []string) (map[string]bool, error) {
	found, err := many[struct{ Code string }](ctx, tx, featureCodes, named{"codes": codes})
	taken := make(map[string]bool, len(found))
	for _, f := range found {
		taken[f.Code] = true
	}
	return taken, err
}

// Apply writes a change as a whole and answers how many things it began.
func (tx *Tx) Apply(ctx context.Context, round string, change land.Change) (int64, error) {
	var begun int64
	for _, v := range change.Begins {
		shape, err := wkb.Marshal(v.Geometry)
		if err != nil {
			return begun, err
		}
		n, err := tx.written(ctx, featureCreate, named{
			"collection": v.Collection, "code": v.Code, "round": round, "version": v.Number, "change": v.Change, "kind": v.Kind,
			"name": v.Name, "name_en": v.NameEn, "name_status": v.NameStatus,
			"subdistrict": v.Subdistrict, "subdistrict_en": v.SubdistrictEn, "locality": v.Locality, "locality_en": v.LocalityEn,
			"parcel": v.Parcel, "disposition": v.Disposition, "use_class": v.UseClass,
			"accuracy": v.Accuracy, "source": v.Source, "source_en": v.SourceEn,
			"area_official_m2": v.AreaOfficialM2, "published": v.Published, "shape": shape,
			"from": v.Valid.From, "now": tx.Now, "by": tx.Actor.Account, "reason": change.Reason, "document_no": change.DocumentNo,
		})
		if e, ok := fault.As(err); ok {
			return begun, e.In("/" + v.Code)
		}
		if err != nil {
			return begun, err
		}
		begun += n
		if n > 0 {
			tx.Did(land.Deed{Object: v.Code, After: boundaryDeed{Version: v.Number, Change: v.Change, From: v.Valid.From, Reason: change.Reason, DocumentNo: change.DocumentNo}})
		}
	}
	return begun, nil
}

// Extent is the box of all that is on the map, grown by a margin in metres; nil where nothing is.
func (tx *Tx) Extent(ctx context.Context, margin float64) (*land.Box, error) {
	box, err := one[land.Box](ctx, tx, featureExtent, named{"margin": margin})
	if errors.Is(err, pgx.ErrNoRows) {
		return nil, nil
	}
	return &box, err
}
