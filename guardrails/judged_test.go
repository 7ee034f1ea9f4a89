package guardrails

import (
	"context"
	"encoding/json"
	"strings"
	"testing"
	"time"

	"github.com/sluicegate/sluice/gateway"
	"github.com/sluicegate/sluice/guardrails/checks"
)

// route sends a request of body through both guards to each target in turn, and returns how
// many were called and the first error.
func route(t *testing.T, body string, input []gateway.GuardrailSpec, targets ...*gateway.Target) (called int, err error) {
	t.Helper()
	s := New(Config{})
	defer s.Close()
	ex := exchange(t, body)
	ex.Plan.Input, ex.Plan.Root = input, &gateway.Node{Mode: gateway.ModeFallback}
	for _, target := range targets {
		ex.Plan.Root.Nodes = append(ex.Plan.Root.Nodes, &gateway.Node{Target: target})
	}
	attempt := s.TargetGuard().Wrap(func(context.Context, *gateway.Exchange) (gateway.Stream, error) {
		called++
		return gateway.Chunks(), nil
	})
	_, err = s.Guard().Wrap(func(ctx context.Context, ex *gateway.Exchange) (gateway.Stream, error) {
		var failed error
		for _, target := range targets {
			req, err := target.Apply(ex.Request)
			if err != nil {
				t.Fatal(err)
			}
			if _, err := attempt(ctx, ex.WithTarget(target, req)); err != nil && failed == nil {
				failed = err
			}
		}
		return gateway.Chunks(), failed
	})(context.Background(), ex)
	return called, err
}

const (
	forbids  = `contains {"words":["geheim"],"operator":"none"}`
	requires = `contains {"words":["geheim"]}`
)

// A guardrail that forbids a word sees it wherever it goes upstream from.
func TestGuardSeesWhateverGoesUpstream(t *testing.T) {
	const hello = `"messages":[{"role":"user","content":"hello"}]`
	for name, c := range map[string]struct {
		body   string
		target gateway.Target
		pass   bool
	}{
		"nothing":                     {body: `{` + hello + `}`, pass: true},
		"a word of the format":        {body: `{` + hello + `,"tools":[{"type":"function"}]}`, pass: true},
		"user":                        {body: `{"user":"geheim",` + hello + `}`},
		"metadata":                    {body: `{"metadata":{"a":"geheim"},` + hello + `}`},
		"a key of metadata":           {body: `{"metadata":{"geheim":"a"},` + hello + `}`},
		"prompt_cache_key":            {body: `{"prompt_cache_key":"geheim",` + hello + `}`},
		"service_tier":                {body: `{"service_tier":"geheim",` + hello + `}`},
		"model":                       {body: `{"model":"geheim",` + hello + `}`},
		"a role":                      {body: `{"messages":[{"role":"geheim","content":"hello"}]}`},
		"a type":                      {body: `{"messages":[{"role":"user","content":[{"type":"geheim"}]}]}`},
		"a role in a schema":          {body: `{"tools":[{"function":{"parameters":{"properties":{"a":{"role":"geheim"}}}}}],` + hello + `}`},
		"a data URL":                  {body: `{"messages":[{"role":"user","content":"data:;base64,geheim"}]}`},
		"capitals":                    {body: `{"messages":[{"role":"user","content":"GEHEIM"}]}`},
		"parts":                       {body: `{"messages":[{"role":"user","content":[{"type":"text","text":"ge"},{"type":"text","text":"heim"}]}]}`},
		"parts with an image between": {body: `{"messages":[{"role":"user","content":[{"type":"text","text":"ge"},{"type":"image_url","image_url":{"url":"https://x"}},{"type":"text","text":"heim"}]}]}`},
		"escaped":                     {body: `{"messages":[{"role":"user","content":"{\"a\":\"ge\\u0068eim\"}"}]}`},
		"overrides":                   {body: `{` + hello + `}`, target: gateway.Target{Override: []byte(`{"user":"geheim"}`)}},
		"overridden messages":         {body: `{` + hello + `}`, target: gateway.Target{Override: []byte(`{"messages":[{"role":"user","content":"geheim"}]}`)}},
		"defaults":                    {body: `{` + hello + `}`, target: gateway.Target{Default: []byte(`{"stop":["geheim"]}`)}},
		"the target's model":          {body: `{` + hello + `}`, target: gateway.Target{Model: "geheim"}},
		"overrides that say nothing":  {body: `{` + hello + `}`, target: gateway.Target{Model: "m", Override: []byte(`{"max_tokens":5}`)}, pass: true},
	} {
		t.Run(name, func(t *testing.T) {
			called, err := route(t, c.body, []gateway.GuardrailSpec{spec("g", true, forbids)}, &c.target)
			if (err == nil) != c.pass || (called == 1) != c.pass {
				t.Errorf("called %d: %v", called, err)
			}
		})
	}
}

func TestGuardSeesNumbers(t *testing.T) {
	g := []gateway.GuardrailSpec{spec("g", true, `regexMatch {"rule":"^4111","not":true}`)}
	if called, err := route(t, `{"seed":4111111111111111}`, g, &gateway.Target{}); err == nil || called > 0 {
		t.Error(called, err)
	}
}

func TestGuardSeesForwardedHeaders(t *testing.T) {
	s := New(Config{})
	defer s.Close()
	ex := exchange(t, `{"messages":[{"role":"user","content":"hello"}]}`)
	ex.Plan.Input = []gateway.GuardrailSpec{spec("g", true, forbids)}
	ex.Plan.Root = &gateway.Node{Target: &gateway.Target{Forward: []string{"X-Note"}}}
	ex.Envelope.Header = map[string][]string{"X-Note": {"geheim"}, "X-Other": {"geheim"}}
	h := s.Guard().Wrap(func(context.Context, *gateway.Exchange) (gateway.Stream, error) { return gateway.Chunks(), nil })
	if _, err := h(context.Background(), ex); err == nil {
		t.Error("a forwarded header went through")
	}
	ex.Plan.Root.Target.Forward = nil
	if _, err := h(context.Background(), ex); err != nil {
		t.Error(err)
	}
}

// What a check requires must be in the text that goes upstream: a setting, a parameter of
// another target or a text that the target drops does not count.
func TestRequiredTextMustReachTheModel(t *testing.T) {
	has := `{"messages":[{"role":"user","content":"geheim"}]}`
	for name, c := range map[string]struct {
		body    string
		targets []*gateway.Target
		called  int
	}{
		"there":                  {has, []*gateway.Target{{}}, 1},
		"absent":                 {`{"messages":[{"role":"user","content":"hello"}]}`, []*gateway.Target{{}}, 0},
		"as a user":              {`{"user":"geheim","messages":[{"role":"user","content":"hello"}]}`, []*gateway.Target{{}}, 0},
		"in another target":      {`{"messages":[{"role":"user","content":"hello"}]}`, []*gateway.Target{{}, {Override: []byte(`{"messages":[{"role":"user","content":"geheim"}]}`)}}, 0},
		"replaced by a target":   {has, []*gateway.Target{{Override: []byte(`{"messages":[{"role":"user","content":"hello"}]}`)}, {}}, 1},
		"dropped by a target":    {`{"junk":"geheim","messages":[{"role":"user","content":"hello"}]}`, []*gateway.Target{{Drop: []string{"junk"}}, {}}, 1},
		"kept under an override": {has, []*gateway.Target{{Override: []byte(`{"stop":["x"]}`)}}, 1},
	} {
		t.Run(name, func(t *testing.T) {
			if called, err := route(t, c.body, []gateway.GuardrailSpec{spec("g", true, requires)}, c.targets...); called != c.called {
				t.Errorf("called %d of %d, want %d: %v", called, len(c.targets), c.called, err)
			}
		})
	}
}

// Parameters of targets do not depend on the request: each check reads each set once.
func TestParametersAreJudgedOnce(t *testing.T) {
	s, added := New(Config{}), 0
	defer s.Close()
	s.table = append(s.table, row("test.count", true, func(_ context.Context, c checks.Content) (checks.Result, error) {
		if c.Added {
			added++
		}
		return checks.Result{Pass: true}, nil
	}))
	for range 3 {
		ex := exchange(t, `{"messages":[{"role":"user","content":"hello"}]}`)
		ex.Plan.Input = []gateway.GuardrailSpec{spec("g", true, "test.count {}")}
		ex.Plan.Root = &gateway.Node{}
		for range 5 {
			ex.Plan.Root.Nodes = append(ex.Plan.Root.Nodes, &gateway.Node{Target: &gateway.Target{Override: []byte(`{"stop":"a"}`)}},
				&gateway.Node{Target: &gateway.Target{Default: []byte(`{"stop":"a"}`)}})
		}
		if _, err := s.Guard().Wrap(func(context.Context, *gateway.Exchange) (gateway.Stream, error) { return gateway.Chunks(), nil })(context.Background(), ex); err != nil {
			t.Fatal(err)
		}
	}
	if added != 2 {
		t.Errorf("two sets were judged %d times", added)
	}
}

func TestTextBeyondTheBoundIsDenied(t *testing.T) {
	long := strings.Repeat("a ", checks.MaxText/2+1)
	body, _ := json.Marshal(map[string]any{"messages": []any{map[string]any{"role": "user", "content": long}}})
	if called, err := route(t, string(body), []gateway.GuardrailSpec{spec("g", false, forbids)}, &gateway.Target{}); called > 0 || err == nil {
		t.Error(called, err)
	}
}

// Shutting down does not wait for a check that ignores its context.
func TestCloseDoesNotWaitForAStuckCheck(t *testing.T) {
	s, release := New(Config{Timeout: 10 * time.Millisecond}), make(chan struct{})
	s.table = append(s.table, row("test.stuck", false, func(context.Context, checks.Content) (checks.Result, error) {
		<-release
		return checks.Result{}, nil
	}))
	ex := exchange(t, `{"messages":[{"role":"user","content":"hello"}]}`)
	ex.Plan.Input = []gateway.GuardrailSpec{spec("g", true, "test.stuck {}")}
	_, err := s.Guard().Wrap(func(context.Context, *gateway.Exchange) (gateway.Stream, error) { return gateway.Chunks(), nil })(context.Background(), ex)
	if err == nil {
		t.Error("a stuck check let the request through")
	}
	began := time.Now()
	s.Close()
	if waited := time.Since(began); waited > 20*time.Second {
		t.Errorf("waited %s", waited)
	}
	close(release)
	s.running.Wait()
}
