package route

import (
	"context"
	"errors"
	"io"
	"strconv"
	"sync"
	"time"

	"github.com/sluicegate/sluice/gateway"
)

var errFirstChunk = errors.New("route: no first chunk in time")

// recorded makes the gateway.Attempt of each call of next, bounds the wait for its first
// chunk, and gives it a context that ends with its stream.
func (s *Service) recordAttempts(next gateway.Handler) gateway.Handler {
	return func(ctx context.Context, ex *gateway.Exchange) (gateway.Stream, error) {
		t := &recordedStream{target: ex.Target}
		r := &t.record
		s.startRecord(r, ex)
		limit := ex.Target.Timeout
		if limit <= 0 {
			limit = s.cfg.FirstChunkTimeout
		}
		life, end := context.WithCancelCause(ctx)
		timer := time.AfterFunc(limit, func() { end(errFirstChunk) })
		st, err := callRecovering(life, ex, next)
		late := !timer.Stop()
		if late {
			err = firstChunkTimeout(err, ex.Target, limit)
		}
		if err == nil {
			r.started()
			t.Stream, t.cancel = st, end
			return t, nil
		}
		if st != nil {
			st.Close()
		}
		end(nil)
		e := withTarget(err, ex.Target)
		r.finish(e)
		return nil, e
	}
}

// call keeps a panic of the provider's from taking the other targets with it.
func callRecovering(ctx context.Context, ex *gateway.Exchange, next gateway.Handler) (st gateway.Stream, err error) {
	defer func() {
		if p := recover(); p != nil {
			st, err = nil, gateway.Recovered("route.Router", p)
		}
	}()
	return next(ctx, ex)
}

// tooLate is the error after the timer has fired: the provider's own, if it still gave
// one.
func firstChunkTimeout(err error, t *gateway.Target, limit time.Duration) error {
	if e := gateway.AsError(err); e != nil && e.Kind == gateway.Upstream {
		return err
	}
	if t.Timeout <= 0 { // the caller and its config asked for none
		return &gateway.Error{Op: "route.Router", Kind: gateway.Timeout, Code: "first_byte_timeout", Err: errFirstChunk,
			Public: "The provider '" + t.Provider + "' did not begin its answer within " + limit.String() + "."}
	}
	ms := strconv.FormatInt(limit.Milliseconds(), 10)
	return &gateway.Error{Op: "route.Router", Kind: gateway.Timeout, Err: errFirstChunk,
		Public: "Request exceeded the timeout sent in the request: " + ms + "ms"}
}

// record writes one gateway.Attempt. It is final once end was called.
type attemptRecord struct {
	since func(time.Time) time.Duration
	facts *gateway.Facts
	index int

	mu            sync.Mutex // Close may come while Next runs
	ended         bool
	bodyDelivered bool // a body has been delivered: nothing follows
}

func (s *Service) startRecord(r *attemptRecord, ex *gateway.Exchange) {
	t, f := ex.Target, ex.Facts
	i := len(f.Attempts)
	a := gateway.Attempt{Target: t.Path, Provider: t.Provider, VirtualKey: t.VirtualKey, Model: ex.Request.Model(),
		SpanID: gateway.NewSpanID(), Start: s.cfg.Now()}
	if s.cfg.ServerAddress != nil {
		a.Host = s.cfg.ServerAddress(t)
	}
	if i > 0 && f.Attempts[i-1].Target == t.Path {
		a.Retry = f.Attempts[i-1].Retry + 1
	}
	f.Attempts = append(f.Attempts, a)
	r.since, r.facts, r.index = s.since, f, i
}

func (r *attemptRecord) started() {
	r.mu.Lock()
	defer r.mu.Unlock()
	a := &r.facts.Attempts[r.index]
	a.FirstChunk = max(r.since(a.Start), 1)
	a.Status = 200
}

// note reads what a chunk tells about the answer.
func (r *attemptRecord) observe(c *gateway.Chunk) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.ended {
		return
	}
	a := &r.facts.Attempts[r.index]
	if a.Served == "" { // the first event of some vendors names nothing
		head := c.Head()
		a.ResponseID, a.Served = head.ID, head.Model
	}
	if c.Usage != nil {
		if a.Usage == nil {
			a.Usage = new(gateway.Usage)
		}
		*a.Usage = *c.Usage
	}
	for i := range c.Deltas {
		if f := c.Deltas[i].Finish; f != "" && f != a.Finish {
			a.Finish = f
		}
	}
	r.bodyDelivered = r.bodyDelivered || c.Form == gateway.FormBody
}

// end closes the record; e is nil after a whole answer. Only the first call counts.
func (r *attemptRecord) finish(e *gateway.Error) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.ended {
		return
	}
	r.ended = true
	a := &r.facts.Attempts[r.index]
	a.Duration = r.since(a.Start)
	a.Err = e
	if e != nil && e.Kind == gateway.Upstream {
		a.Status = e.HTTPStatus()
	}
}

// tracked notes what passes and ends the upstream's context with the stream.
type recordedStream struct {
	gateway.Stream
	cancel context.CancelCauseFunc
	record attemptRecord
	target *gateway.Target
}

func (t *recordedStream) Next() (gateway.Chunk, error) {
	c, err := t.Stream.Next()
	switch {
	case err == nil:
		t.record.observe(&c)
	case err == io.EOF:
		t.record.finish(nil)
	default:
		e := withTarget(err, t.target)
		t.record.finish(e)
		err = e
	}
	return c, err
}

func (t *recordedStream) Close() error {
	t.record.abandoned()
	t.cancel(gateway.ErrClosed)
	return t.Stream.Close()
}

// closed ends the record of an answer that was given up before its end.
func (r *attemptRecord) abandoned() {
	r.mu.Lock()
	whole := r.bodyDelivered
	r.mu.Unlock()
	if whole {
		r.finish(nil)
		return
	}
	r.finish(&gateway.Error{Op: "route.Router", Kind: gateway.Cancelled, Public: "The answer was closed before its end.", Err: gateway.ErrClosed})
}
