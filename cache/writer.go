package cache

import (
	"context"
	"time"
)

// pending is an entry on its way into the index.
type pending struct {
	e      *entry
	vector []float32 // nil: to be embedded
	sketch Sketch    // of it, if known
	begun  time.Time // of the exchange: what began before a purge is not written after it
}

const (
	maxBatch     = 64
	batchWait    = 20 * time.Millisecond
	writeTimeout = 5 * time.Second
)

// index adds an entry to the semantic tier: at once where that takes microseconds, else
// through the queue.
func (s *Service) index(p pending) {
	if s.archive == nil && (p.vector != nil || s.lexical) {
		s.write([]pending{p})
		return
	}
	select {
	case s.queue <- p:
	default:
		s.dropped.Add(1)
	}
}

// batch waits a little for company.
func (s *Service) batch(first pending) []pending {
	batch := []pending{first}
	timer := time.NewTimer(batchWait)
	defer timer.Stop()
	for len(batch) < maxBatch {
		select {
		case p := <-s.queue:
			batch = append(batch, p)
		case <-timer.C:
			return batch
		case <-s.stop:
			return batch
		}
	}
	return batch
}

// write embeds what has no vector yet, seals for an archive, and adds.
func (s *Service) write(batch []pending) {
	if !s.writing.allow(s.Now) {
		s.dropped.Add(uint64(len(batch)))
		return
	}
	ctx := context.Background()
	if s.archive != nil || !s.lexical {
		var cancel context.CancelFunc
		ctx, cancel = context.WithTimeout(ctx, writeTimeout)
		defer cancel()
	}
	err := s.embedAll(ctx, batch)
	if err == nil {
		err = s.add(ctx, batch)
	}
	s.writing.note(s.Now, err)
	if err != nil {
		s.failed.Add(uint64(len(batch)))
	}
}

func (s *Service) add(ctx context.Context, batch []pending) error {
	s.flight.Lock()
	defer s.flight.Unlock()
	points := s.points[:0]
	for _, p := range batch {
		if s.answers.purgedSince(p.e.part.workspace, p.begun) {
			continue
		}
		point := Point{Partition: p.e.part, ID: p.e.id, Vector: p.vector, Sketch: p.sketch, Expires: p.e.expires}
		if s.archive != nil {
			point.Sealed = s.seal.close(nil, p.e.appendRecord(nil), place(p.e.part, p.e.id))
		}
		points = append(points, point)
	}
	if len(points) == 0 {
		return nil
	}
	err := s.Index.Add(ctx, points...)
	clear(points)
	s.points = points[:0]
	return err
}

func (s *Service) embedAll(ctx context.Context, batch []pending) error {
	var texts []string
	for _, p := range batch {
		if p.vector == nil {
			texts = append(texts, p.e.text)
		}
	}
	if len(texts) == 0 {
		return nil
	}
	vectors, err := s.vectors(ctx, texts)
	if err != nil {
		return err
	}
	for i := range batch {
		if batch[i].vector == nil {
			batch[i].vector, vectors = vectors[0], vectors[1:]
		}
	}
	return nil
}

// expire removes from the index what nobody can be served any more.
func (s *Service) expire() {
	if s.Index == nil || !s.writing.allow(s.Now) {
		return
	}
	ctx, cancel := context.WithTimeout(context.Background(), writeTimeout)
	defer cancel()
	s.writing.note(s.Now, s.Index.Delete(ctx, Selection{Expired: s.Now()}))
}
