package cache_test

import (
	"context"
	"io"
	"strings"
	"testing"
	"time"

	"go.uber.org/goleak"

	"github.com/sluicegate/sluice/cache"
	"github.com/sluicegate/sluice/cache/cachetest"
	"github.com/sluicegate/sluice/cache/embed"
	"github.com/sluicegate/sluice/cache/memindex"
	"github.com/sluicegate/sluice/gateway"
	"github.com/sluicegate/sluice/gateway/dialect/openai"
	"github.com/sluicegate/sluice/internal/jsonx"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// upstream stands in for the stages behind the cache. It counts calls, answers, and writes
// the facts that Meter and Router write at the end of an answer.
type upstream struct {
	calls   int
	answer  string // body; "" = a chat completion that numbers the calls
	finish  string
	attempt gateway.Attempt
	output  []gateway.Verdict
	broken  bool // fails after its first chunk
}

func (u *upstream) handle(_ context.Context, ex *gateway.Exchange) (gateway.Stream, error) {
	u.calls++
	text := "answer " + string(rune('0'+u.calls%10))
	finish := u.finish
	if finish == "" {
		finish = "stop"
	}
	var cs []gateway.Chunk
	switch {
	case ex.Request.Op == gateway.OpEmbeddings:
		cs = []gateway.Chunk{{Form: gateway.FormBody, Raw: []byte(`{"object":"list","data":[{"index":0,"embedding":[0.1]}]}`)}}
	case ex.Request.Stream():
		for _, piece := range []string{
			`{"id":"c1","object":"chat.completion.chunk","created":7,"model":"m","choices":[{"index":0,"delta":{"role":"assistant","content":"` + text[:3] + `"}}]}`,
			`{"id":"c1","object":"chat.completion.chunk","created":7,"model":"m","choices":[{"index":0,"delta":{"content":"` + text[3:] + `"}}]}`,
			`{"id":"c1","object":"chat.completion.chunk","created":7,"model":"m","choices":[{"index":0,"delta":{},"finish_reason":"` + finish + `"}]}`,
			`{"id":"c1","object":"chat.completion.chunk","created":7,"model":"m","choices":[],"usage":{"prompt_tokens":9,"completion_tokens":3,"total_tokens":12}}`,
		} {
			c := gateway.Chunk{Dialect: openai.Dialect{}, Raw: []byte(piece)}
			c.Read()
			cs = append(cs, c)
		}
	default:
		body := u.answer
		if body == "" {
			body = `{"id":"c1","object":"chat.completion","created":7,"model":"m","x_vendor":1,"choices":[{"index":0,"message":{"role":"assistant","content":"` + text +
				`"},"finish_reason":"` + finish + `"}],"usage":{"prompt_tokens":9,"completion_tokens":3,"total_tokens":12}}`
		}
		c := gateway.Chunk{Dialect: openai.Dialect{}, Form: gateway.FormBody, Raw: []byte(body)}
		c.Read()
		cs = []gateway.Chunk{c}
	}
	return &answered{Stream: gateway.Chunks(cs...), u: u, ex: ex}, nil
}

type answered struct {
	gateway.Stream
	u  *upstream
	ex *gateway.Exchange
	n  int
}

func (a *answered) Next() (gateway.Chunk, error) {
	c, err := a.Stream.Next()
	if a.n++; a.u.broken && a.n > 1 {
		return gateway.Chunk{}, &gateway.Error{Kind: gateway.BadUpstream, Public: "broke"}
	}
	if err == io.EOF {
		f := a.ex.Facts
		at := a.u.attempt
		if at.Target == "" {
			at.Target = a.ex.Plan.Root.Primary()[0].Path
		}
		f.Attempts = append(f.Attempts, at)
		f.Usage = &gateway.Usage{Input: 9, Output: 3}
		f.Cost = gateway.Cost{Nano: 4200, Known: true}
		f.Output = a.u.output
	}
	return c, err
}

// rig is a cache in front of an upstream.
type rig struct {
	t     testing.TB
	cache *cache.Service
	up    *upstream
	clock *cachetest.Clock
	chain gateway.Handler
	plan  *gateway.Plan
}

func newRig(t testing.TB, change func(*cache.Config)) *rig {
	t.Helper()
	ck := cachetest.NewClock()
	set := cache.Config{
		Key: gateway.NewSecret(strings.Repeat("k", 32)), Embedder: embed.Builtin{},
		Index: memindex.New(memindex.Config{Dim: embed.Builtin{}.Dim(), Now: ck.Now}), Now: ck.Now,
	}
	if change != nil {
		change(&set)
	}
	s, err := cache.New(set)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := s.Close(context.Background()); err != nil {
			t.Error(err)
		}
	})
	r := &rig{t: t, cache: s, up: &upstream{}, clock: ck, plan: semanticPlan()}
	r.chain = gateway.Chain("end", r.up.handle, s.Stage())
	return r
}

func semanticPlan() *gateway.Plan {
	return &gateway.Plan{
		Root:  &gateway.Node{Path: "config", Mode: gateway.ModeSingle, Target: &gateway.Target{Path: "config", Provider: "openai"}},
		Cache: gateway.CachePolicy{Mode: gateway.CacheGuarded, MaxError: gateway.DefaultMaxError},
	}
}

// ask sends one body and reads the answer to its end.
func (r *rig) ask(body string, change ...func(*gateway.Exchange)) (*gateway.Facts, *gateway.Response) {
	r.t.Helper()
	ex := r.exchange(body, change...)
	s, err := r.chain(context.Background(), ex)
	if err != nil {
		r.t.Fatal(err)
	}
	defer s.Close()
	var got gateway.Response
	for {
		c, err := s.Next()
		if err == io.EOF {
			break
		}
		if err != nil {
			break
		}
		got.Fold(c)
	}
	r.clock.Add(time.Millisecond)
	return ex.Facts, &got
}

// learn is ask; the answer is then compared.
func (r *rig) learn(body string) (*gateway.Facts, *gateway.Response) {
	r.t.Helper()
	facts, answer := r.ask(body)
	if err := r.cache.Learnt(context.Background()); err != nil {
		r.t.Error(err)
	}
	return facts, answer
}

func (r *rig) exchange(body string, change ...func(*gateway.Exchange)) *gateway.Exchange {
	r.t.Helper()
	op := gateway.OpChat
	if strings.Contains(body, `"input"`) {
		op = gateway.OpEmbeddings
	}
	req, err := openai.NewRequest(op, []byte(body), "model")
	if err != nil {
		r.t.Fatal(err)
	}
	ex := &gateway.Exchange{ID: "ex1", Start: r.clock.Now(), Request: req, Plan: r.plan, Facts: &gateway.Facts{},
		Principal: &gateway.Principal{Workspace: "w1"}, Envelope: &gateway.Envelope{KeepBodies: true}}
	for _, f := range change {
		f(ex)
	}
	return ex
}

func chat(text string) string {
	return `{"model":"m","messages":[{"role":"system","content":"Be kind."},{"role":"user","content":` + quote(text) + `}]}`
}

func quote(s string) string { return string(jsonx.Quote(s)) }

func outcome(f *gateway.Facts) string {
	return strings.TrimSpace(string(f.Cache.Status) + " " + f.Cache.Tier)
}
