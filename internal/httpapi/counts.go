package httpapi

import (
	"context"
	"sync"

	"zhengbei/internal/land"
	"zhengbei/internal/store"
)

// counts keeps how many things a layer has, so that a first page does not count the layer: QGIS asks at every turn.
// Only whole layers are kept, and only while changes are heard.
type counts struct {
	mu     sync.Mutex
	sure   bool
	change int64 // changes so far: a count that began before one is not kept after it
	kept   map[land.Clock]map[land.Collection]int64
}

// mostCounts bounds how many days and instants are kept.
const mostCounts = 1000

// Changed forgets what is counted.
func (n *counts) Changed([]land.Touch, store.Cursor) { n.forget(true) }

// Lost keeps nothing until changes are heard again.
func (n *counts) Lost() { n.forget(false) }

// Found trusts what is counted from now on.
func (n *counts) Found() { n.forget(true) }

func (n *counts) forget(sure bool) {
	n.mu.Lock()
	defer n.mu.Unlock()
	n.sure, n.kept = sure, map[land.Clock]map[land.Collection]int64{}
	n.change++
}

// of answers the count of a page's whole query, from memory where it can.
func (n *counts) of(ctx context.Context, tx *store.Tx, page store.Page, began int64) (int64, error) {
	if page.Box != nil || page.FID != nil {
		return tx.CountFeatures(ctx, page)
	}
	n.mu.Lock()
	count, ok := n.kept[page.Clock][page.Collection]
	n.mu.Unlock()
	if ok {
		return count, nil
	}
	count, err := tx.CountFeatures(ctx, page)
	n.mu.Lock()
	defer n.mu.Unlock()
	if err == nil && n.sure && n.change == began && len(n.kept) < mostCounts {
		if n.kept[page.Clock] == nil {
			n.kept[page.Clock] = map[land.Collection]int64{}
		}
		n.kept[page.Clock][page.Collection] = count
	}
	return count, err
}

// began is to be read before the snapshot that a count comes from.
func (n *counts) began() int64 {
	n.mu.Lock()
	defer n.mu.Unlock()
	return n.change
}
