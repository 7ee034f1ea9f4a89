package provider

import (
	"io"
	"sync"
	"time"

	"github.com/sluicegate/sluice/gateway"
	"github.com/sluicegate/sluice/gateway/dialect"
	"github.com/sluicegate/sluice/gateway/dialect/vendorerror"
	"github.com/sluicegate/sluice/gateway/provider/codec"
	"github.com/sluicegate/sluice/gateway/provider/scrub"
)

// stream is a streamed answer in progress. One goroutine calls Next; any goroutine may call
// Close.
type stream struct {
	call       *upstreamCall
	body       io.ReadCloser
	frames     codec.FrameReader
	decoder    codec.Decoder
	credential gateway.Secret
	target     string
	idle       time.Duration

	leading []gateway.Chunk // copies of the chunks before the first one with content
	queue   []gateway.Chunk // chunks of the last event that Next has not returned yet
	err     error           // ends the stream when the queue is empty; Next then always returns it
	unread  bool            // the answer is complete, but its body was not read to the end

	mu      sync.Mutex
	reading bool
	closed  bool
}

func newStream(k *upstreamCall, body io.ReadCloser, frames codec.FrameReader, d codec.Decoder, t *gateway.Target) *stream {
	return &stream{call: k, body: body, frames: frames, decoder: d, credential: t.Credential, target: t.Path, idle: k.cfg.IdleStream}
}

// maxLeading limits how many chunks without content are held back.
const maxLeading = 64

// prime reads up to the first chunk with content. Chunks before it, such as a role or a list
// of content filters, are returned first by Next.
func (s *stream) prime() (gateway.Stream, error) {
	for {
		s.fill()
		if len(s.queue) == 0 {
			if s.err == io.EOF && len(s.leading) > 0 {
				return s, nil
			}
			err := s.err
			if err == io.EOF {
				err = vendorerror.Broken("provider.stream", "The provider's answer ended before it began.", io.ErrUnexpectedEOF)
			}
			s.Close()
			return nil, err
		}
		if c := &s.queue[0]; !c.Empty() || len(s.leading) >= maxLeading {
			s.call.clearDeadline()
			return s, nil
		}
		s.leading = append(s.leading, s.queue[0].Clone())
		s.queue = s.queue[1:]
	}
}

func (s *stream) Next() (gateway.Chunk, error) {
	if len(s.leading) > 0 {
		return takeFirst(&s.leading), nil
	}
	if len(s.queue) == 0 && s.err == nil {
		s.call.setDeadline(s.idle, idleTimeout)
		s.fill()
		s.call.clearDeadline()
	}
	if len(s.queue) == 0 {
		s.drain()
		s.frames.Release() // the last chunk is no longer valid
		return gateway.Chunk{}, s.err
	}
	return takeFirst(&s.queue), nil
}

// nextChunk returns the next chunk of the answer. Only the call's deadline limits the wait.
func (s *stream) nextChunk() (gateway.Chunk, error) {
	if s.fill(); len(s.queue) == 0 {
		s.drain()
		return gateway.Chunk{}, s.err
	}
	return takeFirst(&s.queue), nil
}

// maxQueue limits how many chunks are decoded ahead.
const maxQueue = 64

// fill reads until the queue has a chunk, or the answer ends. It decodes all frames that have
// arrived by then.
func (s *stream) fill() {
	for s.err == nil && (len(s.queue) == 0 || len(s.queue) < maxQueue && s.frames.Ready()) {
		if !s.beginRead() {
			s.err = s.call.cancelError()
			return
		}
		s.readFrame()
		s.endRead()
	}
}

func takeFirst(list *[]gateway.Chunk) (c gateway.Chunk) {
	c, *list = (*list)[0], (*list)[1:]
	c.More = len(*list) > 0
	return c
}

// readFrame reads one frame, or the end.
func (s *stream) readFrame() {
	e, err := s.frames.Next()
	if err == nil {
		var chunks []gateway.Chunk
		switch chunks, err = s.decoder.Feed(e); err {
		case nil:
		case io.EOF:
			s.err, s.unread = io.EOF, true
		default:
			s.fail(err)
			return
		}
		s.queue = append(s.queue, chunks...)
		return
	}
	// Once the vendor has said that the answer is whole, how the connection ends does not
	// matter.
	rest, end := s.decoder.End()
	if end == nil && s.call.ctx.Err() == nil {
		s.queue, s.err = append(s.queue, rest...), io.EOF
	} else if err == io.EOF {
		s.fail(end)
	} else {
		s.fail(err)
	}
}

// drainTime is how long to wait for the body's end after the stream's end. A body read to
// its end frees the connection for another call.
const drainTime = 100 * time.Millisecond

func (s *stream) drain() {
	if !s.unread || !s.beginRead() {
		return
	}
	defer s.endRead()
	s.unread = false
	s.call.setDeadline(drainTime, drainTimeout)
	_, _ = io.CopyN(io.Discard, s.body, 64<<10) // the answer is complete: an error does not matter
	s.call.clearDeadline()
}

func (s *stream) fail(err error) {
	e := scrub.Error(gateway.AsError(s.call.readError(err)), s.credential)
	e.Target = s.target
	s.err = e
}

// beginRead and endRead bracket the use of the body, which Close closes.
func (s *stream) beginRead() bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.reading = !s.closed
	return s.reading
}

func (s *stream) endRead() {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.reading = false
	if s.closed {
		s.body.Close()
	}
}

// Close cancels the call; a blocked Next returns an error. It does not release the buffer,
// because another goroutine may still read the last chunk.
func (s *stream) Close() error {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.closed {
		return nil
	}
	s.closed = true
	s.call.release()
	if !s.reading {
		s.body.Close()
	}
	return nil
}

// foldToBody folds a stream into the unary answer that the caller asked for.
func foldToBody(s *stream, format dialect.TargetFormat) (gateway.Stream, error) {
	defer s.Close()
	defer s.frames.Release()
	d, ok := format.(gateway.Dialect)
	if !ok {
		return nil, vendorerror.Broken("provider.stream", "The provider answered with a stream that nobody asked for.", nil)
	}
	var r gateway.Response
	any := false
	for {
		c, err := s.nextChunk()
		if err == io.EOF {
			break
		}
		if err != nil {
			return nil, err
		}
		any = true
		if r.Fold(c); r.Truncated {
			return nil, vendorerror.Broken("provider.stream", "The provider's answer is too large.", nil)
		}
	}
	if !any {
		return nil, vendorerror.Broken("provider.stream", "The provider's answer ended before it began.", io.ErrUnexpectedEOF)
	}
	c := gateway.Chunk{Raw: r.Body(), Form: gateway.FormBody, Dialect: d}
	c.Read()
	return gateway.Chunks(c), nil
}
