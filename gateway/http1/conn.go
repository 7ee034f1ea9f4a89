package http1

import (
	"bufio"
	"context"
	"io"
	"net"
	"net/http"
	"net/url"
	"sync/atomic"
	"time"

	"github.com/sluicegate/sluice/gateway/lifetime"
)

// conn is one connection. Its goroutine is the only one that uses it, but for place, which
// the server's watch reads, and life, which watch and Close end.
type conn struct {
	server *Server
	rwc    net.Conn
	remote string
	from   source
	in     *bufio.Reader
	place  place
	header http.Header // of the answers, one after the other
	set    []field     // beside it
	head   []byte      // of the answer under way, as it goes out; before that, of the request
	lines  []line      // of the request's head
	body   []byte      // what is to follow it
	posted bool        // the last request was a POST

	life atomic.Pointer[lifetime.Context] // of the request under way, else nil
}

func newConn(s *Server, rwc net.Conn) *conn {
	c := &conn{server: s, rwc: rwc, header: http.Header{}}
	if a := rwc.RemoteAddr(); a != nil {
		c.remote = a.String()
	}
	c.from.r = rwc
	c.in = bufio.NewReader(&c.from)
	c.place.at(idle, s.rounds.Load())
	return c
}

// serve answers requests until one of the two sides has had enough.
func (c *conn) serve() {
	defer c.server.dismiss(c)
	defer c.rwc.Close()
	for least := 1; ; least = 4 { // a line end left over from a body is no request
		c.from.left = c.server.most()
		if _, err := c.in.Peek(least); err != nil || !c.move(reading) {
			return
		}
		var (
			t turn
			r http.Request
		)
		if err := c.read(&t, &r); err != nil {
			c.refuse(err)
			return
		}
		c.from.left = unlimited
		if !c.move(serving) || !c.answer(&t, &r) || !c.move(idle) || c.server.closing.Load() {
			return
		}
	}
}

// turn is what one request brings into being, in one piece of memory.
type turn struct {
	url      url.URL
	rest     sized
	body     body
	response response
	life     lifetime.Context
}

// answer lets the handler answer r; true: the connection can be used again.
func (c *conn) answer(t *turn, r *http.Request) bool {
	c.live(&t.life)
	defer c.cancel()
	t.body = body{conn: c, from: r.Body, length: r.ContentLength, awaited: expects(r), ended: r.Body == http.NoBody}
	body, w, request := &t.body, &t.response, r.WithContext(&t.life)
	request.Body = body
	*w = response{conn: c, request: request, body: body, header: c.header, length: -1, last: r.Close}
	clear(c.header)
	c.set = c.set[:0]
	if !c.handle(w, request) {
		return false
	}
	w.finish()
	body.over = true
	c.trim()
	if w.last && !body.ended && w.err == nil {
		c.linger()
	}
	return !w.last && w.err == nil
}

// handle runs the handler. A panic, whose reason the handler has to tell, cuts the
// connection: half an answer must not look like a whole one.
func (c *conn) handle(w *response, r *http.Request) (whole bool) {
	defer func() {
		if !whole {
			_ = recover()
			w.over = true
		}
	}()
	c.server.Handler.ServeHTTP(w, r)
	return true
}

// linger lets the caller, who is still sending, read the answer: closing at once would reset
// the connection, and the answer with it.
func (c *conn) linger() {
	half, ok := c.rwc.(interface{ CloseWrite() error })
	if !ok || half.CloseWrite() != nil {
		return
	}
	_ = c.rwc.SetReadDeadline(time.Now().Add(500 * time.Millisecond))
	_, _ = io.Copy(io.Discard, c.rwc)
}

// trim gives back what a large answer has left.
func (c *conn) trim() {
	if cap(c.head) > 4*buffered {
		c.head = nil
	}
	if cap(c.body) > 4*buffered {
		c.body = nil
	}
}

// live begins life, which is over at once if Close has ended the connection: either it sees
// the life, or live sees that.
func (c *conn) live(life *lifetime.Context) {
	life.Begin(context.Background())
	c.life.Store(life)
	if c.place.Load().state() == ended { // Close came first
		life.End()
	}
}

// cancel ends the context of the request under way.
func (c *conn) cancel() {
	if life := c.life.Swap(nil); life != nil {
		life.End()
	}
}

// abort ends the connection whatever it does.
func (c *conn) abort() {
	c.place.at(ended, 0)
	_ = c.rwc.Close()
	c.cancel()
}

// endIdle ends the connection if it waits for a request.
func (c *conn) endIdle() {
	if at := c.place.Load(); at.state() == idle {
		c.endIf(at)
	}
}

// endIf ends the connection if nothing has happened since at.
func (c *conn) endIf(at moment) {
	if c.place.change(at, ended, 0) {
		_ = c.rwc.Close()
	}
}

// move goes on to the next state; false: the connection was ended.
func (c *conn) move(to state) bool {
	for {
		at := c.place.Load()
		if at.state() == ended {
			return false
		}
		if c.place.change(at, to, c.server.rounds.Load()) {
			return true
		}
	}
}

// state is what a connection is doing.
type state uint64

const (
	idle    state = iota // waits for a request
	reading              // its head has begun
	serving              // a handler is answering
	ended                // by the server, for good
)

// place is what a connection is doing and since which round, in one word.
type place struct{ word atomic.Uint64 }

type moment uint64

func (m moment) state() state { return state(m & 3) }
func (m moment) since() int64 { return int64(m >> 2) }

func join(s state, since int64) uint64 { return uint64(since)<<2 | uint64(s) }

func (p *place) Load() moment            { return moment(p.word.Load()) }
func (p *place) at(s state, since int64) { p.word.Store(join(s, since)) }
func (p *place) change(old moment, s state, since int64) bool {
	return p.word.CompareAndSwap(uint64(old), join(s, since))
}
