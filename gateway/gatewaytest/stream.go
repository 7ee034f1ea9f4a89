package gatewaytest

import (
	"io"
	"sync"

	"github.com/sluicegate/sluice/gateway"
)

// Stream returns its chunks and then Err, or ends. It overwrites a returned chunk at the
// next call of Next. After Close, Next always fails.
type Stream struct {
	mu     sync.Mutex
	rest   []gateway.Chunk
	err    error
	stall  bool
	last   gateway.Chunk
	closes int
	ended  bool
	closed chan struct{}
	done   func()
}

// NewStream returns a stream of chunks. err nil means a clean end.
func NewStream(err error, chunks ...gateway.Chunk) *Stream {
	return Script{Chunks: chunks, Err: err}.stream(nil)
}

func (s Script) stream(done func()) *Stream {
	err := s.Err
	if err == nil {
		err = io.EOF
	}
	return &Stream{rest: s.Chunks, err: err, stall: s.Stall, closed: make(chan struct{}), done: done}
}

// Next returns a copy of the next chunk.
func (s *Stream) Next() (gateway.Chunk, error) {
	s.mu.Lock()
	s.spoil()
	if s.closes > 0 {
		s.mu.Unlock()
		return gateway.Chunk{}, io.ErrClosedPipe
	}
	if len(s.rest) == 0 && s.stall {
		s.mu.Unlock()
		<-s.closed
		return gateway.Chunk{}, io.ErrClosedPipe
	}
	defer s.mu.Unlock()
	if len(s.rest) == 0 {
		s.ended = true
		return gateway.Chunk{}, s.err
	}
	s.last = Clone(s.rest[0])
	s.rest = s.rest[1:]
	return s.last, nil
}

// spoil overwrites what is no longer valid of the chunk returned before.
func (s *Stream) spoil() {
	if s.last.Form != gateway.FormBody {
		for i := range s.last.Raw {
			s.last.Raw[i] = '#'
		}
	}
	for i := range s.last.Deltas {
		s.last.Deltas[i] = gateway.Delta{Text: "gatewaytest: a chunk was kept after Next"}
	}
	s.last = gateway.Chunk{}
}

// Close ends the stream and unblocks a stalled Next.
func (s *Stream) Close() error {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.closes++
	if s.closes == 1 {
		close(s.closed)
		if s.done != nil {
			s.done()
		}
	}
	return nil
}

// Closes returns how often Close was called.
func (s *Stream) Closes() int {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.closes
}

// Ended reports whether Next has returned the end or the error.
func (s *Stream) Ended() bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.ended
}

// Clone copies a chunk with all its memory, so that it may be kept.
func Clone(c gateway.Chunk) gateway.Chunk {
	c.Raw = append([]byte(nil), c.Raw...)
	ds := append([]gateway.Delta(nil), c.Deltas...)
	for i := range ds {
		ds[i].Tools = append([]gateway.ToolDelta(nil), ds[i].Tools...)
	}
	c.Deltas = ds
	if c.Usage != nil {
		u := *c.Usage
		c.Usage = &u
	}
	return c
}

// Collect pulls s to its end and closes it. The error is nil after a clean end.
func Collect(s gateway.Stream) ([]gateway.Chunk, error) {
	defer s.Close()
	var out []gateway.Chunk
	for {
		c, err := s.Next()
		if err == io.EOF {
			return out, nil
		}
		if err != nil {
			return out, err
		}
		out = append(out, Clone(c))
	}
}

// Fold pulls s to its end, closes it and returns the complete answer.
func Fold(s gateway.Stream) (*gateway.Response, error) {
	chunks, err := Collect(s)
	r := &gateway.Response{}
	for _, c := range chunks {
		r.Fold(c)
	}
	return r, err
}
