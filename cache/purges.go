package cache

import (
	"sync"
	"time"

	"github.com/sluicegate/sluice/cache/exact"
	"github.com/sluicegate/sluice/cache/key"
	"github.com/sluicegate/sluice/gateway"
)

// purges remembers the last purges of each workspace, so that the answer of an exchange that
// began earlier is not stored afterwards.
type purges struct {
	mu     sync.RWMutex
	recent map[key.Digest][]purge
}

// purge is one purge of a workspace.
type purge struct {
	at        time.Time
	condition exact.Condition
}

// maxPurges is how many purges of a workspace are told apart. One more counts as a purge of
// everything, for answers of exchanges that are under way.
const maxPurges = 64

func newPurges() *purges { return &purges{recent: map[key.Digest][]purge{}} }

// add records a purge and removes the answers that it selects, while no write is under way.
func (p *purges) add(workspace key.Digest, now time.Time, condition exact.Condition, remove func() (int, error)) (int, error) {
	p.mu.Lock()
	defer p.mu.Unlock()
	switch {
	case condition.All():
		p.recent[workspace] = []purge{{at: now}}
	case len(p.recent[workspace]) >= maxPurges:
		p.recent[workspace] = []purge{{at: now}} // forgets the conditions of those before
	default:
		p.recent[workspace] = append(p.recent[workspace], purge{now, condition})
	}
	return remove()
}

// write calls do, unless a purge since begun selects the entry.
func (p *purges) write(e *entry, begun time.Time, do func() error) error {
	p.mu.RLock()
	defer p.mu.RUnlock()
	if p.selected(e, begun) {
		return &gateway.Error{Op: "cache.put", Kind: gateway.Conflict, Public: "The answer was purged before it was stored."}
	}
	return do()
}

// selects reports whether a purge at or after begun selects the entry.
func (p *purges) selects(e *entry, begun time.Time) bool {
	p.mu.RLock()
	defer p.mu.RUnlock()
	return p.selected(e, begun)
}

func (p *purges) selected(e *entry, begun time.Time) bool {
	for _, past := range p.recent[e.partition.Workspace] {
		// What is stored now is younger than any age, yet its call may be older.
		since := exact.Condition{Attributes: past.condition.Attributes}
		if !begun.After(past.at) && (past.condition.Before.IsZero() || !begun.After(past.condition.Before)) && since.Selects(e.attributes, e.stored) {
			return true
		}
	}
	return false
}
