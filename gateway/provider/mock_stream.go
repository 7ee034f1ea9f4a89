package provider

import (
	"context"
	"io"
	"time"

	"github.com/sluicegate/sluice/gateway"
)

const (
	slowFirst = 300 * time.Millisecond
	slowWord  = 50 * time.Millisecond
	slowMost  = 10 * time.Second // of a unary answer
)

// play hands the answer out as the caller asked for it.
func (a *mockAnswer) play(ctx context.Context, t *gateway.Target) (gateway.Stream, error) {
	broke := &gateway.Error{Op: "provider.mock", Kind: gateway.BadUpstream, Target: t.Path, Public: "The provider's answer broke off.", Err: io.ErrUnexpectedEOF}
	if !a.req.Stream() {
		if a.name == "fail-stream" {
			return nil, broke
		}
		if a.name == "slow" {
			words := len(splitWords(a.choices[0].Text))
			if err := nap(ctx, min(slowFirst+time.Duration(words)*slowWord, slowMost)); err != nil {
				return nil, err
			}
		}
		c := gateway.Chunk{Form: gateway.FormBody, Deltas: a.choices, Usage: &a.usage}
		for i := range c.Deltas {
			c.Deltas[i].Tools = placed(c.Deltas[i].Tools)
		}
		c.Raw = a.body(nil, a.choices, &a.usage)
		return gateway.Chunks(c), nil
	}
	s := &mockStream{chunks: a.events()}
	s.ctx, s.cancel = context.WithCancel(ctx)
	switch a.name {
	case "fail-stream":
		s.chunks, s.end = s.chunks[:min(len(s.chunks), 3)], broke
	case "slow":
		if err := nap(s.ctx, slowFirst); err != nil {
			s.cancel()
			return nil, err
		}
		s.delay = slowWord
	}
	return s, nil
}

func placed(ts []gateway.ToolDelta) []gateway.ToolDelta {
	for i := range ts {
		ts[i].At, ts[i].Index = i, i
	}
	return ts
}

func (a *mockAnswer) events() []gateway.Chunk {
	var out []gateway.Chunk
	add := func(d gateway.Delta, role bool) {
		d.At = 0
		out = append(out, gateway.Chunk{Deltas: []gateway.Delta{d}, Raw: a.event(nil, &d, role)})
	}
	for i := range a.choices {
		whole := a.choices[i]
		words := splitWords(whole.Text)
		for n, w := range words {
			if n == 0 || w != "" {
				add(gateway.Delta{Choice: i, Text: w}, n == 0)
			}
		}
		if len(whole.Tools) > 0 {
			add(gateway.Delta{Choice: i, Tools: placed(whole.Tools)}, false)
		}
		add(gateway.Delta{Choice: i, Finish: whole.Finish}, false)
	}
	last := gateway.Chunk{Usage: &a.usage}
	if a.req.WantsUsage() {
		last.Raw = a.count(nil, &a.usage)
	}
	return append(out, last)
}

// nap waits d. It ends early, with an error, when the caller has gone or the time is up.
func nap(ctx context.Context, d time.Duration) error {
	t := time.NewTimer(d)
	defer t.Stop()
	select {
	case <-t.C:
		return nil
	case <-ctx.Done():
		k := call{ctx: ctx, vendor: "mock"}
		return k.stopped()
	}
}

// mockStream plays chunks with a delay between them.
type mockStream struct {
	ctx    context.Context
	cancel context.CancelFunc
	chunks []gateway.Chunk
	delay  time.Duration
	end    error
	begun  bool
}

func (s *mockStream) Next() (gateway.Chunk, error) {
	if s.begun && s.delay > 0 && len(s.chunks) > 0 {
		if err := nap(s.ctx, s.delay); err != nil {
			return gateway.Chunk{}, err
		}
	}
	s.begun = true
	if err := s.ctx.Err(); err != nil {
		return gateway.Chunk{}, (&call{ctx: s.ctx, vendor: "mock"}).stopped()
	}
	if len(s.chunks) == 0 {
		if s.end != nil {
			return gateway.Chunk{}, s.end
		}
		return gateway.Chunk{}, io.EOF
	}
	c := s.chunks[0]
	s.chunks = s.chunks[1:]
	return c, nil
}

func (s *mockStream) Close() error {
	s.cancel()
	return nil
}
