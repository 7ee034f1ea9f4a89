package cache

import (
	"bufio"
	"context"
	"encoding/binary"
	"errors"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strconv"

	"github.com/sluicegate/sluice/gateway"
)

// The snapshot: a magic line, then sealed frames with their length in front. Each frame
// is bound to its number; the last one is empty and tells that nothing is missing. A
// frame holds the record of an entry (kind 'e') or of a point of an index in this process
// ('v').
const magic = "sluice cache snapshot 2\n"

const maxFrame = 64 << 20

// save writes the snapshot beside the file and moves it into place. Nothing changed:
// nothing is written.
func (s *Service) save() error {
	changes := s.changes.Load()
	if changes == 0 {
		return nil
	}
	if err := s.writeFile(); err != nil {
		return &gateway.Error{Op: "cache.snapshot", Kind: gateway.Internal, Public: "The cache's snapshot could not be written.", Err: err}
	}
	s.changes.Add(-changes)
	return nil
}

func (s *Service) writeFile() (err error) {
	f, err := os.CreateTemp(filepath.Dir(s.File), filepath.Base(s.File)+".*")
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
	if err = s.writeFrames(b); err != nil {
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
	return os.Rename(f.Name(), s.File)
}

func (s *Service) writeFrames(w *bufio.Writer) error {
	if _, err := w.WriteString(magic); err != nil {
		return err
	}
	f := frames{seal: s.seal}
	var plain []byte
	now := s.Now()
	for _, e := range s.answers.all() {
		if !now.Before(e.expires) {
			continue
		}
		plain = e.appendRecord(append(plain[:0], 'e'))
		if err := f.write(w, plain); err != nil {
			return err
		}
	}
	if l, ok := s.Index.(Local); ok {
		var failed error
		l.Points(func(p Point) bool {
			plain = p.appendRecord(append(plain[:0], 'v'), s.model)
			failed = f.write(w, plain)
			return failed == nil
		})
		if failed != nil {
			return failed
		}
	}
	return f.write(w, nil)
}

// load reads the snapshot. On any damage it leaves the cache empty and says why.
func (s *Service) load() error {
	f, err := os.Open(s.File)
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	if err == nil {
		defer f.Close()
		err = s.readFrames(bufio.NewReaderSize(f, 1<<16))
	}
	if err == nil {
		return nil
	}
	s.answers = newAnswers(s.MaxBytes)
	return &gateway.Error{Op: "cache.snapshot", Kind: gateway.Internal,
		Public: "The cache's snapshot could not be read; the cache starts empty.", Err: err}
}

func (s *Service) readFrames(r *bufio.Reader) error {
	head := make([]byte, len(magic))
	if _, err := io.ReadFull(r, head); err != nil || string(head) != magic {
		return errors.New("not a snapshot of this version")
	}
	f := frames{seal: s.seal}
	var plain []byte
	var points []Point
	now := s.Now()
	for {
		var err error
		if plain, err = f.read(r, plain[:0]); err != nil {
			return errors.New("frame " + strconv.FormatUint(f.number, 10) + ": " + err.Error())
		}
		if len(plain) == 0 {
			break
		}
		switch plain[0] {
		case 'e':
			e, err := readEntry(plain[1:])
			if err != nil {
				return err
			}
			if now.Before(e.expires) {
				s.answers.put(e, e.stored)
			}
		case 'v':
			p, model, err := readPoint(plain[1:])
			if err != nil {
				return err
			}
			usable := now.Before(p.Expires) && s.Embedder != nil && model == s.model && len(p.Vector) == s.Embedder.Dim()
			if usable && len(s.answers.missing([]Digest{p.ID})) == 0 { // the memory may be smaller than it was
				points = append(points, p)
			}
		}
	}
	if _, ok := s.Index.(Local); !ok || len(points) == 0 {
		return nil
	}
	return s.Index.Add(context.Background(), points...)
}

// frames writes or reads one frame after the other.
type frames struct {
	seal   seal
	number uint64
	sealed []byte // room for one, with its length in front
	room   []byte // for its place
}

const frameHead = 4

func (f *frames) write(w io.Writer, plain []byte) error {
	f.sealed = f.seal.close(append(f.sealed[:0], make([]byte, frameHead)...), plain, f.place())
	binary.LittleEndian.PutUint32(f.sealed, uint32(len(f.sealed)-frameHead))
	f.number++
	_, err := w.Write(f.sealed)
	return err
}

// read appends the plain text to dst.
func (f *frames) read(r io.Reader, dst []byte) ([]byte, error) {
	f.sealed = append(f.sealed[:0], make([]byte, frameHead)...)
	if _, err := io.ReadFull(r, f.sealed); err != nil {
		return nil, errEarly
	}
	size := binary.LittleEndian.Uint32(f.sealed)
	if size > maxFrame {
		return nil, errSealed
	}
	f.sealed = slices.Grow(f.sealed[:0], int(size))[:size]
	if _, err := io.ReadFull(r, f.sealed); err != nil {
		return nil, errEarly
	}
	dst, err := f.seal.open(dst, f.sealed, f.place())
	if err == nil {
		f.number++
	}
	return dst, err
}

var errEarly = errors.New("the file ends early")

// place binds a frame to its number.
func (f *frames) place() []byte {
	f.room = binary.LittleEndian.AppendUint64(append(f.room[:0], "frame"...), f.number)
	return f.room
}
