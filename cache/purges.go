package cache

import (
	"sync"
	"time"

	"github.com/sluicegate/sluice/cache/key"
	"github.com/sluicegate/sluice/gateway"
)

// purges remembers when each workspace was last purged, so that the answer of an exchange
// that began earlier is not stored afterwards.
type purges struct {
	mu   sync.RWMutex
	last map[key.Digest]time.Time
}

func newPurges() *purges { return &purges{last: map[key.Digest]time.Time{}} }

// purge records a purge and removes the workspace's answers, while no write is under way.
func (p *purges) purge(workspace key.Digest, now time.Time, remove func() (int, error)) (int, error) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.last[workspace] = now
	return remove()
}

// write calls do, unless the workspace was purged since begun.
func (p *purges) write(workspace key.Digest, begun time.Time, do func() error) error {
	p.mu.RLock()
	defer p.mu.RUnlock()
	if p.purgedSince(workspace, begun) {
		return &gateway.Error{Op: "cache.put", Kind: gateway.Conflict, Public: "The workspace's cache was purged."}
	}
	return do()
}

// since reports whether the workspace was purged at or after begun.
func (p *purges) since(workspace key.Digest, begun time.Time) bool {
	p.mu.RLock()
	defer p.mu.RUnlock()
	return p.purgedSince(workspace, begun)
}

func (p *purges) purgedSince(workspace key.Digest, begun time.Time) bool {
	at, ok := p.last[workspace]
	return ok && !begun.After(at)
}
