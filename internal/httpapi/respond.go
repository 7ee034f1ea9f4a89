package httpapi

import (
	"encoding/hex"
	"net/http"
	"strconv"
	"time"

	"github.com/sluicegate/sluice/gateway"
)

// pair is one response header in both spellings.
type pair struct{ own, other string }

var (
	outTrace     = pair{native + "Trace-Id", alias + "Trace-Id"}
	outRequest   = pair{native + "Request-Id", alias + "Request-Id"}
	outProvider  = pair{native + "Provider", alias + "Provider"}
	outCache     = pair{native + "Cache-Status", alias + "Cache-Status"}
	outRetries   = pair{native + "Retry-Attempt-Count", alias + "Retry-Attempt-Count"}
	outOption    = pair{native + "Last-Used-Option-Index", alias + "Last-Used-Option-Index"}
	outException = pair{native + "Gateway-Exception", alias + "Gateway-Exception"}
)

func (c *call) set(name, v string) { c.w.Header().Set(name, v) }

func (c *call) setPair(p pair, v string) {
	c.set(p.own, v)
	c.set(p.other, v)
}

// identify sets the headers that every response has, before anything can go wrong.
func (c *call) identify() {
	c.setPair(outTrace, c.trace.Ref)
	c.setPair(outRequest, c.id)
	var b [55]byte
	copy(b[:], "00-")
	hex.Encode(b[3:], c.trace.ID[:])
	b[35] = '-'
	hex.Encode(b[36:], c.trace.Root[:])
	b[52] = '-'
	hex.Encode(b[53:], []byte{c.trace.Flags})
	c.set("Traceparent", string(b[:]))
}

// explain sets the headers that tell how the exchange was answered.
func (c *call) explain() {
	facts := c.ex.Facts
	c.set("X-Generation-Id", c.id)
	status := facts.Cache.Status
	if status == "" {
		status = gateway.CacheDisabled
	}
	c.setPair(outCache, string(status))
	a := lastAttempt(facts.Attempts)
	if a == nil {
		if t := onlyTarget(facts.Plan); t != nil && status.Hit() {
			c.setPair(outProvider, t.Provider)
			c.setPair(outOption, t.Path)
			c.setPair(outRetries, "0")
		}
		return
	}
	c.setPair(outProvider, a.Provider)
	c.setPair(outOption, a.Target)
	switch {
	case a.Retry == 0:
		c.setPair(outRetries, "0")
	case a.Err != nil:
		c.setPair(outRetries, "-1")
	default:
		c.setPair(outRetries, strconv.Itoa(a.Retry))
	}
}

// lastAttempt is the attempt that answered, else the last one that failed.
func lastAttempt(attempts []gateway.Attempt) *gateway.Attempt {
	for i := len(attempts) - 1; i >= 0; i-- {
		if attempts[i].Err == nil {
			return &attempts[i]
		}
	}
	if n := len(attempts); n > 0 {
		return &attempts[n-1]
	}
	return nil
}

// onlyTarget is the target that must have made a stored answer: only a primary
// target's is stored.
func onlyTarget(p *gateway.Plan) *gateway.Target {
	if p == nil {
		return nil
	}
	if ts := p.Root.Primary(); len(ts) == 1 {
		return ts[0]
	}
	return nil
}

// retryAfter sets retry-after in whole seconds, rounded up.
func (c *call) retryAfter(d time.Duration) {
	if d > 0 {
		c.set("Retry-After", strconv.FormatInt(int64((d+time.Second-1)/time.Second), 10))
	}
}

// send writes a whole JSON body. A failing Write means that the caller has gone, which
// nobody can be told.
func (c *call) send(status int, body []byte) {
	c.set("Content-Type", "application/json")
	c.set("Content-Length", strconv.Itoa(len(body)))
	c.status = status
	if len(body) > socket {
		wire := http.NewResponseController(c.w) // a writer without deadlines has none
		_ = wire.SetWriteDeadline(time.Now().Add(c.server.Stall))
		defer func() { _ = wire.SetWriteDeadline(time.Time{}) }()
	}
	c.w.WriteHeader(status)
	if c.r.Method != http.MethodHead {
		_, _ = c.w.Write(body)
	}
}

// socket is what surely fits the send buffer: a smaller body never waits for its reader.
const socket = 16 << 10
