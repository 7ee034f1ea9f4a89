package cache

import (
	"bufio"
	"context"
	"errors"
	"io"
	"io/fs"
	"os"
	"path/filepath"

	"github.com/sluicegate/sluice/gateway"
)

// A snapshot is a line with the version, then encrypted frames. A frame holds its kind and
// the record of an entry, of a point of an index in this process, or what was learnt. An empty frame ends the
// file and proves that nothing is missing.
const snapshotVersion = "sluice cache snapshot 4\n"

// The kinds of frames.
const (
	frameEntry  = 'e'
	framePoint  = 'v'
	frameLearnt = 'l'
)

// save writes the snapshot, if there is one to write and something changed.
func (s *Service) save() error {
	changes := s.changes.Load()
	if s.cfg.File == "" || changes == 0 {
		return nil
	}
	if err := s.writeFile(); err != nil {
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
	f := frameWriter{w: w, seal: s.seal}
	if s.memory != nil {
		for _, a := range s.memory.All() {
			if s.cfg.Now().Before(a.Expires) {
				f.write(append([]byte{frameEntry}, a.Record...))
			}
		}
	}
	if index, ok := s.cfg.Index.(Local); ok {
		index.Points(func(p Point) bool {
			f.write(p.appendRecord([]byte{framePoint}, s.model))
			return f.err == nil
		})
	}
	s.writeLearnt(&f)
	f.write(nil)
	return f.err
}

// readFile reads the snapshot if there is one. If it is damaged, the cache stays empty.
func (s *Service) readFile() error {
	if s.cfg.File == "" {
		return nil
	}
	f, err := os.Open(s.cfg.File)
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	if err == nil {
		defer f.Close()
		err = s.readSnapshot(bufio.NewReaderSize(f, 1<<16))
	}
	if err == nil {
		return nil
	}
	if s.memory != nil {
		s.useMemory()
	}
	return &gateway.Error{Op: "cache.snapshot", Kind: gateway.Internal,
		Public: "The cache's snapshot could not be read; the cache starts empty.", Err: err}
}

func (s *Service) readSnapshot(r *bufio.Reader) error {
	version := make([]byte, len(snapshotVersion))
	if _, err := io.ReadFull(r, version); err != nil || string(version) != snapshotVersion {
		return errors.New("not a snapshot of this version")
	}
	f := frameReader{r: r, seal: s.seal}
	var points []Point
	for {
		frame, err := f.read()
		if err != nil {
			return err
		}
		if len(frame) == 0 {
			break
		}
		switch kind, record := frame[0], frame[1:]; kind {
		case frameEntry:
			err = s.restoreEntry(record)
		case framePoint:
			points, err = s.appendUsable(points, record)
		case frameLearnt:
			err = s.restoreLearnt(record)
		}
		if err != nil {
			return err
		}
	}
	if _, ok := s.cfg.Index.(Local); !ok || len(points) == 0 {
		return nil
	}
	return s.cfg.Index.Add(context.Background(), points...)
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
