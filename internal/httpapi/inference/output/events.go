package output

import (
	"bytes"
	"net/http"
	"sync"
	"time"

	"github.com/tidwall/gjson"

	"github.com/sluicegate/sluice/gateway"
	"github.com/sluicegate/sluice/gateway/sse"
	"github.com/sluicegate/sluice/internal/httpapi"
	"github.com/sluicegate/sluice/internal/httpapi/verdict"
)

// openRouterKeepAlive is the silence that OpenRouter's clients are used to.
const openRouterKeepAlive = time.Second

// events writes one stream of server-sent events. A timer fills a silence, also the one before
// the first event: it then sends the headers, which fixes the status at 200. mu keeps the timer
// apart from the events; after finish the timer touches nothing.
type events struct {
	call      *httpapi.Call
	wire      Wire
	keepAlive time.Duration
	buf       []byte
	hooks     []byte // the guardrails' results, which go with the first event
	usage     []byte // the usage event, which waits for the cost
	numbering numbering
	reasoning reasoningView

	mu     sync.Mutex
	timer  *time.Timer
	wrote  time.Time
	begun  bool // the headers were sent
	sent   int  // events so far
	unsent bool // something was written since the last flush
	closed bool
}

// events makes a stream of which nothing is sent yet. finish must be called in any case.
func (s Server) events(c *httpapi.Call, w Wire) *events {
	e := &events{call: c, wire: w, keepAlive: s.KeepAlive, wrote: time.Now(), reasoning: w.reasoningView(c)}
	if w.openRouter(c) {
		e.keepAlive = min(e.keepAlive, openRouterKeepAlive)
	}
	e.mu.Lock()
	defer e.mu.Unlock()
	e.timer = time.AfterFunc(e.keepAlive, e.fillSilence)
	return e
}

// begin sends the headers with what is known about the exchange, unless a keep-alive was sent
// before: the headers are gone then.
func (e *events) begin() {
	e.mu.Lock()
	defer e.mu.Unlock()
	if !e.call.Strict() {
		e.hooks = verdict.HookMember(e.call.Exchange.Facts)
	}
	if e.begun {
		e.call.Exchange.Facts.Status = http.StatusOK
		return
	}
	e.call.SetRoutingHeaders()
	e.sendHead(e.call.Exchange.Facts.Status)
	e.wrote = time.Now()
}

// sendHead needs mu.
func (e *events) sendHead(status int) {
	e.begun = true
	e.call.SetHeader("Content-Type", e.wire.contentType()+"; charset=utf-8")
	e.call.SetHeader("Cache-Control", "no-cache")
	e.call.SetHeader("X-Accel-Buffering", "no")
	e.call.Writer().WriteHeader(status)
}

// fillSilence runs on the timer's goroutine. Before begin it must not touch the exchange, which
// the stages work on.
func (e *events) fillSilence() {
	e.mu.Lock()
	defer e.mu.Unlock()
	if e.closed {
		return
	}
	if idle := time.Since(e.wrote); idle < e.keepAlive {
		e.timer.Reset(e.keepAlive - idle)
		return
	}
	if !e.begun {
		e.sendHead(http.StatusOK)
	}
	if e.write(e.wire.keepAlive) == nil && e.flush() == nil {
		e.timer.Reset(e.keepAlive)
	}
}

// hasBegun reports whether a keep-alive was sent before any event: the status is 200 then, and
// a failure must be an event.
func (e *events) hasBegun() bool {
	e.mu.Lock()
	defer e.mu.Unlock()
	return e.begun
}

// errorStatus is the status of a call that fails now.
func (e *events) errorStatus(err *gateway.Error) int {
	if e.hasBegun() {
		return http.StatusOK
	}
	return e.call.StatusOf(err)
}

// finish must be called before the handler returns.
func (e *events) finish() {
	e.mu.Lock()
	defer e.mu.Unlock()
	e.closed = true
	e.timer.Stop()
}

// chunk sends one event. Events that arrived together go out together.
func (e *events) chunk(c *gateway.Chunk) error {
	if err := e.event(c); err != nil || c.More {
		return err
	}
	e.mu.Lock()
	defer e.mu.Unlock()
	return e.flush()
}

func (e *events) event(c *gateway.Chunk) error {
	raw := c.Raw
	if len(raw) == 0 {
		return nil // a stage took all of it; the timer keeps the connection alive
	}
	if e.hooks != nil {
		if e.wire.namedHooks {
			if err := e.hookEvent(); err != nil {
				return err
			}
		} else {
			raw = addMember(raw, e.hooks)
		}
		e.hooks = nil
	}
	raw = e.reasoning.apply(raw)
	if e.wire.openRouter(e.call) {
		raw = openRouterEvent(e.call.Exchange, raw)
	}
	if e.wire.costs(e.call) {
		e.sendUsage()
		if c.Usage != nil && len(c.Deltas) == 0 {
			e.usage = bytes.Clone(raw)
			return nil
		}
	}
	return e.data(raw)
}

// hookEvent sends the guardrails' results as Portkey does.
func (e *events) hookEvent() error {
	e.mu.Lock()
	defer e.mu.Unlock()
	e.buf = sse.AppendEvent(e.buf[:0], "hook_results", addMember([]byte("{}"), e.hooks))
	return e.write(e.buf)
}

// sendUsage sends the usage event that waits, as it is.
func (e *events) sendUsage() {
	if e.usage != nil {
		_ = e.data(e.usage) // the next write fails as well
		e.usage = nil
	}
}

// end closes a stream that ended well.
func (e *events) end() {
	if e.usage != nil {
		e.usage = openRouterCost(e.call.Exchange, e.usage, gjson.GetBytes(e.usage, "usage"))
		e.sendUsage()
	}
	e.mu.Lock()
	defer e.mu.Unlock()
	if e.write(e.wire.done) == nil { // nothing follows
		_ = e.flush()
	}
}

// fail closes a stream that broke off. It does not return where the wire wants the connection
// cut: the HTTP server does that on this panic, and the answer is accounted by then.
func (e *events) fail(err *gateway.Error) {
	e.sendUsage()
	_ = e.data(e.call.StreamError(err)) // the stream ends here in any case
	e.mu.Lock()
	defer e.mu.Unlock()
	_ = e.flush()
	if e.wire.cutsBroken {
		panic(http.ErrAbortHandler)
	}
}

// data writes raw as one event.
func (e *events) data(raw []byte) error {
	e.mu.Lock()
	defer e.mu.Unlock()
	if e.wire.numbered {
		raw = e.numbering.number(raw)
	}
	switch {
	case e.wire.list:
		e.buf = appendElement(e.buf[:0], raw, e.sent)
	case e.wire.lines:
		e.buf = append(append(e.buf[:0], oneLine(raw)...), '\n')
	default:
		e.buf = sse.AppendEvent(e.buf[:0], e.wire.eventName(raw), oneLine(raw))
	}
	e.sent++
	return e.write(e.buf)
}

// appendElement writes element n of a JSON array, of which the end is missing.
func appendElement(to, raw []byte, n int) []byte {
	separator := "["
	if n > 0 {
		separator = "\n,\n"
	}
	return append(append(to, separator...), raw...)
}

// write needs mu.
func (e *events) write(b []byte) error {
	e.wrote = time.Now()
	_, err := e.call.Writer().Write(b)
	e.unsent = e.unsent || len(b) > 0
	return err
}

// flush sends what was written. It needs mu.
func (e *events) flush() error {
	if !e.unsent {
		return nil
	}
	e.unsent = false
	return e.call.Flush()
}
