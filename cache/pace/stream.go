package pace

import (
	"context"
	"io"
	"time"

	"github.com/sluicegate/sluice/gateway"
)

// The longest pause that is replayed, and the longest time that a replay takes: what is left is
// then sent at once.
const (
	longestPause  = time.Second
	longestReplay = time.Minute
)

// stream replays a stored answer as events with pauses.
type stream struct {
	ctx    context.Context // ends with the caller's call, and with Close
	cancel context.CancelFunc
	events []event
}

type event struct {
	chunk gateway.Chunk
	pause time.Duration // before it
}

// Stream makes a stream of an answer's body, with the pieces in which it came, for a caller who wants one. It
// returns nil if the answer is to be sent at once, or cannot be written as events.
func Stream(ctx context.Context, req *gateway.Request, pace gateway.StreamPace, body []byte, original Pieces) gateway.Stream {
	if pace == gateway.PaceFast || !req.Stream() || req.Op != gateway.OpChat || pace == gateway.PaceOriginal && len(original) == 0 {
		return nil
	}
	whole, err := req.Dialect.Events(body, req.WantsUsage())
	if err != nil || len(whole) == 0 {
		return nil
	}
	s := &stream{events: make([]event, 0, len(whole))}
	for i := range whole {
		original = s.add(&whole[i], pace, original)
	}
	left := longestReplay
	for i := range s.events {
		pause := &s.events[i].pause
		*pause = min(*pause, longestPause, left)
		left -= *pause
	}
	s.ctx, s.cancel = context.WithCancel(ctx)
	return s
}

// add adds an event, in pieces if it holds text. It returns those of the original pieces that are
// left.
func (s *stream) add(c *gateway.Chunk, pace gateway.StreamPace, original Pieces) Pieces {
	if len(c.Deltas) != 1 || c.Repeats || c.Deltas[0].Text == "" || c.Deltas[0].Choice != 0 {
		s.events = append(s.events, event{chunk: *c})
		return original
	}
	var list Pieces
	if pace == gateway.PaceOriginal {
		list, original = original.cut(len(c.Deltas[0].Text))
	} else {
		list = tokensOf(c.Deltas[0].Text, pace)
	}
	parts, err := inPieces(c, list)
	if err != nil {
		parts = []event{{chunk: *c}}
	}
	s.events = append(s.events, parts...)
	return original
}

// inPieces writes the text of an event as several. The last one keeps what else the event holds.
func inPieces(c *gateway.Chunk, list Pieces) (out []event, err error) {
	d, rest, last := c.Deltas[0], c.Deltas[0].Text, c.Clone()
	var pause time.Duration
	for _, p := range list {
		n := runeEnd(rest, p.length)
		if pause = p.pause; n >= len(rest) {
			break
		}
		part := gateway.Chunk{Dialect: c.Dialect}
		if part.Raw, err = c.Dialect.Event(c.Raw, &gateway.Delta{At: d.At, Choice: d.Choice, Part: d.Part, Text: rest[:n]}); err != nil {
			return nil, err
		}
		part.Read()
		out = append(out, event{part, pause})
		rest = rest[n:]
	}
	err = last.SetText(0, rest)
	return append(out, event{last, pause}), err
}

// Next implements gateway.Stream.
func (s *stream) Next() (gateway.Chunk, error) {
	if len(s.events) == 0 {
		return gateway.Chunk{}, io.EOF
	}
	next := s.events[0]
	if next.pause > 0 {
		timer := time.NewTimer(next.pause)
		defer timer.Stop()
		select {
		case <-timer.C:
		case <-s.ctx.Done():
		}
	}
	if s.ctx.Err() != nil {
		return gateway.Chunk{}, &gateway.Error{Op: "pace.Stream", Kind: gateway.Cancelled, Public: "The caller closed the connection.", Err: context.Cause(s.ctx)}
	}
	s.events = s.events[1:]
	return next.chunk, nil
}

// Close implements gateway.Stream.
func (s *stream) Close() error {
	s.cancel()
	return nil
}
