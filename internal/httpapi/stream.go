package httpapi

import (
	"bytes"
	"errors"
	"io"
	"net/http"
	"sync"
	"time"

	"github.com/tidwall/gjson"

	"github.com/sluicegate/sluice/gateway"
	"github.com/sluicegate/sluice/gateway/sse"
)

var (
	sseDone  = []byte(sse.Done)
	sseAlive = sse.AppendComment(nil, "keep-alive")
)

// stream sends the answer as server-sent events. chunk is the first one.
func (c *call) stream(stream gateway.Stream, chunk gateway.Chunk) {
	if chunk.Form == gateway.FormBody {
		c.replay(stream, chunk)
		return
	}
	out := c.events()
	defer out.finish()
	var err error
	for err == nil {
		if err = out.chunk(&chunk); err != nil {
			return // the caller has gone
		}
		chunk, err = stream.Next()
	}
	if err != io.EOF {
		c.breakOff(out, err)
		return
	}
	out.end()
}

// replay sends a body that came whole as events. As with a body that is sent as such,
// nothing goes out before the stream has ended well.
func (c *call) replay(stream gateway.Stream, chunk gateway.Chunk) {
	if len(chunk.Deltas) == 0 {
		chunk.ReadDeltas(nil)
	}
	var answer gateway.Response
	answer.Fold(chunk)
	var err error
	for err == nil {
		_, err = stream.Next()
	}
	if err != io.EOF {
		c.failStream(err)
		return
	}
	out := c.events()
	defer out.finish()
	events := answer.Events(c.ex.Request.WantsUsage())
	for i := range events {
		if out.chunk(&events[i]) != nil {
			return
		}
	}
	out.end()
}

func (c *call) breakOff(out *events, err error) {
	if c.gone() {
		return // nobody is there to read it
	}
	out.flushHeld()
	_ = out.data(c.brokenStream(gateway.AsError(err))) // the stream ends here in any case
}

// events writes one stream. A timer writes comments while the stream is idle; mu keeps
// them apart from the events, and after finish the timer touches nothing any more.
type events struct {
	call  *call
	buf   []byte
	first []byte // a member to put into the first event
	hold  []byte // OpenRouter's usage event, waiting for the cost

	mu     sync.Mutex
	timer  *time.Timer
	wrote  time.Time
	until  time.Time // the write deadline of the connection
	closed bool
}

func (c *call) events() *events {
	c.explain()
	c.set("Content-Type", sse.ContentType+"; charset=utf-8")
	c.set("Cache-Control", "no-cache")
	c.set("X-Accel-Buffering", "no")
	c.status = c.ex.Facts.Status
	c.w.WriteHeader(c.status)
	e := &events{call: c, wrote: time.Now()}
	if strict, _ := c.head.flag(hStrict, true); !strict {
		e.first = hookMember(c.ex.Facts)
	}
	e.timer = time.AfterFunc(c.server.KeepAlive, e.alive)
	return e
}

// alive runs on the timer's goroutine.
func (e *events) alive() {
	e.mu.Lock()
	defer e.mu.Unlock()
	if e.closed {
		return
	}
	every := e.call.server.KeepAlive
	if idle := time.Since(e.wrote); idle < every {
		e.timer.Reset(every - idle)
		return
	}
	if e.write(sseAlive) == nil {
		e.timer.Reset(every)
	}
}

// finish must be called before the handler returns.
func (e *events) finish() {
	e.mu.Lock()
	defer e.mu.Unlock()
	e.closed = true
	e.timer.Stop()
	e.deadline(time.Time{}) // the connection may serve further calls
}

// deadline bounds a write: a caller that stops reading must not hold on to an upstream
// call for ever. Where the connection knows no deadlines there is none.
func (e *events) deadline(t time.Time) {
	e.until = t
	_ = http.NewResponseController(e.call.w).SetWriteDeadline(t)
}

// chunk sends one event.
func (e *events) chunk(c *gateway.Chunk) error {
	raw := c.Raw
	if len(raw) == 0 {
		return nil // a stage took all of it; the timer keeps the connection alive
	}
	if e.first != nil {
		raw = addMember(bytes.Clone(raw), e.first)
		e.first = nil
	}
	if e.call.relay {
		if e.hold != nil {
			e.flushHeld()
		}
		raw = e.call.relayEvent(raw)
		if c.Usage != nil && len(c.Deltas) == 0 {
			e.hold = bytes.Clone(raw)
			return nil
		}
	}
	return e.data(raw)
}

// flushHeld sends the usage event that was held back, as it is.
func (e *events) flushHeld() {
	if e.hold != nil {
		_ = e.data(e.hold) // the next write fails as well
		e.hold = nil
	}
}

// end closes a stream that ended well.
func (e *events) end() {
	if e.hold != nil {
		e.hold = e.call.relayCost(e.hold, gjson.GetBytes(e.hold, "usage"))
		e.flushHeld()
	}
	e.mu.Lock()
	defer e.mu.Unlock()
	_ = e.write(sseDone) // nothing follows
}

// data frames raw as one event: one Write, one flush. Line ends inside it can only be
// white space of the JSON; they go, because many clients read one data line per event.
func (e *events) data(raw []byte) error {
	e.mu.Lock()
	defer e.mu.Unlock()
	if bytes.IndexByte(raw, '\n') >= 0 || bytes.IndexByte(raw, '\r') >= 0 {
		raw = bytes.Map(func(r rune) rune {
			if r == '\n' || r == '\r' {
				return ' '
			}
			return r
		}, raw)
	}
	e.buf = sse.AppendData(e.buf[:0], raw)
	return e.write(e.buf)
}

// write needs mu.
func (e *events) write(b []byte) error {
	e.wrote = time.Now()
	if stall := e.call.server.Stall; e.until.Sub(e.wrote) < stall/2 { // not for each event: it costs a lock and a timer
		e.deadline(e.wrote.Add(stall))
	}
	_, err := e.call.w.Write(b)
	if err == nil {
		if err = http.NewResponseController(e.call.w).Flush(); errors.Is(err, http.ErrNotSupported) {
			err = nil
		}
	}
	return err
}
