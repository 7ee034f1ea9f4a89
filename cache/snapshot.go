package cache

import (
	"bufio"
	"context"
	"encoding/binary"
	"encoding/json"
	"errors"
	"io"
	"io/fs"
	"math"
	"os"
	"path/filepath"
	"strconv"
	"time"

	"github.com/sluicegate/sluice/gateway"
)

// The snapshot: a magic line, then sealed frames with their length in front. Each frame
// is bound to its number; the last one is empty and tells that nothing is missing. A
// frame holds an entry (kind 'e') or a point of an index in this process ('v').
const magic = "sluice cache snapshot 1\n"

const maxFrame = 64 << 20

type vector struct {
	Workspace, Context, ID Digest
	Model                  string
	Expires                time.Time
	Values                 []byte // float32, little-endian
}

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
	if err = s.frames(b); err != nil {
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

func (s *Service) frames(w *bufio.Writer) error {
	if _, err := w.WriteString(magic); err != nil {
		return err
	}
	number := uint64(0)
	frame := func(plain []byte) error {
		sealed := s.seal.close(plain, frameNumber(number))
		number++
		if err := binary.Write(w, binary.LittleEndian, uint32(len(sealed))); err != nil {
			return err
		}
		_, err := w.Write(sealed)
		return err
	}
	now := s.Now()
	for _, e := range s.answers.all() {
		if !now.Before(e.expires) {
			continue
		}
		if err := frame(append([]byte{'e'}, e.encode()...)); err != nil {
			return err
		}
	}
	if l, ok := s.Index.(Local); ok {
		var failed error
		l.Points(func(p Point) bool {
			failed = frame(append([]byte{'v'}, s.encodeVector(p)...))
			return failed == nil
		})
		if failed != nil {
			return failed
		}
	}
	return frame(nil)
}

func frameNumber(n uint64) []byte { return binary.LittleEndian.AppendUint64([]byte("frame"), n) }

func (s *Service) encodeVector(p Point) []byte {
	v := vector{Workspace: p.Partition.workspace, Context: p.Partition.context, ID: p.ID, Model: s.model, Expires: p.Expires}
	for _, x := range p.Vector {
		v.Values = binary.LittleEndian.AppendUint32(v.Values, math.Float32bits(x))
	}
	b, _ := json.Marshal(v) // plain data always encodes
	return b
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
	var points []Point
	now := s.Now()
	for number := uint64(0); ; number++ {
		plain, err := s.readFrame(r, number)
		if err != nil {
			return errors.New("frame " + strconv.FormatUint(number, 10) + ": " + err.Error())
		}
		if len(plain) == 0 {
			break
		}
		switch plain[0] {
		case 'e':
			e, err := decodeEntry(plain[1:])
			if err != nil {
				return err
			}
			if now.Before(e.expires) {
				s.answers.put(e, e.stored)
			}
		case 'v':
			if p, ok := s.decodeVector(plain[1:]); ok && now.Before(p.Expires) {
				points = append(points, p)
			}
		}
	}
	if _, ok := s.Index.(Local); !ok || len(points) == 0 {
		return nil
	}
	return s.Index.Add(context.Background(), points...)
}

func (s *Service) readFrame(r io.Reader, number uint64) ([]byte, error) {
	var size uint32
	if err := binary.Read(r, binary.LittleEndian, &size); err != nil {
		return nil, errors.New("the file ends early")
	}
	if size > maxFrame {
		return nil, errSealed
	}
	sealed := make([]byte, size)
	if _, err := io.ReadFull(r, sealed); err != nil {
		return nil, errors.New("the file ends early")
	}
	return s.seal.open(sealed, frameNumber(number))
}

// decodeVector leaves out what another model made.
func (s *Service) decodeVector(b []byte) (Point, bool) {
	var v vector
	if json.Unmarshal(b, &v) != nil || v.Model != s.model || s.Embedder == nil || len(v.Values) != 4*s.Embedder.Dim() {
		return Point{}, false
	}
	p := Point{Partition: NewPartition(v.Workspace, v.Context), ID: v.ID, Expires: v.Expires}
	for i := 0; i < len(v.Values); i += 4 {
		p.Vector = append(p.Vector, math.Float32frombits(binary.LittleEndian.Uint32(v.Values[i:])))
	}
	return p, true
}
