package cache

import (
	"bufio"
	"bytes"
	"context"
	"encoding/gob"
	"errors"
	"io"
	"io/fs"
	"os"
	"path/filepath"

	"github.com/sluicegate/sluice/cache/decide"
	"github.com/sluicegate/sluice/cache/exact"
	"github.com/sluicegate/sluice/cache/seal"
	"github.com/sluicegate/sluice/gateway"
)

// A snapshot is a line with the version, then encrypted frames. A frame holds its kind and
// the record of an entry, of a point of an index in this process, or what was learnt. An empty frame ends the
// file and proves that nothing is missing.
const snapshotVersion = "sluice cache snapshot 4\n"

// The kinds of frames.
const (
	frameEntry   = 'e'
	framePoint   = 'v'
	frameLearnt  = 'l'
	frameRemoval = 'x' // in the journal only
)

// save writes the snapshot, if there is one to write and something changed.
func (s *Service) save() error {
	changes := s.changes.Load()
	if s.cfg.File == "" || changes == 0 {
		return nil
	}
	err := s.journal.rotate()
	if err == nil {
		err = s.writeFile()
	}
	if err == nil {
		err = s.journal.replaced()
	}
	if err != nil {
		return &gateway.Error{Op: "cache.snapshot", Kind: gateway.Internal, Public: "The cache's snapshot could not be written.", Err: err}
	}
	s.changes.Add(-changes)
	return nil
}

// writeFile writes a new file beside the old one and then replaces it.
func (s *Service) writeFile() (err error) {
	f, err := os.CreateTemp(filepath.Dir(s.cfg.File), filepath.Base(s.cfg.File)+".*")
	if err != nil {
		return err
	}
	defer func() {
		if err != nil {
			f.Close()
			os.Remove(f.Name())
		}
	}()
	b := bufio.NewWriterSize(f, 1<<16)
	if err = s.writeSnapshot(b); err != nil {
		return err
	}
	if err = b.Flush(); err != nil {
		return err
	}
	if err = f.Sync(); err != nil {
		return err
	}
	if err = f.Close(); err != nil {
		return err
	}
	return os.Rename(f.Name(), s.cfg.File)
}

func (s *Service) writeSnapshot(w *bufio.Writer) error {
	if _, err := w.WriteString(snapshotVersion); err != nil {
		return err
	}
	f := seal.FrameWriter{W: w, Seal: s.seal}
	if s.memory != nil {
		for a := range s.memory.All() {
			if s.cfg.Now().Before(a.Expires) {
				f.Write([]byte{frameEntry}, a.Record)
			}
		}
	}
	if index, ok := s.cfg.Index.(Local); ok {
		index.Points(func(p Point) bool {
			f.Write(p.appendRecord([]byte{framePoint}, s.model))
			return f.Err == nil
		})
	}
	for record := range s.known.Records(s.measured()) {
		f.Write([]byte{frameLearnt}, record)
	}
	f.Write()
	return f.Err
}

// readFiles reads the snapshot and what was journalled after it. It returns why not all was read:
// what stands before the damage is used, and what stands after it is lost.
func (s *Service) readFiles() error {
	if s.cfg.File == "" {
		return nil
	}
	var warning error
	for _, path := range []string{s.cfg.File, s.journal.before(), s.journal.path} {
		place := seal.PlaceOfJournal
		if path == s.cfg.File {
			place = seal.PlaceOfFrame
		}
		err := s.readFile(path, place)
		if err != nil && warning == nil {
			warning = &gateway.Error{Op: "cache.snapshot", Kind: gateway.Internal,
				Public: "The cache's file " + path + " is damaged or of another release: what stands before the damage is used, and the file is written anew.", Err: err}
			s.changes.Add(1)
		}
	}
	return warning
}

func (s *Service) readFile(path string, place func(uint64) []byte) error {
	f, err := os.Open(path)
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	if err != nil {
		return err
	}
	defer f.Close()
	if path != s.cfg.File {
		s.changes.Add(1) // a journal belongs into the next snapshot
		s.journal.killed = true
	}
	err = s.readFrames(bufio.NewReaderSize(f, 1<<16), place)
	if errors.Is(err, seal.ErrTruncated) && path != s.cfg.File { // the journal has no end, and was being written when the process was killed
		return nil
	}
	return err
}

func (s *Service) readFrames(r *bufio.Reader, place func(uint64) []byte) error {
	version := make([]byte, len(snapshotVersion))
	if _, err := io.ReadFull(r, version); err != nil || string(version) != snapshotVersion {
		return errors.New("not a snapshot of this version")
	}
	f := seal.FrameReader{R: r, Seal: s.seal, Place: place}
	var points []Point
	var err error
	for err == nil {
		var frame []byte
		if frame, err = f.Read(); err != nil || len(frame) == 0 {
			break
		}
		points, err = s.restore(points, frame)
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
