package httpapi

import (
	"bufio"
	"bytes"
	"context"
	"fmt"
	"io"
	"math/rand/v2"
	"net"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/sluicegate/sluice/gateway"
	"github.com/sluicegate/sluice/gateway/gatewaytest"
)

const streamed = `{"model":"m","stream":true,"messages":[{"role":"user","content":"Hello"}]}`

// play is a pipeline that answers every call with one stream of its own.
func play(make func() *gatewaytest.Stream) gateway.Handler {
	return func(context.Context, *gateway.Exchange) (gateway.Stream, error) { return gateway.Prime(make()) }
}

func post(s *Server, path, body string) *httptest.ResponseRecorder {
	w := httptest.NewRecorder()
	s.ServeHTTP(w, httptest.NewRequest("POST", path, strings.NewReader(body)))
	return w
}

// TestAnyChunking: however an answer is cut, who asks for a stream and who asks for a body
// read the same text.
func TestAnyChunking(t *testing.T) {
	const text = "a\"b\\ c\n data: [DONE]\n\n€😀 end"
	runes := []rune(text)
	for range 300 {
		var pieces []string
		for at := 0; at < len(runes); {
			n := min(1+rand.IntN(5), len(runes)-at)
			pieces = append(pieces, string(runes[at:at+n]))
			at += n
		}
		s := New(Settings{Pipeline: play(func() *gatewaytest.Stream {
			return gatewaytest.NewStream(nil, gatewaytest.Streamed(pieces...).Chunks...)
		})})
		var got strings.Builder
		events, done := 0, false
		lines := bufio.NewScanner(post(s, "/v1/chat/completions", streamed).Body)
		for lines.Scan() {
			data, ok := strings.CutPrefix(lines.Text(), "data: ")
			switch {
			case lines.Text() == "":
			case !ok || done:
				t.Fatalf("stray line %q", lines.Text())
			case data == "[DONE]":
				done = true
			default:
				events++
				c := gatewaytest.Event(data)
				for _, d := range c.Deltas {
					got.WriteString(d.Text)
				}
			}
		}
		if got.String() != text || !done || events != len(pieces)+2 {
			t.Fatalf("%q in %d events, done %v", got.String(), events, done)
		}
		body := gatewaytest.Body(post(s, "/v1/chat/completions", hello).Body.String())
		if body.Deltas[0].Text != text || body.Usage.Output != 3 {
			t.Fatalf("%+v", body)
		}
	}
}

func TestPrettyJSONStaysOneLine(t *testing.T) {
	s := New(Settings{Pipeline: play(func() *gatewaytest.Stream {
		return gatewaytest.NewStream(nil, gatewaytest.Event("{\n  \"choices\": [\r\n {\"delta\":{\"content\":\"x\"}}]}"))
	})})
	got := post(s, "/v1/chat/completions", streamed).Body.String()
	if want := "data: {   \"choices\": [   {\"delta\":{\"content\":\"x\"}}]}\n\ndata: [DONE]\n\n"; got != want {
		t.Errorf("%q", got)
	}
}

// TestEachEventIsFlushed: an event reaches the caller before the next one exists.
func TestEachEventIsFlushed(t *testing.T) {
	next := make(chan string)
	s := New(Settings{Pipeline: func(context.Context, *gateway.Exchange) (gateway.Stream, error) {
		return &fed{next: next}, nil
	}})
	server := httptest.NewServer(s)
	defer server.Close()
	defer http.DefaultClient.CloseIdleConnections()
	go func() { next <- `{"choices":[{"delta":{"content":"0"}}]}` }()
	res, err := http.Post(server.URL+"/v1/chat/completions", "", strings.NewReader(streamed))
	if err != nil {
		t.Fatal(err)
	}
	defer res.Body.Close()
	lines := bufio.NewReader(res.Body)
	for i := range 5 {
		line, err := lines.ReadString('\n')
		if err != nil || !strings.Contains(line, fmt.Sprintf(`"content":"%d"`, i)) {
			t.Fatalf("%q %v", line, err)
		}
		_, _ = lines.ReadString('\n')
		if i < 4 {
			next <- fmt.Sprintf(`{"choices":[{"delta":{"content":"%d"}}]}`, i+1)
		}
	}
	close(next)
	if rest, _ := io.ReadAll(lines); string(rest) != "data: [DONE]\n\n" {
		t.Errorf("%q", rest)
	}
}

// fed is a stream whose chunks come from a test as they are needed.
type fed struct{ next chan string }

func (f *fed) Next() (gateway.Chunk, error) {
	raw, ok := <-f.next
	if !ok {
		return gateway.Chunk{}, io.EOF
	}
	return gatewaytest.Event(raw), nil
}

func (f *fed) Close() error { return nil }

// TestHangUp: a caller that goes away ends the exchange, and the stream is closed once,
// whether Next comes back by itself or has to be unblocked.
func TestHangUp(t *testing.T) {
	for name, c := range map[string]struct {
		body string
		obey bool // Next returns when ctx ends
	}{
		"stream, Next obeys":  {streamed, true},
		"stream, Next blocks": {streamed, false},
		"body, Next obeys":    {hello, true},
		"body, Next blocks":   {hello, false},
	} {
		t.Run(name, func(t *testing.T) {
			closed := make(chan *stuck, 1)
			s := New(Settings{HangUp: 20 * time.Millisecond, Pipeline: func(ctx context.Context, _ *gateway.Exchange) (gateway.Stream, error) {
				st := &stuck{ctx: ctx, obey: c.obey, free: make(chan struct{}), closed: closed}
				return st, nil
			}})
			server := httptest.NewServer(s)
			ctx, cancel := context.WithCancel(context.Background())
			r, _ := http.NewRequestWithContext(ctx, "POST", server.URL+"/v1/chat/completions", strings.NewReader(c.body))
			go func() {
				time.Sleep(50 * time.Millisecond)
				cancel()
			}()
			if res, err := http.DefaultClient.Do(r); err == nil {
				_, _ = io.ReadAll(res.Body)
				res.Body.Close()
			}
			select {
			case st := <-closed:
				server.Close() // waits for the handler
				if n := st.closes.Load(); n != 1 {
					t.Errorf("closed %d times", n)
				}
			case <-time.After(5 * time.Second):
				t.Fatal("the stream was never closed")
			}
			http.DefaultClient.CloseIdleConnections()
		})
	}
}

// stuck gives one event and then nothing until it is closed, or cancelled if it obeys.
type stuck struct {
	ctx    context.Context
	obey   bool
	given  bool
	free   chan struct{}
	closes atomic.Int32
	closed chan *stuck
}

func (s *stuck) Next() (gateway.Chunk, error) {
	if !s.given {
		s.given = true
		return gatewaytest.Event(`{"choices":[{"index":0,"delta":{"content":"x"}}]}`), nil
	}
	if s.obey {
		<-s.ctx.Done()
		return gateway.Chunk{}, s.ctx.Err()
	}
	<-s.free
	return gateway.Chunk{}, io.ErrClosedPipe
}

func (s *stuck) Close() error {
	if s.closes.Add(1) == 1 {
		close(s.free)
		s.closed <- s
	}
	return nil
}

func TestIdleStreamIsKeptAlive(t *testing.T) {
	next := make(chan string)
	s := New(Settings{KeepAlive: 10 * time.Millisecond, Pipeline: func(context.Context, *gateway.Exchange) (gateway.Stream, error) {
		return &fed{next: next}, nil
	}})
	go func() {
		next <- `{"choices":[{"delta":{"content":"a"}}]}`
		time.Sleep(80 * time.Millisecond)
		next <- `{"choices":[{"delta":{"content":"b"}}]}`
		close(next)
	}()
	got := post(s, "/v1/chat/completions", streamed).Body.String()
	if n := strings.Count(got, ": keep-alive\n\n"); n < 2 {
		t.Errorf("%d comments in %q", n, got)
	}
	got = strings.ReplaceAll(got, ": keep-alive\n\n", "")
	if want := "data: {\"choices\":[{\"delta\":{\"content\":\"a\"}}]}\n\ndata: {\"choices\":[{\"delta\":{\"content\":\"b\"}}]}\n\ndata: [DONE]\n\n"; got != want {
		t.Errorf("%q", got)
	}
}

// TestEmptyChunkIsSkipped: what a stage held back whole makes no line, first or last.
func TestEmptyChunkIsSkipped(t *testing.T) {
	empty := gateway.Chunk{Form: gateway.FormEvent}
	s := New(Settings{Pipeline: func(context.Context, *gateway.Exchange) (gateway.Stream, error) {
		return gateway.Chunks(empty, gatewaytest.Event(`{"choices":[]}`), empty, empty), nil
	}})
	if got, want := post(s, "/v1/chat/completions", streamed).Body.String(), "data: {\"choices\":[]}\n\ndata: [DONE]\n\n"; got != want {
		t.Errorf("%q", got)
	}
}

// TestStalledCaller: who asks for a stream and does not read it loses it.
func TestStalledCaller(t *testing.T) {
	closed := make(chan struct{})
	s := New(Settings{Stall: 100 * time.Millisecond, Pipeline: func(context.Context, *gateway.Exchange) (gateway.Stream, error) {
		return &flood{closed: closed}, nil
	}})
	server := httptest.NewServer(s)
	defer server.Close()
	conn, err := net.Dial("tcp", server.Listener.Addr().String())
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close()
	fmt.Fprintf(conn, "POST /v1/chat/completions HTTP/1.1\r\nHost: x\r\nContent-Length: %d\r\n\r\n%s", len(streamed), streamed)
	select {
	case <-closed:
	case <-time.After(10 * time.Second):
		t.Fatal("the stream is still written")
	}
}

// flood never ends.
type flood struct{ closed chan struct{} }

func (f *flood) Next() (gateway.Chunk, error) {
	return gateway.Chunk{Raw: bytes.Repeat([]byte("x"), 1<<16)}, nil
}

func (f *flood) Close() error {
	close(f.closed)
	return nil
}

// TestConnectionServesOnAfterAStream: the deadline of a stream is not the next call's.
func TestConnectionServesOnAfterAStream(t *testing.T) {
	s := New(Settings{Stall: 50 * time.Millisecond, Pipeline: play(func() *gatewaytest.Stream {
		return gatewaytest.NewStream(nil, gatewaytest.Streamed("a").Chunks...)
	})})
	server := httptest.NewServer(s)
	defer server.Close()
	client := server.Client()
	for range 3 {
		res, err := client.Post(server.URL+"/v1/chat/completions", "", strings.NewReader(streamed))
		if err != nil {
			t.Fatal(err)
		}
		b, err := io.ReadAll(res.Body)
		res.Body.Close()
		if err != nil || !strings.HasSuffix(string(b), "data: [DONE]\n\n") {
			t.Fatalf("%q %v", b, err)
		}
		time.Sleep(80 * time.Millisecond)
	}
}

// broken is a connection whose writes fail after a few bytes.
type broken struct {
	*httptest.ResponseRecorder
	left int
}

func (b *broken) Write(p []byte) (int, error) {
	if b.left -= len(p); b.left < 0 {
		return 0, io.ErrClosedPipe
	}
	return b.ResponseRecorder.Write(p)
}

func TestFailingWriteClosesTheStream(t *testing.T) {
	for left := 0; left < 600; left += 50 {
		var stream *gatewaytest.Stream
		s := New(Settings{Pipeline: play(func() *gatewaytest.Stream {
			stream = gatewaytest.NewStream(nil, gatewaytest.Streamed("a", "b", "c").Chunks...)
			return stream
		})})
		s.ServeHTTP(&broken{httptest.NewRecorder(), left}, httptest.NewRequest("POST", "/v1/chat/completions", strings.NewReader(streamed)))
		if stream.Closes() != 1 {
			t.Errorf("after %d bytes: closed %d times", left, stream.Closes())
		}
	}
}

func TestAddMember(t *testing.T) {
	for in, want := range map[string]string{
		`{}`: `{"x":1}`, `{"a":2}`: `{"a":2,"x":1}`, "{ }\n": `{ "x":1}`, "{\"a\":2 }\n": `{"a":2 ,"x":1}`, `[1]`: `[1]`, ``: ``,
	} {
		if got := addMember(bytes.Clone([]byte(in)), []byte(`"x":1`)); string(got) != want {
			t.Errorf("%q: %q, want %q", in, got, want)
		}
	}
}
