package progress

import (
	"context"
	"slices"
	"time"

	"zhengbei/internal/fault"
	"zhengbei/internal/land"
	"zhengbei/internal/store"
)

// Row is a line of the table: a parcel, zone or command post with its figures.
type Row struct {
	Code, Name, NameEn string
	Figures            land.Figures
}

// Parcel is a parcel's line.
type Parcel struct {
	Row
	FID        int32
	NameStatus *string
	Accuracy   string
	Stage      string
	Zone       *string
	Post       *land.PostRow
	Box        land.Box
}

// Post is a command post's line.
type Post struct {
	Row
	Parcels []string
}

// Table is the whole table for one day, as known at one instant.
type Table struct {
	Clock    land.Clock
	Round    land.Round
	UseClass *string
	Figures  land.Figures // of the round
	Parcels  []Parcel
	Zones    []Row
	Posts    []Post
}

// Reader reads figures. It keeps the states of all things in memory, and the answers that were asked for until the ledger moves.
type Reader struct {
	db     *store.DB
	memory memory
	kept   kept
}

// NewReader makes a reader.
func NewReader(db *store.DB) *Reader {
	return &Reader{db: db, memory: memory{gate: make(chan struct{}, 1)}, kept: kept{answers: map[string]answer{}}}
}

// round is the round of a question, after the question was found to lie within it.
func round(ctx context.Context, tx *store.Tx, clock land.Clock) (land.Round, error) {
	if !clock.Known.IsZero() {
		begins, err := tx.Begins(ctx)
		if err != nil {
			return land.Round{}, err
		}
		if !begins.IsZero() && clock.Known.Before(begins) {
			return land.Round{}, fault.New(fault.Invalid, "known.before_first", "value", inShanghai(clock.Known), "first", inShanghai(begins)).In("?known")
		}
	}
	r, found, err := tx.Round(ctx, clock)
	if err != nil {
		return r, err
	}
	if !found {
		return r, fault.New(fault.NotFound, "round.none")
	}
	if clock.Days.To.Before(r.StartsOn.Time) {
		return r, fault.New(fault.Invalid, "day.before_round", "value", clock.Days.To, "starts_on", r.StartsOn).In("?at")
	}
	return r, nil
}

// inShanghai is an instant as its readers' clocks show it.
func inShanghai(t time.Time) string { return t.In(land.Shanghai).Format("2006-01-02 15:04:05 -07:00") }

// Table answers the table for a day, of all land or of one use class.
func (r *Reader) Table(ctx context.Context, clock land.Clock, useClass *string) (Table, error) {
	name := "table/"
	if useClass != nil {
		name += *useClass
	}
	return keep(ctx, r, name, clock, func(v view) (Table, error) {
		t, _, err := readTable(ctx, v, useClass)
		return t, err
	})
}

// readTable answers the table, and the snapshot that it sums.
func readTable(ctx context.Context, v view, useClass *string) (t Table, snap snapshot, err error) {
	t = Table{Clock: v.clock, Round: v.round, UseClass: useClass}
	parcels, err := v.tx.ParcelRows(ctx, v.clock, v.round.Code)
	if err != nil {
		return t, snap, err
	}
	zones, err := v.tx.ZoneRows(ctx, v.clock, v.round.Code)
	if err != nil {
		return t, snap, err
	}
	posts, err := v.tx.PostRows(ctx, v.clock)
	if err != nil {
		return t, snap, err
	}
	snap = v.snapshot()
	if useClass != nil {
		snap.keepUse(*useClass)
	}
	parcelSums, zoneSums, postOf := snap.byParcel(), snap.byZone(), map[int32]int32{}
	blocks := snap.blocks()
	contractsIn := map[string]land.Figures{}
	named := map[string]*land.PostRow{}
	lines := map[string]*Post{}
	for _, p := range posts {
		named[p.Code] = &p
		lines[p.Code] = &Post{Row: Row{Code: p.Code, Name: p.Name, NameEn: p.NameEn}, Parcels: []string{}}
	}
	blocks.place(byParcel)
	for _, p := range parcels {
		f := *parcelSums.of(p.FID)
		blocks.put(&f, p.FID)
		if f.Area = p.Area; useClass != nil { // an outline is of no one class
			f.Area = f.Covered()
		}
		line := Parcel{
			Row: Row{Code: p.Code, Name: p.Name, NameEn: or(p.NameEn, p.Name), Figures: f},
			FID: p.FID, NameStatus: p.NameStatus, Accuracy: p.Accuracy, Stage: p.Stage, Zone: p.Zone, Box: p.Box,
		}
		if p.Post != nil && named[*p.Post] != nil {
			line.Post = named[*p.Post]
			post := lines[*p.Post]
			post.Parcels = append(post.Parcels, p.Code)
			post.Figures = post.Figures.Add(f)
			postOf[p.FID] = int32(slices.IndexFunc(posts, func(r land.PostRow) bool { return r.Code == *p.Post }))
		}
		t.Figures = t.Figures.Add(f)
		if p.Zone != nil { // a contract is one of the zone that its parcel's middle lies in
			contractsIn[*p.Zone] = contractsIn[*p.Zone].Add(land.Figures{Contracts: f.Contracts, Frameworks: f.Frameworks, LooseContracts: f.LooseContracts})
		}
		t.Parcels = append(t.Parcels, line)
	}
	blocks.place(everywhere)
	blocks.put(&t.Figures, 0)
	blocks.place(func(p land.PlotArea) (int32, bool) { post, ok := postOf[p.Parcel]; return post, ok })
	for i, p := range posts {
		blocks.put(&lines[p.Code].Figures, int32(i))
		t.Posts = append(t.Posts, *lines[p.Code])
	}
	mains := snap.mainZones()
	blocks.place(func(p land.PlotArea) (int32, bool) { zone, ok := mains[p.Plot]; return zone, ok })
	for _, z := range zones {
		f := zoneSums.of(z.FID).Add(contractsIn[z.Code])
		f.Area = f.Covered()
		blocks.put(&f, z.FID)
		t.Zones = append(t.Zones, Row{Code: z.Code, Name: z.Name, NameEn: or(z.NameEn, z.Name), Figures: f})
	}
	return t, snap, nil
}

func or(name *string, other string) string {
	if name != nil {
		return *name
	}
	return other
}
