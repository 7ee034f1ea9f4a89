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

var errFirstByte = errors.New("route: no first chunk in time")

// recorded makes the gateway.Attempt of each call of next, bounds the wait for its first
// chunk, and gives it a context that ends with its stream.
func (s *Service) recorded(next gateway.Handler) gateway.Handler {
	return func(ctx context.Context, ex *gateway.Exchange) (gateway.Stream, error) {
		t := &tracked{target: ex.Target}
		r := &t.record
		s.record(r, ex)
		limit := ex.Target.Timeout
		if limit <= 0 {
			limit = s.set.DefaultFirstByte
		}
		life, end := context.WithCancelCause(ctx)
		timer := time.AfterFunc(limit, func() { end(errFirstByte) })
		st, err := call(life, ex, next)
		late := !timer.Stop()
		if late {
			err = tooLate(err, ex.Target, limit)
		}
		if err == nil {
			r.begin()
			t.Stream, t.end = st, end
			return t, nil
		}
		if st != nil {
			st.Close()
		}
		end(nil)
		e := at(err, ex.Target)
		r.end(e)
		return nil, e
	}
}

// call keeps a panic of the provider's from taking the other targets with it.
func call(ctx context.Context, ex *gateway.Exchange, next gateway.Handler) (st gateway.Stream, err error) {
	defer func() {
		if p := recover(); p != nil {
			st, err = nil, gateway.Recovered("route.Router", p)
		}
	}()
	return next(ctx, ex)
}

// tooLate is the error after the timer has fired: the provider's own, if it still gave
// one.
func tooLate(err error, t *gateway.Target, limit time.Duration) error {
	if e := gateway.AsError(err); e != nil && e.Kind == gateway.Upstream {
		return err
	}
	if t.Timeout <= 0 { // the caller and its config asked for none
		return &gateway.Error{Op: "route.Router", Kind: gateway.Timeout, Code: "first_byte_timeout", Err: errFirstByte,
			Public: "The provider '" + t.Provider + "' did not begin its answer within " + limit.String() + "."}
	}
	ms := strconv.FormatInt(limit.Milliseconds(), 10)
	return &gateway.Error{Op: "route.Router", Kind: gateway.Timeout, Err: errFirstByte,
		Public: "Request exceeded the timeout sent in the request: " + ms + "ms"}
}

// record writes one gateway.Attempt. It is final once end was called.
type record struct {
	since func(time.Time) time.Duration
	facts *gateway.Facts
	i     int

	mu    sync.Mutex // Close may come while Next runs
	ended bool
	whole bool // a body has been delivered: nothing follows
}

func (s *Service) record(r *record, ex *gateway.Exchange) {
	t, f := ex.Target, ex.Facts
	i := len(f.Attempts)
	a := gateway.Attempt{Target: t.Path, Provider: t.Provider, VirtualKey: t.VirtualKey, Model: ex.Request.Model(),
		SpanID: gateway.NewSpanID(), Start: s.set.Now()}
	if s.set.Host != nil {
		a.Host = s.set.Host(t)
	}
	if i > 0 && f.Attempts[i-1].Target == t.Path {
		a.Retry = f.Attempts[i-1].Retry + 1
	}
	f.Attempts = append(f.Attempts, a)
	r.since, r.facts, r.i = s.since, f, i
}

func (r *record) begin() {
	r.mu.Lock()
	defer r.mu.Unlock()
	a := &r.facts.Attempts[r.i]
	a.FirstChunk = max(r.since(a.Start), 1)
	a.Status = 200
}

// note reads what a chunk tells about the answer.
func (r *record) note(c *gateway.Chunk) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.ended {
		return
	}
	a := &r.facts.Attempts[r.i]
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
	r.whole = r.whole || c.Form == gateway.FormBody
}

// end closes the record; e is nil after a whole answer. Only the first call counts.
func (r *record) end(e *gateway.Error) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.ended {
		return
	}
	r.ended = true
	a := &r.facts.Attempts[r.i]
	a.Duration = r.since(a.Start)
	a.Err = e
	if e != nil && e.Kind == gateway.Upstream {
		a.Status = e.HTTPStatus()
	}
}

// tracked notes what passes and ends the upstream's context with the stream.
type tracked struct {
	gateway.Stream
	end    context.CancelCauseFunc
	record record
	target *gateway.Target
}

func (t *tracked) Next() (gateway.Chunk, error) {
	c, err := t.Stream.Next()
	switch {
	case err == nil:
		t.record.note(&c)
	case err == io.EOF:
		t.record.end(nil)
	default:
		e := at(err, t.target)
		t.record.end(e)
		err = e
	}
	return c, err
}

func (t *tracked) Close() error {
	t.record.closed()
	t.end(gateway.ErrClosed)
	return t.Stream.Close()
}

// closed ends the record of an answer that was given up before its end.
func (r *record) closed() {
	r.mu.Lock()
	whole := r.whole
	r.mu.Unlock()
	if whole {
		r.end(nil)
		return
	}
	r.end(&gateway.Error{Op: "route.Router", Kind: gateway.Cancelled, Public: "The answer was closed before its end.", Err: gateway.ErrClosed})
}
