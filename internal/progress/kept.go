package progress

import (
	"context"
	"fmt"
	"sync"

	"zhengbei/internal/land"
)

// mostKept bounds how many answers are kept; past it all are dropped, which costs one reading each.
const mostKept = 256

// kept holds answers by question, day and instant. An answer as known at a settled instant stays right for ever;
// one of all that is committed is right until the ledger moves.
type kept struct {
	mu      sync.Mutex
	answers map[string]answer
}

type answer struct {
	value   any
	version uint64 // of the states that it was read from
}

// keep answers from memory where it may, else reads and keeps; all on one snapshot.
func keep[T any](ctx context.Context, r *Reader, name string, clock land.Clock, read func(view) (T, error)) (value T, err error) {
	key := fmt.Sprintf("%s@%s@%d", name, clock.Days.To, clock.Known.UnixMicro())
	r.kept.mu.Lock()
	had, ok := r.kept.answers[key]
	r.kept.mu.Unlock()
	if ok && !clock.Known.IsZero() {
		return had.value.(T), nil
	}
	err = r.read(ctx, clock, func(v view) error {
		if ok && had.version == v.states.version {
			value = had.value.(T)
			return nil
		}
		if value, err = read(v); err != nil {
			return err
		}
		r.kept.mu.Lock()
		defer r.kept.mu.Unlock()
		if len(r.kept.answers) >= mostKept {
			clear(r.kept.answers)
		}
		r.kept.answers[key] = answer{value, v.states.version}
		return nil
	})
	return value, err
}
