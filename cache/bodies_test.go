package cache_test

import (
	"context"
	"errors"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/sluicegate/sluice/cache"
	"github.com/sluicegate/sluice/gateway"
)

// bodies are kept in memory.
type bodies struct {
	mu         sync.Mutex
	kept       map[string][]byte
	expires    time.Time
	fail       error
	gets, puts int
}

func (b *bodies) Put(_ context.Context, name string, body []byte, expires time.Time) error {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.puts++
	if b.fail != nil {
		return b.fail
	}
	b.kept[name], b.expires = body, expires
	return nil
}

func (b *bodies) Get(_ context.Context, name string, _ time.Time) ([]byte, error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.gets++
	return b.kept[name], b.fail
}

const longAnswer = `{"id":"c1","object":"chat.completion","model":"m","choices":[{"index":0,"message":{"role":"assistant","content":"LONG"},"finish_reason":"stop"}]}`

// TestBodies stores a long and a short answer on one replica and asks another: the long one is in
// Bodies, unreadable there, and not in the Archive. Whatever happens to Bodies is a miss.
func TestBodies(t *testing.T) {
	const long, short = "Why is the zanzibar sky blue?", "Who wrote Hamlet?"
	for _, c := range []struct {
		name     string
		put, get func(*bodies) // what happens before A stores, and before B asks
		want     string        // for the long answer
		reason   string
	}{
		{"kept", nil, nil, "SEMANTIC HIT semantic", ""},
		{"lost", nil, func(b *bodies) { clear(b.kept) }, "SEMANTIC MISS", "answers: "},
		{"down", nil, func(b *bodies) { b.fail = errors.New("no route to 10.1.2.3") }, "SEMANTIC MISS", "answers: "},
		{"damaged", nil, func(b *bodies) {
			for name, body := range b.kept {
				body[len(body)/2] ^= 1
				b.kept[name] = body
			}
		}, "SEMANTIC MISS", "answers: "},
		{"not taken", func(b *bodies) { b.fail = errors.New("full") }, func(b *bodies) { b.fail = nil }, "SEMANTIC MISS", ""},
	} {
		t.Run(c.name, func(t *testing.T) {
			s, kept := double(t), &bodies{kept: map[string][]byte{}}
			with := func(set *cache.Config) { set.Bodies, set.BodiesOver = kept, 4096 }
			a := remote(t, s, with)
			if c.put != nil {
				c.put(kept)
			}
			text := strings.Repeat("Short waves of light scatter. ", 1000)
			a.up.answer = strings.Replace(longAnswer, "LONG", text, 1)
			a.ask(chat(long))
			a.up.answer = ""
			a.ask(chat(short))
			if f, _ := a.ask(chat(long)); outcome(f) != "HIT exact" {
				t.Errorf("the replica that stored it: %s", outcome(f))
			}
			if err := a.cache.Close(context.Background()); err != nil { // drains the queue
				t.Fatal(err)
			}
			if p := s.Payloads(); len(p) > 20_000 || kept.puts != 1 {
				t.Errorf("%d bytes in the archive, %d bodies", len(p), kept.puts)
			}
			for _, body := range kept.kept {
				if strings.Contains(string(body), "scatter") || !kept.expires.After(a.clock.Now()) {
					t.Errorf("the body is readable, or expires %v", kept.expires)
				}
			}
			if c.get != nil {
				c.get(kept)
			}
			b := remote(t, s, with)
			f, got := b.ask(chat(long))
			if outcome(f) != c.want || !strings.Contains(f.Cache.Reason, c.reason) || strings.Contains(f.Cache.Reason, "10.1.2.3") {
				t.Errorf("%s %q", outcome(f), f.Cache.Reason)
			}
			served := 0
			if f.Cache.Status.Hit() {
				served = 1
			}
			if groups := b.cache.Report("w1").Groups; len(groups) != 1 || groups[0].Requests != 1 || groups[0].Served != served {
				t.Errorf("the promise counts %+v, want %d served", groups, served)
			}
			if f.Cache.Status.Hit() && !strings.Contains(string(got.Body()), text) {
				t.Error("the answer is another one")
			}
			if f, _ := b.ask(chat(short)); outcome(f) != "SEMANTIC HIT semantic" {
				t.Errorf("the short answer: %s %+v", outcome(f), f.Cache)
			}
			if c.reason == "" && c.put == nil {
				reads := kept.gets
				if f, _ := b.ask(chat(long)); outcome(f) != "HIT exact" || kept.gets != reads {
					t.Errorf("asked again: %s after %d reads", outcome(f), kept.gets-reads)
				}
			}
		})
	}
}

// TestBodiesLeftAlone: a store that fails again and again is not asked for each question.
func TestBodiesLeftAlone(t *testing.T) {
	s, kept := double(t), &bodies{kept: map[string][]byte{}}
	with := func(set *cache.Config) { set.Bodies, set.BodiesOver = kept, 1 }
	a := remote(t, s, with)
	a.ask(chat("Why is the zanzibar sky blue?"))
	if err := a.cache.Close(context.Background()); err != nil {
		t.Fatal(err)
	}
	kept.fail = errors.New("down")
	b := remote(t, s, with)
	for range 10 {
		f, got := b.ask(chat("Why is the zanzibar sky blue?"), func(ex *gateway.Exchange) { ex.Envelope.CacheNoStore = true })
		if f.Cache.Status.Hit() || len(got.Choices) != 1 {
			t.Errorf("%+v", f.Cache)
		}
	}
	if kept.gets != 5 || !b.cache.Stats().Broken {
		t.Errorf("asked %d times", kept.gets)
	}
}
