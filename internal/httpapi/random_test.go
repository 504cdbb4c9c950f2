package httpapi

import (
	"bytes"
	"fmt"
	"math/rand/v2"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"zhengbei/internal/land"
	"zhengbei/internal/signing"
	"zhengbei/internal/store"

	"github.com/jackc/pgx/v5"
)

// crowd is eight people who write whatever comes to their minds, lawful or not, through two servers on one database.
type crowd struct {
	both  [2]*service
	field [][2]float64 // a net of points, four metres apart, that is drawn on: mesh in each direction
	far   string       // the parcel under it
	codes map[land.SubjectKind][]string
	posts []string
	facts atomic.Int64 // the highest number of a fact that was seen

	mu       sync.Mutex
	first    sync.Map                     // the tag with which a feature was drawn, by its path
	drawn    map[land.Collection][]string // codes of features that were drawn
	answers  map[int]int
	repeated int
	bad      []string
}

const mesh = 41

// point is a point of the net as GeoJSON.
func (c *crowd) point(x, y int) string {
	p := c.field[y*mesh+x]
	return fmt.Sprintf("[%.10f,%.10f]", p[0], p[1])
}

// shape is a rectangle, a triangle or an L on the net: corners often meet, edges often cross.
func (c *crowd) shape(r *rand.Rand) string {
	w, h := 2+r.IntN(6), 2+r.IntN(6)
	x, y := r.IntN(mesh-w), r.IntN(mesh-h)
	var corners [][2]int
	switch r.IntN(4) {
	case 0:
		corners = [][2]int{{x, y}, {x + w, y}, {x + r.IntN(w+1), y + h}}
	case 1:
		if r.IntN(3) == 0 { // a bow tie
			corners = [][2]int{{x, y}, {x + w, y + h}, {x + w, y}, {x, y + h}}
			break
		}
		corners = [][2]int{{x, y}, {x + w, y}, {x + w, y + 1}, {x + 1, y + 1}, {x + 1, y + h}, {x, y + h}}
	default:
		corners = [][2]int{{x, y}, {x + w, y}, {x + w, y + h}, {x, y + h}}
	}
	var b strings.Builder
	for _, p := range append(corners, corners[0]) {
		if b.Len() > 0 {
			b.WriteByte(',')
		}
		b.WriteString(c.point(p[0], p[1]))
	}
	return `{"type":"Polygon","coordinates":[[` + b.String() + `]]}`
}

// day is a day of the ledger, more often than not its last; now and then one that has yet to come.
func day(r *rand.Rand) string {
	if r.IntN(2) == 0 {
		return "2022-12-30"
	}
	if r.IntN(15) == 0 {
		return "2199-01-01"
	}
	return time.Date(2021, 6, 1, 0, 0, 0, 0, time.UTC).AddDate(0, 0, r.IntN(577)).Format(time.DateOnly)
}

func one[T any](r *rand.Rand, from []T) T { return from[r.IntN(len(from))] }

// fact is any kind of fact about anything, on any day.
func (c *crowd) fact(r *rand.Rand) string {
	if r.IntN(6) == 0 {
		return fmt.Sprintf(`{"kind":"voided","occurred_on":%q,"voids":%d,"reason":"随机作废"}`, day(r), 1+r.Int64N(c.facts.Load()))
	}
	rule := one(r, land.Order)
	for rule.Kind == land.Voided || rule.Kind == land.Reached || rule.Kind == land.Finished {
		rule = one(r, land.Order)
	}
	kind := one(r, rule.Subjects)
	value := "{}"
	switch rule.Kind {
	case land.Paid:
		value = fmt.Sprintf(`{"amount":%d.%02d,"instalment":%d}`, 1+r.IntN(1_000_000), r.IntN(100), 1+r.IntN(5))
	case land.BoundaryCorrected:
		value = `{"hash":"` + strings.Repeat("ab", 32) + `"}`
	case land.Assigned:
		value = `{"to":"张三"}`
	default:
	}
	return fmt.Sprintf(`{"subject":{"kind":%q,"id":%q},"kind":%q,"occurred_on":%q,"value":%s}`, kind, one(r, c.codes[kind]), rule.Kind, day(r), value)
}

// drawnAt is a feature that somebody drew, if there is one yet.
func (c *crowd) drawnAt(r *rand.Rand, collection land.Collection) (path string, ok bool) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if len(c.drawn[collection]) == 0 {
		return "", false
	}
	return itemsOf(collection) + "/" + one(r, c.drawn[collection]), true
}

// write does one thing.
func (c *crowd) write(t *testing.T, r *rand.Rand, who, n int) {
	layer := one(r, []land.Collection{land.Zones, land.Parcels, land.Plots, land.Plots})
	parcel := one(r, []string{c.far, c.far, "P-01"})
	since := fmt.Sprintf(`"valid_from":%q,`, day(r))
	if r.IntN(2) == 0 {
		since = ""
	}
	feature := func() string {
		return strings.Replace(drawing(layer, parcel, c.shape(r)), `"properties":{`, `"properties":{`+since, 1)
	}
	// ask finds out what stands, so as to base a change on it; somebody else may be quicker.
	ask := func(path string) string {
		if tag, drawn := c.first.Load(path); drawn && r.IntN(5) == 0 {
			return tag.(string) // or has read it long ago
		}
		return c.both[who%2].send(t, get, path, nil).etag()
	}
	switch roll := r.IntN(100); {
	case roll < 25:
		c.send(t, r, who, n, post, "/api/v1/facts", c.fact(r))
	case roll < 33:
		list := make([]string, 2+r.IntN(8))
		for i := range list {
			list[i] = c.fact(r)
		}
		c.send(t, r, who, n, post, "/api/v1/facts", "["+strings.Join(list, ",")+"]")
	case roll < 55:
		c.send(t, r, who, n, post, itemsOf(layer), feature())
	case roll < 70:
		if path, ok := c.drawnAt(r, layer); ok {
			c.send(t, r, who, n, put, path, feature(), "If-Match", ask(path))
		}
	case roll < 76:
		if path, ok := c.drawnAt(r, layer); ok {
			c.send(t, r, who, n, patch, path, fmt.Sprintf(`{"properties":{%s"name":"甲%d","reason":"更名"}}`, since, n), "If-Match", ask(path))
		}
	case roll < 81:
		if path, ok := c.drawnAt(r, layer); ok {
			if version, _, found := strings.Cut(strings.Trim(ask(path), `"`), "."); found {
				c.send(t, r, who, n, remove, path+"?reason=x&version="+version, "")
			}
		}
	case roll < 85:
		c.send(t, r, who, n, post, "/api/v1/parties", fmt.Sprintf(`{%s"name":"某%d","kind":"person","reason":"登记"}`, since, n))
	case roll < 89:
		c.send(t, r, who, n, post, "/api/v1/contracts", fmt.Sprintf(`{%s"kind":%q,"parcel":"P-01","holdings":[%q],"amount":%d,"reason":"拟稿"}`,
			since, one(r, []string{"framework", "relocation", "amendment"}), one(r, c.codes[land.OfHolding]), 1+r.IntN(1_000_000)))
	case roll < 93:
		path := "/api/v1/holdings/" + one(r, c.codes[land.OfHolding])
		c.send(t, r, who, n, patch, path, fmt.Sprintf(`{%s"name":"户%d","reason":"更正"}`, since, n), "If-Match", ask(path))
	case roll < 96:
		path := "/api/v1/buildings/" + one(r, c.codes[land.OfBuilding])
		c.send(t, r, who, n, patch, path, fmt.Sprintf(`{%s"floor_area_m2":%d.5,"reason":"复测"}`, since, 50+r.IntN(500)), "If-Match", ask(path))
	case roll < 98:
		path := "/api/v1/contracts/" + one(r, c.codes[land.OfContract])
		c.send(t, r, who, n, patch, path, fmt.Sprintf(`{%s"amount":%d,"reason":"重议"}`, since, 1+r.IntN(1_000_000)), "If-Match", ask(path))
	default:
		path := "/api/v1/command-posts/" + one(r, c.posts)
		c.send(t, r, who, n, patch, path, fmt.Sprintf(`{%s"name":"指挥部%d","reason":"更名"}`, since, n), "If-Match", ask(path))
	}
}

// send writes under a key, now and then twice, as a bad network does; a server that asks to come again is asked again.
func (c *crowd) send(t *testing.T, r *rand.Rand, who, n int, method, path, body string, headers ...string) {
	kind := "application/json"
	if strings.HasPrefix(path, "/ogc/") {
		kind = "application/geo+json"
	}
	if method == patch {
		kind = typeMergePatch
	}
	headers = append(headers, "Content-Type", kind, "Idempotency-Key", fmt.Sprintf("%d-%d", who, n))
	s := c.both[r.IntN(2)]
	ask := func(s *service) reply {
		for range 5 {
			got := s.send(t, method, path, strings.NewReader(body), headers...)
			c.mu.Lock()
			c.answers[got.status]++
			c.mu.Unlock()
			if got.status != http.StatusServiceUnavailable {
				return got
			}
			time.Sleep(50 * time.Millisecond)
		}
		return reply{status: http.StatusServiceUnavailable}
	}
	got := ask(s)
	lawful := got.status < 300
	if lawful && r.IntN(5) == 0 {
		again := ask(c.both[r.IntN(2)])
		if again.status != got.status || string(again.body) != string(got.body) {
			t.Errorf("%s %s again under its key: %d %s and then %d %s", method, path, got.status, got.body, again.status, again.body)
		}
		c.mu.Lock()
		c.repeated++
		c.mu.Unlock()
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	own := got.status == http.StatusForbidden && bytes.Contains(got.body, []byte(`"fact.second_person"`)) // nobody voids what they recorded
	if !lawful && !own && !slices.Contains([]int{http.StatusConflict, http.StatusPreconditionFailed, http.StatusUnprocessableEntity, http.StatusGone}, got.status) {
		c.bad = append(c.bad, fmt.Sprintf("%s %s %.300s: %d %.300s", method, path, body, got.status, got.body))
	}
	if collection, ok := strings.CutPrefix(path, "/ogc/collections/"); ok && got.status == http.StatusCreated {
		collection, _, _ := strings.Cut(collection, "/")
		code := read[saved](t, got).ID
		c.first.Store(path+"/"+code, got.etag())
		c.drawn[land.Collection(collection)] = append(c.drawn[land.Collection(collection)], code)
	}
	if path == "/api/v1/facts" && got.status == http.StatusCreated && body[0] == '{' {
		c.facts.Store(max(c.facts.Load(), read[factView](t, got).ID))
	}
}

// texts reads a column of texts.
func texts(t testing.TB, psql *pgx.Conn, sql string, args ...any) []string {
	t.Helper()
	rows, err := psql.Query(t.Context(), sql, args...)
	if err != nil {
		t.Fatal(err)
	}
	all, err := pgx.CollectRows(rows, pgx.RowTo[string])
	if err != nil {
		t.Fatal(err)
	}
	return all
}

// gather brings the crowd to a field beside the demonstration.
func gather(t *testing.T) *crowd {
	t.Helper()
	s := demo(t)
	other := serve(t, s.Database, func(a *api) { a.day = s.api.day })
	s.api.extent, other.api.extent = &wide, &wide
	c := &crowd{both: [2]*service{s, other}, codes: map[land.SubjectKind][]string{}, drawn: map[land.Collection][]string{}, answers: map[int]int{}}
	psql := s.Psql(t)
	c.far = ground(t, s)[4].parcel
	rows, err := psql.Query(t.Context(), `SELECT ST_X(p), ST_Y(p) FROM generate_series(0, $1 - 1) y CROSS JOIN generate_series(0, $1 - 1) x
		CROSS JOIN LATERAL (SELECT ST_Transform(ST_SetSRID(ST_Point(525400 + 4 * x, 2520400 + 4 * y), 4547), 4490) AS p) q ORDER BY y, x`, mesh)
	if err != nil {
		t.Fatal(err)
	}
	if c.field, err = pgx.CollectRows(rows, func(row pgx.CollectableRow) (p [2]float64, err error) { return p, row.Scan(&p[0], &p[1]) }); err != nil {
		t.Fatal(err)
	}
	// A few things of one parcel, so that the crowd meets at them.
	for kind, sql := range map[land.SubjectKind]string{
		land.OfHolding:  `SELECT DISTINCT s.code FROM holding_version v JOIN subject s ON s.subject_id = v.holding JOIN subject p ON p.subject_id = v.parcel WHERE p.code = 'P-01' ORDER BY s.code LIMIT 40`,
		land.OfBuilding: `SELECT DISTINCT s.code FROM building_version v JOIN subject s ON s.subject_id = v.building JOIN holding_version h USING (holding) JOIN subject p ON p.subject_id = h.parcel WHERE p.code = 'P-01' ORDER BY s.code LIMIT 60`,
		land.OfContract: `SELECT s.code FROM contract c JOIN subject s ON s.subject_id = c.contract JOIN subject p ON p.subject_id = c.parcel WHERE p.code = 'P-01' ORDER BY s.code LIMIT 30`,
		land.OfPlot:     `SELECT DISTINCT s.code FROM plot_version v JOIN subject s ON s.subject_id = v.fid JOIN subject p ON p.subject_id = v.parcel WHERE p.code = 'P-01' ORDER BY s.code LIMIT 30`,
		land.OfParcel:   `SELECT code FROM subject WHERE kind = 'parcel' ORDER BY code LIMIT 2`,
	} {
		if c.codes[kind] = texts(t, psql, sql); len(c.codes[kind]) < 2 {
			t.Fatalf("%s: %v", kind, c.codes[kind])
		}
	}
	c.posts = texts(t, psql, `SELECT code FROM command_post ORDER BY code`)
	var facts int64
	if err := psql.QueryRow(t.Context(), `SELECT max(fact_id) FROM fact`).Scan(&facts); err != nil {
		t.Fatal(err)
	}
	c.facts.Store(facts)
	return c
}

// Whatever eight people write at the same time, lawful or not: nothing overlaps, every fact is lawful, the projection is what
// a rebuild makes, every version can be read by both clocks, and nobody is answered anything but done or refused.
func TestRandomWrites(t *testing.T) {
	t.Parallel()
	c := gather(t)
	s := c.both[0]
	psql := s.Psql(t)
	if faults := judged(t, s); len(faults) > 0 {
		t.Fatalf("the demonstration is not lawful: %v", faults)
	}
	const people = 8
	each := scale(25, 625)
	begun := time.Now()
	together(people, func(who int) {
		r := rand.New(rand.NewPCG(4547, uint64(who))) //nolint:gosec // a fixed seed, so that a failure can be repeated
		for n := range each {
			c.write(t, r, who, n)
		}
	})
	t.Logf("%v in %v, %d sent twice", c.answers, time.Since(begun).Round(time.Second), c.repeated)
	for _, one := range c.bad[:min(len(c.bad), 10)] {
		t.Error(one)
	}
	for _, status := range []int{http.StatusCreated, http.StatusConflict, http.StatusUnprocessableEntity, http.StatusPreconditionFailed} {
		if c.answers[status] == 0 && (status != http.StatusPreconditionFailed || !testing.Short()) {
			t.Errorf("nobody is answered %d: nothing was tried", status)
		}
	}
	apart(t, psql)
	for _, one := range judged(t, s) {
		t.Error(one)
	}
	for _, one := range inParcels(t, psql) {
		t.Error(one)
	}
	sameAsRebuilt(t, s, psql)
	readable(t, s, psql)
}

// judged judges the whole ledger as one list, as if nothing of it had been recorded.
func judged(t *testing.T, s *service) (faults []string) {
	t.Helper()
	psql := s.Psql(t)
	every := texts(t, psql, `SELECT code FROM subject ORDER BY subject_id`)
	err := s.db.Read(t.Context(), func(tx *store.Tx) error {
		if err := tx.Patient(t.Context()); err != nil {
			return err
		}
		whole, err := tx.Case(t.Context(), every)
		if err != nil {
			return err
		}
		gone := map[int64]bool{}
		for _, f := range whole.Facts {
			if f.Voids != nil {
				gone[*f.Voids] = true
			}
		}
		var live []land.Fact
		for _, f := range whole.Facts {
			if f.Voids == nil && !gone[f.ID] {
				live = append(live, f)
			}
		}
		if len(live) < 10_000 {
			t.Errorf("only %d facts are looked at", len(live))
		}
		whole.Facts, whole.Today = nil, land.DayOf(time.Now()) // a reading has no instant of its own
		found, _ := signing.Judge(whole, land.Seeder, live)
		for _, f := range found {
			faults = append(faults, f.Error())
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	return faults[:min(len(faults), 20)]
}

// inParcels lists the plots that lie outside their parcel on a day, by more than rounding to the grid can do: plain SQL.
func inParcels(t *testing.T, psql *pgx.Conn) []string {
	t.Helper()
	return texts(t, psql, `
		SELECT format('%s lies outside %s by %s m2', f.code, q.code, coalesce(round(ST_Area(ST_Difference(v.shape, p.shape))::numeric, 4)::text, 'all its'))
		FROM   plot_version v
		JOIN   feature f ON f.fid = v.fid
		JOIN   feature q ON q.fid = v.parcel
		LEFT   JOIN parcel_version p ON p.fid = v.parcel AND p.valid && v.valid AND upper_inf(p.known)
		WHERE  upper_inf(v.known) AND v.recorded_by = 'officer' AND (p.fid IS NULL OR ST_Area(ST_Difference(v.shape, p.shape)) > greatest(0.01, 0.0001 * ST_Perimeter(v.shape)))
		ORDER  BY f.code LIMIT 20`)
}

// sameAsRebuilt holds the projection against the check of the schema, and against what a rebuild makes: now, and as known at earlier instants.
func sameAsRebuilt(t *testing.T, s *service, psql *pgx.Conn) {
	t.Helper()
	var instants []time.Time
	rows, err := psql.Query(t.Context(), `SELECT at FROM (SELECT DISTINCT lower(known) AS at FROM subject_state) k WHERE at > clock_timestamp() - interval '1 hour' ORDER BY random() LIMIT $1`, scale(2, 8))
	if err != nil {
		t.Fatal(err)
	}
	if instants, err = pgx.CollectRows(rows, pgx.RowTo[time.Time]); err != nil {
		t.Fatal(err)
	}
	instants = append(instants, time.Now())
	if err := s.db.Read(t.Context(), func(tx *store.Tx) error {
		if err := tx.Patient(t.Context()); err != nil {
			return err
		}
		for _, at := range instants {
			faults, err := tx.ProjectionFaults(t.Context(), at)
			if err != nil {
				return err
			}
			for _, f := range faults {
				t.Errorf("as known at %s, %s %s is stored as %v and derived as %v", at, f.Kind, f.Code, f.Stored, f.Derived)
			}
		}
		return nil
	}); err != nil {
		t.Fatal(err)
	}
	if testing.Short() {
		return // a rebuild derives every instant of the demonstration
	}
	states := func() (all []string) {
		for _, at := range instants {
			for _, table := range []string{"subject_state", "plot_edge", "plot_zone"} {
				all = append(all, texts(t, psql, `SELECT format('%s %s %s', $2::text, r.row, range_agg(r.valid)) FROM (
					SELECT to_jsonb(s) - 'valid' - 'known' AS row, s.valid FROM `+table+` s WHERE s.known @> $1::timestamptz) r GROUP BY r.row ORDER BY r.row`, at, table)...)
			}
		}
		return all
	}
	before := states()
	must(t, psql, "SELECT rebuild_states()")
	after := states()
	if len(before) < 1000 {
		t.Errorf("only %d states are looked at", len(before))
	}
	shown := 0
	for i, one := range before {
		if (i >= len(after) || after[i] != one) && shown < 5 {
			shown++
			t.Errorf("a rebuild makes of %s\n%s", one, after[min(i, len(after)-1)])
		}
	}
	if len(before) != len(after) {
		t.Errorf("%d states before a rebuild, %d after", len(before), len(after))
	}
}

// readable reads versions back by a day on which they hold and an instant at which they were known, and each by its number.
func readable(t *testing.T, s *service, psql *pgx.Conn) {
	t.Helper()
	for _, what := range []struct{ name, path, sql string }{
		{"features", "/ogc/collections/%s", `SELECT f.collection || '/items/' || f.code, v.version, coalesce(lower(v.valid), upper(v.valid) - 1)::text, lower(v.known)
			FROM feature_version v JOIN feature f ON f.fid = v.fid WHERE v.recorded_by = 'officer' AND v.change <> 'retired' ORDER BY random() LIMIT $1`},
		{"holdings", "/api/v1/holdings/%s", `SELECT s.code, v.version, lower(v.valid)::text, lower(v.known)
			FROM holding_version v JOIN subject s ON s.subject_id = v.holding WHERE v.recorded_by = 'officer' ORDER BY random() LIMIT $1`},
		{"contracts", "/api/v1/contracts/%s", `SELECT s.code, v.version, lower(v.valid)::text, lower(v.known)
			FROM contract_version v JOIN subject s ON s.subject_id = v.contract WHERE v.recorded_by = 'officer' ORDER BY random() LIMIT $1`},
	} {
		type version struct {
			Code    string
			Version int32
			Day     string
			Known   time.Time
		}
		rows, err := psql.Query(t.Context(), what.sql, scale(30, 400))
		if err != nil {
			t.Fatal(err)
		}
		all, err := pgx.CollectRows(rows, pgx.RowToStructByPos[version])
		if err != nil {
			t.Fatal(err)
		}
		if len(all) == 0 {
			t.Errorf("no version of %s was written", what.name)
		}
		for _, v := range all {
			path := fmt.Sprintf(what.path, v.Code)
			r := s.get(t, path+"?at="+v.Day+"&known="+url.QueryEscape(v.Known.UTC().Format(time.RFC3339Nano)))
			got := read[struct {
				Version    int32 `json:"version"`
				Properties struct {
					Version int32 `json:"version"`
				} `json:"properties"`
			}](t, r)
			if r.status != http.StatusOK || max(got.Version, got.Properties.Version) != v.Version {
				t.Errorf("%s on %s, as known at %s, is version %d: %d %.300s", v.Code, v.Day, v.Known, v.Version, r.status, r.body)
			}
			collection, code, found := strings.Cut(v.Code, "/items/")
			if !found {
				continue
			}
			if r := s.get(t, fmt.Sprintf("/api/v1/features/%s/%s/versions/%d", collection, code, v.Version)); r.status != http.StatusOK {
				t.Errorf("%s by its number %d: %d %.300s", v.Code, v.Version, r.status, r.body)
			}
		}
	}
}
