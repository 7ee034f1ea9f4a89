package cache

import (
	"container/list"
	"context"
	"slices"
	"sync"
	"time"

	"github.com/sluicegate/sluice/cache/key"
	"github.com/sluicegate/sluice/gateway"
)

// MemoryStore is an ExactStore in this process. It is bounded by bytes; the least recently
// used answer is evicted first. A caller with more than its share evicts its own answers, so that
// a flood of them does not evict those of others.
type MemoryStore struct {
	cfg MemoryStoreConfig

	mu      sync.Mutex
	byID    map[key.Digest]*list.Element // of StoredAnswer
	byAlias map[key.Digest]*list.Element
	recent  *list.List // of StoredAnswer, the most recently used first
	bytes   int64
	held    map[key.Digest]int64 // bytes of each caller
	evicted uint64
	flooded uint64 // of evicted, by a caller with more than its share
}

// MemoryStoreConfig bounds a MemoryStore.
type MemoryStoreConfig struct {
	MaxBytes int64
	Share    float64            // of MaxBytes, that one caller may fill at the expense of others; 0 = all
	Now      func() time.Time   // nil = time.Now
	Removed  func(StoredAnswer) // told after an eviction or a deletion by workspace, without a lock; nil: nobody is
}

// NewMemoryStore makes an empty store.
func NewMemoryStore(cfg MemoryStoreConfig) *MemoryStore {
	if cfg.Now == nil {
		cfg.Now = time.Now
	}
	if cfg.Removed == nil {
		cfg.Removed = func(StoredAnswer) {}
	}
	if cfg.Share <= 0 || cfg.Share > 1 {
		cfg.Share = 1
	}
	return &MemoryStore{cfg: cfg, held: map[key.Digest]int64{}, byID: map[key.Digest]*list.Element{}, byAlias: map[key.Digest]*list.Element{}, recent: list.New()}
}

// Get implements ExactStore. It removes an expired answer.
func (m *MemoryStore) Get(_ context.Context, id key.Digest) ([]byte, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	e := m.byID[id]
	if e == nil {
		e = m.byAlias[id]
	}
	if e == nil {
		return nil, nil
	}
	a := e.Value.(StoredAnswer)
	if !m.cfg.Now().Before(a.Expires) {
		m.remove(e)
		return nil, nil
	}
	m.recent.MoveToFront(e)
	return a.Record, nil
}

// Put implements ExactStore. It refuses an answer that is larger than the whole store.
func (m *MemoryStore) Put(_ context.Context, a StoredAnswer) error {
	if sizeOf(a) > m.cfg.MaxBytes {
		return &gateway.Error{Op: "cache.MemoryStore.Put", Kind: gateway.TooLarge, Public: "The answer is larger than the cache."}
	}
	a.Record = slices.Clone(a.Record) // without spare capacity
	for _, gone := range m.insert(a) {
		m.cfg.Removed(gone)
	}
	return nil
}

// insert returns the answers that were evicted.
func (m *MemoryStore) insert(a StoredAnswer) (gone []StoredAnswer) {
	m.mu.Lock()
	defer m.mu.Unlock()
	if old := m.byID[a.ID]; old != nil {
		m.remove(old)
	}
	e := m.recent.PushFront(a)
	m.byID[a.ID] = e
	if !a.Alias.IsZero() {
		m.byAlias[a.Alias] = e
	}
	m.bytes += sizeOf(a)
	m.held[a.Caller] += sizeOf(a)
	for ; m.bytes > m.cfg.MaxBytes; m.evicted++ {
		gone = append(gone, m.remove(m.victim(a.Caller)))
	}
	return gone
}

// victim is the answer that makes room for one of a caller.
func (m *MemoryStore) victim(caller key.Digest) *list.Element {
	if caller.IsZero() || float64(m.held[caller]) <= m.cfg.Share*float64(m.cfg.MaxBytes) {
		return m.recent.Back()
	}
	e := m.recent.Back()
	for e.Value.(StoredAnswer).Caller != caller {
		e = e.Prev() // the answer that was just put is the caller's
	}
	m.flooded++
	return e
}

// Delete implements ExactStore.
func (m *MemoryStore) Delete(_ context.Context, sel AnswerSelection) (n int, err error) {
	if err := sel.Check("cache.MemoryStore.Delete"); err != nil {
		return 0, err
	}
	if len(sel.IDs) > 0 {
		return m.deleteIDs(sel.IDs), nil
	}
	gone := m.deleteSelected(sel)
	for _, a := range gone {
		m.cfg.Removed(a)
	}
	return len(gone), nil
}

func (m *MemoryStore) deleteIDs(ids []key.Digest) (n int) {
	m.mu.Lock()
	defer m.mu.Unlock()
	for _, id := range ids {
		if e := m.byID[id]; e != nil {
			m.remove(e)
			n++
		}
	}
	return n
}

func (m *MemoryStore) deleteSelected(sel AnswerSelection) (gone []StoredAnswer) {
	m.mu.Lock()
	defer m.mu.Unlock()
	for _, e := range m.byID {
		if a := e.Value.(StoredAnswer); a.Workspace == sel.Workspace && sel.Condition.Selects(a.Attributes, a.Stored) {
			gone = append(gone, m.remove(e))
		}
	}
	return gone
}

// Count tells about the answers of a workspace that meet a condition, and removes none.
func (m *MemoryStore) Count(workspace key.Digest, condition Condition) (c AnswerCount) {
	m.mu.Lock()
	defer m.mu.Unlock()
	for _, e := range m.byID {
		if a := e.Value.(StoredAnswer); a.Workspace == workspace && condition.Selects(a.Attributes, a.Stored) {
			c.add(&a)
		}
	}
	return c
}

func (m *MemoryStore) remove(e *list.Element) StoredAnswer {
	a := m.recent.Remove(e).(StoredAnswer)
	delete(m.byID, a.ID)
	if m.byAlias[a.Alias] == e {
		delete(m.byAlias, a.Alias)
	}
	m.bytes -= sizeOf(a)
	if m.held[a.Caller] -= sizeOf(a); m.held[a.Caller] <= 0 {
		delete(m.held, a.Caller)
	}
	return a
}

// sizeOf is what an answer counts against MaxBytes.
func sizeOf(a StoredAnswer) int64 {
	const overhead = 400 // struct, map slots, list element
	return int64(overhead + len(a.Record) + len(a.Attributes)*len(key.Digest{}))
}

// All returns the answers, the least recently used first: putting them back in this order
// restores the order of use.
func (m *MemoryStore) All() []StoredAnswer {
	m.mu.Lock()
	defer m.mu.Unlock()
	all := make([]StoredAnswer, 0, len(m.byID))
	for e := m.recent.Back(); e != nil; e = e.Prev() {
		all = append(all, e.Value.(StoredAnswer))
	}
	return all
}

// Size returns the number of answers, their size, and how many were evicted since the start.
func (m *MemoryStore) Size() (answers int, bytes int64, evicted uint64) {
	m.mu.Lock()
	defer m.mu.Unlock()
	return len(m.byID), m.bytes, m.evicted
}

// Flooded returns how many answers a caller with more than its share evicted of its own.
func (m *MemoryStore) Flooded() uint64 {
	m.mu.Lock()
	defer m.mu.Unlock()
	return m.flooded
}

var _ ExactStore = (*MemoryStore)(nil)
