package history

import (
	"context"
	"maps"
	"slices"
	"time"
)

// batch is what is stored at once.
type batch struct {
	done chan struct{} // closed when it is stored, or lost
	err  error         // why it was lost; valid then
}

func newBatch() *batch { return &batch{done: make(chan struct{})} }

// write stores what waits until the service is closed. It runs on a goroutine of its own.
func (s *Service) write() {
	defer close(s.done)
	for {
		select {
		case <-s.stop:
			s.flush()
			return
		case <-s.wake:
		}
		select { // more may come: one commit holds them all
		case <-s.stop:
		case <-time.After(writeEvery):
		}
		s.flush()
	}
}

// flush stores the rows that wait. Rows that cannot be written are lost: the caller has the answer
// already, and a store that is down must not fill the memory.
func (s *Service) flush() {
	s.mu.Lock()
	s.writing, s.waiting = s.waiting, map[string]Row{}
	b := s.next
	s.next = newBatch()
	rows := slices.Collect(maps.Values(s.writing))
	s.mu.Unlock()
	if len(rows) > 0 {
		ctx, cancel := context.WithTimeout(context.Background(), 10*time.Second)
		defer cancel()
		if b.err = s.store.PutResponses(ctx, rows, s.cfg.PerKey, s.cfg.Now()); b.err != nil {
			s.cfg.Log.Error("responses were not kept", "count", len(rows), "error", b.err)
		}
	}
	s.mu.Lock()
	s.writing = nil
	s.mu.Unlock()
	close(b.done)
}

// Close stores what waits and ends the writer.
func (s *Service) Close(context.Context) error {
	s.once.Do(func() { close(s.stop) })
	<-s.done
	return nil
}
