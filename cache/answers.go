package cache

import (
	"sync"
	"time"
)

// answers is the store of the exact and alias tiers: bounded by bytes, least recently
// used first out. One lock is enough: it is held for map operations only.
type answers struct {
	mu      sync.Mutex
	limit   int64
	bytes   int64
	evicted uint64
	order   held // no entry, but where the ring of them begins with the newest and ends with the oldest
	byID    map[Digest]*held
	byAlias map[Digest]*held
	lone    map[Partition]*held  // questions that wait to be embedded until another one is asked in their partition
	purged  map[Digest]time.Time // workspaces, with the time of their last purge
}

// held is an entry in the order of use.
type held struct {
	entry
	newer, older *held
}

func newAnswers(limit int64) *answers {
	a := &answers{limit: limit, byID: map[Digest]*held{}, byAlias: map[Digest]*held{}, lone: map[Partition]*held{}, purged: map[Digest]time.Time{}}
	a.order.newer, a.order.older = &a.order, &a.order
	return a
}

// link makes h the most recently used one.
func (a *answers) link(h *held) {
	h.newer, h.older = &a.order, a.order.older
	h.newer.older, h.older.newer = h, h
}

func (h *held) unlink() { h.newer.older, h.older.newer = h.older, h.newer }

// get finds by id what is usable now; what has expired is removed.
func (a *answers) get(id Digest, now time.Time, maxAge time.Duration) *entry {
	a.mu.Lock()
	defer a.mu.Unlock()
	return a.take(a.byID[id], now, maxAge)
}

// alias finds the newest answer to the same folded question.
func (a *answers) alias(alias Digest, now time.Time, maxAge time.Duration) *entry {
	a.mu.Lock()
	defer a.mu.Unlock()
	return a.take(a.byAlias[alias], now, maxAge)
}

func (a *answers) take(h *held, now time.Time, maxAge time.Duration) *entry {
	if h == nil {
		return nil
	}
	if h.usable(now, maxAge) {
		h.unlink()
		a.link(h)
		return &h.entry
	}
	if !now.Before(h.expires) {
		a.drop(h)
	}
	return nil
}

// put stores e in place of what has its id, and gives the stored one and those that had to
// make room. Nil: e is too large, or its workspace was purged after the exchange had begun.
// Of two that would be alone in a partition the second is not.
func (a *answers) put(e *entry, begun time.Time) (stored *entry, gone []*entry) {
	if e.size() > a.limit {
		return nil, nil
	}
	h := &held{entry: *e}
	a.mu.Lock()
	defer a.mu.Unlock()
	if at, ok := a.purged[e.part.workspace]; ok && !begun.After(at) {
		return nil, nil
	}
	if old := a.byID[e.id]; old != nil {
		a.drop(old)
	}
	a.link(h)
	a.byID[h.id] = h
	if !h.alias.IsZero() {
		a.byAlias[h.alias] = h
	}
	if h.alone = h.alone && a.lone[h.part] == nil; h.alone {
		a.lone[h.part] = h
	}
	for a.bytes += h.size(); a.bytes > a.limit; a.evicted++ {
		gone = append(gone, &a.order.newer.entry)
		a.drop(a.order.newer)
	}
	return &h.entry, gone
}

// forget removes the answers that an exact or alias lookup would give.
func (a *answers) forget(id, alias Digest) (gone []*entry) {
	a.mu.Lock()
	defer a.mu.Unlock()
	for _, h := range []*held{a.byID[id], a.byAlias[alias]} {
		if h == nil || len(gone) > 0 && gone[0] == &h.entry {
			continue
		}
		gone = append(gone, &h.entry)
		a.drop(h)
	}
	return gone
}

// purge removes everything of a workspace and gives the number.
func (a *answers) purge(workspace Digest, now time.Time) (n int) {
	a.mu.Lock()
	defer a.mu.Unlock()
	a.purged[workspace] = now
	for h := a.order.older; h != &a.order; h = h.older { // a dropped one still knows its neighbour
		if h.part.workspace == workspace {
			a.drop(h)
			n++
		}
	}
	return n
}

// purgedSince reports whether the workspace was purged at or after begun.
func (a *answers) purgedSince(workspace Digest, begun time.Time) bool {
	a.mu.Lock()
	defer a.mu.Unlock()
	at, ok := a.purged[workspace]
	return ok && !begun.After(at)
}

// missing gives those ids that no entry has, in place.
func (a *answers) missing(ids []Digest) []Digest {
	if len(ids) == 0 {
		return nil
	}
	a.mu.Lock()
	defer a.mu.Unlock()
	keep := ids[:0]
	for _, id := range ids {
		if a.byID[id] == nil {
			keep = append(keep, id)
		}
	}
	return keep
}

// all lists the entries, the longest unused first, so that putting them back in this
// order keeps the order of use.
func (a *answers) all() []*entry {
	a.mu.Lock()
	defer a.mu.Unlock()
	es := make([]*entry, 0, len(a.byID))
	for h := a.order.newer; h != &a.order; h = h.newer {
		es = append(es, &h.entry)
	}
	return es
}

func (a *answers) drop(h *held) {
	h.unlink()
	a.bytes -= h.size()
	delete(a.byID, h.id)
	if a.byAlias[h.alias] == h {
		delete(a.byAlias, h.alias)
	}
	if h.alone && a.lone[h.part] == h {
		delete(a.lone, h.part)
	}
}

// alone is the question of a partition that is not embedded yet, nil if there is none.
func (a *answers) alone(part Partition) *entry {
	a.mu.Lock()
	defer a.mu.Unlock()
	if h := a.lone[part]; h != nil {
		return &h.entry
	}
	return nil
}

// joined notes that e is in the index now. An entry that says it is alone and is not any
// more does no harm: after a restart it is embedded once again.
func (a *answers) joined(e *entry) {
	a.mu.Lock()
	defer a.mu.Unlock()
	if h := a.lone[e.part]; h != nil && &h.entry == e {
		delete(a.lone, e.part)
	}
}

func (a *answers) size() (entries int, bytes int64, evicted uint64) {
	a.mu.Lock()
	defer a.mu.Unlock()
	return len(a.byID), a.bytes, a.evicted
}
