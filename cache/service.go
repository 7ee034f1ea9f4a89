package cache

import (
	"context"
	"sync"
	"sync/atomic"
	"time"

	"github.com/sluicegate/sluice/gateway"
)

// Service keeps the answers and decides about hits. It owns one goroutine, which writes
// to a remote index, takes snapshots and removes what has expired; Close waits for it.
type Service struct {
	Settings
	model   string
	lexical bool    // the embedder knows spelling only, and runs in this process
	archive Archive // nil: the index is in this process
	local   Local   // set if lexical too: embedding and looking are cheap, so both can wait
	rooms   *rooms  // set if local, and the embedder writes in place

	macs    *macs
	scopes  scopes
	seal    seal
	answers *answers
	warning error

	embedding, searching, writing breaker

	queue   chan pending
	flight  sync.Mutex // held while the index is written, so that a purge is not overtaken
	points  []Point    // under flight: room for what is being written
	stop    chan struct{}
	ended   chan struct{}
	closing sync.Once
	failure error // of the last snapshot, for Close

	changes atomic.Uint64 // since the last snapshot
	counts
}

type counts struct {
	exact, alias, semantic, misses, refreshes, bypassed atomic.Uint64
	stored, refused, dropped, failed, vetoed            atomic.Uint64
}

// Stats is what the cache has done and holds.
type Stats struct {
	ExactHits, AliasHits, SemanticHits  uint64
	Misses, Refreshes, Bypassed, Vetoed uint64
	Stored, Refused                     uint64 // answers; refused = forwarded but not stored
	Dropped, Failed                     uint64 // writes to the index: queue full, or refused by it
	Evicted                             uint64
	Entries                             int
	Bytes                               int64
	Broken                              bool // embedder or index is being left alone
}

// New starts a cache with what the snapshot holds. A snapshot that cannot be read does
// not stop it: it starts empty and Warning tells why.
func New(set Settings) (*Service, error) {
	if err := set.complete(); err != nil {
		return nil, err
	}
	key := []byte(set.Key.Reveal())
	set.Key = gateway.Secret{} // what is derived from it is enough
	s := &Service{Settings: set, macs: newMacs(key), seal: newSeal(key), answers: newAnswers(set.MaxBytes),
		scopes: scopes{made: map[surroundings]scope{}}, queue: make(chan pending, set.Queue), stop: make(chan struct{}), ended: make(chan struct{})}
	if s.Embedder != nil {
		s.model = s.Embedder.Model()
		l, ok := s.Embedder.(Lexical)
		s.lexical = ok && l.Lexical()
		s.archive, _ = s.Index.(Archive)
		if s.lexical {
			s.local, _ = s.Index.(Local)
			s.rooms = newRooms(s)
		}
	}
	if s.File != "" {
		s.warning = s.load()
	}
	go s.work()
	return s, nil
}

// Warning is why the snapshot was not used, nil if it was or there was none.
func (s *Service) Warning() error { return s.warning }

// Stats gives the counters since the start.
func (s *Service) Stats() Stats {
	st := Stats{
		ExactHits: s.exact.Load(), AliasHits: s.alias.Load(), SemanticHits: s.semantic.Load(),
		Misses: s.misses.Load(), Refreshes: s.refreshes.Load(), Bypassed: s.bypassed.Load(), Vetoed: s.vetoed.Load(),
		Stored: s.stored.Load(), Refused: s.refused.Load(), Dropped: s.dropped.Load(), Failed: s.failed.Load(),
		Broken: s.embedding.open() || s.searching.open() || s.writing.open(),
	}
	st.Entries, st.Bytes, st.Evicted = s.answers.size()
	return st
}

// Purge removes everything of a workspace, also what is being written, and returns the
// number of answers that were in memory. Other replicas keep what they have in memory
// until it expires.
func (s *Service) Purge(ctx context.Context, workspace string) (int, error) {
	m := s.macs.get()
	w := m.digest(labelWorkspace, []byte(workspace))
	s.macs.put(m)
	n := s.answers.purge(w, s.Now())
	s.changes.Add(1)
	if s.Index == nil {
		return n, nil
	}
	s.flight.Lock()
	defer s.flight.Unlock()
	if err := s.Index.Delete(ctx, Selection{Workspace: w}); err != nil {
		return n, &gateway.Error{Op: "cache.Purge", Kind: gateway.Unavailable, Public: "The cache's index could not be purged.", Err: err}
	}
	return n, nil
}

// Close writes what waits, takes the last snapshot and waits for the goroutine, at most
// as long as ctx allows. Calling it again is harmless.
func (s *Service) Close(ctx context.Context) error {
	s.closing.Do(func() { close(s.stop) })
	select {
	case <-s.ended:
		return s.failure
	case <-ctx.Done():
		return ctx.Err()
	}
}

// work is the goroutine.
func (s *Service) work() {
	defer close(s.ended)
	tick := time.NewTicker(s.Every)
	defer tick.Stop()
	for {
		select {
		case p := <-s.queue:
			s.write(s.batch(p))
		case <-tick.C:
			s.expire()
			if s.File != "" {
				s.failure = s.save()
			}
		case <-s.stop:
			for {
				select {
				case p := <-s.queue:
					s.write(s.batch(p))
					continue
				default:
				}
				break
			}
			if s.File != "" {
				s.failure = s.save()
			}
			return
		}
	}
}
