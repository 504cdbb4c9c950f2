package httpapi

import (
	"fmt"
	"net/http"
	"strconv"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"zhengbei/internal/fault"
	"zhengbei/internal/store/storetest"

	"github.com/labstack/echo/v4"
)

// stopped is a clock that goes on when it is told to.
type stopped struct{ ns atomic.Int64 }

func (s *stopped) now() time.Time      { return time.Unix(0, s.ns.Load()) }
func (s *stopped) on(by time.Duration) { s.ns.Add(int64(by)) }

func TestRates(t *testing.T) {
	t.Parallel()
	var clock stopped
	l := newRates(clock.now, 1)
	who, other := asker{address: "10.0.0.1", class: signingIn}, asker{address: "10.0.0.2", class: signingIn}
	takes := func(who asker, n int) (taken int) {
		for range n {
			if l.take(who) == 0 {
				taken++
			}
		}
		return taken
	}
	if n := takes(who, 100); n != 10 {
		t.Errorf("%d at once", n)
	}
	if n := takes(other, 1); n != 1 {
		t.Error("another address is counted with it")
	}
	if n := takes(asker{address: "10.0.0.1", class: reading}, 1); n != 1 {
		t.Error("another class is counted with it")
	}
	if wait := l.take(who); wait != 6*time.Second {
		t.Errorf("it says to wait %v", wait)
	}
	clock.on(5900 * time.Millisecond)
	if n := takes(who, 1); n != 0 {
		t.Error("one came too early")
	}
	clock.on(100 * time.Millisecond)
	if n := takes(who, 2); n != 1 {
		t.Errorf("%d after the time that was said", n)
	}
	l.giveBack(who)
	if n := takes(who, 2); n != 1 {
		t.Errorf("%d after one was given back", n)
	}
	clock.on(-time.Hour)
	if n := takes(who, 1); n != 0 {
		t.Error("a clock that went back gave one")
	}
	clock.on(25 * time.Hour)
	if n := takes(who, 100); n != 10 {
		t.Errorf("%d after a day", n)
	}
	for c := reading; c <= revealing; c++ {
		if b := bounds[c]; b.atOnce < 1 || b.perSecond <= 0 {
			t.Errorf("%v has no bound", c)
		}
	}
}

// However many come, the memory stays; those whose count matters are not the first to be forgotten.
func TestRatesMemory(t *testing.T) {
	t.Parallel()
	var clock stopped
	l := newRates(clock.now, 1)
	guesser := asker{address: "10.0.0.1", class: signingIn}
	for range 10 {
		l.take(guesser)
	}
	for i := range 3 * mostAskers {
		l.take(asker{address: strconv.Itoa(i), class: reading})
		clock.on(time.Millisecond)
	}
	if n := len(l.left); n > mostAskers {
		t.Errorf("%d are remembered", n)
	}
	l = newRates(clock.now, 1)
	for i := range mostAskers - 1 {
		l.take(asker{address: strconv.Itoa(i), class: reading})
	}
	for range 10 {
		l.take(guesser)
	}
	clock.on(time.Second)
	l.take(asker{address: "one more", class: reading})
	if l.take(guesser) == 0 {
		t.Error("who guesses was forgotten though others had nothing to count")
	}
}

func TestNetwork(t *testing.T) {
	t.Parallel()
	for address, want := range map[string]string{
		"192.168.3.4": "192.168.3.4", "::1": "::", "2001:db8:1:2:3:4:5:6": "2001:db8:1:2::", "2001:db8:1:2:ffff::": "2001:db8:1:2::", "fe80::1%eth0": "fe80::", "@": "@",
	} {
		if got := network(address); got != want {
			t.Errorf("%s is counted as %s", address, got)
		}
	}
}

// An account that asks too often is told when to come again, and nobody else is: accounts behind one address are counted apart.
func TestTooOften(t *testing.T) {
	t.Parallel()
	var clock stopped
	clock.on(time.Duration(time.Now().UnixNano()))
	s := serve(t, storetest.Seeded(t), func(a *api) { a.rates = newRates(clock.now, 0.01) }) // twenty questions at once, two a second
	const path = "/api/v1/command-posts"
	for i := range 20 {
		if r := s.get(t, path); r.status != http.StatusOK {
			t.Fatalf("the question %d: %d %s", i, r.status, r.body)
		}
	}
	r := s.get(t, path, "Accept-Language", "en")
	if p := read[problem](t, r); r.status != http.StatusTooManyRequests || p.Code != "request.rate" || r.header.Get("Retry-After") != "1" {
		t.Errorf("got %d, Retry-After %q, %s", r.status, r.header.Get("Retry-After"), r.body)
	}
	if r := s.as("officer2").get(t, path); r.status != http.StatusOK {
		t.Errorf("another account: %d", r.status)
	}
	if r := s.as("").get(t, "/healthz"); r.status != http.StatusOK {
		t.Errorf("nobody: %d", r.status)
	}
	// Whoever guesses credentials is counted by the address that the guesses come from, before anything is looked up.
	codes := map[int]int{}
	for i := range 15 {
		codes[s.as("").get(t, path, "Authorization", fmt.Sprintf("Bearer zbt_%d", i)).status]++
	}
	if codes[http.StatusUnauthorized] != 1 || codes[http.StatusTooManyRequests] != 14 {
		t.Errorf("guesses of tokens: %v", codes)
	}
	clock.on(time.Second)
	if r := s.get(t, path); r.status != http.StatusOK {
		t.Errorf("after a second: %d", r.status)
	}
}

// A page of another site spends nothing of whoever reads it.
func TestOriginBeforeRates(t *testing.T) {
	t.Parallel()
	var clock stopped
	clock.on(time.Duration(time.Now().UnixNano()))
	s := serve(t, storetest.Seeded(t), func(a *api) { a.rates = newRates(clock.now, 0.2) })
	for range 150 {
		if got := code(t, s.somebody().ask(t, post, "/api/v1/session", object{"name": "officer", "password": "guess"}, "Origin", "https://elsewhere.example", "Sec-Fetch-Site", "cross-site")); got != "request.origin" {
			t.Fatal(got)
		}
	}
	if got := code(t, s.somebody().ask(t, post, "/api/v1/session", object{"name": "officer", "password": "guess"})); got != "session.refused" {
		t.Errorf("its reader afterwards: %s", got)
	}
}

// A program that signs in again and again with the right password is stopped as well.
func TestSignInsThatSucceedAreBounded(t *testing.T) {
	t.Parallel()
	var clock stopped
	s := serve(t, storetest.Seeded(t), func(a *api) {
		a.rates = newRates(clock.now, 1)
		a.table = append([]route{{post, "/door", anyone, bySession, signingIn, kB64, light, nil, func(_ *api, c echo.Context) error { return c.NoContent(http.StatusNoContent) }}}, routes...)
	})
	for i := range 61 {
		want := http.StatusNoContent
		if i == 60 {
			want = http.StatusTooManyRequests
		}
		if r := s.as("").do(t, post, "/door"); r.status != want {
			t.Fatalf("the sign-in %d: %d", i+1, r.status)
		}
	}
}

// Where people are let in, a success is not counted and a failure is, whoever asks, and however many at once.
func TestSigningInCountsFailures(t *testing.T) {
	t.Parallel()
	var clock stopped
	s := serve(t, storetest.Seeded(t), func(a *api) {
		a.rates = newRates(clock.now, 1)
		a.table = append([]route{{post, "/door", anyone, bySession, signingIn, kB64, light, []string{"in"}, func(_ *api, c echo.Context) error {
			if c.QueryParam("in") == "" {
				return fault.New(fault.Unauthenticated, "session.none")
			}
			return c.NoContent(http.StatusNoContent)
		}}}, routes...)
	})
	for i := range 30 {
		if r := s.as("").do(t, post, "/door?in=yes"); r.status != http.StatusNoContent {
			t.Fatalf("the success %d: %d", i, r.status)
		}
	}
	var refused, asked atomic.Int64
	var all sync.WaitGroup
	for i := range 40 {
		all.Go(func() {
			switch s.as([]string{"", "officer"}[i%2]).do(t, post, "/door").status {
			case http.StatusUnauthorized:
				asked.Add(1)
			case http.StatusTooManyRequests:
				refused.Add(1)
			}
		})
	}
	all.Wait()
	if asked.Load() != 10 || refused.Load() != 30 { // and 20 of the 60 that may come in are left
		t.Errorf("%d failures were looked at, %d refused", asked.Load(), refused.Load())
	}
}
