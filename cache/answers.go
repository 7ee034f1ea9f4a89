package cache

import (
	"container/list"
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
	order   *list.List // of *entry, most recently used first
	byID    map[Digest]*list.Element
	byAlias map[Digest]*list.Element
	lone    map[Partition]*list.Element // questions that wait to be embedded until another one is asked in their partition
	purged  map[Digest]time.Time        // workspaces, with the time of their last purge
}

func newAnswers(limit int64) *answers {
	return &answers{limit: limit, order: list.New(), byID: map[Digest]*list.Element{}, byAlias: map[Digest]*list.Element{},
		lone: map[Partition]*list.Element{}, purged: map[Digest]time.Time{}}
}

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

func (a *answers) take(at *list.Element, now time.Time, maxAge time.Duration) *entry {
	if at == nil {
		return nil
	}
	e := at.Value.(*entry)
	if e.usable(now, maxAge) {
		a.order.MoveToFront(at)
		return e
	}
	if !now.Before(e.expires) {
		a.drop(at)
	}
	return nil
}

// put stores e in place of what has its id, and makes room. False: e is too large, or
// its workspace was purged after the exchange had begun. Of two that would be alone in a
// partition the second is not.
func (a *answers) put(e *entry, begun time.Time) bool {
	if e.size() > a.limit {
		return false
	}
	a.mu.Lock()
	defer a.mu.Unlock()
	if at, ok := a.purged[e.part.workspace]; ok && !begun.After(at) {
		return false
	}
	if old := a.byID[e.id]; old != nil {
		a.drop(old)
	}
	at := a.order.PushFront(e)
	a.byID[e.id] = at
	if !e.alias.IsZero() {
		a.byAlias[e.alias] = at
	}
	if e.alone = e.alone && a.lone[e.part] == nil; e.alone {
		a.lone[e.part] = at
	}
	for a.bytes += e.size(); a.bytes > a.limit; a.evicted++ {
		a.drop(a.order.Back())
	}
	return true
}

// forget removes the answers that an exact or alias lookup would give.
func (a *answers) forget(id, alias Digest) (gone []*entry) {
	a.mu.Lock()
	defer a.mu.Unlock()
	for _, at := range []*list.Element{a.byID[id], a.byAlias[alias]} {
		if at == nil || len(gone) > 0 && gone[0] == at.Value.(*entry) {
			continue
		}
		gone = append(gone, at.Value.(*entry))
		a.drop(at)
	}
	return gone
}

// purge removes everything of a workspace and gives the number.
func (a *answers) purge(workspace Digest, now time.Time) (n int) {
	a.mu.Lock()
	defer a.mu.Unlock()
	a.purged[workspace] = now
	for at := a.order.Front(); at != nil; {
		next := at.Next()
		if at.Value.(*entry).part.workspace == workspace {
			a.drop(at)
			n++
		}
		at = next
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
	es := make([]*entry, 0, a.order.Len())
	for at := a.order.Back(); at != nil; at = at.Prev() {
		es = append(es, at.Value.(*entry))
	}
	return es
}

func (a *answers) drop(at *list.Element) {
	e := at.Value.(*entry)
	a.order.Remove(at)
	a.bytes -= e.size()
	delete(a.byID, e.id)
	if a.byAlias[e.alias] == at {
		delete(a.byAlias, e.alias)
	}
	if a.lone[e.part] == at {
		delete(a.lone, e.part)
	}
}

// alone is the question of a partition that is not embedded yet, nil if there is none.
func (a *answers) alone(part Partition) *entry {
	a.mu.Lock()
	defer a.mu.Unlock()
	if at := a.lone[part]; at != nil {
		return at.Value.(*entry)
	}
	return nil
}

// joined notes that e is in the index now. An entry that says it is alone and is not any
// more does no harm: after a restart it is embedded once again.
func (a *answers) joined(e *entry) {
	a.mu.Lock()
	defer a.mu.Unlock()
	if at := a.lone[e.part]; at != nil && at.Value == e {
		delete(a.lone, e.part)
	}
}

func (a *answers) size() (entries int, bytes int64, evicted uint64) {
	a.mu.Lock()
	defer a.mu.Unlock()
	return a.order.Len(), a.bytes, a.evicted
}
