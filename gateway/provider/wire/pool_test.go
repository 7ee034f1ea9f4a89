package wire

import (
	"context"
	"io"
	"testing"
	"time"
)

// open makes n calls whose answers are all under way at the same time.
func open(t *testing.T, c *Client, to *Endpoint, n int) (all []*Response) {
	t.Helper()
	for range n {
		res, err := c.Do(context.Background(), Request{To: to})
		if err != nil {
			t.Fatal(err)
		}
		all = append(all, res)
	}
	return all
}

func finish(all []*Response) {
	for _, r := range all {
		_, _ = io.Copy(io.Discard, struct{ io.Reader }{r})
		r.Close()
	}
}

func TestPoolBounds(t *testing.T) {
	a, b := newScript(t, always(ok2)), newScript(t, always(ok2))
	c := newClient(t, Config{PerHost: 3, MaxIdle: 5})
	finish(open(t, c, a.endpoint(), 4))
	if n := c.pool.total; n != 3 {
		t.Errorf("%d idle connections to one host", n)
	}
	finish(open(t, c, b.endpoint(), 4))
	if n := c.pool.total; n != 5 {
		t.Errorf("%d idle connections in all", n)
	}
	first := c.pool.take(a.endpoint().host)
	c.pool.put(first)
	if again := c.pool.take(a.endpoint().host); again != first {
		t.Error("not the one that was used last")
	} else {
		again.drop()
	}
	c.Close()
	if c.pool.total != 0 {
		t.Error("idle connections after Close")
	}
	finish(open(t, c, a.endpoint(), 1))
	if c.pool.total != 0 {
		t.Error("a connection was kept after Close")
	}
}

func TestIdleTimeout(t *testing.T) {
	s := newScript(t, always(ok2))
	c := newClient(t, Config{Idle: 20 * time.Millisecond})
	finish(open(t, c, s.endpoint(), 3))
	for end := time.Now().Add(2 * time.Second); ; time.Sleep(time.Millisecond) {
		c.pool.mu.Lock()
		n, hosts, timer := c.pool.total, len(c.pool.idle), c.pool.timer
		c.pool.mu.Unlock()
		if n == 0 && hosts == 0 && timer == nil {
			break
		}
		if time.Now().After(end) {
			t.Fatalf("%d connections of %d hosts are still idle", n, hosts)
		}
	}
	finish(open(t, c, s.endpoint(), 1))
	cn := c.pool.take(s.endpoint().host)
	cn.since = time.Now().Add(-time.Hour)
	c.pool.mu.Lock()
	c.pool.idle[cn.host].conns = append(c.pool.idle[cn.host].conns, cn)
	c.pool.total++
	c.pool.mu.Unlock()
	before := s.accepted.Load()
	finish(open(t, c, s.endpoint(), 1))
	if s.accepted.Load() != before+1 {
		t.Error("a connection that was idle for too long was used")
	}
}

// TestBuffersAreGivenBack: an idle connection holds no memory for reading.
func TestBuffersAreGivenBack(t *testing.T) {
	s := newScript(t, always(ok2))
	c := newClient(t, Config{})
	finish(open(t, c, s.endpoint(), 1))
	if cn := c.pool.take(s.endpoint().host); cn.buf != nil {
		t.Error("it does")
	} else {
		cn.drop()
	}
}
