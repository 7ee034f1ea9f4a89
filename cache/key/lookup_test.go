package key

import (
	"context"
	"errors"
	"strings"
	"testing"

	"github.com/sluicegate/sluice/gateway"
	"github.com/sluicegate/sluice/gateway/dialect/openai"
)

var hasher = NewHasher([]byte(strings.Repeat("k", 32)))

// keys are all keys of one exchange.
type keys struct {
	Workspace, Namespace, Exact Digest
	Question
}

func lookup(t *testing.T, body string, targets ...*gateway.Target) keys {
	t.Helper()
	return lookupIn(t, openai.Dialect{}, body, targets...)
}

func lookupIn(t *testing.T, d gateway.Dialect, body string, targets ...*gateway.Target) keys {
	t.Helper()
	req, err := gateway.NewRequest(d, gateway.OpChat, []byte(body))
	if err != nil {
		t.Fatal(err)
	}
	ex := &gateway.Exchange{Request: req, Plan: &gateway.Plan{}, Facts: &gateway.Facts{}, Principal: &gateway.Principal{Workspace: "w"}}
	if len(targets) == 0 {
		targets = []*gateway.Target{{}}
	}
	k, err := hasher.Lookup(t.Context(), ex, targets, Options{Semantic: true, Model: "m"})
	if err != nil {
		t.Fatal(err)
	}
	return keys{k.Workspace, k.Namespace, k.Exact, k.Question()}
}

// TestTargets: the key is that of the body after Target.Apply, in whatever way a target
// comes to it.
func TestTargets(t *testing.T) {
	want := lookup(t, `{"model":"n","temperature":1,"messages":[{"role":"user","content":"hello there"}]}`)
	for name, c := range map[string]struct {
		body   string
		target gateway.Target
	}{
		"model":    {`{"model":"m","temperature":1,"messages":[{"role":"user","content":"hello there"}]}`, gateway.Target{Model: "n"}},
		"override": {`{"model":"m","temperature":2,"messages":[{"role":"user","content":"hello there"}]}`, gateway.Target{Override: []byte(`{"temperature":1,"model":"n"}`)}},
		"default":  {`{"messages":[{"role":"user","content":"hello there"}]}`, gateway.Target{Default: []byte(`{"model":"n","temperature":1}`)}},
		"drop":     {`{"model":"n","seed":4,"temperature":1,"messages":[{"role":"user","content":"hello there","name":"x"}]}`, gateway.Target{Drop: []string{"seed", "messages[*].name"}}},
		"messages": {`{"model":"n","temperature":1,"messages":[{"role":"user","content":"other"}]}`, gateway.Target{Override: []byte(`{"messages":[{"role":"user","content":"hello there"}]}`)}},
	} {
		if got := lookup(t, c.body, &c.target); got != want {
			t.Errorf("%s: %+v, want %+v", name, got, want)
		}
	}
}

// TestSeveralTargets: the order of targets does not count, the set does, and a target that
// replaces the user's text keeps the whole body in the partition.
func TestSeveralTargets(t *testing.T) {
	hello := `{"model":"m","messages":[{"role":"user","content":"hello there"}]}`
	other := `{"model":"m","messages":[{"role":"user","content":"good evening"}]}`
	a, b := &gateway.Target{Model: "a"}, &gateway.Target{Model: "b"}
	fixed := &gateway.Target{Override: []byte(`{"messages":[{"role":"user","content":"fixed"}]}`)}
	if lookup(t, hello, a, b) != lookup(t, hello, b, a) || lookup(t, hello, a, b, a) != lookup(t, hello, a, b) {
		t.Error("the order or the number of targets counts")
	}
	if lookup(t, hello, a, b) == lookup(t, hello, a) {
		t.Error("the set of targets does not count")
	}
	if lookup(t, hello, a, b).Partition != lookup(t, other, a, b).Partition {
		t.Error("two questions to the same targets have different partitions")
	}
	if lookup(t, hello, a, fixed).Exact == lookup(t, other, a, fixed).Exact {
		t.Error("two questions have one exact key")
	}
}

// TestTiers: the alias and semantic tiers need a text of the user's at the end.
func TestTiers(t *testing.T) {
	for body, want := range map[string]bool{
		`{"messages":[{"role":"user","content":"hello"}]}`:                                         true,
		`{"messages":[{"role":"user","content":"hello"},{"role":"tool","content":"x"}]}`:           false,
		`{"messages":[{"role":"user","content":"` + strings.Repeat("long ", 2000) + `"}]}`:         false,
		`{"messages":[{"role":"user","content":""}]}`:                                              false,
		`{"messages":[{"role":"user","content":[{"type":"image"},{"type":"text","text":"why"}]}]}`: true,
	} {
		k := lookup(t, body)
		if got := !k.Alias.IsZero(); got != want || k.Exact.IsZero() || (k.Partition.Check("test") == nil) != want {
			t.Errorf("%.60s: %+v", body, k)
		}
	}
}

// TestFormatsAreInTheKey: keys that are called in other formats do not share answers.
func TestFormatsAreInTheKey(t *testing.T) {
	const body = `{"messages":[{"role":"user","content":"hello"}]}`
	seen := map[Digest]gateway.Formats{}
	for _, formats := range []gateway.Formats{nil, {"chat": ""}, {"responses": ""}, {"chat": "", "responses": ""}, {"chat": "", "responses": "https://a.example"}, {"chat": "https://a.example", "responses": ""}} {
		k := lookup(t, body, &gateway.Target{Provider: "openai", Formats: formats}).Exact
		if was, ok := seen[k]; ok {
			t.Errorf("%v and %v share their answers", was, formats)
		}
		seen[k] = formats
	}
}

// TestClientsAreInTheKey: the client of another vendor gets no answer of OpenAI's clients, nor they of it:
// what only it knows stands in its answers.
func TestClientsAreInTheKey(t *testing.T) {
	const body = `{"model":"m","messages":[{"role":"user","content":"hello there"}]}`
	plain, of := lookup(t, body), lookupIn(t, openai.Dialect{Client: "ollama"}, body)
	if plain.Exact == of.Exact || plain.Partition == of.Partition || of != lookupIn(t, openai.Dialect{Client: "ollama"}, body) || of.Exact == lookupIn(t, openai.Dialect{Client: "cohere"}, body).Exact {
		t.Errorf("%+v %+v", plain, of)
	}
}

// TestLookupStopsWhenTheCallerLeaves: a large body is not hashed for one target after another.
func TestLookupStopsWhenTheCallerLeaves(t *testing.T) {
	req, err := openai.NewRequest(gateway.OpChat, []byte(`{"model":"m","messages":[{"role":"user","content":"hi"}]}`))
	if err != nil {
		t.Fatal(err)
	}
	ex := &gateway.Exchange{Request: req, Plan: &gateway.Plan{}, Facts: &gateway.Facts{}, Principal: &gateway.Principal{Workspace: "w"}}
	ctx, leave := context.WithCancel(t.Context())
	leave()
	if _, err := hasher.Lookup(ctx, ex, []*gateway.Target{{}}, Options{}); !errors.Is(err, context.Canceled) {
		t.Errorf("%v, want the context's error", err)
	}
}

// TestHeaders: a header of the caller's counts if the target gets it, and it may answer by it.
func TestHeaders(t *testing.T) {
	of := func(forward []string, header ...string) Digest {
		t.Helper()
		req, err := gateway.NewRequest(openai.Dialect{}, gateway.OpChat, []byte(`{"model":"m","messages":[{"role":"user","content":"hello there"}]}`))
		if err != nil {
			t.Fatal(err)
		}
		env := &gateway.Envelope{Header: map[string][]string{}}
		for i := 0; i < len(header); i += 2 {
			env.Header[header[i]] = append(env.Header[header[i]], header[i+1])
		}
		ex := &gateway.Exchange{Request: req, Envelope: env, Plan: &gateway.Plan{}, Facts: &gateway.Facts{}, Principal: &gateway.Principal{Workspace: "w"}}
		k, err := hasher.Lookup(t.Context(), ex, []*gateway.Target{{Forward: forward}}, Options{Semantic: true, Model: "m"})
		if err != nil {
			t.Fatal(err)
		}
		return k.Exact
	}
	tenant := []string{" x-tenant"}
	for name, c := range map[string]struct {
		a, b Digest
		same bool
	}{
		"forwarded":             {of(tenant, "X-Tenant", "a"), of(tenant, "X-Tenant", "b"), false},
		"forwarded by one":      {of(tenant, "X-Tenant", "a"), of(tenant), false},
		"two values":            {of(tenant, "X-Tenant", "a", "X-Tenant", "b"), of(tenant, "X-Tenant", "ab"), false},
		"the same value":        {of(tenant, "X-Tenant", "a", "X-Other", "1"), of(tenant, "X-Tenant", "a", "X-Other", "2"), true},
		"not forwarded":         {of(nil, "X-Tenant", "a"), of(nil, "X-Tenant", "b"), true},
		"never forwarded":       {of([]string{"cookie"}, "Cookie", "a"), of([]string{"cookie"}, "Cookie", "b"), true},
		"a vendor's":            {of(nil, "Anthropic-Beta", "a"), of(nil, "Anthropic-Beta", "b"), false},
		"of an application":     {of(nil, "X-Title", "a"), of(nil, "X-Title", "b"), true},
		"of one call":           {of([]string{"x-request-id"}, "X-Request-Id", "a"), of([]string{"x-request-id"}, "X-Request-Id", "b"), true},
		"no header, none named": {of(tenant), of(nil), true},
	} {
		if (c.a == c.b) != c.same {
			t.Errorf("%s: same is %v", name, !c.same)
		}
	}
}
