package httpapi

import (
	"context"
	"crypto/sha256"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"mime/multipart"
	"net/http"
	"os"
	"strconv"
	"time"

	"zhengbei/internal/cadastre"
	"zhengbei/internal/exchange"
	"zhengbei/internal/fault"
	"zhengbei/internal/land"
	"zhengbei/internal/ogc"
	"zhengbei/internal/store"

	"github.com/labstack/echo/v4"
)

// The bounds of an import: of its file, and of each field beside it.
const (
	mostImport = 100 << 20
	mostField  = 200
)

// lookView is a look as it is shown: the first of each kind of thing, and how many there are.
type lookView struct {
	ID         int32           `json:"id"`
	Hash       string          `json:"hash"`
	File       string          `json:"file"`
	Collection land.Collection `json:"collection"`
	Format     string          `json:"format"`
	Encoding   string          `json:"encoding"`
	CRS        crsView         `json:"crs"`
	Features   int32           `json:"features"`
	New        []newView       `json:"new"`
	Changed    []changedView   `json:"changed"`
	Unchanged  int64           `json:"unchanged"`
	Outside    []outsideView   `json:"outside"`
	Problems   []problemView   `json:"problems"`
	Counts     lookCounts      `json:"counts"`
	Applied    *appliedView    `json:"applied"`
}

type crsView struct {
	Code string `json:"code"`
	Why  string `json:"why"`
}

type newView struct {
	Feature int32        `json:"feature"`
	ID      *string      `json:"id"`
	AreaM2  *json.Number `json:"area_m2"`
}

type changedView struct {
	Feature      int32        `json:"feature"`
	ID           *string      `json:"id"`
	Version      *int32       `json:"version"`
	What         []string     `json:"what"`
	AreaM2       *json.Number `json:"area_m2"`
	AreaBeforeM2 *json.Number `json:"area_before_m2"`
}

type outsideView struct {
	Parcel string      `json:"parcel"`
	Plot   string      `json:"plot"`
	AreaM2 json.Number `json:"area_m2"`
	Point  [2]float64  `json:"point"`
}

type problemView struct {
	Severity string      `json:"severity"`
	Feature  *int32      `json:"feature"`
	ID       *string     `json:"id"`
	Code     string      `json:"code"`
	Reason   string      `json:"reason"`
	Pointer  string      `json:"pointer,omitempty"`
	Point    *[2]float64 `json:"point"`
	Mend     string      `json:"mend"`
}

type lookCounts struct {
	New      int64 `json:"new"`
	Changed  int64 `json:"changed"`
	Outside  int64 `json:"outside"`
	Errors   int64 `json:"errors"`
	Warnings int64 `json:"warnings"`
}

type appliedView struct {
	New       int64    `json:"new"`
	Changed   int64    `json:"changed"`
	Unchanged int64    `json:"unchanged"`
	ValidFrom land.Day `json:"valid_from"`
}

// ViewLook shows a look in a language; the command line prints the same.
func ViewLook(l land.Look, lang fault.Language) any {
	v := lookView{
		ID: l.ID, Hash: l.Hash, File: l.File, Collection: l.Collection, Format: l.Format, Encoding: l.Encoding, CRS: crsView{l.CRS, l.Why.In(lang)},
		Features: l.Features, New: []newView{}, Changed: []changedView{}, Unchanged: l.Unchanged, Outside: []outsideView{}, Problems: []problemView{},
		Counts: lookCounts{l.Begins, l.Changes, l.Leaves, l.Errors, l.Warnings},
	}
	for _, r := range l.New {
		v.New = append(v.New, newView{r.Place, r.Code, (*json.Number)(r.AreaM2)})
	}
	for _, r := range l.Changed {
		v.Changed = append(v.Changed, changedView{r.Place, r.Code, r.Version, r.What, (*json.Number)(r.AreaM2), (*json.Number)(r.BeforeM2)})
	}
	for _, o := range l.Outside {
		v.Outside = append(v.Outside, outsideView{o.Parcel, o.Plot, json.Number(o.AreaM2), o.Point})
	}
	for _, p := range l.Problems {
		f := p.Fault()
		shown := problemView{Severity: p.Severity, Code: p.Code, Reason: f.Says(lang), Pointer: p.Pointer, Point: p.Point, Mend: f.Mend(lang)}
		if p.Feature > 0 {
			shown.Feature = &p.Feature
		}
		if p.ID != "" {
			shown.ID = &p.ID
		}
		v.Problems = append(v.Problems, shown)
	}
	if l.Applied != nil {
		shown := viewApplied(*l.Applied)
		v.Applied = &shown
	}
	return v
}

func viewApplied(d land.ApplyDone) appliedView {
	return appliedView{d.Begun, d.Changed, d.Unchanged, d.From}
}

// upload is what a form brings: its file lies on disk until the request ends, since the fields that say how it is to be read may come behind it.
type upload struct {
	file       *os.File
	name       string
	hash       [32]byte
	collection land.Collection
	as         exchange.Reading
}

// receive takes a form, whose file is at no time in memory.
func receive(c echo.Context) (u upload, err error) {
	r := c.Request()
	within := time.Now().Add(time.Duration(stream)) //nolint:forbidigo // a deadline of the socket, not a time of the domain
	_ = http.NewResponseController(c.Response()).SetReadDeadline(within)
	form, err := r.MultipartReader()
	if err != nil {
		return u, fault.New(fault.Unsupported, "import.no_file").In("Content-Type:").Because(err)
	}
	fields := map[string]string{}
	for {
		part, err := form.NextPart()
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			return u, unread(err)
		}
		name := part.FormName()
		if _, twice := fields[name]; twice || name == "file" && u.file != nil {
			return u, fault.New(fault.Malformed, "body.twice", "value", name).In("/" + name)
		}
		switch name {
		case "file":
			if err := u.spool(part); err != nil {
				return u, err
			}
		case "collection", "crs", "encoding", "layer":
			raw, err := io.ReadAll(io.LimitReader(part, mostField+1))
			if err != nil {
				return u, unread(err)
			}
			if len(raw) > mostField || !isText(string(raw)) {
				return u, fault.New(fault.Malformed, "request.not_text").In("/" + name)
			}
			fields[name] = string(raw)
		default:
			return u, fault.New(fault.Malformed, "import.field", "value", name).In("/" + name)
		}
	}
	if u.file == nil {
		return u, fault.New(fault.Malformed, "import.no_file").In("/file")
	}
	u.collection = land.Collection(fields["collection"])
	u.as = exchange.Reading{Collection: u.collection, CRS: fields["crs"], Encoding: fields["encoding"], Layer: fields["layer"]}
	return u, cadastre.Importable(u.collection)
}

// spool keeps the file on disk, under no name that anybody could open.
func (u *upload) spool(part *multipart.Part) error {
	f, err := os.CreateTemp("", "zhengbei-import-")
	if err != nil {
		return err
	}
	u.file, u.name = f, part.FileName()
	if err := os.Remove(f.Name()); err != nil {
		return err
	}
	if !isText(u.name) || len(u.name) > mostField {
		return fault.New(fault.Malformed, "request.not_text").In("/file")
	}
	sum := sha256.New()
	n, err := io.Copy(io.MultiWriter(f, sum), io.LimitReader(part, mostImport+1))
	if err != nil {
		return unread(err)
	}
	if n > mostImport {
		return fault.New(fault.TooLarge, "body.too_large", "max_mb", mostImport>>20)
	}
	sum.Sum(u.hash[:0])
	_, err = f.Seek(0, io.SeekStart)
	return err
}

// unread says why a form could not be read to its end.
func unread(err error) error {
	var large *http.MaxBytesError
	if errors.As(err, &large) {
		return fault.New(fault.TooLarge, "body.too_large", "max_mb", mostImport>>20)
	}
	return fault.New(fault.Malformed, "body.cut_off").Because(err)
}

func (u *upload) close() {
	if u.file != nil {
		_ = u.file.Close()
	}
}

// lookAtFile reads a file and answers what it would bring; nothing on the map changes.
func (a *api) lookAtFile(c echo.Context) error {
	u, err := receive(c)
	defer u.close()
	if err != nil {
		return err
	}
	format, err := exchange.ByName(u.name)
	if err != nil {
		return err
	}
	if u.as.Rules, err = a.rules(c); err != nil {
		return err
	}
	reader, err := format.Read(u.file, u.as)
	if err != nil {
		return err
	}
	file := cadastre.File{Name: u.name, Collection: u.collection, Features: reader.Features(), Says: reader.Says, Hash: func() []byte { return u.hash[:] }}
	asked := fmt.Appendf(nil, "%x\n%s\n%s\n%q", u.hash, u.name, u.collection, []string{u.as.CRS, u.as.Encoding, u.as.Layer})
	if done, err := a.replayed(c, asked); done || err != nil { // before the file is read once more
		return err
	}
	lang := speaks(c.Request())
	return a.write(c, asked, func(ctx context.Context, by land.Actor, keep func(*store.Tx, outcome) error) error {
		_, err := file.Look(ctx, a.db, by, func(string) {}, func(tx *store.Tx, look land.Look) error {
			return keep(tx, outcome{place: "/api/v1/imports/" + strconv.Itoa(int(look.ID)), body: ViewLook(look, lang)})
		})
		return err
	})
}

// importNumber reads the number of an import.
func importNumber(c echo.Context) (int32, error) {
	id, err := strconv.ParseInt(c.Param("id"), 10, 32)
	if err != nil || id < 1 {
		return 0, fault.New(fault.NotFound, "import.unknown", "id", c.Param("id")).In("{id}")
	}
	return int32(id), nil
}

// look shows a look again.
func (a *api) look(c echo.Context) error {
	id, err := importNumber(c)
	if err != nil {
		return err
	}
	var look land.Look
	if err := a.db.Read(c.Request().Context(), func(tx *store.Tx) error {
		look, err = tx.Look(c.Request().Context(), id)
		return err
	}); err != nil {
		return err
	}
	lang := speaks(c.Request())
	c.Response().Header().Add(echo.HeaderVary, "Accept-Language")
	c.Response().Header().Set("Content-Language", string(lang))
	return answer(c, ogc.TypeJSON, "", ViewLook(look, lang))
}

// dropLook forgets a file that is not to be applied.
func (a *api) dropLook(c echo.Context) error {
	id, err := importNumber(c)
	if err != nil {
		return err
	}
	return a.write(c, nil, func(ctx context.Context, by land.Actor, keep func(*store.Tx, outcome) error) error {
		return a.db.Compare(ctx, by, func(tx *store.Tx) error {
			if err := tx.DropImport(ctx, id); err != nil {
				return err
			}
			return keep(tx, outcome{status: http.StatusNoContent})
		})
	})
}

// applyLook writes what was looked at, all or nothing, if nothing of it has moved since.
func (a *api) applyLook(c echo.Context) error {
	id, err := importNumber(c)
	if err != nil {
		return err
	}
	raw, err := body(c)
	if err != nil {
		return err
	}
	var q struct {
		Hash          string  `json:"hash"`
		Reason        string  `json:"reason"`
		ValidFrom     *string `json:"valid_from"`
		DocumentNo    *string `json:"document_no"`
		AcceptOutside bool    `json:"accept_outside"`
	}
	if err := strict(raw, &q); err != nil {
		return err
	}
	apply := cadastre.Applying{ID: id, Hash: q.Hash, Reason: q.Reason, DocumentNo: q.DocumentNo, AcceptOutside: q.AcceptOutside}
	var day *land.Day
	if q.ValidFrom != nil {
		named, err := land.ParseDay("/valid_from", *q.ValidFrom)
		if err != nil {
			return err
		}
		day = &named
	}
	from, wrong := a.from("/valid_from", day)
	if wrong != nil {
		return wrong
	}
	apply.From = from
	return a.write(c, raw, func(ctx context.Context, by land.Actor, keep func(*store.Tx, outcome) error) error {
		return apply.Apply(ctx, a.db, by, func(string) {}, func(tx *store.Tx, done land.ApplyDone) error {
			return keep(tx, outcome{status: http.StatusOK, body: viewApplied(done)})
		})
	})
}
