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

// removable are bodies that are removed at once.
type removable struct{ bodies }

func (b *removable) Remove(name string, _ time.Time) {
	b.mu.Lock()
	defer b.mu.Unlock()
	delete(b.kept, name)
}

func (b *removable) Removed() (removed, refused, dropped uint64) { return 7, 8, 9 }

func (b *removable) count() int {
	b.mu.Lock()
	defer b.mu.Unlock()
	return len(b.kept)
}

// TestBodiesOfPurgedAnswers: whatever removes or replaces an answer on one replica removes its body, and no
// other one; the other replica, which has the answer in memory, serves it no more once it is told.
func TestBodiesOfPurgedAnswers(t *testing.T) {
	const question, other = "Why is the zanzibar sky blue?", "Who wrote Hamlet?"
	tagged := func(ex *gateway.Exchange) {
		ex.Envelope.Metadata = map[string]string{"tags": "spring"}
		ex.Principal.Member, ex.ID = "m1", "ex7"
	}
	untagged := func(ex *gateway.Exchange) { ex.Envelope.Metadata = map[string]string{"tags": "autumn"} }
	purge := func(filter cache.PurgeFilter) func(a *rig) {
		return func(a *rig) {
			if _, err := a.cache.Purge(t.Context(), "w1", filter); err != nil {
				t.Error(err)
			}
		}
	}
	for _, c := range []struct {
		name   string
		change func(a *rig)
		left   int // bodies
	}{
		{"purged by its request", purge(cache.PurgeFilter{Answer: "ex7"}), 1},
		{"by tag", purge(cache.PurgeFilter{Tag: "spring"}), 1},
		{"by member", purge(cache.PurgeFilter{Member: "m1"}), 1},
		{"by model", purge(cache.PurgeFilter{Model: "m"}), 0},
		{"by age", func(a *rig) { a.clock.Add(time.Minute); purge(cache.PurgeFilter{OlderThan: time.Second})(a) }, 0},
		{"all", purge(cache.PurgeFilter{All: true}), 0},
		{"refreshed, and not stored", func(a *rig) {
			a.up.finish = "content_filter"
			a.ask(chat(question), tagged, func(ex *gateway.Exchange) { ex.Envelope.CacheRefresh = true })
		}, 1},
		{"another filter", purge(cache.PurgeFilter{Tag: "winter"}), 2},
	} {
		t.Run(c.name, func(t *testing.T) {
			s, kept := double(t), &removable{bodies{kept: map[string][]byte{}}}
			told := make(chan []byte, 10)
			with := func(set *cache.Config) { set.Bodies, set.BodiesOver = kept, 1 }
			a := remote(t, s, func(set *cache.Config) {
				with(set)
				set.Broadcast = func(_ context.Context, message []byte) error { told <- message; return nil }
			})
			b := remote(t, s, with)
			a.ask(chat(question), tagged)
			a.ask(chat(other), untagged)
			await(t, func() bool { return kept.count() == 2 && len(s.Payloads()) > 0 })
			await(t, func() bool { f, _ := b.ask(chat(question), tagged, unstored); return f.Cache.Status.Hit() })
			c.change(a)
			await(t, func() bool { return kept.count() == c.left })
			if c.left == 2 {
				return
			}
			if err := b.cache.ApplyRemoval(t.Context(), <-told); err != nil {
				t.Error(err)
			}
			if f, _ := b.ask(chat(question), tagged, unstored); f.Cache.Status.Hit() {
				t.Errorf("the other replica answers %s", outcome(f))
			}
			if st := b.cache.Stats().BodiesRemoved; st != (cache.RemovedBodies{Removed: 7, Refused: 8, Dropped: 9}) {
				t.Errorf("%+v", st)
			}
			if f, _ := b.ask(chat(other), untagged, unstored); f.Cache.Status.Hit() != (c.left == 1) {
				t.Errorf("the other answer: %s", outcome(f))
			}
		})
	}
}

// TestBodyOfReplacedAnswer: an answer that is stored again, because the one before is too old for a caller,
// takes the place of it, and of its body.
func TestBodyOfReplacedAnswer(t *testing.T) {
	s, kept := double(t), &removable{bodies{kept: map[string][]byte{}}}
	with := func(set *cache.Config) { set.Bodies, set.BodiesOver = kept, 1 }
	a := remote(t, s, with)
	a.ask(chat("Why is the zanzibar sky blue?"))
	await(t, func() bool { return kept.count() == 1 })
	a.clock.Add(time.Hour)
	a.plan.Cache.MaxAge = time.Minute
	a.ask(chat("Why is the zanzibar sky blue?"))
	if err := a.cache.Close(context.Background()); err != nil { // drains the queue
		t.Fatal(err)
	}
	if kept.puts != 2 || kept.count() != 1 {
		t.Fatalf("%d bodies of %d", kept.count(), kept.puts)
	}
	b := remote(t, s, with)
	b.clock.Add(time.Hour)
	if f, got := b.ask(chat("Why is the zanzibar sky blue?")); !f.Cache.Status.Hit() || !strings.Contains(string(got.Body()), "answer 2") {
		t.Errorf("%s %s", outcome(f), got.Body())
	}
}

// TestBodyOfAnswerPurgedMeanwhile: an answer that was purged while its body was written is not archived, and
// its body removed.
func TestBodyOfAnswerPurgedMeanwhile(t *testing.T) {
	s, kept := double(t), &slowBodies{removable: removable{bodies{kept: map[string][]byte{}}}}
	a := remote(t, s, func(set *cache.Config) { set.Bodies, set.BodiesOver = kept, 1 })
	kept.purge = func() {
		if _, err := a.cache.Purge(context.Background(), "w1", cache.PurgeFilter{All: true}); err != nil {
			t.Error(err)
		}
	}
	a.ask(chat("Why is the zanzibar sky blue?"))
	if err := a.cache.Close(context.Background()); err != nil {
		t.Fatal(err)
	}
	if kept.puts != 1 || kept.count() != 0 || strings.Contains(s.Payloads(), "entry") {
		t.Errorf("%d bodies of %d, %s", kept.count(), kept.puts, s.Payloads())
	}
}

// slowBodies are purged while one is written.
type slowBodies struct {
	removable
	purge func()
}

func (b *slowBodies) Put(ctx context.Context, name string, body []byte, expires time.Time) error {
	b.purge()
	return b.removable.Put(ctx, name, body, expires)
}

func unstored(ex *gateway.Exchange) { ex.Envelope.CacheNoStore = true }

func await(t *testing.T, holds func() bool) {
	t.Helper()
	for deadline := time.Now().Add(10 * time.Second); !holds(); time.Sleep(2 * time.Millisecond) {
		if time.Now().After(deadline) {
			t.Fatal("not within 10 s")
		}
	}
}
