package router

import (
	"context"
	"errors"
	"io"
	"net/http"
	"strconv"
	"sync"
	"time"

	"github.com/sluicegate/sluice/gateway"
	"github.com/sluicegate/sluice/gateway/route/ranking"
)

var errFirstChunk = errors.New("router: no first chunk in time")

// recordAttempts wraps next, which makes one upstream call. It appends a gateway.Attempt for
// each call, limits the wait for the first chunk, and passes a context that is cancelled
// when the stream is closed.
func (r *router) recordAttempts(next gateway.Handler) gateway.Handler {
	return func(ctx context.Context, ex *gateway.Exchange) (gateway.Stream, error) {
		t := &recordedStream{ex: ex, ranker: r.Ranker, left: ctx.Err}
		record := &t.record
		r.startRecord(record, ex)
		limit := ex.Target.Timeout
		if limit <= 0 {
			limit = r.FirstChunkTimeout
		}
		life, end := context.WithCancelCause(ctx)
		timer := time.AfterFunc(limit, func() { end(errFirstChunk) })
		st, err := callRecovering(life, ex, next)
		late := !timer.Stop()
		if late {
			err = firstChunkTimeout(err, ex.Target, limit)
		}
		if err == nil {
			r.Ranker.Began(ex, record.started())
			t.Stream, t.cancel = st, end
			return t, nil
		}
		if st != nil {
			st.Close()
		}
		end(nil)
		e := withTarget(err, ex.Target)
		record.finish(e)
		t.failed(e)
		return nil, e
	}
}

// callRecovering calls next and turns a panic into an error, so that the other targets can
// still be called.
func callRecovering(ctx context.Context, ex *gateway.Exchange, next gateway.Handler) (st gateway.Stream, err error) {
	defer func() {
		if p := recover(); p != nil {
			st, err = nil, gateway.Recovered("router.call", p)
		}
	}()
	return next(ctx, ex)
}

// firstChunkTimeout returns the error to report after the timer fired. If the provider
// answered with an error of its own, that error is kept.
func firstChunkTimeout(err error, t *gateway.Target, limit time.Duration) error {
	if e := gateway.AsError(err); e != nil && e.Kind == gateway.Upstream {
		return err
	}
	if t.Timeout <= 0 { // neither the caller nor the config set a timeout
		return &gateway.Error{Op: "router.call", Kind: gateway.Timeout, Code: gateway.CodeFirstByte, Err: errFirstChunk,
			Public: "The provider '" + t.Provider + "' did not begin its answer within " + limit.String() + "."}
	}
	ms := strconv.FormatInt(limit.Milliseconds(), 10)
	return &gateway.Error{Op: "router.call", Kind: gateway.Timeout, Err: errFirstChunk,
		Public: "Request exceeded the timeout sent in the request: " + ms + "ms"}
}

// attemptRecord updates one gateway.Attempt. The first call of finish makes it final.
type attemptRecord struct {
	now   func() time.Time
	since func(time.Time) time.Duration
	facts *gateway.Facts
	index int
	start time.Time

	mu            sync.Mutex // Close may be called while Next blocks
	ended         bool
	bodyDelivered bool // a unary body was delivered: the answer is complete
}

// startRecord appends the gateway.Attempt of a call that begins now.
func (r *router) startRecord(record *attemptRecord, ex *gateway.Exchange) {
	t, f := ex.Target, ex.Facts
	i := len(f.Attempts)
	a := gateway.Attempt{Target: t.Path, Provider: t.Provider, VirtualKey: t.VirtualKey, Credential: t.CredentialName, CredentialFingerprint: t.CredentialFingerprint,
		Model: ex.Request.Model(), SpanID: gateway.NewSpanID(), Start: r.Now()}
	if r.ServerAddress != nil {
		a.Host = r.ServerAddress(t)
	}
	if i > 0 && f.Attempts[i-1].Target == t.Path {
		a.Retry = f.Attempts[i-1].Retry + 1
	}
	f.Attempts = append(f.Attempts, a)
	record.now, record.since, record.facts, record.index, record.start = r.Now, r.since, f, i, a.Start
}

// started records the first chunk, and returns how long the call waited for it.
func (r *attemptRecord) started() time.Duration {
	r.mu.Lock()
	defer r.mu.Unlock()
	a := &r.facts.Attempts[r.index]
	a.FirstChunk = max(r.since(a.Start), 1)
	a.Status = http.StatusOK
	return a.FirstChunk
}

// observe copies id, model, usage and finish reason from a chunk, and counts it. waited is how
// long the provider was waited for.
func (r *attemptRecord) observe(c *gateway.Chunk, waited time.Duration) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.ended {
		return
	}
	a := &r.facts.Attempts[r.index]
	if a.Served == "" && c.Head != nil { // some vendors' first event has neither id nor model
		a.ResponseID, a.Served = c.Head.ID, c.Head.Model
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
	if c.Form == gateway.FormBody {
		r.bodyDelivered = true
		return
	}
	if a.Chunks++; a.Chunks > 1 { // the wait for the first one is FirstChunk
		a.LongestGap = max(a.LongestGap, waited)
	}
}

// finish completes the record. e is nil after a complete answer. Only the first call has an
// effect, and reports true.
func (r *attemptRecord) finish(e *gateway.Error) bool {
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.ended {
		return false
	}
	r.ended = true
	a := &r.facts.Attempts[r.index]
	a.Duration = r.since(a.Start)
	if r.bodyDelivered && e == nil { // what came after the body was the gateway's own work
		a.Duration = a.FirstChunk
	}
	a.Err = e
	if e != nil && e.Kind == gateway.Upstream {
		a.Status = e.HTTPStatus()
	}
	return true
}

// recordedStream records the chunks that pass through. Its Close cancels the context of the
// upstream call.
type recordedStream struct {
	gateway.Stream
	cancel context.CancelCauseFunc
	record attemptRecord
	ex     *gateway.Exchange
	ranker *ranking.Ranker
	left   func() error // not nil once the caller has left
}

// failed tells the ranker that the target has failed, or that the caller did not wait for it.
func (t *recordedStream) failed(e *gateway.Error) {
	if t.left() != nil {
		e = &gateway.Error{Op: "router.call", Kind: gateway.Cancelled, Err: e}
	}
	t.ranker.Failed(t.ex, e, t.record.since(t.record.start))
}

func (t *recordedStream) Next() (c gateway.Chunk, err error) {
	asked := t.record.now()
	c, err = t.Stream.Next()
	switch {
	case err == nil:
		t.record.observe(&c, t.record.since(asked))
	case err == io.EOF:
		t.record.finish(nil)
	default:
		e := withTarget(err, t.ex.Target)
		if t.record.finish(e) && t.left() == nil { // what broke is not what was measured: the first chunk has arrived
			t.failed(e)
		}
		err = e
	}
	return c, err
}

func (t *recordedStream) Close() error {
	t.record.abandoned()
	t.cancel(gateway.ErrClosed)
	return t.Stream.Close()
}

// abandoned completes the record of an answer that was closed early.
func (r *attemptRecord) abandoned() {
	r.mu.Lock()
	whole := r.bodyDelivered
	r.mu.Unlock()
	if whole {
		r.finish(nil)
		return
	}
	r.finish(&gateway.Error{Op: "router.call", Kind: gateway.Cancelled, Public: "The answer was closed before its end.", Err: gateway.ErrClosed})
}
