package store

import (
	"context"
	"encoding/binary"
	"encoding/json"
	"errors"
	"io"
	"math"
	"strconv"
	"time"

	"zhengbei/internal/fault"
	"zhengbei/internal/land"

	"github.com/jackc/pgx/v5"
	"github.com/paulmach/orb"
)

var (
	importForget     = query("import.forget")
	importBegin      = query("import.begin")
	importCopy       = query("import.copy")
	importAnalyze    = query("import.analyze")
	importPlan       = query("import.plan")
	importBases      = query("import.bases")
	importHash       = query("import.hash")
	importCounts     = query("import.counts")
	importRows       = query("import.rows")
	importUnsound    = query("import.unsound")
	importLost       = query("import.lost")
	importChanging   = query("import.changing")
	importWide       = query("import.wide")
	importSpread     = query("import.spread")
	importDuplicates = query("import.duplicates")
	importCodes      = query("import.codes")
	importStale      = query("import.stale")
	importAttributes = query("import.attributes")
	importOverlaps   = query("import.overlaps")
	importOutside    = query("import.outside")
	importLeaves     = query("import.leaves")
	importAccepted   = query("import.accepted")
	importKeep       = query("import.keep")
	importRead       = query("import.read")
	importTake       = query("import.take")
	importDrop       = query("import.drop")
	importCells      = query("import.cells")
	importParents    = query("import.parents")
	importSubjects   = query("import.subjects")
	importMoved      = query("import.moved")
	importNumber     = query("import.number")
	importFeatures   = query("import.features")
	importClose      = query("import.close")
	importVersions   = query("import.versions")
	importNamed      = query("import.named")
	importStanding   = query("import.standing")
	importWritten    = query("import.written")
	importRedrawn    = query("import.redrawn")
	importDone       = query("import.done")
	importClear      = query("import.clear")
)

// Stage reads a file into the database, where it waits for a day to be looked at and applied; nothing on the map changes.
// feed puts one feature after the other; they are copied while it reads on, and none is kept in memory.
// The tables are counted after each step in a transaction of its own, since that holds up others that count them.
func (db *DB) Stage(ctx context.Context, by land.Actor, collection land.Collection, feed func(put func(land.Incoming) error) error) (id int32, err error) {
	steps := []func(*Tx) error{
		func(tx *Tx) error { return tx.exec(ctx, importForget, nil) },
		func(tx *Tx) error {
			if id, err = one[int32](ctx, tx, importBegin, named{"by": by.Account, "collection": collection}); err != nil {
				return err
			}
			return tx.copyRows(ctx, id, feed)
		},
		func(tx *Tx) error { return tx.exec(ctx, importAnalyze, nil) },
		func(tx *Tx) error {
			if err := tx.exec(ctx, importPlan, tx.Import(id, collection).named(nil)); err != nil {
				return err
			}
			return tx.exec(ctx, importBases, tx.Import(id, collection).named(nil))
		},
		func(tx *Tx) error { return tx.exec(ctx, importAnalyze, nil) },
	}
	for _, step := range steps {
		err := db.transact(ctx, pgx.TxOptions{IsoLevel: pgx.ReadCommitted}, by, func(tx *Tx) error {
			if err := tx.Patient(ctx); err != nil {
				return err
			}
			return step(tx)
		})
		if err != nil {
			if id != 0 {
				db.Unstage(ctx, id)
			}
			return 0, err
		}
	}
	return id, nil
}

// longestUnstage is how long forgetting a file may take when nobody waits for it any more.
const longestUnstage = 10 * time.Second

// Unstage forgets a file that came to nothing, even where the one who sent it has left; what cannot be forgotten now is in a day.
func (db *DB) Unstage(ctx context.Context, id int32) {
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), longestUnstage)
	defer cancel()
	_ = db.transact(ctx, pgx.TxOptions{IsoLevel: pgx.ReadCommitted}, land.Actor{}, func(tx *Tx) error { return tx.exec(ctx, importDrop, named{"id": id}) })
}

// errFed ends a copy that its feeder has given up.
var errFed = errors.New("the rows end here")

// copyRows sends rows in PostgreSQL's binary form while the feeder makes more of them.
func (tx *Tx) copyRows(ctx context.Context, id int32, feed func(put func(land.Incoming) error) error) error {
	out, in := io.Pipe()
	fed := make(chan error, 1)
	go func() {
		rows := copier{id: id, to: in, buf: append([]byte("PGCOPY\n\xff\r\n\x00"), 0, 0, 0, 0, 0, 0, 0, 0)}
		err := feed(rows.put)
		if err == nil {
			rows.buf = append(rows.buf, 0xff, 0xff)
			err = rows.flush()
		}
		fed <- err
		if err != nil {
			err = errFed
		}
		_ = in.CloseWithError(err)
	}()
	_, err := tx.tx.Conn().PgConn().CopyFrom(ctx, out, importCopy.text)
	_ = out.CloseWithError(io.ErrClosedPipe) // a feeder that is not heard ends as well
	if broke := <-fed; broke != nil && !errors.Is(broke, io.ErrClosedPipe) {
		return broke
	}
	return translate(err)
}

// copier writes rows of import_row as COPY reads them.
type copier struct {
	id  int32
	to  io.Writer
	buf []byte
}

// copyChunk is how much is sent at once.
const copyChunk = 64 << 10

func (c *copier) flush() error {
	_, err := c.to.Write(c.buf)
	c.buf = c.buf[:0]
	return err
}

// rowFields is how many columns import.copy names.
const rowFields = 23

func (c *copier) put(r land.Incoming) error {
	c.buf = binary.BigEndian.AppendUint16(c.buf, rowFields)
	c.number(c.id)
	c.number(r.Place)
	c.text(optional(r.Code))
	if r.Base != nil {
		c.number(*r.Base)
	} else {
		c.null()
	}
	c.number(int32(r.Given))
	c.buf = binary.BigEndian.AppendUint32(c.buf, 2)
	c.buf = binary.BigEndian.AppendUint16(c.buf, uint16(r.Decimals))
	for _, text := range []*string{
		optional(r.Kind), r.Name, r.NameEn, r.NameStatus, r.Subdistrict, r.SubdistrictEn, r.Locality, r.LocalityEn,
		r.Parcel, r.Disposition, r.UseClass, optional(r.Accuracy), optional(r.Source), optional(r.SourceEn), (*string)(r.AreaOfficialM2),
	} {
		c.text(text)
	}
	if r.Published != nil {
		c.buf = binary.BigEndian.AppendUint32(c.buf, uint32(len(r.Published)+1))
		c.buf = append(append(c.buf, 1), r.Published...) // the first byte is the version of jsonb
	} else {
		c.null()
	}
	if err := c.shape(r.Geometry); err != nil {
		return err
	}
	if len(c.buf) < copyChunk {
		return nil
	}
	return c.flush()
}

func (c *copier) null() { c.buf = append(c.buf, 0xff, 0xff, 0xff, 0xff) }

func (c *copier) number(n int32) {
	c.buf = binary.BigEndian.AppendUint32(c.buf, 4)
	c.buf = binary.BigEndian.AppendUint32(c.buf, uint32(n))
}

func (c *copier) text(s *string) {
	if s == nil {
		c.null()
		return
	}
	c.buf = binary.BigEndian.AppendUint32(c.buf, uint32(len(*s)))
	c.buf = append(c.buf, *s...)
}

// The EWKB of PostGIS, little end first.
const (
	wkbPolygon      = 3
	wkbMultiPolygon = 6
	wkbHasSRID      = 0x20000000
	sridDegrees     = 4490
)

// shape writes a polygon or several in degrees, with the length before it.
func (c *copier) shape(g orb.Geometry) error {
	at := len(c.buf)
	c.buf = append(c.buf, 0, 0, 0, 0)
	head := func(kind uint32) {
		c.buf = append(c.buf, 1)
		c.buf = binary.LittleEndian.AppendUint32(c.buf, kind)
	}
	rings := func(p orb.Polygon) {
		c.buf = binary.LittleEndian.AppendUint32(c.buf, uint32(len(p)))
		for _, ring := range p {
			c.buf = binary.LittleEndian.AppendUint32(c.buf, uint32(len(ring)))
			for _, point := range ring {
				c.buf = binary.LittleEndian.AppendUint64(c.buf, math.Float64bits(point[0]))
				c.buf = binary.LittleEndian.AppendUint64(c.buf, math.Float64bits(point[1]))
			}
		}
	}
	switch g := g.(type) {
	case orb.Polygon:
		head(wkbPolygon | wkbHasSRID)
		c.buf = binary.LittleEndian.AppendUint32(c.buf, sridDegrees)
		rings(g)
	case orb.MultiPolygon:
		head(wkbMultiPolygon | wkbHasSRID)
		c.buf = binary.LittleEndian.AppendUint32(c.buf, sridDegrees)
		c.buf = binary.LittleEndian.AppendUint32(c.buf, uint32(len(g)))
		for _, p := range g {
			head(wkbPolygon)
			rings(p)
		}
	default:
		return errors.New("no polygon: " + g.GeoJSONType())
	}
	binary.BigEndian.PutUint32(c.buf[at:], uint32(len(c.buf)-at-4))
	return nil
}

// Compare runs fn in one transaction that writes nothing on the map, once under the key of the context.
func (db *DB) Compare(ctx context.Context, by land.Actor, fn func(*Tx) error) error {
	return db.writing(ctx, by, func(tx *Tx) error {
		if err := tx.Patient(ctx); err != nil {
			return err
		}
		return fn(tx)
	})
}

// Found is one thing that a look has found; what Other and Value say depends on what was looked for.
type Found struct {
	Place        int32
	Code         *string
	Other, Value *string
	Lon, Lat     *float64
	Total        int64 // of all that were found, of which these are the first
}

// Import is a staged file in a transaction that compares or applies it.
type Import struct {
	tx         *Tx
	ID         int32
	Collection land.Collection
}

// Import is the staged file of a number.
func (tx *Tx) Import(id int32, collection land.Collection) Import { return Import{tx, id, collection} }

func (i Import) named(more named) named {
	return plus(named{"id": i.ID, "collection": i.Collection}, more)
}

// Hash is a hash of all that the file was compared with.
func (i Import) Hash(ctx context.Context) (string, error) {
	return one[string](ctx, i.tx, importHash, named{"id": i.ID})
}

// Counts are how many features are new, change, and say what is already so.
func (i Import) Counts(ctx context.Context) (begins, changes, unchanged int64, err error) {
	c, _, err := row[struct{ Begins, Changes, Unchanged int64 }](ctx, i.tx, importCounts, named{"id": i.ID})
	return c.Begins, c.Changes, c.Unchanged, err
}

// Rows are the first features that are new, or that change.
func (i Import) Rows(ctx context.Context, fresh bool, limit int) ([]land.LookRow, error) {
	return many[land.LookRow](ctx, i.tx, importRows, i.named(named{"new": fresh, "limit": limit}))
}

// Unsound are shapes that are not valid on the grid: Other says why, nil where nothing is left of it.
func (i Import) Unsound(ctx context.Context, limit int) ([]Found, error) {
	return many[Found](ctx, i.tx, importUnsound, named{"id": i.ID, "limit": limit})
}

// Lost are shapes that lose a part or a hole on the grid.
func (i Import) Lost(ctx context.Context, limit int) ([]Found, error) {
	return many[Found](ctx, i.tx, importLost, named{"id": i.ID, "limit": limit})
}

// Changing are the positions, in the lists, of the properties of features that are new or change.
func (i Import) Changing(ctx context.Context, places []int32, names []string) ([]int64, error) {
	found, err := many[struct{ N int64 }](ctx, i.tx, importChanging, named{"id": i.ID, "places": places, "names": names})
	at := make([]int64, len(found))
	for n, f := range found {
		at[n] = f.N - 1
	}
	return at, err
}

// Wide are features that would lock more than so many cells: Other is how many.
func (i Import) Wide(ctx context.Context, most int64, limit int) ([]Found, error) {
	return many[Found](ctx, i.tx, importWide, i.named(named{"most": most, "limit": limit}))
}

// Spread is how many cells the import would lock.
func (i Import) Spread(ctx context.Context) (int64, error) {
	return one[int64](ctx, i.tx, importSpread, i.named(nil))
}

// Duplicates are codes that stand more than once: Other names the places, Value how many.
func (i Import) Duplicates(ctx context.Context, limit int) ([]Found, error) {
	return many[Found](ctx, i.tx, importDuplicates, named{"id": i.ID, "limit": limit})
}

// Codes are codes that no new feature can have: taken where Other is one, of another form where it is nil.
func (i Import) Codes(ctx context.Context, limit int) ([]Found, error) {
	return many[Found](ctx, i.tx, importCodes, i.named(named{"limit": limit}))
}

// Stale are features that change what somebody has changed since: Other is the version that stands, Value the base.
func (i Import) Stale(ctx context.Context, limit int) ([]Found, error) {
	return many[Found](ctx, i.tx, importStale, i.named(named{"limit": limit}))
}

// Attributes are properties that do not fit the layer: Other is the property, Value what it says.
func (i Import) Attributes(ctx context.Context, limit int) ([]Found, error) {
	return many[Found](ctx, i.tx, importAttributes, i.named(named{"limit": limit}))
}

// Overlaps are overlaps with Other, of the file or standing, by Value m2; unsound shapes are left out.
func (i Import) Overlaps(ctx context.Context, unsound []int32, limit int) ([]Found, error) {
	return many[Found](ctx, i.tx, importOverlaps, i.named(named{"unsound": unsound, "limit": limit}))
}

// Outside are plots outside their parcel, which is Other, by Value m2.
func (i Import) Outside(ctx context.Context, unsound []int32, limit int) ([]Found, error) {
	return many[Found](ctx, i.tx, importOutside, i.named(named{"unsound": unsound, "limit": limit}))
}

// Leaves are plots, as Other, that the new outline of a parcel leaves outside by Value m2.
func (i Import) Leaves(ctx context.Context, unsound []int32, limit int) ([]Found, error) {
	return many[Found](ctx, i.tx, importLeaves, i.named(named{"unsound": unsound, "limit": limit}))
}

// Accepted are plots whose accepted boundary moves by Other m2 without a correction that names its hash, which is Value.
func (i Import) Accepted(ctx context.Context, unsound []int32, limit int) ([]Found, error) {
	return many[Found](ctx, i.tx, importAccepted, i.named(named{"unsound": unsound, "limit": limit}))
}

// Keep keeps a look, to be read again and applied.
func (i Import) Keep(ctx context.Context, look land.Look) error {
	raw, err := json.Marshal(look)
	if err != nil {
		return err
	}
	return i.tx.exec(ctx, importKeep, named{"id": i.ID, "look": raw})
}

// Look is a look that was kept; its Applied says what was written since.
func (tx *Tx) Look(ctx context.Context, id int32) (land.Look, error) {
	return tx.look(ctx, importRead, id)
}

func (tx *Tx) look(ctx context.Context, q sql, id int32) (look land.Look, err error) {
	kept, found, err := row[struct {
		Collection land.Collection
		Look       []byte
		Applied    []byte
	}](ctx, tx, q, named{"id": id})
	if err != nil {
		return look, err
	}
	if !found {
		return look, fault.New(fault.NotFound, "import.unknown", "id", id).In("{id}")
	}
	if err := json.Unmarshal(kept.Look, &look); err != nil {
		return look, err
	}
	if kept.Applied != nil {
		err = json.Unmarshal(kept.Applied, &look.Applied)
	}
	return look, err
}

// DropImport forgets a file; one that there is not is a fault.
func (tx *Tx) DropImport(ctx context.Context, id int32) error {
	n, err := tx.written(ctx, importDrop, named{"id": id})
	if err == nil && n == 0 {
		return fault.New(fault.NotFound, "import.unknown", "id", id).In("{id}")
	}
	if err == nil {
		tx.Did(land.Deed{Object: importObject(id), Before: struct{}{}})
	}
	return err
}

// WriteImport is Write for a staged file: its look, cells, parents and things are locked in this order, and ready may refuse it,
// before the ledger is entered and the clock is read, so that nobody who settles an instant waits for more than what is written.
// may refuses it before anything but its look is locked.
func (db *DB) WriteImport(ctx context.Context, by land.Actor, id int32, may, ready, fn func(*Tx, land.Look) error) error {
	return db.writing(ctx, by, func(tx *Tx) error {
		if err := tx.Patient(ctx); err != nil {
			return err
		}
		look, err := tx.look(ctx, importTake, id)
		if err != nil {
			return err
		}
		if err := may(tx, look); err != nil {
			return err
		}
		i := tx.Import(id, look.Collection)
		for _, lock := range []sql{importCells, importParents} {
			if err := tx.exec(ctx, lock, i.named(nil)); err != nil {
				return err
			}
		}
		moved, err := one[[]int32](ctx, tx, importSubjects, i.named(nil))
		if err != nil {
			return err
		}
		if _, err := one[[]int32](ctx, tx, ledgerLock, named{"ids": moved}); err != nil { // nothing rests on plots and parcels: the set cannot grow
			return err
		}
		if err := ready(tx, look); err != nil {
			return err
		}
		if err := tx.enter(ctx); err != nil {
			return err
		}
		return fn(tx, look)
	})
}

// Moved are the codes of what has changed since the look, the first of them, and how many there are.
func (i Import) Moved(ctx context.Context, limit int) (codes []string, total int64, err error) {
	return i.codes(ctx, importMoved, limit)
}

func (i Import) codes(ctx context.Context, q sql, limit int) (codes []string, total int64, err error) {
	found, err := many[struct {
		Code  string
		Total int64
	}](ctx, i.tx, q, i.named(named{"limit": limit}))
	for _, f := range found {
		codes, total = append(codes, f.Code), f.Total
	}
	return codes, total, err
}

// Written is a thing that an import wrote, with its place in the file.
type Written struct {
	FID   int32
	Code  string
	Place int32
	Given bool // the file names the code
}

// Written are the things that can lie otherwise than before on some day.
func (i Import) Written(ctx context.Context) ([]Written, error) {
	return many[Written](ctx, i.tx, importWritten, i.named(named{"now": i.tx.Now}))
}

// Redrawn are the hashes of the boundaries of things, as they were written, by code.
func (i Import) Redrawn(ctx context.Context, codes []string) (map[string]string, error) {
	found, err := many[struct{ Code, Hash string }](ctx, i.tx, importRedrawn, named{"codes": codes, "now": i.tx.Now})
	hashes := make(map[string]string, len(found))
	for _, f := range found {
		hashes[f.Code] = f.Hash
	}
	return hashes, err
}

// Number gives codes to the new features that have none. Sequences do not wait for each other: it need not be done behind the ledger lock.
func (i Import) Number(ctx context.Context) error { return i.tx.exec(ctx, importNumber, i.named(nil)) }

// Standing are the things that the file changes.
func (i Import) Standing(ctx context.Context) ([]int32, error) {
	return one[[]int32](ctx, i.tx, importStanding, named{"id": i.ID})
}

// Begin begins the new features; the codes are those that somebody has taken since the look, the first of them, and how many there are.
func (i Import) Begin(ctx context.Context, limit int) (codes []string, total int64, err error) {
	return i.codes(ctx, importFeatures, limit)
}

// Apply writes all that the file brings, from a day on. The file's name is the source of what has none.
func (i Import) Apply(ctx context.Context, from land.Day, file, reason string, documentNo *string) error {
	if err := i.tx.exec(ctx, importClose, i.named(named{"from": from, "now": i.tx.Now})); err != nil {
		return err
	}
	return i.tx.exec(ctx, importVersions, i.named(named{"from": from, "now": i.tx.Now, "by": i.tx.Actor.Account, "file": file, "reason": reason, "document_no": documentNo}))
}

// Did notes what an import does, as one deed with its counts and the hash of its file; it is found by each of the things that it writes.
func (i Import) Did(ctx context.Context, look land.Look, done land.ApplyDone, reason string, documentNo *string) error {
	found, err := many[struct{ Code string }](ctx, i.tx, importNamed, named{"id": i.ID})
	if err != nil {
		return err
	}
	for _, f := range found {
		i.tx.about(f.Code)
	}
	i.tx.Did(land.Deed{Object: importObject(i.ID), After: struct {
		Collection land.Collection `json:"collection"`
		File       string          `json:"file"`
		SHA256     string          `json:"sha256"`
		New        int64           `json:"new"`
		Changed    int64           `json:"changed"`
		Unchanged  int64           `json:"unchanged"`
		From       land.Day        `json:"from"`
		Reason     string          `json:"reason"`
		DocumentNo *string         `json:"document_no,omitempty"`
	}{i.Collection, look.File, look.FileHash, done.Begun, done.Changed, done.Unchanged, done.From, reason, documentNo}})
	return nil
}

// importObject is how the audit trail names a file that was looked at.
func importObject(id int32) string { return "import:" + strconv.Itoa(int(id)) }

// Done keeps what was written and forgets what was read.
func (i Import) Done(ctx context.Context, done land.ApplyDone) error {
	raw, err := json.Marshal(done)
	if err != nil {
		return err
	}
	if err := i.tx.exec(ctx, importDone, named{"id": i.ID, "applied": raw}); err != nil {
		return err
	}
	return i.tx.exec(ctx, importClear, named{"id": i.ID})
}
