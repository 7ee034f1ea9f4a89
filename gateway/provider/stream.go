package provider

import (
	"io"
	"sync"
	"time"

	"github.com/sluicegate/sluice/gateway"
	"github.com/sluicegate/sluice/gateway/dialect/vendorerror"
)

// stream is a streamed answer being read. Next is called by one goroutine; Close by any.
type stream struct {
	call       *call
	body       io.ReadCloser
	frames     FrameReader
	decoder    Decoder
	credential gateway.Secret
	target     string
	idle       time.Duration

	lead  []gateway.Chunk // copies of what came before the first chunk that says something
	queue []gateway.Chunk // of the last event, not handed out yet
	err   error           // the end, for ever

	mu      sync.Mutex
	reading bool
	closed  bool
}

func newStream(k *call, body io.ReadCloser, d Decoder, cfg Config, t *gateway.Target) *stream {
	return &stream{call: k, body: body, frames: eventStream{}.Frames(body, cfg.MaxEvent), decoder: d, credential: t.Credential, target: t.Path, idle: cfg.IdleStream}
}

// maxLead bounds how many empty chunks are held back for one that says something.
const maxLead = 64

// primed reads up to the first chunk that says something. What came before it, a role or
// a list of content filters, is handed out in its place.
func (s *stream) primed() (gateway.Stream, error) {
	for {
		c, err := s.pull()
		if err == io.EOF && len(s.lead) == 0 {
			err = vendorerror.Broken("provider.stream", "The provider's answer ended before it began.", io.ErrUnexpectedEOF)
		}
		if err != nil && err != io.EOF {
			s.Close()
			return nil, err
		}
		if err == io.EOF {
			return s, nil
		}
		if !c.Empty() || len(s.lead) >= maxLead {
			s.call.lift()
			if len(s.lead) == 0 {
				s.queue = append([]gateway.Chunk{c}, s.queue...)
			} else {
				s.lead = append(s.lead, c.Clone())
			}
			return s, nil
		}
		s.lead = append(s.lead, c.Clone())
	}
}

func (s *stream) Next() (gateway.Chunk, error) {
	if len(s.lead) > 0 {
		c := s.lead[0]
		s.lead = s.lead[1:]
		return c, nil
	}
	if len(s.queue) > 0 {
		c := s.queue[0]
		s.queue = s.queue[1:]
		return c, nil
	}
	if s.err == nil {
		s.call.limit(s.idle, silent)
		c, err := s.pull()
		s.call.lift()
		if err == nil {
			return c, nil
		}
	}
	s.frames.Release() // the last chunk is not valid any longer
	return gateway.Chunk{}, s.err
}

// pull gives the next chunk of the answer. It waits as long as the call lives.
func (s *stream) pull() (gateway.Chunk, error) {
	for len(s.queue) == 0 && s.err == nil {
		if !s.enter() {
			s.err = s.call.stopped()
			break
		}
		s.read()
		s.leave()
	}
	if len(s.queue) > 0 {
		c := s.queue[0]
		s.queue = s.queue[1:]
		return c, nil
	}
	return gateway.Chunk{}, s.err
}

// read takes one event, or the end.
func (s *stream) read() {
	e, err := s.frames.Next()
	if err == nil {
		switch s.queue, err = s.decoder.Feed(e); err {
		case nil:
		case io.EOF:
			s.drain()
		default:
			s.fail(err)
		}
		return
	}
	// Once the vendor has said that the answer is whole, how the connection ends does not
	// matter.
	rest, end := s.decoder.End()
	if end == nil && s.call.ctx.Err() == nil {
		s.queue, s.err = rest, io.EOF
	} else if err == io.EOF {
		s.fail(end)
	} else {
		s.fail(err)
	}
}

// drainTime is how long the end of the connection's answer may lag behind the end of the
// stream. Waiting for it gives the connection back for the next call.
const drainTime = 100 * time.Millisecond

func (s *stream) drain() {
	s.err = io.EOF
	s.call.limit(drainTime, over)
	_, _ = io.CopyN(io.Discard, s.body, 64<<10) // the answer is whole: nothing here can spoil it
	s.call.lift()
}

func (s *stream) fail(err error) {
	s.queue = nil
	e := scrub(gateway.AsError(s.call.broke(err)), s.credential)
	e.Target = s.target
	s.err = e
}

// enter and leave bracket the use of the body, which Close closes.
func (s *stream) enter() bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.reading = !s.closed
	return s.reading
}

func (s *stream) leave() {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.reading = false
	if s.closed {
		s.body.Close()
	}
}

// Close ends the call; a Next that waits returns an error. The buffer is not given back
// here: another goroutine may still be reading the last chunk.
func (s *stream) Close() error {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.closed {
		return nil
	}
	s.closed = true
	s.call.end()
	if !s.reading {
		s.body.Close()
	}
	return nil
}

// whole folds a stream into the unary answer that the caller asked for.
func whole(s *stream, d gateway.Dialect) (gateway.Stream, error) {
	defer s.Close()
	defer s.frames.Release()
	var r gateway.Response
	any := false
	for {
		c, err := s.pull()
		if err == io.EOF {
			break
		}
		if err != nil {
			return nil, err
		}
		any = true
		r.Fold(c)
	}
	if !any {
		return nil, vendorerror.Broken("provider.stream", "The provider's answer ended before it began.", io.ErrUnexpectedEOF)
	}
	c := gateway.Chunk{Raw: r.Body(), Form: gateway.FormBody, Dialect: d}
	c.Read()
	return gateway.Chunks(c), nil
}
