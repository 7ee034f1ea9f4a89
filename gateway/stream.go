package gateway

import (
	"io"
	"sync"
)

// Stream is an answer being pulled. Next returns io.EOF after the last chunk and
// the same error for ever after it has failed. See the package comment for who
// closes and how long a chunk lives.
type Stream interface {
	Next() (Chunk, error)
	Close() error
}

// Prime pulls the first chunk of s and returns a stream that still delivers it.
// When there is none, s is closed and the failure is returned: the error of Next,
// or BadUpstream for an answer that ended before it began.
func Prime(s Stream) (Stream, error) {
	c, err := s.Next()
	if err == nil {
		return &primed{Stream: s, first: c, full: true}, nil
	}
	s.Close()
	if err == io.EOF {
		err = &Error{Op: "gateway.Prime", Kind: BadUpstream, Public: "The provider's answer ended before it began.", Err: io.ErrUnexpectedEOF}
	}
	return nil, err
}

type primed struct {
	Stream
	first Chunk
	full  bool
}

func (p *primed) Next() (Chunk, error) {
	if p.full {
		p.full = false
		return p.first, nil
	}
	return p.Stream.Next()
}

// Chunks is a Stream over chunks that are already there, e.g. a replayed answer.
// The chunks' memory must stay valid as long as the stream lives.
func Chunks(cs ...Chunk) Stream {
	s := &chunks{}
	s.rest = append(s.room[:0], cs...)
	return s
}

type chunks struct {
	mu   sync.Mutex
	rest []Chunk
	room [1]Chunk // where rest begins: an answer that came whole is one
}

func (s *chunks) Next() (Chunk, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if len(s.rest) == 0 {
		return Chunk{}, io.EOF
	}
	c := s.rest[0]
	s.rest = s.rest[1:]
	return c, nil
}

func (s *chunks) Close() error {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.rest = nil
	return nil
}
