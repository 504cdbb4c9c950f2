package audit

import (
	"context"
	"errors"
	"log/slog"
	"time"

	"zhengbei/internal/fault"
	"zhengbei/internal/land"
	"zhengbei/internal/store"
)

// The beat of the sealer: how often it seals, how many records at once, how soon another one tries to take its place,
// and how soon it tries again to write an anchor that failed.
const (
	sealEvery   = 100 * time.Millisecond
	sealMost    = 1000
	takeEvery   = 500 * time.Millisecond
	anchorAgain = 50 // beats
	finalWithin = 5 * time.Second
)

// Sealer seals the trail of a database and anchors it in a folder.
type Sealer struct {
	DB     *store.DB
	Folder string
	Log    *slog.Logger
}

// Run seals what waits until ctx ends, and then what is left; while another server does it, it waits for its turn.
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
	r, err := s.take(ctx)
	if err != nil || r == nil {
		return err
	}
	defer r.end(ctx)
	return r.beat(ctx)
}

// reign seals until ctx ends or the right is lost; it answers at once where another one has it.
func (s Sealer) reign(ctx context.Context) error {
	r, err := s.take(ctx)
	if err != nil || r == nil {
		return err
	}
	defer r.end(ctx)
	again := time.NewTicker(sealEvery)
	defer again.Stop()
	for {
		if err := r.beat(ctx); err != nil {
			return err
		}
		select {
		case <-again.C:
		case <-ctx.Done():
			return nil
		}
	}
}

// reigning is a sealer that has the right to seal.
type reigning struct {
	Sealer
	sealing *store.Sealing
	chain   string
	anchor  *anchor
	rest    int   // beats before the anchor is tried again
	parted  error // the anchor is not this chain's: nothing is added to it any more
	told    bool  // that it cannot be written
}

func (s Sealer) take(ctx context.Context) (*reigning, error) {
	sealing, err := s.DB.StartSealing(ctx)
	if err != nil || sealing == nil {
		return nil, err
	}
	r := &reigning{Sealer: s, sealing: sealing}
	if r.chain, err = sealing.Chain(ctx); err != nil {
		sealing.Close(ctx)
		return nil, err
	}
	return r, nil
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

// beat seals all that waits. A link that cannot be anchored now is anchored later: sealing goes on.
func (r *reigning) beat(ctx context.Context) error {
	if err := r.anchoring(ctx); err != nil {
		return err
	}
	for {
		links, err := r.sealing.Seal(ctx, sealMost)
		if err != nil {
			return err
		}
		if r.anchor != nil && len(links) > 0 {
			if last := r.anchor.last.Seq; last != 0 && links[0].Seq != last+1 { // somebody else sealed meanwhile: the table says what
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

// anchoring opens the anchor, holds it against the database and adds what it misses.
func (r *reigning) anchoring(ctx context.Context) error {
	if r.anchor != nil || r.parted != nil {
		return nil
	}
	if r.rest > 0 {
		r.rest--
		return nil
	}
	a, err := openAnchor(r.Folder, r.chain)
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

// catchUp adds the links that the anchor misses. An empty one begins here: it cannot vouch for what was sealed before it was there.
func (r *reigning) catchUp(ctx context.Context) error {
	if r.anchor.last.Seq == 0 && len(r.anchor.torn) == 0 {
		last, err := r.sealing.Last(ctx)
		if err != nil {
			return err
		}
		if last.Seq > 0 {
			r.Log.Error("the audit trail had no anchor here; one begins now and does not vouch for what was sealed before", "file", r.anchor.file.Name(), "seq", last.Seq)
			r.failed(r.anchor.add([]land.Seal{last}))
			return nil
		}
	}
	for r.anchor != nil {
		links, err := r.sealing.After(ctx, r.anchor.last.Seq, sealMost)
		if err != nil {
			return err
		}
		if len(links) == 0 {
			return nil
		}
		r.failed(r.anchor.add(links))
	}
	return nil
}

// failed lets go of an anchor that could not be written. One that says something else than the database is never written again.
func (r *reigning) failed(err error) {
	if err == nil {
		r.told = false
		return
	}
	r.drop()
	r.rest = anchorAgain
	if _, wrong := fault.As(err); wrong {
		r.parted = err
		r.Log.Error("THE AUDIT TRAIL AND ITS ANCHOR DISAGREE: somebody changed one of them, or an older database was restored; run zhengbei audit verify", "error", err)
		return
	}
	if !r.told && !errors.Is(err, errHeld) {
		r.Log.Error("the audit trail is sealed but not anchored outside the database; trying again", "folder", r.Folder, "error", err)
	}
	r.told = true
}
