package gateway

import (
	"io"
	"sync"
)

// Stream is an answer that is read by pulling chunks. Next returns io.EOF after the last
// chunk. After an error, Next always returns the same error. The package comment tells who
// closes a stream and how long a chunk is valid.
type Stream interface {
	Next() (Chunk, error)
	Close() error
}

// Prime pulls the first chunk of s and returns a stream that still returns it. If there is
// none, Prime closes s and returns an error: Next's error, or BadUpstream for an empty
// answer.
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

// Chunks returns a Stream over existing chunks, such as a replayed answer. The chunks'
// memory must stay valid while the stream is used.
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
