package cache_test

import (
	"context"
	"errors"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/sluicegate/sluice/cache"
	"github.com/sluicegate/sluice/cache/judge"
	"github.com/sluicegate/sluice/gateway"
)

// checks stand in for the calls by which the cache learns.
type checks struct {
	reply  string
	answer string // to shadow calls, as text
	hold   chan struct{}

	mu      sync.Mutex
	judged  []judge.Question
	shadows []*gateway.Exchange
}

func (c *checks) Judge(ctx context.Context, _ *gateway.Principal, q judge.Question) (string, int64, error) {
	if c.hold != nil {
		select {
		case <-c.hold:
		case <-ctx.Done():
			return "", 0, ctx.Err()
		}
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	c.judged = append(c.judged, q)
	if c.reply == "" {
		return "", 0, errors.New("the judge is down")
	}
	return c.reply, 100, nil
}

func (c *checks) Shadow(_ context.Context, ex *gateway.Exchange) (*gateway.Response, *gateway.Facts, error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.shadows = append(c.shadows, ex)
	var r gateway.Response
	chunk := gateway.Chunk{Dialect: ex.Request.Dialect, Form: gateway.FormBody, Raw: []byte(`{"choices":[{"index":0,"message":{"role":"assistant","content":` + quote(c.answer) + `},"finish_reason":"stop"}]}`)}
	chunk.Read()
	r.Fold(chunk)
	return &r, &gateway.Facts{Cost: gateway.Cost{Known: true, Nano: 4200}, Attempts: []gateway.Attempt{{Target: ex.Plan.Root.Primary()[0].Path}}}, nil
}

func (c *checks) calls() (judged, shadows int) {
	c.mu.Lock()
	defer c.mu.Unlock()
	return len(c.judged), len(c.shadows)
}

// TestJudgeDecidesMisses holds that a miss whose answers tell nothing by themselves is judged, and
// that only a verdict is a label.
func TestJudgeDecidesMisses(t *testing.T) {
	for reply, want := range map[string]struct{ same, other int }{"same": {1, 0}, "Different.": {0, 1}, "I think they are the same": {0, 0}, "": {0, 0}} {
		calls := &checks{reply: reply}
		r := newRig(t, func(c *cache.Config) { c.Checks = calls })
		answered := func(text string) {
			r.up.answer = `{"choices":[{"index":0,"message":{"role":"assistant","content":` + quote(text) + `},"finish_reason":"stop"}]}`
		}
		answered("Take a brush and paint the door with two coats.")
		r.ask(chat("How do I change the colour of the door?"))
		answered("Paint it: two coats, and let the first one dry.")
		if f, _ := r.ask(chat("How do I change the colour of the window?")); f.Cache.Status.Hit() {
			t.Fatalf("%+v", f.Cache)
		}
		eventually(t, func() bool { n, _ := calls.calls(); return n == 1 })
		if err := r.cache.Close(context.Background()); err != nil {
			t.Fatal(err)
		}
		report := r.cache.Report("w1")
		if g := report.Groups[0]; g.Same != want.same || g.Other != want.other {
			t.Errorf("%q: %+v", reply, g)
		}
		if cost := report.Tally.ChecksCost; (cost == 100) != (reply != "") || report.Tally.Judged != 1 {
			t.Errorf("%q: %+v", reply, report.Tally)
		}
	}
}

// TestShadowCalls holds that a hit is followed by the call that it saved, in a stream as well, and
// that its answer is a label.
func TestShadowCalls(t *testing.T) {
	for answer, wrong := range map[string]int{"answer 1": 0, "no": 1} {
		for _, stream := range []string{"", `"stream":true,`} {
			calls := &checks{answer: answer}
			r := newRig(t, func(c *cache.Config) { c.Checks, c.ShadowShare = calls, 1 })
			r.ask(chat(question))
			f, got := r.ask(strings.Replace(chat(rewording), "{", "{"+stream, 1))
			if outcome(f) != "SEMANTIC HIT semantic" || got.Choices[0].Text() != "answer 1" {
				t.Fatalf("%+v", f.Cache)
			}
			if err := r.cache.Close(context.Background()); err != nil { // makes what is queued
				t.Fatal(err)
			}
			_, shadows := calls.calls()
			report := r.cache.Report("w1")
			if g := report.Groups[0]; shadows != 1 || g.Checked != 1 || g.Wrong != wrong || report.Tally.Shadowed != 1 || report.Tally.ChecksCost != 4200 {
				t.Errorf("%q %s: %d calls, %+v", answer, stream, shadows, report)
			}
		}
	}
}

// TestNoShadowCalls holds which hits are followed by no call.
func TestNoShadowCalls(t *testing.T) {
	for name, change := range map[string]func(*cache.Config, *gateway.Exchange){
		"none are sampled":          func(c *cache.Config, _ *gateway.Exchange) { c.ShadowShare = 0 },
		"the caller's own key pays": func(_ *cache.Config, ex *gateway.Exchange) { ex.Envelope.Credential = gateway.NewSecret("sk-own") },
	} {
		calls := &checks{answer: "answer 1"}
		r := newRig(t, func(c *cache.Config) {
			c.Checks, c.ShadowShare = calls, 1
			change(c, &gateway.Exchange{Envelope: &gateway.Envelope{}})
		})
		own := func(ex *gateway.Exchange) { change(&cache.Config{}, ex) }
		r.ask(chat(question), own)
		if f, _ := r.ask(chat(rewording), own); !f.Cache.Status.Hit() {
			t.Fatalf("%s: %+v", name, f.Cache)
		}
		if err := r.cache.Close(context.Background()); err != nil {
			t.Fatal(err)
		}
		if _, shadows := calls.calls(); shadows != 0 {
			t.Errorf("%s: %d calls", name, shadows)
		}
	}
}

// TestChecksAreBounded holds that a judge that hangs costs callers nothing, that more calls than
// fit are dropped and counted, and that closing does not wait for ever.
func TestChecksAreBounded(t *testing.T) {
	calls := &checks{reply: "same", hold: make(chan struct{})}
	r := newRig(t, func(c *cache.Config) { c.Checks = calls })
	for i := range 700 {
		r.up.answer = `{"choices":[{"index":0,"message":{"role":"assistant","content":` + quote("Take a brush and paint it "+strings.Repeat("well ", i%7)+"twice") + `},"finish_reason":"stop"}]}`
		r.ask(chat("How do I change the colour of the " + string(rune('a'+i%26)) + string(rune('a'+i/26)) + " door?"))
	}
	if r.cache.Stats().ChecksDropped == 0 {
		t.Error("nothing was dropped")
	}
	ctx, cancel := context.WithTimeout(context.Background(), 50*time.Millisecond)
	defer cancel()
	_ = r.cache.Close(ctx) // its deadline has passed
	if err := r.cache.Close(context.Background()); err != nil {
		t.Fatal(err)
	}
	if n, _ := calls.calls(); n != 0 {
		t.Errorf("%d calls were made", n)
	}
}
