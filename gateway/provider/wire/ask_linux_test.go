//go:build !386

package wire

import (
	"context"
	"net"
	"testing"
	"time"
)

// TestEndAfterTheLook: the server ends its side of an idle connection just after the look,
// and stays silent. Nothing more will ever come, and the wait must not miss that: the
// request goes out once more, because the end did not acknowledge it.
func TestEndAfterTheLook(t *testing.T) {
	end, over := make(chan struct{}), make(chan struct{})
	defer close(over)
	s := newScript(t, func(p *peer) {
		if _, ok := p.read(); !ok || !p.say(ok2) {
			return
		}
		<-end
		_ = p.Conn.(*net.TCPConn).CloseWrite()
		<-over
	})
	c := newClient(t, Config{})
	if _, _, err := ask(soon(t), c, s.endpoint(), "warm"); err != nil {
		t.Fatal(err)
	}
	cn := c.pool.take(s.endpoint().host)
	cn.probe = func(fd uintptr) bool {
		cn.probed(fd)
		close(end)
		time.Sleep(10 * time.Millisecond)
		return true
	}
	c.pool.put(cn)
	within(t, "an end after the look", func() {
		if _, body, err := ask(context.Background(), c, s.endpoint(), "{}"); err != nil || body != "ok" || s.accepted.Load() != 2 {
			t.Errorf("%q, %v, %d connections", body, err, s.accepted.Load())
		}
	})
}

// TestEachIsLookedAt: each idle connection is looked at for itself; the request goes
// out once, over the one that lives.
func TestEachIsLookedAt(t *testing.T) {
	s := newScript(t, always(ok2))
	c := newClient(t, Config{})
	var open []*Response
	for range 4 {
		res, err := c.Do(soon(t), Request{To: s.endpoint(), Body: []byte("warm")})
		if err != nil {
			t.Fatal(err)
		}
		open = append(open, res)
	}
	for _, res := range open {
		var b [8]byte
		for err := error(nil); err == nil; {
			_, err = res.Read(b[:])
		}
	}
	alive := c.pool.idle[s.endpoint().host].conns[0]
	for _, cn := range c.pool.idle[s.endpoint().host].conns[1:] {
		cn.probe = func(uintptr) bool { return true } // it is not quiet
	}
	if _, body, err := ask(soon(t), c, s.endpoint(), "{}"); err != nil || body != "ok" {
		t.Fatalf("%q, %v", body, err)
	}
	if n := s.accepted.Load(); n != 4 || s.requests.Load() != 5 || c.pool.total != 1 || c.pool.take(s.endpoint().host) != alive {
		t.Errorf("%d connections, %d requests, %d idle", n, s.requests.Load(), c.pool.total)
	}
}
