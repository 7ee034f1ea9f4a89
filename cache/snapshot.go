package cache

import (
	"bytes"
	"context"
	"encoding/gob"
	"errors"
	"io"

	"github.com/sluicegate/sluice/cache/decide"
	"github.com/sluicegate/sluice/cache/exact"
	"github.com/sluicegate/sluice/cache/key"
)

// The kinds of frames.
const (
	frameEntry   = 'e'
	framePoint   = 'v'
	frameLearnt  = 'l'
	frameRemoval = 'x' // in the journal only
)

// removal is a deletion, in a frame of the journal.
type removal struct {
	Workspace key.Digest // with Condition
	Condition exact.Condition
	IDs       []key.Digest // of Partition
	Partition key.Partition
}

// noteRemoval notes a deletion for the journal.
func (s *Service) noteRemoval(r removal) {
	var b bytes.Buffer
	if s.file != nil && gob.NewEncoder(&b).Encode(r) == nil { // plain data always encodes
		s.file.AddRemoval(frameRemoval, b.Bytes())
	}
}

// save writes the snapshot, if there is one to write and something changed.
func (s *Service) save() error {
	changes := s.changes.Load()
	if s.file == nil || changes == 0 {
		return nil
	}
	err := s.file.Save(s.writeSnapshot)
	if err == nil {
		s.changes.Add(-changes)
	}
	return err
}

func (s *Service) writeSnapshot(frame func(parts ...[]byte) error) (err error) {
	if s.memory != nil {
		for a := range s.memory.All() {
			if s.cfg.Now().Before(a.Expires) {
				err = frame([]byte{frameEntry}, a.Record)
			}
			if err != nil {
				return err
			}
		}
	}
	if index, ok := s.cfg.Index.(Local); ok {
		index.Points(func(p Point) bool {
			err = frame(p.appendRecord([]byte{framePoint}, s.model))
			return err == nil
		})
	}
	for record := range s.known.Records(s.measured()) {
		if err == nil {
			err = frame([]byte{frameLearnt}, record)
		}
	}
	return err
}

// readFiles reads the snapshot and what was journalled after it. It returns why not all was read.
func (s *Service) readFiles() error {
	unsaved, err := s.file.Read(s.readFrames)
	if unsaved {
		s.changes.Add(1)
	}
	return err
}

// readFrames reads the frames of one file.
func (s *Service) readFrames(next func() ([]byte, error)) error {
	var points []Point
	frame, err := next()
	for ; err == nil; frame, err = next() {
		if points, err = s.restore(points, frame); err != nil {
			break
		}
	}
	if err == io.EOF {
		err = nil
	}
	return errors.Join(err, s.addRestored(points))
}

// restore reads one frame. It appends a point, which is added once its answer is there.
func (s *Service) restore(points []Point, frame []byte) ([]Point, error) {
	switch kind, record := frame[0], frame[1:]; kind {
	case frameEntry:
		return points, s.restoreEntry(record)
	case framePoint:
		return s.appendUsable(points, record)
	case frameLearnt:
		return points, s.restoreLearnt(record)
	case frameRemoval:
		if err := s.addRestored(points); err != nil {
			return nil, err
		}
		return nil, s.repeatRemoval(record)
	}
	return points, nil
}

// restoreLearnt reads what was learnt, and what the similarities of this embedder were found to mean.
func (s *Service) restoreLearnt(record []byte) error {
	m, err := s.known.Restore(record)
	if err == nil && m.Scale != nil && m.Model == s.model && s.cfg.Embedder != nil && !s.calibration.Load().shipped {
		s.calibration.Store(&calibration{Model: decide.Scaled(*m.Scale), ready: true})
	}
	return err
}

func (s *Service) addRestored(points []Point) error {
	if _, ok := s.cfg.Index.(Local); !ok || len(points) == 0 {
		return nil
	}
	return s.cfg.Index.Add(context.Background(), points...)
}

// repeatRemoval removes again what was removed after the snapshot.
func (s *Service) repeatRemoval(record []byte) error {
	var r removal
	if gob.NewDecoder(bytes.NewReader(record)).Decode(&r) != nil {
		return errRecord
	}
	ctx := context.Background()
	if s.memory == nil {
		return nil
	}
	if len(r.IDs) == 0 {
		if _, err := s.memory.Delete(ctx, exact.Selection{Workspace: r.Workspace, Condition: r.Condition}); err != nil {
			return err
		}
		return s.purgeIndex(ctx, r.Workspace, r.Condition)
	}
	if _, err := s.memory.Delete(ctx, exact.Selection{IDs: r.IDs}); err != nil {
		return err
	}
	if _, local := s.cfg.Index.(Local); local && r.Partition.Check("cache.snapshot") == nil {
		return s.cfg.Index.Delete(ctx, Selection{IDs: r.IDs, Partition: r.Partition})
	}
	return nil
}

// restoreEntry puts an entry into the memory, which may be smaller than it was.
func (s *Service) restoreEntry(record []byte) error {
	e, err := readEntry(record)
	if err != nil || s.memory == nil || !s.cfg.Now().Before(e.expires) {
		return err
	}
	_ = s.memory.Put(context.Background(), e.answer(record)) // fails only for an answer larger than the memory
	return nil
}

// appendUsable appends a point if this embedder made it and its answer is stored.
func (s *Service) appendUsable(points []Point, record []byte) ([]Point, error) {
	p, model, err := readPoint(record)
	if err != nil {
		return nil, err
	}
	if s.cfg.Embedder == nil || model != s.model || len(p.Vector) != s.cfg.Embedder.Dim() || !s.cfg.Now().Before(p.Expires) {
		return points, nil
	}
	if answer, err := s.store.Get(context.Background(), p.ID); err != nil || answer == nil {
		return points, nil
	}
	return append(points, p), nil
}
