package inference

import (
	"bufio"
	"context"
	"fmt"
	"io"
	"math/rand/v2"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/sluicegate/sluice/gateway"
	"github.com/sluicegate/sluice/gateway/gatewaytest"
	"github.com/sluicegate/sluice/internal/httpapi"
)

const streamed = `{"model":"m","stream":true,"messages":[{"role":"user","content":"Hello"}]}`

// play is a pipeline that answers every call with one stream of its own.
func play(make func() *gatewaytest.Stream) gateway.Handler {
	return func(context.Context, *gateway.Exchange) (gateway.Stream, error) { return gateway.Prime(make()) }
}

func post(s *httpapi.Server, path, body string) *httptest.ResponseRecorder {
	w := httptest.NewRecorder()
	s.ServeHTTP(w, call(path, body))
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
		s := api(Settings{Pipeline: play(func() *gatewaytest.Stream {
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
	s := api(Settings{Pipeline: play(func() *gatewaytest.Stream {
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
	s := api(Settings{Pipeline: func(context.Context, *gateway.Exchange) (gateway.Stream, error) {
		return &fed{next: next}, nil
	}})
	server := httptest.NewServer(s)
	defer server.Close()
	defer http.DefaultClient.CloseIdleConnections()
	go func() { next <- `{"choices":[{"delta":{"content":"0"}}]}` }()
	res, err := ask(server.URL, streamed)
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

// TestEventsThatArriveTogether: a chunk that another one follows at once is not flushed alone.
func TestEventsThatArriveTogether(t *testing.T) {
	chunks := gatewaytest.Streamed("a", "b", "c").Chunks
	s := api(Settings{Pipeline: func(context.Context, *gateway.Exchange) (gateway.Stream, error) {
		for i := range chunks {
			chunks[i].More = i+1 < len(chunks)
		}
		return gateway.Chunks(chunks...), nil
	}})
	w := &flushes{ResponseRecorder: httptest.NewRecorder()}
	s.ServeHTTP(w, call("/v1/chat/completions", streamed))
	if events := strings.Count(w.Body.String(), "data: {"); events != len(chunks) || w.count != 2 { // the events, then the end
		t.Errorf("%d events, %d flushes\n%s", events, w.count, w.Body)
	}
}

// flushes counts them.
type flushes struct {
	*httptest.ResponseRecorder
	count int
}

func (f *flushes) Flush() { f.count++ }

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

// TestHangUp: a caller that goes away ends the exchange, and the stream is closed once, on the
// goroutine that reads it, also when Next returns late.
func TestHangUp(t *testing.T) {
	for name, body := range map[string]string{"stream": streamed, "body": hello} {
		t.Run(name, func(t *testing.T) {
			ended := make(chan *gateway.Facts, 1)
			stream := &late{by: 50 * time.Millisecond, asked: make(chan struct{})}
			slow := gateway.Handler(func(ctx context.Context, _ *gateway.Exchange) (gateway.Stream, error) {
				stream.ctx = ctx
				return stream, nil
			})
			// As telemetry does: what the stages learned is copied when the exchange ends.
			record := gateway.Stage{Name: "record", Wrap: func(next gateway.Handler) gateway.Handler {
				return gateway.Account(next, func(ex *gateway.Exchange, _ error) {
					facts := *ex.Facts
					facts.Timing = append([]gateway.StageTime(nil), facts.Timing...)
					ended <- &facts
				})
			}}
			server := httptest.NewServer(api(Settings{Pipeline: gateway.Chain("slow", slow, record)}))
			ctx, cancel := context.WithCancel(context.Background())
			r, _ := http.NewRequestWithContext(ctx, "POST", server.URL+"/v1/chat/completions", strings.NewReader(body))
			r.Header.Set("Authorization", "Bearer sk-sl-test")
			go func() {
				<-stream.asked
				cancel()
			}()
			if res, err := http.DefaultClient.Do(r); err == nil {
				_, _ = io.ReadAll(res.Body)
				res.Body.Close()
			}
			select {
			case facts := <-ended:
				server.Close() // waits for the handler
				if n := stream.closes.Load(); n != 1 || len(facts.Timing) == 0 {
					t.Errorf("closed %d times, %d stages were timed", n, len(facts.Timing))
				}
			case <-time.After(5 * time.Second):
				t.Fatal("the exchange never ended")
			}
			http.DefaultClient.CloseIdleConnections()
		})
	}
}

// late gives one event, and then nothing until its ctx has ended for a while.
type late struct {
	ctx    context.Context
	by     time.Duration
	given  bool
	asked  chan struct{}
	closes atomic.Int32
}

func (s *late) Next() (gateway.Chunk, error) {
	if !s.given {
		s.given = true
		return gatewaytest.Event(`{"choices":[{"index":0,"delta":{"content":"x"}}]}`), nil
	}
	close(s.asked)
	<-s.ctx.Done()
	time.Sleep(s.by)
	return gateway.Chunk{}, s.ctx.Err()
}

func (s *late) Close() error {
	s.closes.Add(1)
	return nil
}

// TestEmptyChunkIsSkipped: what a stage held back whole makes no line, first or last.
func TestEmptyChunkIsSkipped(t *testing.T) {
	empty := gateway.Chunk{Form: gateway.FormEvent}
	s := api(Settings{Pipeline: func(context.Context, *gateway.Exchange) (gateway.Stream, error) {
		return gateway.Chunks(empty, gatewaytest.Event(`{"choices":[]}`), empty, empty), nil
	}})
	if got, want := post(s, "/v1/chat/completions", streamed).Body.String(), "data: {\"choices\":[]}\n\ndata: [DONE]\n\n"; got != want {
		t.Errorf("%q", got)
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
		s := api(Settings{Pipeline: play(func() *gatewaytest.Stream {
			stream = gatewaytest.NewStream(nil, gatewaytest.Streamed("a", "b", "c").Chunks...)
			return stream
		})})
		s.ServeHTTP(&broken{httptest.NewRecorder(), left}, call("/v1/chat/completions", streamed))
		if stream.Closes() != 1 {
			t.Errorf("after %d bytes: closed %d times", left, stream.Closes())
		}
	}
}
