package wire

import (
	"context"
	"errors"
	"io"
	"strings"
	"testing"
	"time"
)

// within fails if f takes longer than a second.
func within(t *testing.T, what string, f func()) {
	t.Helper()
	done := make(chan struct{})
	go func() { defer close(done); f() }()
	select {
	case <-done:
	case <-time.After(time.Second):
		t.Fatalf("%s: still blocked", what)
	}
}

func TestCancel(t *testing.T) {
	stall := make(chan struct{})
	defer close(stall)
	for name, c := range map[string]struct {
		play func(p *peer)
		body string
	}{
		"before the head":    {func(p *peer) { p.read(); <-stall }, "{}"},
		"in the head":        {func(p *peer) { p.read(); p.say("HTTP/1.1 200 OK\r\nContent-"); <-stall }, "{}"},
		"in a counted body":  {func(p *peer) { p.read(); p.say("HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nok"); <-stall }, "{}"},
		"in a chunk":         {func(p *peer) { p.read(); p.say(chunkHead + "5\r\nok"); <-stall }, "{}"},
		"between chunks":     {func(p *peer) { p.read(); p.say(chunkHead + "2\r\nok\r\n"); <-stall }, "{}"},
		"before the end":     {func(p *peer) { p.read(); p.say("HTTP/1.1 200 OK\r\n\r\nok"); <-stall }, "{}"},
		"while it is sent":   {func(*peer) { <-stall }, strings.Repeat("x", 32<<20)},
		"drip by drip":       {drip, "{}"},
		"1xx without an end": {func(p *peer) { p.read(); p.say("HTTP/1.1 100 Continue\r\n\r\n"); <-stall }, "{}"},
	} {
		s := newScript(t, c.play)
		client := newClient(t, Config{})
		reason := errors.New("the caller went away")
		ctx, cancel := context.WithCancelCause(context.Background())
		time.AfterFunc(20*time.Millisecond, func() { cancel(reason) })
		within(t, name, func() {
			if _, _, err := ask(ctx, client, s.endpoint(), c.body); !errors.Is(err, reason) {
				t.Errorf("%s: %v", name, err)
			}
		})
		if client.pool.total != 0 {
			t.Errorf("%s: the connection was kept", name)
		}
		s.l.Close()
		if name != "drip by drip" {
			continue
		}
		if n := s.requests.Load(); n != 1 {
			t.Errorf("%s: sent %d times", name, n)
		}
	}
}

// drip sends a header that never ends.
func drip(p *peer) {
	p.read()
	p.say("HTTP/1.1 200 OK\r\n")
	for p.say("A: b\r\n") {
		time.Sleep(time.Millisecond)
	}
}

func TestDeadlineBeforeConnect(t *testing.T) {
	s := newScript(t, always(ok2))
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	if _, _, err := ask(ctx, newClient(t, Config{}), s.endpoint(), "{}"); !errors.Is(err, context.Canceled) || s.requests.Load() != 0 {
		t.Errorf("%v", err)
	}
}

// TestCancelAfterTheEnd: a ctx that ends when its answer was read does not touch the
// connection, which may be somebody else's by then.
func TestCancelAfterTheEnd(t *testing.T) {
	s := newScript(t, always(ok2))
	c := newClient(t, Config{})
	for range 300 {
		ctx, cancel := context.WithCancel(context.Background())
		res, err := c.Do(ctx, Request{To: s.endpoint()})
		if err != nil {
			t.Fatal(err)
		}
		if b, err := io.ReadAll(res); string(b) != "ok" || err != nil {
			t.Fatalf("%q %v", b, err)
		}
		go cancel()
		res.Close()
	}
	if n := s.accepted.Load(); n != 1 {
		t.Errorf("%d connections", n)
	}
}

// TestCancelAtAnyTime: whenever the ctx ends, a call ends with its own answer or with an
// error, and the connections that stay are sound.
func TestCancelAtAnyTime(t *testing.T) {
	s := newScript(t, func(p *peer) {
		for {
			body, ok := p.read()
			if !ok || !p.say("HTTP/1.1 200 OK\r\nContent-Length: 8\r\n\r\n") || !p.say((body + "........")[:8]) {
				return
			}
		}
	})
	c := newClient(t, Config{})
	for i := range 400 {
		ctx, cancel := context.WithTimeout(context.Background(), time.Duration(i)*time.Microsecond)
		body := strings.Repeat(string(rune('a'+i%26)), 3)
		_, got, err := ask(ctx, c, s.endpoint(), body)
		if err == nil && got != body+"....." || err != nil && !errors.Is(err, context.DeadlineExceeded) {
			t.Fatalf("%q to %q, %v", got, body, err)
		}
		cancel()
	}
}
