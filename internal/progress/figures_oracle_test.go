package progress

import (
	"fmt"
	"math"
	"math/rand/v2"
	"reflect"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"zhengbei/internal/fault"
	"zhengbei/internal/land"
	"zhengbei/internal/signing"
	"zhengbei/internal/store"
	"zhengbei/internal/store/storetest"

	"github.com/jackc/pgx/v5"
)

// The books are the raw facts and register rows of a database, read once, and the figures computed from them
// without the projection: the other way to every number of the table.
type books struct {
	facts     map[int32][]bookFact // by thing; voids apart
	voided    map[int64]time.Time
	holdings  []bookRow
	land      []bookRow
	buildings []bookRow
	contracts []bookRow
	covers    []bookRow
	plots     []bookRow
	parcels   map[int32]string
	contract  map[int32][2]string // kind, parcel
}

type bookFact struct {
	id   int64
	kind string
	on   time.Time
	at   time.Time
}

type bookRow struct {
	id, a, b     int32
	text, use    string
	area, floor  land.M2
	from, to     *time.Time
	known, until *time.Time
}

func (r bookRow) holds(day, at time.Time) bool {
	return (r.from == nil || !day.Before(*r.from)) && (r.to == nil || day.Before(*r.to)) && !at.Before(*r.known) && (r.until == nil || at.Before(*r.until))
}

func gatherRows[T any](t *testing.T, conn *pgx.Conn, sql string, scan pgx.RowToFunc[T]) []T {
	t.Helper()
	rows, err := conn.Query(t.Context(), sql)
	if err != nil {
		t.Fatal(err)
	}
	all, err := pgx.CollectRows(rows, scan)
	if err != nil {
		t.Fatalf("%v\n%s", err, sql)
	}
	return all
}

func open(t *testing.T, conn *pgx.Conn) *books {
	t.Helper()
	b := &books{facts: map[int32][]bookFact{}, voided: map[int64]time.Time{}, parcels: map[int32]string{}, contract: map[int32][2]string{}}
	rows := func(id, a, other, text, use, area, floor, from string) []bookRow {
		return gatherRows(t, conn, fmt.Sprintf("SELECT %s, %s, %s, %s, %s, ((%s) * 10000)::bigint, ((%s) * 10000)::bigint, lower(valid)::timestamptz, upper(valid)::timestamptz, lower(known), upper(known) FROM %s", id, a, other, text, use, area, floor, from),
			func(row pgx.CollectableRow) (r bookRow, err error) {
				return r, row.Scan(&r.id, &r.a, &r.b, &r.text, &r.use, &r.area, &r.floor, &r.from, &r.to, &r.known, &r.until)
			})
	}
	b.holdings = rows("holding", "parcel", "0", "''", "''", "0", "0", "holding_version")
	b.land = rows("holding", "plot", "0", "''", "''", "area_m2", "0", "holding_land")
	b.buildings = rows("building", "holding", "plot", "''", "''", "0", "floor_area_m2", "building_version")
	b.contracts = rows("contract", "0", "0", "''", "''", "0", "0", "contract_version")
	b.covers = rows("contract", "holding", "0", "''", "''", "0", "0", "contract_holding")
	b.plots = rows("fid", "parcel", "0", "disposition", "use_class", "area_m2", "0", "plot_version")
	type fact struct {
		subject int32
		bookFact
		voids *int64
	}
	for _, f := range gatherRows(t, conn, "SELECT subject_id, fact_id, kind, occurred_on::timestamptz, recorded_at, voids FROM fact", func(row pgx.CollectableRow) (f fact, err error) {
		return f, row.Scan(&f.subject, &f.id, &f.kind, &f.on, &f.at, &f.voids)
	}) {
		if f.voids != nil {
			b.voided[*f.voids] = f.at
		} else {
			b.facts[f.subject] = append(b.facts[f.subject], f.bookFact)
		}
	}
	for _, p := range gatherRows(t, conn, "SELECT fid, code, '' FROM feature WHERE collection = 'parcels' UNION ALL SELECT k.contract, k.kind, p.code FROM contract k JOIN feature p ON p.fid = k.parcel", pgx.RowToStructByPos[struct {
		ID   int32
		A, B string
	}]) {
		if p.B == "" {
			b.parcels[p.ID] = p.A
		} else {
			b.contract[p.ID] = [2]string{p.A, p.B}
		}
	}
	return b
}

// day is everything that the books say of one day, as known at one instant.
type day struct {
	*books
	on, at time.Time
	kinds  map[int32]map[string]bool // live facts by thing
	status map[int32]string          // contracts
	signed map[int32]bool            // holdings there are
	bound  map[int32]bool
	stage  map[int32]string // plots; the disposition where they are not to be stored
}

func (b *books) look(on, at time.Time) *day {
	d := &day{b, on, at, map[int32]map[string]bool{}, map[int32]string{}, map[int32]bool{}, map[int32]bool{}, map[int32]string{}}
	ever, alive := map[int32]bool{}, map[int32]bool{}
	for thing, facts := range b.facts {
		d.kinds[thing] = map[string]bool{}
		for _, f := range facts {
			if f.at.After(at) {
				continue
			}
			ever[thing] = ever[thing] || !f.on.After(on)
			if v, ok := b.voided[f.id]; ok && !v.After(at) {
				continue
			}
			alive[thing] = true
			if !f.on.After(on) {
				d.kinds[thing][f.kind] = true
			}
		}
	}
	for _, c := range b.contracts {
		if c.holds(on, at) {
			s := "draft"
			if ever[c.id] && !alive[c.id] {
				s = "void"
			}
			for _, kind := range []string{"offered", "signed", "effective", "settled", "rescinded"} {
				if d.kinds[c.id][kind] {
					s = kind
				}
			}
			d.status[c.id] = s
		}
	}
	for _, h := range b.holdings {
		if h.holds(on, at) {
			d.signed[h.id], d.bound[h.id] = false, d.kinds[h.id]["compulsory"]
		}
	}
	for _, c := range b.covers {
		if _, there := d.signed[c.a]; there && c.holds(on, at) && b.contract[c.id][0] == "relocation" && slices.Contains([]string{"signed", "effective", "settled"}, d.status[c.id]) {
			d.signed[c.a], d.bound[c.a] = true, true
		}
	}
	interests, bound, up := map[int32]int{}, map[int32]int{}, map[int32]int{}
	for _, l := range b.land {
		if _, there := d.bound[l.id]; there && l.holds(on, at) {
			interests[l.a]++
			if d.bound[l.id] {
				bound[l.a]++
			}
		}
	}
	for _, x := range b.buildings {
		if x.holds(on, at) && !d.kinds[x.id]["demolished"] {
			up[x.b]++
		}
	}
	for _, p := range b.plots {
		if !p.holds(on, at) {
			continue
		}
		k := d.kinds[p.id]
		s := "planned"
		switch {
		case p.text != "storage":
			s = p.text
		case k["title_accepted"] && k["site_accepted"] && k["stored"]:
			if s = "stored"; k["supplied"] {
				s = "supplied"
			}
		case interests[p.id] > 0 && interests[p.id] == bound[p.id] && up[p.id] > 0:
			s = "all_signed"
		case interests[p.id] > 0 && interests[p.id] == bound[p.id]:
			s = map[[2]bool]string{{true, true}: "accepted", {true, false}: "title_accepted", {false, true}: "site_accepted", {false, false}: "cleared"}[[2]bool{k["title_accepted"], k["site_accepted"]}]
		case bound[p.id] > 0:
			s = "partly_signed"
		}
		d.stage[p.id] = s
	}
	return d
}

// figures are those of a parcel, or of all where it is empty; only what is summed.
func (d *day) figures(parcel string) land.Figures { return d.figuresOf(parcel, "") }

// figuresOf are those of plots of one use class, and of the holdings that have most of their land on such a plot.
func (d *day) figuresOf(parcel, class string) land.Figures {
	classOf := map[int32]string{}
	most := map[int32]bookRow{}
	if class != "" {
		for _, p := range d.plots {
			if p.holds(d.on, d.at) {
				classOf[p.id] = p.use
			}
		}
		for _, l := range d.land {
			if m, ok := most[l.id]; l.holds(d.on, d.at) && (!ok || l.area > m.area || l.area == m.area && l.a < m.a) {
				most[l.id] = l
			}
		}
	}
	f := land.Figures{Land: map[string]land.Count{}, Contracts: map[string]int{}}
	for _, p := range d.plots {
		if p.holds(d.on, d.at) && (parcel == "" || d.parcels[p.a] == parcel) && (class == "" || p.use == class) {
			c := f.Land[d.stage[p.id]]
			f.Land[d.stage[p.id]] = land.Count{Area: c.Area + p.area, Plots: c.Plots + 1}
		}
	}
	mine := map[int32]bool{}
	add := func(part *land.Part, h int32, n int64) {
		part.Whole += n
		if d.signed[h] {
			part.Signed += n
		}
	}
	for _, h := range d.holdings {
		if h.holds(d.on, d.at) && (parcel == "" || d.parcels[h.a] == parcel) && (class == "" || classOf[most[h.id].a] == class) {
			mine[h.id] = true
			add(&f.Households, h.id, 1)
		}
	}
	for _, l := range d.land {
		if mine[l.id] && l.holds(d.on, d.at) {
			add(&f.LandArea, l.id, int64(l.area))
		}
	}
	for _, x := range d.buildings {
		if mine[x.a] && x.holds(d.on, d.at) {
			f.Buildings++
			add(&f.FloorArea, x.a, int64(x.floor))
		}
	}
	for id, status := range d.status {
		switch kind := d.contract[id]; {
		case parcel != "" && kind[1] != parcel:
		case kind[0] == "relocation":
			f.Contracts[status]++
		case kind[0] == "framework" && slices.Contains([]string{"signed", "effective", "settled"}, status):
			f.Frameworks++
		default:
			f.LooseContracts++
		}
	}
	return f
}

func releasedOf(f land.Figures) land.M2 { return f.Land["stored"].Area + f.Land["supplied"].Area }

// unions are the areas of the dissolved land of each stage, by parcel, and the dissolved released blocks, by PostGIS.
func (d *day) unions(t *testing.T, conn *pgx.Conn) (areas map[string]float64, blocks []float64) {
	t.Helper()
	var ids []int32
	var stages []string
	for id, s := range d.stage {
		ids, stages = append(ids, id), append(stages, s)
	}
	areas = map[string]float64{}
	const rows = `FROM unnest($1::int[], $2::text[]) s(fid, stage) JOIN plot_version v ON v.fid = s.fid AND v.valid @> $3::date AND v.known @> $4::timestamptz JOIN feature p ON p.fid = v.parcel`
	all, err := conn.Query(t.Context(), "SELECT p.code || ' ' || s.stage, ST_Area(ST_Transform(ST_Union(v.shape), 4490)::geography) "+rows+" GROUP BY 1", ids, stages, d.on, d.at)
	if err != nil {
		t.Fatal(err)
	}
	var key string
	var area float64
	if _, err := pgx.ForEachRow(all, []any{&key, &area}, func() error { areas[key] = area; return nil }); err != nil {
		t.Fatal(err)
	}
	all, err = conn.Query(t.Context(), "SELECT ST_Area(ST_Transform(b.geom, 4490)::geography) FROM (SELECT ST_Union(v.shape) AS shape "+rows+" WHERE s.stage IN ('stored', 'supplied')) u CROSS JOIN LATERAL ST_Dump(u.shape) b ORDER BY 1 DESC", ids, stages, d.on, d.at)
	if err != nil {
		t.Fatal(err)
	}
	if blocks, err = pgx.CollectRows(all, pgx.RowTo[float64]); err != nil {
		t.Fatal(err)
	}
	return areas, blocks
}

// withinZones are the areas of the dissolved released and storage land that lie in each zone, by PostGIS.
func (d *day) withinZones(t *testing.T, conn *pgx.Conn) map[string]float64 {
	t.Helper()
	var released, storage []int32
	for id, s := range d.stage {
		if s == "stored" || s == "supplied" {
			released = append(released, id)
		}
		if s != "retained" && s != "kept" {
			storage = append(storage, id)
		}
	}
	areas := map[string]float64{}
	for what, ids := range map[string][]int32{"released": released, "storage": storage} {
		rows, err := conn.Query(t.Context(), `
			WITH u AS (SELECT ST_Union(v.shape) AS shape FROM plot_version v WHERE v.fid = ANY($1) AND v.valid @> $2::date AND v.known @> $3::timestamptz)
			SELECT f.code, coalesce(ST_Area(ST_Transform(ST_Intersection(u.shape, z.shape), 4490)::geography), 0)
			FROM   u, zone_version z JOIN feature f USING (fid) WHERE z.valid @> $2::date AND z.known @> $3::timestamptz`, ids, d.on, d.at)
		if err != nil {
			t.Fatal(err)
		}
		var code string
		var area float64
		if _, err := pgx.ForEachRow(rows, []any{&code, &area}, func() error { areas[code+" "+what] = area; return nil }); err != nil {
			t.Fatal(err)
		}
	}
	return areas
}

// zoneTolerance in m2: a part of a plot has its share of the plot's area by the plane, and parts below 0.01 m2 are left out.
const zoneTolerance = 1

// unionTolerance in m2: each plot's area is rounded to 0.0001 m2, and there are about a thousand.
const unionTolerance = 0.1

// The table of random days, as known at random instants, is what the books say; and its areas are those of the dissolved land.
func TestFiguresAgainstTheBooks(t *testing.T) {
	t.Parallel()
	points := 50
	if testing.Short() {
		points = 6
	}
	database := storetest.Demo(t)
	conn := database.Psql(t)
	if _, err := conn.Exec(t.Context(), "SET timezone = 'UTC'"); err != nil {
		t.Fatal(err)
	}
	b := open(t, conn)
	var first, last time.Time
	if err := conn.QueryRow(t.Context(), "SELECT min(recorded_at), max(recorded_at) FROM fact").Scan(&first, &last); err != nil {
		t.Fatal(err)
	}
	r := NewReader(database.Open(t))
	rng := rand.New(rand.NewPCG(5, 2022))
	moved, zoned := 0, 0
	for n := range points {
		on := drawnFrom.AddDate(0, 0, rng.IntN(600))
		at := first.Add(time.Duration(rng.Int64N(int64(last.Sub(first))))).Truncate(time.Microsecond)
		if n == 0 {
			on, at = time.Date(2022, 12, 30, 0, 0, 0, 0, time.UTC), last
		}
		clock := land.On(land.Day{Time: on})
		clock.Known = at
		table, err := r.Table(t.Context(), clock, nil)
		if err != nil {
			t.Fatal(err)
		}
		d, week, month := b.look(on, at), b.look(on.AddDate(0, 0, -7), at), b.look(on.AddDate(0, 0, -28), at)
		areas, blocks := d.unions(t, conn)
		hold := func(what string, got, want land.Figures) {
			if want.Week, want.Month = got.Week, got.Month; got.Released() > 0 {
				moved++
			}
			want.Area, want.SignedWeek, want.LargestBlock, want.ClearableBlock = got.Area, got.SignedWeek, got.LargestBlock, got.ClearableBlock
			for s, c := range got.Land { // the table may say nothing of a stage, or name it empty
				if c == (land.Count{}) {
					want.Land[s] = c
				}
			}
			if got.Contracts == nil {
				got.Contracts, got.Land = map[string]int{}, map[string]land.Count{}
			}
			if !reflect.DeepEqual(got, want) {
				t.Errorf("%s on %s as known at %s is\n%+v\nand by the books\n%+v", what, clock.Days.To, at, got, want)
			}
		}
		hold("the round", table.Figures, d.figures(""))
		for _, p := range table.Parcels {
			hold(p.Code, p.Figures, d.figures(p.Code))
			if w, m := releasedOf(week.figures(p.Code)), releasedOf(month.figures(p.Code)); p.Figures.Week > w || p.Figures.Month > m {
				t.Errorf("%s had released %v and %v, by the books %v and %v", p.Code, p.Figures.Week, p.Figures.Month, w, m)
			}
			for _, stage := range slices.Concat(land.ReleasedStages, land.InProcedureStages, land.ClearableStages, land.RemainingStages, []string{"retained", "kept"}) {
				if got, union := float64(p.Figures.Land[stage].Area)/1e4, areas[p.Code+" "+stage]; math.Abs(got-union) > unionTolerance {
					t.Errorf("%s has %.4f m2 of %s, dissolved %.4f", p.Code, got, stage, union)
				}
			}
		}
		if got := table.Figures.Week; got != releasedOf(week.figures("")) || table.Figures.Month != releasedOf(month.figures("")) {
			t.Errorf("on %s as known at %s, %v and %v had been released a week and four before, by the books %v and %v", clock.Days.To, at, got, table.Figures.Month, releasedOf(week.figures("")), releasedOf(month.figures("")))
		}
		if got, want := table.Figures.SignedWeek, week.figures("").Households.Signed; got != want {
			t.Errorf("on %s as known at %s, %d households had signed a week before, by the books %d", clock.Days.To, at, got, want)
		}
		posts := map[string]land.M2{}
		for _, p := range table.Parcels {
			if p.Post != nil {
				posts[p.Post.Code] += p.Figures.Released()
			}
		}
		for _, p := range table.Posts {
			if p.Figures.Released() != posts[p.Code] {
				t.Errorf("%s has released %v, its parcels %v", p.Code, p.Figures.Released(), posts[p.Code])
			}
		}
		within := d.withinZones(t, conn)
		for _, z := range table.Zones {
			if z.Figures.Released() > 0 {
				zoned++
			}
			for what, got := range map[string]land.M2{"released": z.Figures.Released(), "storage": z.Figures.Storage()} {
				if want := within[z.Code+" "+what]; math.Abs(float64(got)/1e4-want) > zoneTolerance {
					t.Errorf("%s has %v m2 %s, cut out of the dissolved land %.4f", z.Code, got, what, want)
				}
			}
		}
		class := land.UseClasses[n%len(land.UseClasses)]
		ofClass, err := r.Table(t.Context(), clock, &class)
		if err != nil {
			t.Fatal(err)
		}
		want := d.figuresOf("", class)
		if got := ofClass.Figures; got.Released() != want.Released() || got.Storage() != want.Storage() || got.Households != want.Households || got.FloorArea != want.FloorArea || got.LandArea != want.LandArea {
			t.Errorf("%s land on %s is\n%+v\nand by the books\n%+v", class, clock.Days.To, got, want)
		}
		if len(blocks) > 0 && math.Abs(float64(table.Figures.LargestBlock)/1e4-blocks[0]) > unionTolerance {
			t.Errorf("the largest block on %s has %v m2, dissolved %.4f", clock.Days.To, table.Figures.LargestBlock, blocks[0])
		}
	}
	if moved < points || zoned == 0 {
		t.Errorf("only %d lines and %d zones of %d points had released land: the test shows little", moved, zoned, points)
	}
}

// remembered is a table as it was answered for a settled instant.
type remembered struct {
	clock land.Clock
	table Table
}

// Late facts, voids, recorded-again facts and corrected boundaries, by eight writers at once, leave every settled table as it was.
func TestSettledFiguresStay(t *testing.T) {
	t.Parallel()
	const writers = 8
	lasting := 20 * time.Second
	if testing.Short() {
		lasting = 3 * time.Second
	}
	database := storetest.Demo(t)
	db := database.Open(t)
	r := NewReader(db)
	rng := rand.New(rand.NewPCG(8, 8))
	var kept []remembered
	remember := func(known time.Time) {
		clock := land.On(land.Day{Time: drawnFrom.AddDate(0, 0, rng.IntN(620))})
		clock.Known = known
		if err := db.Settle(t.Context(), known); err != nil {
			t.Fatal(err)
		}
		table, err := r.Table(t.Context(), clock, nil)
		if err != nil {
			t.Fatal(err)
		}
		kept = append(kept, remembered{clock, table})
	}
	for range 10 {
		remember(time.Date(2022, 1, 1, 0, 0, rng.IntN(364*24*3600), 0, time.UTC))
	}
	w := &clerks{db: db, database: database}
	ends, latest := time.Now().Add(lasting), time.Now().Add(lasting+time.Minute)
	var all sync.WaitGroup
	for i := range writers {
		conn := database.Psql(t)
		all.Go(func() {
			rng := rand.New(rand.NewPCG(uint64(i), 9))
			for time.Now().Before(ends) || !w.enough() && time.Now().Before(latest) { // a machine that is busy otherwise is given its time
				if err := w.write(t, conn, rng, i == 0); err != nil {
					t.Error(err)
					return
				}
			}
		})
	}
	for time.Now().Before(ends) {
		remember(time.Now().UTC().Truncate(time.Microsecond))
		time.Sleep(100 * time.Millisecond)
	}
	all.Wait()
	fresh := NewReader(db) // it has kept nothing
	for _, k := range kept {
		table, err := fresh.Table(t.Context(), k.clock, nil)
		if err != nil {
			t.Fatal(err)
		}
		if !reflect.DeepEqual(table, k.table) {
			t.Errorf("the table of %s as known at %s, settled, was\n%+v\nand is\n%+v", k.clock.Days.To, k.clock.Known, k.table.Figures, table.Figures)
		}
	}
	last := land.On(land.Day{Time: time.Date(2022, 12, 30, 0, 0, 0, 0, time.UTC)})
	then, err := fresh.Table(t.Context(), last, nil)
	if err != nil {
		t.Fatal(err)
	}
	last.Known = kept[0].clock.Known
	before, err := fresh.Table(t.Context(), last, nil)
	if err != nil {
		t.Fatal(err)
	}
	t.Logf("%d tables remembered; %d facts, %d voids, %d boundaries written, %d refused", len(kept), w.facts.Load(), w.voids.Load(), w.boundaries.Load(), w.refused.Load())
	if !w.enough() || reflect.DeepEqual(then.Figures, before.Figures) {
		t.Error("too little was written: the test shows nothing")
	}
	var faults int
	if err := database.Psql(t).QueryRow(t.Context(), "SELECT count(*) FROM projection_faults(clock_timestamp())").Scan(&faults); err != nil || faults > 0 {
		t.Errorf("%d things are not derived as their rows say: %v", faults, err)
	}
}

// clerks write what moves figures, and count it.
type clerks struct {
	db                                *store.DB
	database                          storetest.Database
	facts, voids, boundaries, refused atomic.Int64
}

// enough reports whether so much was written that something would show.
func (w *clerks) enough() bool {
	return w.facts.Load() >= 20 && w.voids.Load() >= 5 && w.boundaries.Load() >= 3
}

// A fact may be recorded late where something stands in this state.
var lateFacts = []struct {
	kind   string
	of     land.SubjectKind
	stages []string
}{
	{"signed", land.OfContract, []string{"draft", "offered"}},
	{"vacated", land.OfBuilding, []string{"registered", "surveyed", "measured", "appraised", "tenants_cleared"}},
	{"demolished", land.OfBuilding, []string{"vacated"}},
	{"title_accepted", land.OfPlot, []string{"all_signed", "cleared", "site_accepted"}},
	{"site_accepted", land.OfPlot, []string{"cleared", "title_accepted"}},
	{"stored", land.OfPlot, []string{"accepted"}},
	{"compulsory", land.OfHolding, []string{"surveyed", "appraised", "negotiating"}},
	{"visited", land.OfHolding, []string{"surveyed", "signed"}},
}

func (w *clerks) write(t *testing.T, conn *pgx.Conn, rng *rand.Rand, draws bool) error {
	if draws && rng.IntN(2) == 0 {
		return w.correct(t, conn)
	}
	if rng.IntN(3) == 0 {
		var id int64
		err := conn.QueryRow(t.Context(), "SELECT f.fact_id FROM fact f WHERE f.kind = ANY($1) AND NOT EXISTS (SELECT FROM fact v WHERE v.voids = f.fact_id) ORDER BY random() LIMIT 1",
			[]string{"stored", "site_accepted", "signed", "paid", "visited", "demolished"}).Scan(&id)
		if err != nil {
			return err
		}
		reason := "test"
		return w.count(&w.voids, w.record(t, land.Actor{Account: "second", Role: land.RoleConsole}, land.Fact{Kind: land.Voided, Voids: &id, Reason: &reason, OccurredOn: drawnAt}))
	}
	late := lateFacts[rng.IntN(len(lateFacts))]
	var code string
	err := conn.QueryRow(t.Context(), "SELECT c.code FROM subject_state s JOIN subject c USING (subject_id) WHERE s.kind = $1 AND s.stage = ANY($2) AND upper_inf(s.known) AND s.valid @> date '2022-11-01' ORDER BY random() LIMIT 1", string(late.of), late.stages).Scan(&code)
	if err != nil {
		return nil //nolint:nilerr // nothing stands in that state just now
	}
	on := land.Day{Time: time.Date(2022, 11, 1+rng.IntN(50), 0, 0, 0, 0, time.UTC)}
	return w.count(&w.facts, w.record(t, land.Actor{Account: "first", Role: land.RoleConsole}, land.Fact{Kind: land.FactKind(late.kind), Subject: land.Subject{Kind: late.of, Code: code}, OccurredOn: on}))
}

func (w *clerks) record(t *testing.T, by land.Actor, f land.Fact) error {
	_, _, err := signing.Record(t.Context(), w.db, by, []land.Fact{f}, nil)
	return err
}

// count counts what was written; a refusal is counted apart.
func (w *clerks) count(n *atomic.Int64, err error) error {
	if f, ok := fault.As(err); ok && (strings.HasPrefix(f.Code, "fact.") || f.Kind == fault.Busy) {
		w.refused.Add(1)
		return nil
	}
	if err == nil {
		n.Add(1)
	}
	return err
}

// correct cuts a corner off a plot, as if it had always been so.
func (w *clerks) correct(t *testing.T, conn *pgx.Conn) error {
	_, err := conn.Exec(t.Context(), `DO $$
		DECLARE
			v plot_version;
			at timestamptz;
		BEGIN
			SELECT * INTO v FROM plot_version WHERE upper_inf(known) AND upper_inf(valid) ORDER BY random() LIMIT 1;
			PERFORM FROM subject WHERE subject_id = v.fid FOR UPDATE;
			PERFORM ledger_enter();
			at := clock_timestamp();
			UPDATE plot_version SET known = tstzrange(lower(known), at) WHERE fid = v.fid AND upper_inf(known) AND valid = v.valid AND known = v.known;
			IF NOT FOUND THEN
				RETURN;
			END IF;
			v.shape := ST_SnapToGrid(ST_Difference(v.shape, ST_Buffer(ST_PointN(ST_Boundary(ST_GeometryN(v.shape, 1)), 1), 2, 1)), 0.0001);
			v.version := v.version + 1;
			v.change := 'corrected';
			v.known := tstzrange(at, NULL);
			v.recorded_at := at;
			IF GeometryType(v.shape) IN ('POLYGON', 'MULTIPOLYGON') AND ST_IsValid(v.shape) THEN
				INSERT INTO plot_version SELECT v.*;
			END IF;
		END $$`)
	if err != nil && (strings.Contains(err.Error(), "40001") || strings.Contains(err.Error(), "40P01")) {
		w.refused.Add(1)
		return nil
	}
	if err == nil {
		w.boundaries.Add(1)
	}
	return err
}
