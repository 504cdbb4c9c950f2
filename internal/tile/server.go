package tile

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/base64"
	"fmt"
	"runtime/debug"
	"sync"
	"sync/atomic"
	"time"

	"zhengbei/internal/fault"
	"zhengbei/internal/land"
	"zhengbei/internal/store"

	"github.com/klauspost/compress/gzip"
	"github.com/maypok86/otter/v2"
	"golang.org/x/sync/singleflight"
)

// Source makes a tile anew.
type Source func(ctx context.Context, z, x, y int, clock land.Clock) ([]byte, error)

// Tile is a finished tile, ready to send.
type Tile struct {
	Gzip []byte    // the tile in gzip; empty where nothing lies in it
	ETag string    // strong, of the content, without quotes
	Made time.Time // when it was read from the database
}

// key is one tile of one day, as known at one instant.
type key struct {
	ID
	at, known string
}

// size in bytes as the cache counts it, with what an entry costs besides its body.
func (t Tile) size() uint32 { return uint32(len(t.Gzip)) + 256 }

// buildWithin bounds one build; it goes on when the first caller leaves, since others wait for it.
const buildWithin = 5 * time.Second

// Server answers tiles from a cache bounded by bytes; what it does not have it builds once, whoever asks.
type Server struct {
	source Source
	now    func() time.Time
	cache  *otter.Cache[key, Tile]
	builds singleflight.Group
	sure   atomic.Bool // changes are heard, so what is cached is fresh

	mu      sync.Mutex
	flying  map[key]int // builds under way; a change that meets one makes its result unfit for the cache
	spoiled map[key]bool

	hits, misses, stale atomic.Int64
}

// NewServer makes a tile server whose cache holds at most maxBytes.
func NewServer(source Source, now func() time.Time, maxBytes uint64) *Server {
	return &Server{
		source: source, now: now,
		cache: otter.Must(&otter.Options[key, Tile]{
			MaximumWeight: maxBytes,
			Weigher:       func(_ key, t Tile) uint32 { return t.size() },
		}),
		flying: map[key]int{}, spoiled: map[key]bool{},
	}
}

// Get answers a tile. While the database is away it answers the last one it had, with stale true.
func (s *Server) Get(ctx context.Context, id ID, clock land.Clock) (tile Tile, stale bool, err error) {
	k := key{ID: id, at: clock.Days.To.String()}
	if !clock.Known.IsZero() {
		k.known = clock.Known.UTC().Format(time.RFC3339Nano)
	}
	cached, ok := s.cache.GetIfPresent(k)
	if ok && s.sure.Load() {
		s.hits.Add(1)
		return cached, false, nil
	}
	s.misses.Add(1)
	done := s.builds.DoChan(k.String(), func() (tile any, err error) {
		defer func() {
			if p := recover(); p != nil { // it runs in a goroutine of its own, where a panic would end the service
				s.land(k, nil)
				tile, err = Tile{}, fmt.Errorf("panic while a tile was made: %v\n%s", p, debug.Stack())
			}
		}()
		detached, cancel := context.WithTimeout(context.WithoutCancel(ctx), buildWithin)
		defer cancel()
		return s.build(detached, k, clock)
	})
	select {
	case <-ctx.Done():
		return Tile{}, false, ctx.Err()
	case r := <-done:
		if r.Err == nil {
			return r.Val.(Tile), false, nil
		}
		if e, isFault := fault.As(r.Err); ok && isFault && e.Kind == fault.Busy {
			s.stale.Add(1)
			return cached, true, nil
		}
		return Tile{}, false, r.Err
	}
}

func (k key) String() string { return fmt.Sprintf("%d/%d/%d@%s@%s", k.Z, k.X, k.Y, k.at, k.known) }

func (s *Server) build(ctx context.Context, k key, clock land.Clock) (Tile, error) {
	s.takeOff(k)
	made := s.now()
	raw, err := s.source(ctx, k.Z, k.X, k.Y, clock)
	if err != nil {
		s.land(k, nil)
		return Tile{}, err
	}
	sum := sha256.Sum256(raw)
	tile := Tile{ETag: base64.RawURLEncoding.EncodeToString(sum[:15]), Made: made}
	if len(raw) > 0 {
		if tile.Gzip, err = compress(raw); err != nil {
			s.land(k, nil)
			return Tile{}, err
		}
	}
	s.land(k, &tile)
	return tile, nil
}

func (s *Server) takeOff(k key) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.flying[k]++
}

// land caches a build unless a change met it on its way; under the lock, so that no change slips between.
func (s *Server) land(k key, tile *Tile) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if tile != nil && !s.spoiled[k] {
		s.cache.Set(k, *tile)
	}
	if s.flying[k]--; s.flying[k] <= 0 {
		delete(s.flying, k)
		delete(s.spoiled, k)
	}
}

// mostExact is how many boxes are told apart; past it (an import) every tile is dropped, which costs less than looking.
const mostExact = 2000

// Changed drops exactly the tiles that a changed box meets, buffer included.
func (s *Server) Changed(touches []land.Touch, _ store.Cursor) {
	met := func(k key) bool {
		if touches == nil || len(touches) > mostExact {
			return true
		}
		for _, t := range touches {
			if !t.Ledger && k.meets(t.Box3857) {
				return true
			}
		}
		return false
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	for k := range s.flying {
		if met(k) {
			s.spoiled[k] = true
			s.builds.Forget(k.String()) // who asks from now on must not be given the old build
		}
	}
	for k := range s.cache.Keys() {
		if met(k) {
			s.cache.Invalidate(k)
		}
	}
}

// Lost makes the cache a reserve for an outage only; Found trusts it again.
func (s *Server) Lost() { s.sure.Store(false) }

// Found says that all changes were brought.
func (s *Server) Found() { s.sure.Store(true) }

// Stats are counts since the start, and the size of the cache now in bytes and tiles.
func (s *Server) Stats() (hits, misses, stale int64, bytes uint64, tiles int) {
	return s.hits.Load(), s.misses.Load(), s.stale.Load(), s.cache.WeightedSize(), s.cache.EstimatedSize()
}

var writers = sync.Pool{New: func() any {
	w, err := gzip.NewWriterLevel(nil, 3) // measured: higher levels cost more time than they save bytes
	if err != nil {
		panic(err)
	}
	return w
}}

func compress(raw []byte) ([]byte, error) {
	var b bytes.Buffer
	w := writers.Get().(*gzip.Writer)
	defer writers.Put(w)
	w.Reset(&b)
	if _, err := w.Write(raw); err != nil {
		return nil, err
	}
	if err := w.Close(); err != nil {
		return nil, err
	}
	return b.Bytes(), nil
}
