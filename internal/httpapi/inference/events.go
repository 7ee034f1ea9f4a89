package inference

import (
	"bytes"
	"sync"
	"time"

	"github.com/tidwall/gjson"

	"github.com/sluicegate/sluice/gateway"
	"github.com/sluicegate/sluice/gateway/sse"
	"github.com/sluicegate/sluice/internal/httpapi"
)

// events writes one stream of server-sent events. A timer writes comments while the stream is
// idle. mu keeps them apart from the events; after finish the timer touches nothing.
type events struct {
	call      *httpapi.Call
	wire      wire
	keepAlive time.Duration
	buf       []byte
	hooks     []byte // the guardrails' results, which go with the first event
	usage     []byte // the usage event, which waits for the cost

	mu     sync.Mutex
	timer  *time.Timer
	wrote  time.Time
	closed bool
}

// events sends the headers and begins a stream.
func (s *surfaces) events(c *httpapi.Call, w wire) *events {
	c.SetRoutingHeaders()
	c.SetHeader("Content-Type", sse.ContentType+"; charset=utf-8")
	c.SetHeader("Cache-Control", "no-cache")
	c.SetHeader("X-Accel-Buffering", "no")
	c.Writer().WriteHeader(c.Exchange.Facts.Status)
	e := &events{call: c, wire: w, keepAlive: s.KeepAlive, wrote: time.Now()}
	if !c.Strict() {
		e.hooks = httpapi.HookMember(c.Exchange.Facts)
	}
	e.timer = time.AfterFunc(e.keepAlive, e.comment)
	return e
}

// comment runs on the timer's goroutine.
func (e *events) comment() {
	e.mu.Lock()
	defer e.mu.Unlock()
	if e.closed {
		return
	}
	if idle := time.Since(e.wrote); idle < e.keepAlive {
		e.timer.Reset(e.keepAlive - idle)
		return
	}
	if e.write(e.wire.keepAlive) == nil {
		e.timer.Reset(e.keepAlive)
	}
}

// finish must be called before the handler returns.
func (e *events) finish() {
	e.mu.Lock()
	defer e.mu.Unlock()
	e.closed = true
	e.timer.Stop()
}

// chunk sends one event.
func (e *events) chunk(c *gateway.Chunk) error {
	raw := c.Raw
	if len(raw) == 0 {
		return nil // a stage took all of it; the timer keeps the connection alive
	}
	if e.hooks != nil {
		raw = addMember(bytes.Clone(raw), e.hooks) // an event of its own would end the answer for some clients
		e.hooks = nil
	}
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
	_ = e.write(e.wire.done) // nothing follows
}

// fail closes a stream that broke off.
func (e *events) fail(err *gateway.Error) {
	e.sendUsage()
	_ = e.data(e.call.StreamError(err)) // the stream ends here in any case
}

// data sends raw as one event: one Write, one flush.
func (e *events) data(raw []byte) error {
	e.mu.Lock()
	defer e.mu.Unlock()
	e.buf = sse.AppendEvent(e.buf[:0], e.wire.eventName(raw), oneLine(raw))
	return e.write(e.buf)
}

// write needs mu.
func (e *events) write(b []byte) error {
	e.wrote = time.Now()
	if _, err := e.call.Writer().Write(b); err != nil {
		return err
	}
	return e.call.Flush()
}
