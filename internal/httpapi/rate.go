package httpapi

import (
	"math"
	"net/http"
	"net/netip"
	"strconv"
	"sync"
	"time"

	"zhengbei/internal/fault"
	"zhengbei/internal/land"

	"github.com/labstack/echo/v4"
)

// bound is how often somebody may ask: so many a second in the long run, and so many at once after a pause.
type bound struct{ perSecond, atOnce float64 }

// bounds of the classes stop a program that has run away, and whoever guesses; no work of an office meets them.
var bounds = map[class]bound{
	reading:   {200, 2000},      // a map whose days are played, and GDAL, which pages through 20,000 plots by tens
	writing:   {50, 500},        // what a phone has kept while it was out of reach, and a script that enters a village
	bulk:      {1, 20},          // every layer in every format at once
	signingIn: {10. / 60, 10},   // failures alone, so that an office behind one address signs in at half past eight
	revealing: {30. / 3600, 30}, // as many telephones as anybody calls
	unknown:   {20, 100},        // an office whose sessions have all ended; one that is found is given back
	entering:  {1, 60},          // an office behind one address at half past eight, and no loop of sign-ins
}

// mostAskers bounds what is remembered; an attacker who comes from everywhere makes others be forgotten, not the memory grow.
const mostAskers = 20_000

// asker is an account, or where it has none an address.
type asker struct {
	account int32
	address string
	class   class
}

// bucket is what an asker has left. golang.org/x/time/rate takes four times the memory an asker and cannot give back what a success did not cost.
type bucket struct {
	left float64
	at   time.Time
}

// rates counts who asks how often, in this process alone: a second server doubles the bounds, which is no harm.
type rates struct {
	now  func() time.Time
	wide float64 // by how much the bounds are wider, for tests that are faster than people

	mu   sync.Mutex
	left map[asker]bucket
}

func newRates(now func() time.Time, wide float64) *rates {
	return &rates{now: now, wide: wide, left: map[asker]bucket{}}
}

// askerOf counts those who are signed in by their account, since an office stands behind one address, and anybody else by address.
func (a *api) askerOf(r *http.Request, by land.Actor, c class) asker {
	if by.ID > 0 && c != signingIn {
		return asker{account: by.ID, class: c}
	}
	return asker{address: network(a.addressOf(r)), class: c}
}

// network is an address as one client has it: IPv6 gives each a /64 to itself.
func network(address string) string {
	ip, err := netip.ParseAddr(address)
	if err != nil || ip.Is4() || ip.Is4In6() {
		return address
	}
	prefix, _ := ip.WithZone("").Prefix(64) // of an IPv6 address it always is
	return prefix.Addr().String()
}

// take takes one; wait is after how long there is one where none is left.
func (l *rates) take(who asker) (wait time.Duration) {
	b := bounds[who.class]
	b.atOnce, b.perSecond = b.atOnce*l.wide, b.perSecond*l.wide
	now := l.now()
	l.mu.Lock()
	defer l.mu.Unlock()
	has, known := l.left[who]
	switch {
	case !known:
		l.makeRoom(now)
		has = bucket{b.atOnce, now}
	case now.After(has.at): // a clock that goes back gives nothing
		has = bucket{math.Min(b.atOnce, has.left+b.perSecond*now.Sub(has.at).Seconds()), now}
	}
	if has.left < 1 {
		l.left[who] = has
		return time.Duration((1 - has.left) / b.perSecond * float64(time.Second))
	}
	has.left--
	l.left[who] = has
	return 0
}

// giveBack gives back what was taken.
func (l *rates) giveBack(who asker) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if has, known := l.left[who]; known {
		has.left++
		l.left[who] = has
	}
}

// makeRoom forgets those who have everything left again, and where that is not enough, a quarter of all.
func (l *rates) makeRoom(now time.Time) {
	if len(l.left) < mostAskers {
		return
	}
	for who, has := range l.left {
		b := bounds[who.class]
		if has.left+b.perSecond*now.Sub(has.at).Seconds() >= b.atOnce {
			delete(l.left, who)
		}
	}
	for who := range l.left {
		if len(l.left) <= mostAskers*3/4 {
			return
		}
		delete(l.left, who)
	}
}

// measured refuses whoever asks too often.
func (a *api) measured(c echo.Context, who asker) error {
	wait := a.rates.take(who)
	if wait == 0 {
		return nil
	}
	seconds := int(math.Ceil(wait.Seconds()))
	c.Response().Header().Set(echo.HeaderRetryAfter, strconv.Itoa(seconds))
	return fault.New(fault.TooMany, "request.rate", "seconds", seconds)
}
