package httpapi

import (
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"regexp"
	"sync"
	"time"

	"zhengbei/internal/fault"
	"zhengbei/internal/land"
	"zhengbei/internal/store"

	"github.com/labstack/echo/v4"
)

// The bounds of the event streams.
const (
	mostReaders = 512
	mostOwn     = 8  // of one account: the windows of one person on all machines
	mostNobody  = 16 // of one address without an account
	readerQueue = 64 // a reader that falls behind is let go; it comes back and catches up
	heartbeat   = 15 * time.Second
	stillEvery  = 2 * time.Second // whether the reader may still read: with what is remembered of a session, 5 s by promise
	fullFor     = "15"            // seconds: a stream that was let go is gone by then
	mostTold    = 1000            // more changes than this are told as one: read everything again
)

// Hub hands committed changes on to the open event streams.
type Hub struct {
	mu      sync.Mutex
	readers map[chan []byte]asker // and whose it is
	hears   bool
	heard   chan struct{} // closed when changes are heard for the first time
	first   sync.Once
	closed  bool
	counts  counts
}

// NewHub makes a hub without readers.
func NewHub() *Hub {
	return &Hub{readers: map[chan []byte]asker{}, heard: make(chan struct{})}
}

// Heard is closed as soon as changes are heard from the database.
func (h *Hub) Heard() <-chan struct{} { return h.heard }

// Hears reports whether changes are heard from the database.
func (h *Hub) Hears() bool { h.mu.Lock(); defer h.mu.Unlock(); return h.hears }

// Readers counts the open streams.
func (h *Hub) Readers() int { h.mu.Lock(); defer h.mu.Unlock(); return len(h.readers) }

// Changed tells every reader, after what was counted is forgotten.
func (h *Hub) Changed(touches []land.Touch, next store.Cursor) {
	h.counts.Changed(touches, next)
	h.tell(changeEvent(touches, next))
}

// Lost tells every reader that changes cannot be heard for now.
func (h *Hub) Lost() {
	h.counts.Lost()
	h.turn(false, []byte("event: away\ndata: {}\n\n"))
}

// Found tells every reader that all missed changes were brought.
func (h *Hub) Found() {
	h.counts.Found()
	h.turn(true, []byte("event: back\ndata: {}\n\n"))
}

func (h *Hub) turn(hears bool, event []byte) {
	h.mu.Lock()
	turned := h.hears != hears
	h.hears = hears
	if hears {
		h.first.Do(func() { close(h.heard) })
	}
	h.mu.Unlock()
	if turned {
		h.tell(event)
	}
}

func (h *Hub) tell(event []byte) {
	h.mu.Lock()
	defer h.mu.Unlock()
	for r := range h.readers {
		select {
		case r <- event:
		default:
			delete(h.readers, r)
			close(r)
		}
	}
}

// Close ends every stream, so that the server can stop.
func (h *Hub) Close() {
	h.mu.Lock()
	defer h.mu.Unlock()
	h.closed = true
	for r := range h.readers {
		delete(h.readers, r)
		close(r)
	}
}

// join takes a reader in, unless all places are taken, or all that one asker may have: else one account would shut out everybody.
func (h *Hub) join(who asker) (chan []byte, error) {
	h.mu.Lock()
	defer h.mu.Unlock()
	if h.closed {
		return nil, fault.New(fault.Busy, "events.stopping")
	}
	if len(h.readers) >= mostReaders {
		return nil, fault.New(fault.Busy, "events.full", "max", mostReaders)
	}
	own, most := 0, mostOwn
	if who.account == 0 {
		most = mostNobody
	}
	for _, w := range h.readers {
		if w == who {
			own++
		}
	}
	if own >= most {
		return nil, fault.New(fault.TooMany, "events.own_full", "max", most)
	}
	r := make(chan []byte, readerQueue)
	h.readers[r] = who
	return r, nil
}

func (h *Hub) leave(r chan []byte) {
	h.mu.Lock()
	defer h.mu.Unlock()
	delete(h.readers, r)
}

type touchView struct {
	Collection land.Collection `json:"collection"`
	ID         string          `json:"id"`
	FID        int32           `json:"fid"`
	BBox       land.Box        `json:"bbox"`
}

func changeEvent(touches []land.Touch, next store.Cursor) []byte {
	if touches == nil || len(touches) > mostTold {
		return fmt.Appendf(nil, "id: %s\nevent: reload\ndata: {}\n\n", next)
	}
	views := []touchView{}
	ledger := false
	for _, t := range touches {
		if ledger = ledger || t.Ledger; !t.Ledger {
			views = append(views, touchView{t.Collection, t.Code, t.FID, t.Box})
		}
	}
	data, err := json.Marshal(struct {
		Changes []touchView `json:"changes"`
		Ledger  bool        `json:"ledger"` // facts or register moved, so figures may have
	}{views, ledger})
	if err != nil {
		panic(err) // strings and numbers always encode
	}
	return fmt.Appendf(nil, "id: %s\nevent: change\ndata: %s\n\n", next, data)
}

var cursorForm = regexp.MustCompile(`^[0-9]{1,19}$`)

// events streams what changes, from Last-Event-ID on where one is given.
func (a *api) events(c echo.Context) error {
	since := c.Request().Header.Get("Last-Event-ID")
	if since != "" && !cursorForm.MatchString(since) {
		return fault.New(fault.Malformed, "events.cursor", "value", since).In("Last-Event-ID:")
	}
	reader, err := a.hub.join(a.askerOf(c.Request(), actor(c), reading)) // before the past is read, so that nothing falls between
	if err != nil {
		c.Response().Header().Set(echo.HeaderRetryAfter, fullFor)
		return err
	}
	defer a.hub.leave(reader)
	hello, err := a.hello(c.Request().Context(), store.Cursor(since))
	if err != nil {
		return err
	}
	w, control := c.Response(), http.NewResponseController(c.Response())
	h := w.Header()
	h.Set(echo.HeaderContentType, "text/event-stream")
	h.Set(echo.HeaderCacheControl, "no-store")
	w.WriteHeader(http.StatusOK)
	beat := time.NewTicker(heartbeat)
	defer beat.Stop()
	again := time.NewTicker(stillEvery)
	defer again.Stop()
	send := func(event []byte) bool {
		_ = control.SetWriteDeadline(time.Now().Add(heartbeat)) //nolint:forbidigo // a deadline of the socket
		_, err := w.Write(event)
		return err == nil && control.Flush() == nil
	}
	for event, ok := hello, true; ok && (event == nil || send(event)); {
		event = nil
		select {
		case <-c.Request().Context().Done():
			return nil
		case event, ok = <-reader:
		case <-beat.C:
			event = []byte(": still here\n\n")
		case <-again.C:
			ok = a.still(c)
		}
	}
	return nil
}

// hello greets a reader and brings what it missed.
func (a *api) hello(ctx context.Context, since store.Cursor) ([]byte, error) {
	var event []byte
	err := a.db.Read(ctx, func(tx *store.Tx) error {
		touches, next, gone, err := tx.Since(ctx, since, mostTold+1)
		if err != nil {
			return err
		}
		ready, err := json.Marshal(struct {
			Version   string   `json:"version"`
			DefaultAt land.Day `json:"default_at"`
		}{a.release, a.today().Day})
		if err != nil {
			return err
		}
		event = fmt.Appendf(nil, "retry: 2000\nid: %s\nevent: ready\ndata: %s\n\n", next, ready)
		if gone {
			touches = nil
		}
		if gone || len(touches) > 0 {
			event = append(event, changeEvent(touches, next)...)
		}
		return nil
	})
	return event, err
}
