package store_test

import (
	"fmt"
	"math/rand/v2"
	"regexp"
	"slices"
	"strings"
	"testing"

	"zhengbei/internal/store/storetest"

	"github.com/jackc/pgx/v5"
)

// The replay says for each thing, day and instant what the domain says, from raw facts and register rows alone,
// day by day and without any SQL of the projection. Random small ledgers with late facts, voids, corrections of the
// register, changes of ownership and of boundaries must come out the same in both.

// The horizon: facts and changes happen on days 0 to 19 after replayDay, instants are whole seconds after replayBase.
const (
	replayDays  = 20
	replayDay   = "2022-01-01"
	replayBase  = "2023-01-01 00:00:00+00"
	forever     = 1 << 30
	nobodyKnows = -1
)

// reach is a half-open range in both clocks: days and seconds.
type reach struct{ from, to, known, until int }

func (r reach) holds(day, at int) bool {
	return r.from <= day && day < r.to && r.known <= at && at < r.until
}

// raw are the facts and rows of one ledger as they stand in the database.
type raw struct {
	facts     []rawFact
	voided    map[int64]int // when a fact was taken back
	holdings  []rawRow      // a parcel
	land      []rawRow      // a holding's, b plot
	buildings []rawRow      // a holding, b plot
	contracts []rawRow
	covers    []rawRow // a contract's, b holding
	plots     []rawRow // a parcel
	parcels   []rawRow
	kindOf    map[int]string // of contracts
}

type rawFact struct {
	id       int64
	subject  int
	kind     string
	day, at  int
	isVoid   bool
	voidedID int64
}

type rawRow struct {
	reach
	id, a, b                 int
	area, floor              int64 // in the last decimal place
	disposition, use         string
	west, south, east, north int // of plots, metres
}

// said is the state of a thing on one day, as known at one instant.
type said struct {
	stage              string
	signed, compulsory bool
	parcel, plot       int
	disposition, use   string
	area, floor        int64
	buildings          int
	hasArea, hasFloor  bool
	hasParcel, hasPlot bool
	counted            bool
}

// live are the kinds of the live facts of a thing on a day.
func (r *raw) live(subject, day, at int) map[string]bool {
	kinds := map[string]bool{}
	for _, f := range r.facts {
		if f.subject == subject && !f.isVoid && f.at <= at && f.day <= day && !r.takenBack(f.id, at) {
			kinds[f.kind] = true
		}
	}
	return kinds
}

func (r *raw) takenBack(id int64, at int) bool {
	when, ok := r.voided[id]
	return ok && when <= at
}

func furthest(kinds map[string]bool, first string, order ...string) string {
	stage := first
	for _, kind := range order {
		if kinds[kind] {
			stage = kind
		}
	}
	return stage
}

func find(rows []rawRow, id, day, at int) *rawRow {
	for i := range rows {
		if rows[i].id == id && rows[i].holds(day, at) {
			return &rows[i]
		}
	}
	return nil
}

func (r *raw) contract(id, day, at int) *said {
	if find(r.contracts, id, day, at) == nil {
		return nil
	}
	kinds := r.live(id, day, at)
	s := &said{stage: furthest(kinds, "draft", "offered", "signed", "effective", "settled"), parcel: r.contractParcel(id), hasParcel: true}
	if kinds["rescinded"] {
		s.stage = "rescinded"
	}
	known, standing, begun := 0, 0, false
	for _, f := range r.facts {
		if f.subject == id && !f.isVoid && f.at <= at {
			known++
			begun = begun || f.day <= day
			if !r.takenBack(f.id, at) {
				standing++
			}
		}
	}
	if known > 0 && standing == 0 && begun {
		s.stage = "void"
	}
	return s
}

func (r *raw) contractParcel(id int) int {
	for _, c := range r.contracts {
		if c.id == id {
			return c.a
		}
	}
	return 0
}

func (r *raw) building(id, day, at int) *said {
	v := find(r.buildings, id, day, at)
	if v == nil {
		return nil
	}
	return &said{
		stage: furthest(r.live(id, day, at), "registered", "surveyed", "measured", "appraised", "tenants_cleared", "vacated", "demolished"),
		plot:  v.b, hasPlot: true, floor: v.floor, hasFloor: true,
	}
}

func (r *raw) holding(id, day, at int) *said {
	v := find(r.holdings, id, day, at)
	if v == nil {
		return nil
	}
	s := &said{parcel: v.a, hasParcel: true, hasArea: true, hasFloor: true, counted: true}
	for _, c := range r.covers {
		if c.b == id && c.holds(day, at) && r.kindOf[c.id] == "relocation" {
			if k := r.contract(c.id, day, at); k != nil && (k.stage == "signed" || k.stage == "effective" || k.stage == "settled") {
				s.signed = true
			}
		}
	}
	kinds := r.live(id, day, at)
	s.compulsory = kinds["compulsory"]
	delete(kinds, "signed")
	if s.signed {
		kinds["signed"] = true
	}
	s.stage = furthest(kinds, "registered", "surveyed", "willing", "measured", "appraised", "negotiating", "signed", "tenants_cleared", "vacated")
	up := 0
	for _, b := range r.buildings {
		if b.a == id && b.holds(day, at) {
			s.buildings++
			s.floor += b.floor
			if r.building(b.id, day, at).stage != "demolished" {
				up++
			}
		}
	}
	if s.buildings > 0 && up == 0 {
		s.stage = "demolished"
	}
	most := int64(-1)
	for _, l := range r.land {
		if l.id == id && l.holds(day, at) {
			s.area += l.area
			if l.area > most || l.area == most && l.b < s.plot {
				most, s.plot, s.hasPlot = l.area, l.b, true
			}
		}
	}
	return s
}

func (r *raw) plot(id, day, at int) *said {
	v := find(r.plots, id, day, at)
	if v == nil {
		return nil
	}
	s := &said{parcel: v.a, hasParcel: true, disposition: v.disposition, use: v.use, area: v.area, hasArea: true}
	interests, bound, signed, up := 0, 0, 0, 0
	for _, l := range r.land {
		if l.b != id || !l.holds(day, at) {
			continue
		}
		h := r.holding(l.id, day, at)
		if h == nil {
			continue
		}
		interests++
		if h.signed {
			signed++
		}
		if h.signed || h.compulsory {
			bound++
		}
	}
	for _, b := range r.buildings {
		if b.b == id && b.holds(day, at) && r.building(b.id, day, at).stage != "demolished" {
			up++
		}
	}
	kinds := r.live(id, day, at)
	s.signed = interests > 0 && signed == interests
	s.stage = "planned"
	if bound > 0 {
		s.stage = "partly_signed"
	}
	if interests > 0 && bound == interests {
		s.stage = "all_signed"
		if up == 0 {
			s.stage = "cleared"
			switch {
			case kinds["title_accepted"] && kinds["site_accepted"]:
				s.stage = "accepted"
			case kinds["title_accepted"]:
				s.stage = "title_accepted"
			case kinds["site_accepted"]:
				s.stage = "site_accepted"
			}
		}
	}
	if kinds["title_accepted"] && kinds["site_accepted"] && kinds["stored"] {
		s.stage = "stored"
		if kinds["supplied"] {
			s.stage = "supplied"
		}
	}
	return s
}

func (r *raw) parcel(id, day, at int) *said {
	v := find(r.parcels, id, day, at)
	if v == nil {
		return nil
	}
	return &said{
		stage:  furthest(r.live(id, day, at), "proposed", "planned_in_city", "scheme_drafting", "notice_published", "approved", "implementing", "finished"),
		parcel: id, hasParcel: true, area: v.area, hasArea: true,
	}
}

// touching is the length of the side that two plots share, in metres.
func (r *raw) touching(a, b, day, at int) int {
	p, q := find(r.plots, a, day, at), find(r.plots, b, day, at)
	if p == nil || q == nil {
		return 0
	}
	x, y := min(p.east, q.east)-max(p.west, q.west), min(p.north, q.north)-max(p.south, q.south)
	switch {
	case x == 0 && y > 1:
		return y
	case y == 0 && x > 1:
		return x
	}
	return 0
}

// village is a random small ledger in the making.
type village struct {
	rng                                            *rand.Rand
	seed                                           int
	contracts, buildings, holdings, plots, parcels []int
	facts                                          []int64 // numbers of facts that are no voids
	sql                                            strings.Builder
	touched                                        map[string]bool // one write a row and transaction
	east                                           int             // where its plots lie
}

func pick[T any](rng *rand.Rand, from []T) T { return from[rng.IntN(len(from))] }

// supersede closes what a new row replaces: a later start ends the old row that day, an equal or earlier one corrects it.
const supersede = `
CREATE FUNCTION supersede(tab regclass, which text, begins date, at timestamptz) RETURNS void LANGUAGE plpgsql AS $$
BEGIN
    EXECUTE format('UPDATE %s SET known = tstzrange(lower(known), $2) WHERE upper_inf(known) AND valid && daterange($1, NULL) AND %s', tab, which) USING begins, at;
    EXECUTE format('INSERT INTO %s SELECT (jsonb_populate_record(g, jsonb_build_object(''valid'', daterange(lower(g.valid), $1), ''known'', tstzrange($2, NULL)))).*
        FROM %s g WHERE upper(g.known) = $2 AND g.valid && daterange($1, NULL) AND %s AND (lower_inf(g.valid) OR lower(g.valid) < $1)', tab, tab, which) USING begins, at;
END
$$`

func (v *village) add(format string, args ...any) { fmt.Fprintf(&v.sql, format+";\n", args...) }

// day is a random day as SQL; now and then since ever.
func (v *village) day() string {
	return fmt.Sprintf("date '%s' + %d", replayDay, v.rng.IntN(replayDays))
}

// span is a validity from a day, mostly until further notice.
func (v *village) span(from string) string {
	if v.rng.IntN(5) == 0 {
		return fmt.Sprintf("daterange(%s, %s + %d)", from, from, 1+v.rng.IntN(8))
	}
	return fmt.Sprintf("daterange(%s, NULL)", from)
}

func instant(at int) string {
	return fmt.Sprintf("timestamptz '%s' + interval '%d s'", replayBase, at)
}

// put writes a register row, which replaces what is there; nothing where the row was written in this transaction already.
func (v *village) put(table, which, columns, values string, at int, first bool) {
	if v.touched[table+which] {
		return
	}
	v.touched[table+which] = true
	from := v.day()
	if first {
		from = "NULL::date"
		if v.rng.IntN(2) == 0 {
			from = fmt.Sprintf("date '%s' + %d", replayDay, v.rng.IntN(4))
		}
	} else {
		v.add("SELECT supersede('%s', $q$%s$q$, %s, %s)", table, which, from, instant(at))
		if v.rng.IntN(6) == 0 {
			return // it ends, and nothing comes after it
		}
	}
	v.add("INSERT INTO %s (%s, valid, known, recorded_by, reason) VALUES (%s, %s, tstzrange(%s, NULL), 'test', 'test')", table, columns, values, v.span(from), instant(at))
}

func (v *village) putHolding(h, at int, first bool) {
	v.put("holding_version", fmt.Sprintf("holding = %d", h), "holding, version, parcel, name, class", fmt.Sprintf("%d, %d, %d, 'x', 'residential'", h, at+1, pick(v.rng, v.parcels)), at, first)
}

func (v *village) putLand(h, p, at int, first bool) {
	v.put("holding_land", fmt.Sprintf("holding = %d AND plot = %d", h, p), "holding, plot, area_m2", fmt.Sprintf("%d, %d, %d", h, p, 100*(1+v.rng.IntN(3))), at, first)
}

func (v *village) putBuilding(b, h, p, at int, first bool) {
	v.put("building_version", fmt.Sprintf("building = %d", b), "building, version, holding, plot, floor_area_m2, storeys, use", fmt.Sprintf("%d, %d, %d, %d, %d.5, 3, 'residential'", b, at+1, h, p, 100+v.rng.IntN(900)), at, first)
}

func (v *village) putContract(c, at int, first bool) {
	v.put("contract_version", fmt.Sprintf("contract = %d", c), "contract, version, amount", fmt.Sprintf("%d, %d, NULL", c, at+1), at, first)
}

func (v *village) putCover(c, h, at int, first bool) {
	v.put("contract_holding", fmt.Sprintf("contract = %d AND holding = %d", c, h), "contract, holding", fmt.Sprintf("%d, %d", c, h), at, first)
}

// putPlot draws plot n of a row of plots, 100 m each; a correction of its boundary moves its east side.
func (v *village) putPlot(n, at int, first bool) {
	moved := 0
	if !first {
		moved = v.rng.IntN(3) * 5
	}
	west := v.east + 100*n
	v.put("plot_version", fmt.Sprintf("fid = %d", v.plots[n]), "collection, fid, version, change, kind, parcel, disposition, use_class, accuracy, source, source_en, shape",
		fmt.Sprintf("'plots', %d, %d, 'changed', 'plot', %d, '%s', '%s', 'surveyed', 'test', 'test', ST_MakeEnvelope(%d, %d, %d, %d, 4547)", v.plots[n], at+1, pick(v.rng, v.parcels),
			pick(v.rng, []string{"storage", "storage", "retained", "kept"}), pick(v.rng, []string{"industrial", "other"}), west, 2510000+50*(n%2), west+100-moved, 2510100+50*(n%2)), at, first)
}

func (v *village) putParcel(p, at int, first bool) {
	v.put("parcel_version", fmt.Sprintf("fid = %d", p), "collection, fid, version, change, kind, name, name_status, accuracy, source, source_en, shape",
		fmt.Sprintf("'parcels', %d, %d, 'changed', 'parcel', 'x', 'placeholder', 'approximate', 'test', 'test', ST_MakeEnvelope(%d, %d, %d, %d, 4547)", p, at+1, v.east, 2500000+1000*p, v.east+100+v.rng.IntN(50), 2500100+1000*p), at, first)
}

var replayKinds = map[string][]string{
	"contract": {"offered", "signed", "signed", "signed", "effective", "settled", "paid", "rescinded"},
	"building": {"surveyed", "measured", "appraised", "tenants_cleared", "vacated", "demolished", "demolished", "demolished"},
	"holding":  {"surveyed", "willing", "measured", "appraised", "visited", "negotiating", "compulsory", "tenants_cleared", "vacated", "objected"},
	"plot":     {"title_accepted", "title_accepted", "site_accepted", "site_accepted", "stored", "stored", "supplied", "boundary_corrected"},
	"parcel":   {"planned_in_city", "scheme_drafting", "notice_published", "approved", "implementing", "finished", "objected"},
}

func (v *village) fact(at int) {
	kind, of := "plot", v.plots
	switch n := v.rng.IntN(20); {
	case n < 6:
		kind, of = "contract", v.contracts
	case n < 11:
		kind, of = "building", v.buildings
	case n < 14:
		kind, of = "holding", v.holdings
	case n < 15:
		kind, of = "parcel", v.parcels
	}
	v.add("INSERT INTO fact (subject_id, kind, occurred_on, recorded_at, recorded_by) VALUES (%d, '%s', %s, %s, 'test')", pick(v.rng, of), pick(v.rng, replayKinds[kind]), v.day(), instant(at))
}

// step is one write: a few facts, or a void, or a change of the register, or several of them.
func (v *village) step(at int) {
	for range 1 + v.rng.IntN(3) {
		switch v.rng.IntN(15) {
		case 0, 1, 2, 3, 4:
			v.fact(at)
		case 5, 6:
			if len(v.facts) > 0 {
				i := v.rng.IntN(len(v.facts))
				v.add("INSERT INTO fact (subject_id, kind, occurred_on, recorded_at, recorded_by, reason, voids) SELECT subject_id, 'voided', occurred_on, %s, 'test', 'test', fact_id FROM fact WHERE fact_id = %d", instant(at), v.facts[i])
				v.facts = slices.Delete(v.facts, i, i+1)
			}
		case 7:
			v.putHolding(pick(v.rng, v.holdings), at, false)
		case 8:
			v.putLand(pick(v.rng, v.holdings), pick(v.rng, v.plots), at, false)
		case 14: // land that is somebody's already
			i := v.rng.IntN(len(v.holdings))
			v.putLand(v.holdings[i], v.plots[i%3], at, false)
		case 9, 10:
			v.putBuilding(pick(v.rng, v.buildings), pick(v.rng, v.holdings), pick(v.rng, v.plots), at, false)
		case 11:
			v.putCover(pick(v.rng, v.contracts), pick(v.rng, v.holdings), at, false)
		case 12:
			v.putPlot(v.rng.IntN(len(v.plots)), at, false)
		case 13:
			if v.rng.IntN(2) == 0 {
				v.putContract(pick(v.rng, v.contracts), at, false)
			} else {
				v.putParcel(pick(v.rng, v.parcels), at, false)
			}
		}
	}
}

// settle makes a village and lets it live through its steps; answers it and how many instants there are.
func settle(t *testing.T, conn *pgx.Conn, seed int) (v *village, instants int) {
	t.Helper()
	v = &village{rng: rand.New(rand.NewPCG(uint64(seed), 4547)), seed: seed, touched: map[string]bool{}, east: 400000 + 800*seed}
	ids := func(n int, sql string) (found []int) {
		for i := range n {
			var id int
			if err := conn.QueryRow(t.Context(), fmt.Sprintf(sql, seed*10+i)).Scan(&id); err != nil {
				t.Fatal(err)
			}
			found = append(found, id)
		}
		return found
	}
	v.parcels = ids(2, "INSERT INTO feature (collection, code, round_id) SELECT 'parcels', 'P-%04d', min(round_id) FROM round RETURNING fid")
	v.plots = ids(4, "INSERT INTO feature (collection, code, round_id) SELECT 'plots', 'L-%06d', min(round_id) FROM round RETURNING fid")
	v.holdings = ids(4, "INSERT INTO subject (kind, code) VALUES ('holding', 'H-%04d') RETURNING subject_id")
	v.buildings = ids(5, "INSERT INTO subject (kind, code) VALUES ('building', 'B-%04d') RETURNING subject_id")
	v.contracts = ids(5, "INSERT INTO subject (kind, code) VALUES ('contract', 'C-%04d') RETURNING subject_id")
	for i, c := range v.contracts {
		v.add("INSERT INTO contract (contract, kind, parcel) VALUES (%d, '%s', %d)", c, []string{"relocation", "relocation", "relocation", "framework", "amendment"}[i], pick(v.rng, v.parcels))
		v.putContract(c, 0, true)
		v.putCover(c, v.holdings[i%len(v.holdings)], 0, true)
	}
	for i, h := range v.holdings {
		v.putHolding(h, 0, true)
		v.putLand(h, v.plots[i%3], 0, true) // the last plot is nobody's at first
	}
	v.putLand(v.holdings[0], v.plots[1], 0, true)
	for i, b := range v.buildings {
		h := i % len(v.holdings)
		v.putBuilding(b, v.holdings[h], v.plots[h%3], 0, true)
	}
	for i := range v.plots {
		v.putPlot(i, 0, true)
	}
	for _, p := range v.parcels {
		v.putParcel(p, 0, true)
	}
	steps := 22
	for at := range steps {
		if at > 0 {
			v.step(at)
		}
		if at == 1 {
			for range 12 {
				v.fact(at)
			}
		}
		if _, err := conn.Exec(t.Context(), "BEGIN;\n"+v.sql.String()+"COMMIT;"); err != nil {
			t.Fatalf("seed %d, instant %d: %v\n%s", seed, at, err, v.sql.String())
		}
		v.sql.Reset()
		clear(v.touched)
		v.facts = gather(t, conn, fmt.Sprintf("SELECT f.fact_id FROM fact f JOIN subject s USING (subject_id) WHERE f.voids IS NULL AND NOT EXISTS (SELECT FROM fact o WHERE o.voids = f.fact_id) AND s.subject_id = ANY('{%s}') ORDER BY 1", v.all()),
			func(row pgx.CollectableRow) (id int64, err error) { return id, row.Scan(&id) })
	}
	return v, steps
}

// all are the numbers of the village's things, for an array of SQL.
func (v *village) all() string {
	var text []string
	for _, id := range slices.Concat(v.contracts, v.buildings, v.holdings, v.plots, v.parcels) {
		text = append(text, fmt.Sprint(id))
	}
	return strings.Join(text, ",")
}

func gather[T any](t *testing.T, conn *pgx.Conn, sql string, scan pgx.RowToFunc[T]) []T {
	t.Helper()
	rows, err := conn.Query(t.Context(), sql)
	if err != nil {
		t.Fatalf("%v\n%s", err, sql)
	}
	all, err := pgx.CollectRows(rows, scan)
	if err != nil {
		t.Fatalf("%v\n%s", err, sql)
	}
	return all
}

// clocks are the columns of a reach; valid and known are read with no help of the projection.
var clocks = fmt.Sprintf(`coalesce(lower(valid) - date '%[1]s', -%[3]d)::int, coalesce(upper(valid) - date '%[1]s', %[3]d)::int,
	extract(epoch FROM lower(known) - timestamptz '%[2]s')::int, coalesce(extract(epoch FROM upper(known) - timestamptz '%[2]s')::int, %[3]d)`, replayDay, replayBase, forever)

// read fetches the raw facts and rows of a village.
func (v *village) read(t *testing.T, conn *pgx.Conn) *raw {
	t.Helper()
	r := &raw{voided: map[int64]int{}, kindOf: map[int]string{}}
	in := "ANY('{" + v.all() + "}')"
	r.facts = gather(t, conn, fmt.Sprintf("SELECT fact_id, subject_id, kind, occurred_on - date '%s', extract(epoch FROM recorded_at - timestamptz '%s')::int, voids IS NOT NULL, coalesce(voids, 0) FROM fact WHERE subject_id = %s", replayDay, replayBase, in),
		func(row pgx.CollectableRow) (f rawFact, err error) {
			return f, row.Scan(&f.id, &f.subject, &f.kind, &f.day, &f.at, &f.isVoid, &f.voidedID)
		})
	for _, f := range r.facts {
		if f.isVoid {
			r.voided[f.voidedID] = f.at
		}
	}
	rows := func(id, a, b, area, floor, from string) []rawRow {
		return gather(t, conn, fmt.Sprintf("SELECT %s, %s, %s, %s, (%s)::bigint, (%s)::bigint FROM %s WHERE %s = %s", clocks, id, a, b, area, floor, from, id, in), func(row pgx.CollectableRow) (x rawRow, err error) {
			return x, row.Scan(&x.from, &x.to, &x.known, &x.until, &x.id, &x.a, &x.b, &x.area, &x.floor)
		})
	}
	r.holdings = rows("holding", "parcel", "0", "0", "0", "holding_version")
	r.land = rows("holding", "0", "plot", "area_m2 * 10000", "0", "holding_land")
	r.buildings = rows("building", "holding", "plot", "0", "floor_area_m2 * 100", "building_version")
	r.contracts = rows("v.contract", "c.parcel", "0", "0", "0", "contract_version v JOIN contract c USING (contract)")
	r.covers = rows("contract", "0", "holding", "0", "0", "contract_holding")
	r.parcels = rows("fid", "0", "0", "area_m2 * 10000", "0", "parcel_version")
	r.plots = gather(t, conn, fmt.Sprintf(`SELECT %s, fid, parcel, (area_m2 * 10000)::bigint, disposition, use_class,
		ST_XMin(shape)::int, ST_YMin(shape)::int, ST_XMax(shape)::int, ST_YMax(shape)::int FROM plot_version WHERE fid = %s`, clocks, in), func(row pgx.CollectableRow) (x rawRow, err error) {
		return x, row.Scan(&x.from, &x.to, &x.known, &x.until, &x.id, &x.a, &x.area, &x.disposition, &x.use, &x.west, &x.south, &x.east, &x.north)
	})
	for _, k := range gather(t, conn, "SELECT contract, kind FROM contract WHERE contract = "+in, pgx.RowToStructByPos[struct {
		ID   int
		Kind string
	}]) {
		r.kindOf[k.ID] = k.Kind
	}
	return r
}

// projected is a row of the projection.
type projected struct {
	reach
	id int
	said
}

// compare holds every (thing, day, instant) of a village against the projection; answers how many points, and the first differences.
func (v *village) compare(t *testing.T, conn *pgx.Conn, instants int) (points int, differences []string) {
	t.Helper()
	r := v.read(t, conn)
	in := "ANY('{" + v.all() + "}')"
	states := map[int][]projected{}
	for _, p := range gather(t, conn, "SELECT "+clocks+`, subject_id, stage, signed, compulsory, coalesce(parcel, 0), parcel IS NOT NULL, coalesce(plot, 0), plot IS NOT NULL, coalesce(disposition, ''), coalesce(use_class, ''),
		coalesce(area_m2 * 10000, 0)::bigint, area_m2 IS NOT NULL, coalesce(floor_m2 * 100, 0)::bigint, floor_m2 IS NOT NULL, coalesce(buildings, 0), buildings IS NOT NULL FROM subject_state WHERE subject_id = `+in,
		func(row pgx.CollectableRow) (x projected, err error) {
			return x, row.Scan(&x.from, &x.to, &x.known, &x.until, &x.id, &x.stage, &x.signed, &x.compulsory, &x.parcel, &x.hasParcel, &x.plot, &x.hasPlot, &x.disposition, &x.use,
				&x.area, &x.hasArea, &x.floor, &x.hasFloor, &x.buildings, &x.counted)
		}) {
		states[p.id] = append(states[p.id], p)
	}
	type edge struct {
		reach
		a, b, shared int
	}
	edges := gather(t, conn, "SELECT "+clocks+", a, b, round(shared_m)::int FROM plot_edge WHERE a = "+in+" OR b = "+in, func(row pgx.CollectableRow) (e edge, err error) {
		return e, row.Scan(&e.from, &e.to, &e.known, &e.until, &e.a, &e.b, &e.shared)
	})
	differ := func(format string, args ...any) {
		differences = append(differences, fmt.Sprintf("seed %d: ", v.seed)+fmt.Sprintf(format, args...))
	}
	levels := []struct {
		ids []int
		of  func(id, day, at int) *said
	}{{v.contracts, r.contract}, {v.buildings, r.building}, {v.holdings, r.holding}, {v.plots, r.plot}, {v.parcels, r.parcel}}
	for at := nobodyKnows; at < instants; at++ {
		for day := -2; day < replayDays+10; day++ {
			for _, level := range levels {
				for _, id := range level.ids {
					points++
					want := level.of(id, day, at)
					var got *said
					for i := range states[id] {
						if states[id][i].holds(day, at) {
							got = &states[id][i].said
						}
					}
					if (want == nil) != (got == nil) || want != nil && *want != *got {
						differ("thing %d on day %d as known at %d is %+v, not %+v", id, day, at, got, want)
					}
				}
			}
			for i, a := range v.plots {
				for _, b := range v.plots[i+1:] {
					points++
					shared := 0
					for _, e := range edges {
						if e.holds(day, at) && e.a == min(a, b) && e.b == max(a, b) {
							shared += e.shared
						}
					}
					if want := r.touching(a, b, day, at); want != shared {
						differ("plots %d and %d touch along %d m on day %d as known at %d, not %d", a, b, shared, day, at, want)
					}
				}
			}
		}
	}
	return points, differences
}

// replayed is a database for villages.
func replayed(t *testing.T) *pgx.Conn {
	t.Helper()
	conn := storetest.Empty(t).Psql(t)
	for _, sql := range []string{"INSERT INTO round (code, demo) VALUES ('R-2021', false)", supersede} {
		if _, err := conn.Exec(t.Context(), sql); err != nil {
			t.Fatal(err)
		}
	}
	return conn
}

// The projection is what a day-by-day replay of the raw rows says, at every point of both clocks; and so is what a rebuild makes.
func TestReplay(t *testing.T) {
	t.Parallel()
	const workers = 2
	seeds := 240
	if testing.Short() {
		seeds = 8
	}
	for w := range workers {
		t.Run(fmt.Sprint(w), func(t *testing.T) {
			t.Parallel()
			conn := replayed(t)
			points := 0
			var villages []*village
			instants := 0
			for seed := 1 + w; seed <= seeds; seed += workers {
				v, n := settle(t, conn, seed)
				villages, instants = append(villages, v), n
				p, differences := v.compare(t, conn, n)
				if points += p; len(differences) > 0 {
					t.Fatalf("%d of %d points differ:\n%s", len(differences), p, strings.Join(differences[:min(5, len(differences))], "\n"))
				}
			}
			if _, err := conn.Exec(t.Context(), "SELECT rebuild_states()"); err != nil {
				t.Fatal(err)
			}
			for _, v := range villages {
				p, differences := v.compare(t, conn, instants)
				if points += p; len(differences) > 0 {
					t.Fatalf("rebuilt, %d of %d points differ:\n%s", len(differences), p, strings.Join(differences[:min(5, len(differences))], "\n"))
				}
			}
			agree(t, conn)
			t.Logf("%d points", points)
		})
	}
}

// agree holds what the GiST indexes of the projection find against what the tables hold: an index may lose an entry.
func agree(t *testing.T, conn *pgx.Conn) {
	t.Helper()
	count := func(table string, settings ...string) (n int) {
		err := pgx.BeginFunc(t.Context(), conn, func(tx pgx.Tx) error {
			for _, s := range settings {
				if _, err := tx.Exec(t.Context(), "SET LOCAL "+s+" = off"); err != nil {
					return err
				}
			}
			return tx.QueryRow(t.Context(), "SELECT count(*) FROM (SELECT known FROM "+table+" WHERE valid && daterange(NULL, NULL) OFFSET 0) r").Scan(&n)
		})
		if err != nil {
			t.Fatal(err)
		}
		return n
	}
	for _, table := range []string{"contract_state", "building_state", "holding_state", "plot_state", "parcel_state", "plot_edge"} {
		held := count(table, "enable_indexscan", "enable_indexonlyscan", "enable_bitmapscan")
		if found := count(table, "enable_seqscan", "enable_bitmapscan"); held == 0 || found != held {
			t.Errorf("%s holds %d rows, and its index finds %d", table, held, found)
		}
	}
}

// Each of these errors in the functions of the schema is found by the replay.
func TestReplayCatchesMutants(t *testing.T) {
	t.Parallel()
	mutants := []struct{ name, function, part, instead string }{
		{"compulsory counts as signed", "states_of", `h.signed::int, \(h.signed OR h.compulsory\)::int`, `(h.signed OR h.compulsory)::int, (h.signed OR h.compulsory)::int`},
		{"a void is ignored", "first_facts", `f.voids IS NULL AND f.recorded_at <= at AND NOT EXISTS \(.*?\)\s*GROUP`, `f.voids IS NULL AND f.recorded_at <= at GROUP`},
		{"a void counts before its instant", "first_facts", `AND v.recorded_at <= at`, ``},
		{"a framework agreement binds", "states_of", `k.kind = 'relocation'`, `k.kind <> 'amendment'`},
		{"a fact counts from the next day", "states_of", `f.subject_id, f.since, 0`, `f.subject_id, f.since + 1, 0`},
		{"a demolished building stands", "states_of", `\(s.stage <> 'demolished'\)::int`, `1`},
		{"accepted before it is cleared", "states_of", `AND r.stands = 0 THEN CASE`, `THEN CASE`},
		{"a rescinded contract binds", "states_of", `s.stage IN \('signed', 'effective', 'settled'\)`, `s.stage IN ('signed', 'effective', 'settled', 'rescinded')`},
		{"stored without its acceptances", "states_of", `'\{title_accepted,site_accepted,stored\}'`, `'{stored}'`},
		{"a contract binds on days on which it does not cover", "states_of", `c.valid \* s.valid AS valid`, `s.valid AS valid`},
		{"a plot is not derived when its holding moves", "derive", `ids := ids \|\| ARRAY\(SELECT l.plot`, `ids := ids || ARRAY(SELECT l.plot FROM holding_land l WHERE false AND l.plot = 0); these := these || ARRAY(SELECT l.plot`},
		{"today's register stands in for the one known then", "states_of", `l.plot = ANY\(ids\) AND as_known\(l.known, at\)`, `l.plot = ANY(ids) AND upper_inf(l.known)`},
		{"neighbours keep their old edge", "edges_of", `OR n.fid NOT IN \(SELECT unnest\(ids\)\)`, ``},
	}
	if testing.Short() {
		mutants = mutants[:6]
	}
	for _, m := range mutants {
		t.Run(m.name, func(t *testing.T) {
			t.Parallel()
			conn := replayed(t)
			var text string
			if err := conn.QueryRow(t.Context(), "SELECT pg_get_functiondef($1::regproc)", m.function).Scan(&text); err != nil {
				t.Fatal(err)
			}
			mutant := regexp.MustCompile(`(?s)`+strings.ReplaceAll(m.part, " ", `\s+`)).ReplaceAllString(text, strings.ReplaceAll(m.instead, "$", "$$"))
			if mutant == text {
				t.Fatalf("%s has no %s", m.function, m.part)
			}
			if _, err := conn.Exec(t.Context(), mutant); err != nil {
				t.Fatal(err)
			}
			for seed := 1; seed <= 12; seed++ {
				v, instants := settle(t, conn, seed)
				if _, differences := v.compare(t, conn, instants); len(differences) > 0 {
					return
				}
				if _, err := conn.Exec(t.Context(), "SELECT rebuild_states()"); err != nil {
					t.Fatal(err)
				}
				if _, differences := v.compare(t, conn, instants); len(differences) > 0 {
					return
				}
			}
			t.Error("twelve villages did not show it")
		})
	}
}
