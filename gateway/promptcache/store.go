package promptcache

import (
	"container/list"
	"sync"
	"time"
)

// store holds sessions, the one that was used last in front. It is bounded by their size and
// their age.
type store struct {
	maxBytes int64
	maxAge   time.Duration

	mu    sync.Mutex
	byKey map[uint64]*list.Element // its value is an *entry
	order *list.List
	size  int64
}

// entry holds the conversations of a session, the one that was used last in front. Its mutex
// guards them; the store's guards the other fields.
type entry struct {
	key  uint64
	used time.Time
	size int64

	mu            sync.Mutex
	conversations []*conversation
}

func newStore(maxBytes int64, maxAge time.Duration) *store {
	return &store{maxBytes: maxBytes, maxAge: maxAge, byKey: map[uint64]*list.Element{}, order: list.New()}
}

// session returns the entry of a session, a new one if there is none that is young enough.
func (s *store) session(key uint64, now time.Time) *entry {
	s.mu.Lock()
	defer s.mu.Unlock()
	for e := s.order.Back(); e != nil && now.Sub(e.Value.(*entry).used) > s.maxAge; e = s.order.Back() {
		s.remove(e)
	}
	e, ok := s.byKey[key]
	if ok {
		s.order.MoveToFront(e)
	} else {
		e = s.order.PushFront(&entry{key: key, size: entryOverhead})
		s.byKey[key] = e
		s.size += entryOverhead
	}
	found := e.Value.(*entry)
	found.used = now
	return found
}

const entryOverhead = 256

// resized notes the size of an entry's conversations, and removes the entries that were not used
// for longest until the others fit.
func (s *store) resized(v *entry, conversations int64) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if e, ok := s.byKey[v.key]; !ok || e.Value.(*entry) != v {
		return // removed meanwhile
	}
	s.size += entryOverhead + conversations - v.size
	v.size = entryOverhead + conversations
	for s.size > s.maxBytes {
		s.remove(s.order.Back())
	}
}

func (s *store) remove(e *list.Element) {
	v := s.order.Remove(e).(*entry)
	delete(s.byKey, v.key)
	s.size -= v.size
}
