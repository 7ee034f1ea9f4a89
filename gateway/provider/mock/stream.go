package mock

import (
	"context"
	"io"
	"time"

	"github.com/sluicegate/sluice/gateway"
	"github.com/sluicegate/sluice/gateway/dialect/message"
	"github.com/sluicegate/sluice/gateway/dialect/openai"
)

const (
	slowFirst = 300 * time.Millisecond
	slowWord  = 50 * time.Millisecond
	slowMost  = 10 * time.Second // the longest delay of a unary answer
)

// play returns the answer as requested: as a stream or as a body.
func (a *answer) play(ctx context.Context, t *gateway.Target) (gateway.Stream, error) {
	broke := &gateway.Error{Op: "mock.Answer", Kind: gateway.BadUpstream, Target: t.Path, Public: "The provider's answer broke off.", Err: io.ErrUnexpectedEOF}
	w := openai.Dialect{}.WriteAnswer(&message.Request{WantsUsage: a.req.WantsUsage()})
	if !a.req.Stream() {
		if a.name == "fail-stream" {
			return nil, broke
		}
		if a.name == "slow" {
			words := len(splitWords(a.text))
			if err := pause(ctx, min(slowFirst+time.Duration(words)*slowWord, slowMost)); err != nil {
				return nil, err
			}
		}
		c, err := w.Body(a.events())
		if err != nil {
			return nil, err
		}
		return gateway.Chunks(c), nil
	}
	chunks, err := w.Events(a.events())
	if err != nil {
		return nil, err
	}
	s := &stream{chunks: chunks}
	s.ctx, s.cancel = context.WithCancel(ctx)
	switch a.name {
	case "fail-stream":
		s.chunks, s.end = s.chunks[:min(len(s.chunks), 3)], broke
	case "slow":
		if err := pause(s.ctx, slowFirst); err != nil {
			s.cancel()
			return nil, err
		}
		s.delay = slowWord
	}
	return s, nil
}

// events are the events of the answer, with its text split into words.
func (a *answer) events() []message.Event {
	es := []message.Event{{Kind: message.EventStart, ID: a.head.ID, Model: a.head.Model, Created: a.head.Created}}
	for choice := range a.count {
		of, call, pieces := message.KindText, message.Call{}, splitWords(a.text)
		if a.call != nil {
			of, call, pieces = message.KindToolCall, message.Call{ID: a.call.ID, Name: a.call.Name}, []string{a.call.Args}
		}
		es = append(es, message.Event{Kind: message.EventPartStart, Choice: choice, Of: of, Call: call})
		for _, piece := range pieces {
			es = append(es, message.Event{Kind: message.EventDelta, Choice: choice, Of: of, Text: piece})
		}
		es = append(es, message.Event{Kind: message.EventPartEnd, Choice: choice, Of: of},
			message.Event{Kind: message.EventFinish, Choice: choice, Finish: a.finish})
	}
	usage := a.usage
	return append(es, message.Event{Kind: message.EventUsage, Usage: &usage}, message.Event{Kind: message.EventEnd})
}

// pause waits for d. It returns an error if ctx ends before.
func pause(ctx context.Context, d time.Duration) error {
	t := time.NewTimer(d)
	defer t.Stop()
	select {
	case <-t.C:
		return nil
	case <-ctx.Done():
		return stopped(ctx)
	}
}

// stopped returns why ctx ended.
func stopped(ctx context.Context) error {
	cause := context.Cause(ctx)
	if cause == context.DeadlineExceeded {
		return &gateway.Error{Op: "mock.Answer", Kind: gateway.Timeout, Public: "The provider 'mock' did not answer in time.", Err: cause}
	}
	return gateway.AsError(cause)
}

// stream returns its chunks with a delay between them.
type stream struct {
	ctx    context.Context
	cancel context.CancelFunc
	chunks []gateway.Chunk
	delay  time.Duration
	end    error
	begun  bool
}

func (s *stream) Next() (gateway.Chunk, error) {
	if s.begun && s.delay > 0 && len(s.chunks) > 0 {
		if err := pause(s.ctx, s.delay); err != nil {
			return gateway.Chunk{}, err
		}
	}
	s.begun = true
	switch {
	case s.ctx.Err() != nil:
		return gateway.Chunk{}, stopped(s.ctx)
	case len(s.chunks) > 0:
		c := s.chunks[0]
		s.chunks = s.chunks[1:]
		return c, nil
	case s.end != nil:
		return gateway.Chunk{}, s.end
	}
	return gateway.Chunk{}, io.EOF
}

func (s *stream) Close() error {
	s.cancel()
	return nil
}
