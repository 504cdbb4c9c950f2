package tile

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"zhengbei/internal/fault"
	"zhengbei/internal/land"
)

var today = land.On(land.Day{Time: time.Date(2022, 12, 30, 0, 0, 0, 0, time.UTC)})

// source answers a body that names how often it was asked, and waits where a gate is set.
type source struct {
	asked atomic.Int64
	fail  atomic.Pointer[error]
	gate  chan struct{}
}

func (s *source) make(ctx context.Context, z, x, y int, _ land.Clock) ([]byte, error) {
	n := s.asked.Add(1)
	if err := s.fail.Load(); err != nil {
		return nil, *err
	}
	if s.gate != nil {
		select {
		case <-s.gate:
		case <-ctx.Done():
			return nil, ctx.Err()
		}
	}
	return fmt.Appendf(nil, "%d/%d/%d made %d", z, x, y, n), nil
}

func newServer(s *source, bytes uint64) *Server {
	server := NewServer(s.make, time.Now, bytes)
	server.Found()
	return server
}

func get(t *testing.T, s *Server, id ID) Tile {
	t.Helper()
	tile, _, err := s.Get(t.Context(), id, today)
	if err != nil {
		t.Fatal(err)
	}
	return tile
}

func TestHit(t *testing.T) {
	t.Parallel()
	src := &source{}
	s := newServer(src, 1<<20)
	a, b := get(t, s, ID{3, 1, 2}), get(t, s, ID{3, 1, 2})
	if a.ETag != b.ETag || src.asked.Load() != 1 {
		t.Errorf("made %d times", src.asked.Load())
	}
	other := land.On(land.Day{Time: today.Days.To.AddDate(0, 0, 1)})
	if _, _, err := s.Get(t.Context(), ID{3, 1, 2}, other); err != nil || src.asked.Load() != 2 {
		t.Errorf("another day is another tile: %v, made %d times", err, src.asked.Load())
	}
}

// Whoever asks while a tile is being made waits for it; it is made once.
func TestMadeOnceForAll(t *testing.T) {
	t.Parallel()
	src := &source{gate: make(chan struct{})}
	s := newServer(src, 1<<20)
	var all sync.WaitGroup
	for range 50 {
		all.Go(func() { get(t, s, ID{3, 1, 2}) })
	}
	for src.asked.Load() == 0 {
		time.Sleep(time.Millisecond)
	}
	time.Sleep(20 * time.Millisecond) // the others come to wait
	close(src.gate)
	all.Wait()
	if n := src.asked.Load(); n != 1 {
		t.Errorf("made %d times", n)
	}
}

// The first to ask may leave; those who wait still get the tile.
func TestFirstLeaves(t *testing.T) {
	t.Parallel()
	src := &source{gate: make(chan struct{})}
	s := newServer(src, 1<<20)
	ctx, leave := context.WithCancel(t.Context())
	left := make(chan error)
	go func() { _, _, err := s.Get(ctx, ID{3, 1, 2}, today); left <- err }()
	for src.asked.Load() == 0 {
		time.Sleep(time.Millisecond)
	}
	leave()
	if err := <-left; !errors.Is(err, context.Canceled) {
		t.Errorf("got %v", err)
	}
	close(src.gate)
	get(t, s, ID{3, 1, 2})
}

func TestErrorIsNeverCached(t *testing.T) {
	t.Parallel()
	src := &source{}
	s := newServer(src, 1<<20)
	var err error = fault.New(fault.Busy, "db.away")
	src.fail.Store(&err)
	if _, _, err := s.Get(t.Context(), ID{3, 1, 2}, today); !fault.Is(err, "db.away") {
		t.Fatalf("got %v", err)
	}
	src.fail.Store(nil)
	get(t, s, ID{3, 1, 2})
}

// Exactly the tiles that a box meets are dropped, buffer included.
func TestInvalidation(t *testing.T) {
	t.Parallel()
	src := &source{}
	s := newServer(src, 1<<20)
	//  zoom 2: four columns of 10,018,754 m; the box lies just inside column 2, so its buffer reaches column 1
	ids := []ID{{0, 0, 0}, {2, 0, 1}, {2, 1, 1}, {2, 2, 1}, {2, 3, 1}, {2, 2, 3}}
	for _, id := range ids {
		get(t, s, id)
	}
	s.Changed([]land.Touch{{Box3857: [4]float64{1000, 1000, 2000, 2000}}}, "")
	for _, id := range ids {
		before := src.asked.Load()
		get(t, s, id)
		made, dropped := src.asked.Load() > before, id != ID{2, 0, 1} && id != ID{2, 3, 1} && id != ID{2, 2, 3}
		if made != dropped {
			t.Errorf("%v: made again %v, want %v", id, made, dropped)
		}
	}
}

// A change that overtakes a build: who asks afterwards gets a new build, and the old one is not kept.
func TestChangeOvertakesBuild(t *testing.T) {
	t.Parallel()
	src := &source{gate: make(chan struct{})}
	s := newServer(src, 1<<20)
	old := make(chan Tile)
	go func() { old <- get(t, s, ID{0, 0, 0}) }()
	for src.asked.Load() == 0 {
		time.Sleep(time.Millisecond)
	}
	s.Changed([]land.Touch{{Box3857: [4]float64{0, 0, 1, 1}}}, "")
	fresh := make(chan Tile)
	go func() { fresh <- get(t, s, ID{0, 0, 0}) }()
	for src.asked.Load() < 2 {
		time.Sleep(time.Millisecond)
	}
	close(src.gate)
	was, is := <-old, <-fresh
	if was.ETag == is.ETag {
		t.Fatal("who asked after the change was given the build from before it")
	}
	if now := get(t, s, ID{0, 0, 0}); now.ETag == was.ETag {
		t.Error("the build from before the change was kept")
	}
}

// While changes cannot be heard the cache is a reserve: asked for only where the database does not answer.
func TestOutage(t *testing.T) {
	t.Parallel()
	src := &source{}
	s := newServer(src, 1<<20)
	first := get(t, s, ID{3, 1, 2})
	s.Lost()
	second := get(t, s, ID{3, 1, 2})
	if second.ETag == first.ETag {
		t.Error("a tile that may be stale was answered though the database was there")
	}
	var err error = fault.New(fault.Busy, "db.away")
	src.fail.Store(&err)
	third, stale, failed := s.Get(t.Context(), ID{3, 1, 2}, today)
	if failed != nil || !stale || third.ETag != second.ETag || third.Made.IsZero() {
		t.Errorf("got %+v, stale %v, %v", third, stale, failed)
	}
	if _, _, err := s.Get(t.Context(), ID{3, 0, 0}, today); !fault.Is(err, "db.away") {
		t.Errorf("a tile that was never made: %v", err)
	}
	src.fail.Store(nil)
	s.Found()
	get(t, s, ID{3, 1, 2})
}

func TestPanicIsAnError(t *testing.T) {
	t.Parallel()
	s := NewServer(func(context.Context, int, int, int, land.Clock) ([]byte, error) { panic("boom") }, time.Now, 1<<20)
	s.Found()
	if _, _, err := s.Get(t.Context(), ID{3, 1, 2}, today); err == nil {
		t.Error("a panic made a tile")
	}
}

func TestCacheIsBounded(t *testing.T) {
	t.Parallel()
	src := &source{}
	const bound = 64 << 10
	s := newServer(src, bound)
	for x := range 1 << 12 {
		get(t, s, ID{12, x, 0})
	}
	deadline := time.Now().Add(5 * time.Second)
	for _, _, _, bytes, _ := s.Stats(); bytes > bound; _, _, _, bytes, _ = s.Stats() {
		if time.Now().After(deadline) {
			t.Fatalf("%d bytes are kept, %d allowed", bytes, bound)
		}
		time.Sleep(10 * time.Millisecond)
	}
}

func FuzzParseID(f *testing.F) {
	f.Add("12", "3345", "1783.mvt")
	f.Add("-1", "0x1", "1e9.mvt")
	f.Fuzz(func(t *testing.T, z, x, y string) {
		id, err := ParseID(z, x, y)
		if err != nil {
			if _, ok := fault.As(err); !ok {
				t.Fatalf("not a fault: %v", err)
			}
			return
		}
		if id.Z < 0 || id.Z > MaxZoom || id.X < 0 || id.X >= 1<<id.Z || id.Y < 0 || id.Y >= 1<<id.Z {
			t.Fatalf("accepted %v", id)
		}
		if fmt.Sprintf("%d/%d/%d.mvt", id.Z, id.X, id.Y) != z+"/"+x+"/"+y {
			t.Fatalf("two addresses for %v", id)
		}
	})
}
