package audit

import (
	"context"
	"errors"
	"io/fs"
	"log/slog"
	"time"

	"zhengbei/internal/fault"
	"zhengbei/internal/land"
	"zhengbei/internal/store"
)

// The beat of the sealer: how often it seals, how many records at once, how soon another one tries to take its place,
// and how soon an anchor that failed is tried again.
const (
	sealEvery   = 100 * time.Millisecond
	sealMost    = 1000
	takeEvery   = 500 * time.Millisecond
	anchorAgain = 5 * time.Second
	finalWithin = 5 * time.Second
)

// Sealer seals the trail of a database and anchors it in a folder.
type Sealer struct {
	DB     *store.DB
	Folder string
	Log    *slog.Logger
}

// Run seals what waits until ctx ends, and then what is left; while another server does it, it anchors that and waits for its turn.
func (s Sealer) Run(ctx context.Context) {
	for told := false; ctx.Err() == nil; {
		err := s.reign(ctx)
		if err != nil && ctx.Err() == nil && !told {
			s.Log.Warn("the audit trail cannot be sealed; trying again", "error", err)
		}
		told = err != nil
		select {
		case <-time.After(takeEvery):
		case <-ctx.Done():
		}
	}
	last, cancel := context.WithTimeout(context.WithoutCancel(ctx), finalWithin)
	defer cancel()
	if err := s.toTheEnd(last); err != nil {
		s.Log.Warn("the audit trail was not sealed to its end", "error", err)
	}
}

// toTheEnd seals until nothing waits any more, or another one has sealed it.
func (s Sealer) toTheEnd(ctx context.Context) error {
	for {
		if err := s.Once(ctx); err != nil {
			return err
		}
		if waits, err := s.DB.Waits(ctx); err != nil || !waits {
			return err
		}
		select {
		case <-time.After(sealEvery):
		case <-ctx.Done():
			return ctx.Err()
		}
	}
}

// Once seals what waits, unless nothing does or another one does it.
func (s Sealer) Once(ctx context.Context) error {
	if waits, err := s.DB.Waits(ctx); err != nil || !waits {
		return err
	}
	r, err := s.start(ctx)
	if err != nil {
		return err
	}
	defer r.end(ctx)
	if err := r.take(ctx); err != nil || !r.leads {
		return err
	}
	return r.beat(ctx)
}

// reign seals until ctx ends or the connection is lost. Where another one seals it keeps its own anchor up to date, and waits to take its place.
func (s Sealer) reign(ctx context.Context) error {
	r, err := s.start(ctx)
	if err != nil {
		return err
	}
	defer r.end(ctx)
	for {
		if err := r.take(ctx); err != nil {
			return err
		}
		every := takeEvery
		if r.leads {
			every = sealEvery
		}
		if err := r.beat(ctx); err != nil {
			return err
		}
		select {
		case <-time.After(every):
		case <-ctx.Done():
			return nil
		}
	}
}

// reigning is a sealer at work.
type reigning struct {
	Sealer
	sealing *store.Sealing
	leads   bool // it has the right to seal
	chain   land.Chain
	anchor  *anchor
	again   <-chan time.Time // tells when an anchor that failed is tried again; nil: at once
	told    string           // why it failed, as the log has it already
}

func (s Sealer) start(ctx context.Context) (*reigning, error) {
	sealing, err := s.DB.StartSealing(ctx)
	if err != nil {
		return nil, err
	}
	r := &reigning{Sealer: s, sealing: sealing}
	if r.chain, err = sealing.Chain(ctx); err != nil {
		sealing.Close(ctx)
		return nil, err
	}
	return r, nil
}

func (r *reigning) take(ctx context.Context) (err error) {
	if !r.leads {
		r.leads, err = r.sealing.Take(ctx)
	}
	return err
}

func (r *reigning) end(ctx context.Context) {
	r.drop()
	r.sealing.Close(ctx)
}

func (r *reigning) drop() {
	if r.anchor != nil {
		r.anchor.close()
		r.anchor = nil
	}
}

// beat seals all that waits, if that is its right, and anchors it. A link that cannot be anchored now is anchored later: sealing goes on.
func (r *reigning) beat(ctx context.Context) error {
	if r.anchor != nil && !r.anchor.there() {
		r.drop()
	}
	if r.anchor == nil && r.rested() {
		if err := r.open(ctx); err != nil {
			return err
		}
	}
	if !r.leads {
		return r.catchUp(ctx)
	}
	for {
		links, err := r.sealing.Seal(ctx, sealMost)
		if err != nil {
			return err
		}
		if r.anchor != nil && len(links) > 0 {
			if links[0].Seq != r.anchor.next() { // somebody else sealed meanwhile: the table says what
				err = r.catchUp(ctx)
			} else {
				r.failed(r.anchor.add(links))
			}
			if err != nil {
				return err
			}
		}
		if len(links) < sealMost {
			return nil
		}
	}
}

// rested reports whether the anchor may be tried.
func (r *reigning) rested() bool {
	select {
	case <-r.again:
		r.again = nil
	default:
	}
	return r.again == nil
}

// open opens the anchor, holds it against the database and adds what it misses; only what the database says wrong ends the sealer.
func (r *reigning) open(ctx context.Context) error {
	a, err := openAnchor(r.Folder, r.chain)
	if errors.Is(err, fs.ErrNotExist) {
		last, broken := r.sealing.Last(ctx)
		switch {
		case broken != nil:
			return broken
		case last.Seq > 0:
			err = missing(r.Folder, r.chain, last.Seq)
		case !r.leads:
			return nil
		default:
			if err = beginAnchor(r.Folder, r.chain, 1); err == nil {
				a, err = openAnchor(r.Folder, r.chain)
			}
		}
	}
	if err != nil {
		r.failed(err)
		return nil
	}
	r.anchor = a
	var broken error
	err = a.against(func(seq int64) (at land.Seal, err error) {
		links, err := r.sealing.After(ctx, seq-1, 1)
		if err != nil {
			broken = err
		} else if len(links) > 0 && links[0].Seq == seq {
			at = links[0]
		}
		return at, err
	})
	if broken != nil {
		return broken
	}
	if err != nil {
		r.failed(err)
		return nil
	}
	return r.catchUp(ctx)
}

// catchUp adds the links that the anchor misses.
func (r *reigning) catchUp(ctx context.Context) error {
	for r.anchor != nil {
		links, err := r.sealing.After(ctx, r.anchor.next()-1, sealMost)
		if err != nil {
			return err
		}
		if len(links) == 0 {
			r.told = ""
			return nil
		}
		r.failed(r.anchor.add(links))
	}
	return nil
}

// failed lets go of an anchor that cannot be written, or must not be since it says something else than the database, and tells each reason once.
func (r *reigning) failed(err error) {
	if err == nil {
		return
	}
	r.drop()
	if errors.Is(err, errHeld) { // by one of this machine that anchors the same, until it ends
		return
	}
	r.again = time.After(anchorAgain)
	if r.told == err.Error() {
		return
	}
	r.told = err.Error()
	if _, wrong := fault.As(err); wrong {
		r.Log.Error("THE AUDIT TRAIL AND ITS ANCHOR DISAGREE: somebody changed one of them, or an older database was restored; the trail is sealed but not anchored until this is settled, see zhengbei audit verify", "error", err)
		return
	}
	r.Log.Error("the audit trail is sealed but not anchored outside the database; trying again", "folder", r.Folder, "error", err)
}
