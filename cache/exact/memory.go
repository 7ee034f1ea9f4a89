package exact

import (
	"context"
	"iter"
	"math"
	"slices"
	"sync"
	"time"

	"github.com/sluicegate/sluice/cache/eviction"
	"github.com/sluicegate/sluice/cache/key"
	"github.com/sluicegate/sluice/gateway"
)

// Memory is a Store in this process. It is bounded by bytes; the least recently
// used answer is evicted first. A caller with more than its share evicts its own answers, so that
// a flood of them does not evict those of others.
type Memory struct {
	cfg MemoryConfig

	mu      sync.Mutex
	byID    map[key.Digest]*heldAnswer
	byAlias map[key.Digest]*heldAnswer
	order   eviction.Order[heldAnswer, *heldAnswer] // the least recently used answer first
	bytes   int64
	owners  map[identity]*owner // of the answers
	groups  map[key.Digest]int  // answers of each
	evicted uint64
	flooded uint64 // of evicted, by a caller with more than its share
}

// identity tells owners apart. A caller that is zero is unknown.
type identity struct{ workspace, caller key.Digest }

// MemoryConfig bounds a Memory.
type MemoryConfig struct {
	MaxBytes int64
	Share    float64          // of MaxBytes, that one caller may fill at the expense of others; 0 = all
	Now      func() time.Time // nil = time.Now
	Removed  func(Answer)     // told after an eviction or a deletion by workspace, without a lock; nil: nobody is
}

// NewMemory makes an empty store.
func NewMemory(cfg MemoryConfig) *Memory {
	if cfg.Now == nil {
		cfg.Now = time.Now
	}
	if cfg.Removed == nil {
		cfg.Removed = func(Answer) {}
	}
	if cfg.Share <= 0 || cfg.Share > 1 {
		cfg.Share = 1
	}
	return &Memory{cfg: cfg, owners: map[identity]*owner{}, groups: map[key.Digest]int{}, byID: map[key.Digest]*heldAnswer{}, byAlias: map[key.Digest]*heldAnswer{}}
}

// Get implements Store. It removes an expired answer.
func (m *Memory) Get(_ context.Context, id key.Digest) ([]byte, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	h := m.byID[id]
	if h == nil {
		h = m.byAlias[id]
	}
	if h == nil {
		return nil, nil
	}
	if m.cfg.Now().UnixNano() >= h.expires {
		m.remove(h)
		return nil, nil
	}
	m.order.Remove(h)
	m.order.Push(h)
	return h.bytes(), nil
}

// Put implements Store. It refuses an answer that is larger than the whole store, or has more
// attributes than fit.
func (m *Memory) Put(_ context.Context, a Answer) error {
	h := hold(a)
	if h.size() > m.cfg.MaxBytes || len(a.Attributes) > math.MaxInt16 {
		return &gateway.Error{Op: "exact.Memory.Put", Kind: gateway.TooLarge, Public: "The answer is larger than the cache."}
	}
	m.told(m.insert(h, identity{a.Workspace, a.Caller}))
	return nil
}

// told tells about answers that were removed.
func (m *Memory) told(gone []*heldAnswer) {
	for _, h := range gone {
		m.cfg.Removed(h.answer())
	}
}

// insert returns the answers that were evicted.
func (m *Memory) insert(h *heldAnswer, of identity) (gone []*heldAnswer) {
	m.mu.Lock()
	defer m.mu.Unlock()
	if old := m.byID[h.id()]; old != nil {
		m.remove(old)
	}
	h.owner = m.owners[of]
	if h.owner == nil {
		h.owner = &owner{identity: of}
		m.owners[of] = h.owner
	}
	if group := h.group(); !group.IsZero() {
		m.groups[group]++
	}
	m.order.Push(h)
	m.byID[h.id()] = h
	if alias := h.alias(); !alias.IsZero() {
		m.byAlias[alias] = h
	}
	m.bytes += h.size()
	h.owner.bytes += h.size()
	for ; m.bytes > m.cfg.MaxBytes; m.evicted++ {
		victim := m.victim(h.owner)
		m.remove(victim)
		gone = append(gone, victim)
	}
	return gone
}

// Stored returns how many answers of a group there are.
func (m *Memory) Stored(traffic key.Digest) int {
	m.mu.Lock()
	defer m.mu.Unlock()
	return m.groups[traffic]
}

// RemoveExpired removes what expired, and tells nobody.
func (m *Memory) RemoveExpired() {
	now := m.cfg.Now().UnixNano()
	m.pass(func(h *heldAnswer) {
		if now >= h.expires {
			m.remove(h)
		}
	})
}

// passPart is at how many answers a pass looks without a pause.
const passPart = 1000

// pass visits all answers, with the lock. Others get the lock every passPart answers, so that no lookup waits
// for a whole pass; what they put meanwhile may be left out.
func (m *Memory) pass(visit func(*heldAnswer)) {
	m.mu.Lock()
	defer m.mu.Unlock()
	visited := 0
	for _, h := range m.byID {
		visit(h)
		if visited++; visited%passPart == 0 {
			m.mu.Unlock()
			m.mu.Lock()
		}
	}
}

// victim is the answer that makes room for one of an owner.
func (m *Memory) victim(of *owner) *heldAnswer {
	if of.caller.IsZero() || float64(of.bytes) <= m.cfg.Share*float64(m.cfg.MaxBytes) {
		return m.order.First()
	}
	m.flooded++
	for h := range m.order.All() {
		if h.owner == of {
			return h
		}
	}
	return nil // never: the answer that was just put is the owner's
}

// Delete implements Store.
func (m *Memory) Delete(_ context.Context, sel Selection) (n int, err error) {
	if err := sel.Check("exact.Memory.Delete"); err != nil {
		return 0, err
	}
	if len(sel.IDs) > 0 {
		return m.deleteIDs(sel.IDs), nil
	}
	gone := m.deleteSelected(sel)
	m.told(gone)
	return len(gone), nil
}

func (m *Memory) deleteIDs(ids []key.Digest) (n int) {
	m.mu.Lock()
	defer m.mu.Unlock()
	for _, id := range ids {
		if h := m.byID[id]; h != nil {
			m.remove(h)
			n++
		}
	}
	return n
}

func (m *Memory) deleteSelected(sel Selection) (gone []*heldAnswer) {
	m.pass(func(h *heldAnswer) {
		if h.selectedBy(sel.Workspace, &sel.Condition) {
			m.remove(h)
			gone = append(gone, h)
		}
	})
	return gone
}

// Count tells about the answers of a workspace that meet a condition, and removes none.
func (m *Memory) Count(workspace key.Digest, condition Condition) (c Count) {
	m.pass(func(h *heldAnswer) {
		if h.selectedBy(workspace, &condition) {
			c.add(h)
		}
	})
	return c
}

func (m *Memory) remove(h *heldAnswer) {
	m.order.Remove(h)
	delete(m.byID, h.id())
	if alias := h.alias(); m.byAlias[alias] == h {
		delete(m.byAlias, alias)
	}
	m.bytes -= h.size()
	if h.owner.bytes -= h.size(); h.owner.bytes == 0 {
		delete(m.owners, h.owner.identity)
	}
	if group := h.group(); !group.IsZero() {
		if m.groups[group]--; m.groups[group] == 0 {
			delete(m.groups, group)
		}
	}
}

// All returns the answers, the least recently used first: putting them back in this order
// restores the order of use.
func (m *Memory) All() iter.Seq[Answer] {
	m.mu.Lock()
	defer m.mu.Unlock()
	all := slices.AppendSeq(make([]*heldAnswer, 0, len(m.byID)), m.order.All()) // the rest of an answer does not change, and needs no lock
	return func(yield func(Answer) bool) {
		for _, h := range all {
			if !yield(h.answer()) {
				return
			}
		}
	}
}

// Size returns the number of answers, their size, and how many were evicted since the start.
func (m *Memory) Size() (answers int, bytes int64, evicted uint64) {
	m.mu.Lock()
	defer m.mu.Unlock()
	return len(m.byID), m.bytes, m.evicted
}

// Flooded returns how many answers a caller with more than its share evicted of its own.
func (m *Memory) Flooded() uint64 {
	m.mu.Lock()
	defer m.mu.Unlock()
	return m.flooded
}

var _ Store = (*Memory)(nil)
