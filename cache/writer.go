package cache

import (
	"context"
	"time"

	"github.com/sluicegate/sluice/cache/seal"
)

// pendingPoint is an entry on its way into the index.
type pendingPoint struct {
	entry  *entry
	vector []float32 // nil: to be embedded
	begun  time.Time // of the exchange: what began before a purge is not written after it
}

const (
	maxBatch     = 64
	batchWait    = 20 * time.Millisecond
	writeTimeout = 5 * time.Second
)

// index adds an entry to the semantic tier. It writes at once if embedder and index are in
// this process, else through the queue, which drops what it has no room for.
func (s *Service) index(p pendingPoint) {
	if s.archive == nil && (p.vector != nil || s.lexical) {
		s.write([]pendingPoint{p})
		return
	}
	select {
	case s.queue <- p:
	default:
		s.dropped.Add(1)
	}
}

// run is the Service's goroutine. It writes queued points, compares answers, removes expired points
// and takes snapshots, until Close.
func (s *Service) run() {
	defer close(s.ended)
	tick, second := time.NewTicker(s.cfg.Every), time.NewTicker(time.Second)
	defer tick.Stop()
	defer second.Stop()
	if s.file.Killed() { // until there is a snapshot, nothing is journalled
		s.snapshotErr = s.save()
	}
	s.calibrate()
	for {
		select {
		case p := <-s.queue:
			s.write(s.batch(p))
		case c := <-s.comparisons:
			s.compare(c)
		case <-second.C:
			s.flush()
			s.calibrate()
		case <-tick.C:
			s.expire()
			s.snapshotErr = s.save()
		case <-s.stop:
			s.drain()
			s.snapshotErr = s.save()
			return
		}
	}
}

// flush appends to the journal what was stored and learnt since the last second.
func (s *Service) flush() {
	changes := s.known.Changes()
	if s.file != nil { // else nobody needs them
		for record := range changes {
			s.file.Add(frameLearnt, record)
		}
	}
	if err := s.file.Flush(); err != nil {
		s.failed.Add(1)
	}
}

// drain writes what is still queued.
func (s *Service) drain() {
	for {
		select {
		case p := <-s.queue:
			s.write(s.batch(p))
		default:
			return
		}
	}
}

// batch collects more points for a short time.
func (s *Service) batch(first pendingPoint) []pendingPoint {
	batch := []pendingPoint{first}
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

// write embeds what has no vector yet and adds the points to the index.
func (s *Service) write(batch []pendingPoint) {
	if !s.writing.Allow(s.cfg.Now) {
		s.dropped.Add(uint64(len(batch)))
		return
	}
	ctx, cancel := within(context.Background(), s.writeLimit)
	defer cancel()
	err := s.embedBatch(ctx, batch)
	if err == nil {
		batch = s.putBodies(ctx, batch)
		err = s.addPoints(ctx, batch)
	}
	s.writing.Note(s.cfg.Now, err)
	if err != nil {
		s.failed.Add(uint64(len(batch)))
	}
}

// embedBatch sets the vectors that are missing.
func (s *Service) embedBatch(ctx context.Context, batch []pendingPoint) error {
	var texts []string
	for _, p := range batch {
		if p.vector == nil {
			texts = append(texts, p.entry.text)
		}
	}
	if len(texts) == 0 {
		return nil
	}
	vectors, err := s.embedTexts(ctx, texts)
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

// addPoints seals for an archive and adds the points. Purge waits for it.
func (s *Service) addPoints(ctx context.Context, batch []pendingPoint) error {
	s.indexing.Lock()
	defer s.indexing.Unlock()
	var points []Point
	for _, p := range batch {
		e := p.entry
		if s.purges.selects(e, p.begun) {
			s.removeBody(e)
			continue
		}
		point := Point{Partition: e.partition, ID: e.id, Vector: p.vector, Expires: e.expires, Attributes: e.attributes, Stored: e.stored}
		if s.archive != nil {
			point.Sealed = s.seal.Close(nil, e.appendRecord(nil), seal.PlaceInArchive(e.partition, e.id))
			if e.elsewhere != nil {
				point.Body = e.elsewhere.file()
			}
		}
		points = append(points, point)
	}
	if len(points) == 0 {
		return nil
	}
	if err := s.cfg.Index.Add(ctx, points...); err != nil {
		return err
	}
	if _, local := s.cfg.Index.(Local); local {
		for i := range points {
			s.file.Add(framePoint, points[i].appendRecord(nil, s.model))
		}
	}
	return nil
}

// expire removes expired answers from the memory, and expired points from the index.
func (s *Service) expire() {
	if s.memory != nil {
		s.memory.RemoveExpired()
	}
	if s.cfg.Index == nil || !s.writing.Allow(s.cfg.Now) {
		return
	}
	ctx, cancel := within(context.Background(), s.writeLimit)
	defer cancel()
	s.writing.Note(s.cfg.Now, s.cfg.Index.Delete(ctx, Selection{Expired: s.cfg.Now()}))
}
