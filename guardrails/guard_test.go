package guardrails

import (
	"context"
	"encoding/json"
	"errors"
	"io"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/sluicegate/sluice/gateway"
	"github.com/sluicegate/sluice/guardrails/checks"
)

// fake is a check that calls a function of the test.
type fake func(context.Context, checks.Content) (checks.Result, error)

func (f fake) Name() string { return "test.fake" }
func (f fake) Inspect(ctx context.Context, c checks.Content) (checks.Result, error) {
	return f(ctx, c)
}

func row(id string, local bool, f fake) checks.Entry {
	return checks.Entry{ID: id, Local: local, New: func(json.RawMessage) (checks.Check, error) { return f, nil }}
}

func spec(id string, deny bool, cs ...string) gateway.GuardrailSpec {
	g := gateway.GuardrailSpec{ID: id, Version: "v" + strings.Join(cs, ""), Deny: deny}
	for _, c := range cs {
		id, params, _ := strings.Cut(c, " ")
		g.Checks = append(g.Checks, gateway.CheckSpec{ID: id, Params: json.RawMessage(params)})
	}
	return g
}

const noSecret = `default.contains {"words":["geheim"],"operator":"none"}`

// testTimeout is long enough for local checks on a busy machine.
const testTimeout = 150 * time.Millisecond

func guarded(t *testing.T, text string, specs ...gateway.GuardrailSpec) (*gateway.Exchange, bool, error) {
	ex := exchange(t, `{"messages":[{"role":"system","content":`+quote(text)+`},{"role":"user","content":"hello"}]}`)
	ex.Plan.Input = specs
	s := New(Config{Timeout: testTimeout})
	s.table = append(s.table,
		row("test.panic", true, func(context.Context, checks.Content) (checks.Result, error) { panic("geheim") }),
		row("test.error", false, func(context.Context, checks.Content) (checks.Result, error) {
			return checks.Result{}, errors.New("geheim")
		}),
		row("test.slow", false, func(ctx context.Context, _ checks.Content) (checks.Result, error) {
			time.Sleep(2 * testTimeout) // ignores its context
			return checks.Result{Pass: true}, nil
		}),
		row("test.remote", false, func(context.Context, checks.Content) (checks.Result, error) { return checks.Result{Pass: true}, nil }))
	went := false
	h := s.Guard().Wrap(func(context.Context, *gateway.Exchange) (gateway.Stream, error) {
		went = true
		return gateway.Chunks(), nil
	})
	_, err := h(context.Background(), ex)
	s.Close()
	return ex, went, err
}

func TestGuard(t *testing.T) {
	allow := spec("g", true, "test.panic {}")
	allow.Allow = true
	for name, c := range map[string]struct {
		spec   gateway.GuardrailSpec
		text   string
		action gateway.Action
		failed string // part of a check's Error
	}{
		"pass":                  {spec("g", true, noSecret), "plain", gateway.ActionAllow, ""},
		"deny":                  {spec("g", true, noSecret), "so geheim!", gateway.ActionDeny, ""},
		"flag":                  {spec("g", false, noSecret), "so geheim!", gateway.ActionFlag, ""},
		"no prefix":             {spec("g", true, strings.TrimPrefix(noSecret, "default.")), "so geheim!", gateway.ActionDeny, ""},
		"strongest":             {spec("g", true, noSecret, `regexMatch {"rule":"plain"}`), "plain", gateway.ActionAllow, ""},
		"one of two":            {spec("g", true, noSecret, `regexMatch {"rule":"absent"}`), "plain", gateway.ActionDeny, ""},
		"panic":                 {spec("g", false, "test.panic {}"), "plain", gateway.ActionDeny, "failed"},
		"panic, allowed":        {allow, "plain", gateway.ActionAllow, "failed"},
		"error":                 {spec("g", false, "test.error {}"), "plain", gateway.ActionDeny, "could not judge"},
		"timeout":               {spec("g", false, "test.slow {}", noSecret), "plain", gateway.ActionDeny, "in time"},
		"remote":                {spec("g", true, "test.remote {}", noSecret, "test.remote {}"), "plain", gateway.ActionAllow, ""},
		"unknown check":         {spec("g", false, "default.nothing {}"), "plain", gateway.ActionDeny, "does not compile"},
		"bad parameters":        {spec("g", false, `contains {"words":[]}`), "plain", gateway.ActionDeny, "does not compile"},
		"long text, in threads": {spec("g", true, noSecret, `regexMatch {"rule":"x"}`), strings.Repeat("x", 70<<10), gateway.ActionAllow, ""},
	} {
		t.Run(name, func(t *testing.T) {
			ex, went, err := guarded(t, c.text, c.spec)
			v := ex.Facts.Input
			if len(v) != 1 || v[0].Action != c.action || v[0].Pass != (c.action == gateway.ActionAllow) || v[0].Output || v[0].Deny != c.spec.Deny || v[0].At.IsZero() {
				t.Fatalf("%+v", v)
			}
			if went == (c.action == gateway.ActionDeny) {
				t.Errorf("went on: %v", went)
			}
			var e *gateway.Error
			if denied := errors.As(err, &e) && e.HTTPStatus() == 446; denied != (c.action == gateway.ActionDeny) {
				t.Errorf("%v", err)
			}
			said := ""
			for _, r := range v[0].Checks {
				said += r.Error + "|"
				if strings.Contains(r.Error+r.Explanation, "geheim") {
					t.Errorf("quotes: %+v", r)
				}
			}
			if c.failed == "" && strings.Trim(said, "|") != "" || !strings.Contains(said, c.failed) {
				t.Errorf("errors %q, want %q", said, c.failed)
			}
		})
	}
}

func TestGuardrailsShareATimeout(t *testing.T) {
	specs := make([]gateway.GuardrailSpec, 40)
	for i := range specs {
		specs[i] = spec("g"+strconv.Itoa(i), true, "test.slow {}", noSecret)
	}
	began := time.Now()
	ex, went, _ := guarded(t, "plain", specs...)
	if took := time.Since(began); went || took > 25*testTimeout {
		t.Errorf("went on: %v, after %v; 40 timeouts would be %v", went, took, 40*testTimeout)
	}
	for _, v := range ex.Facts.Input[5:] { // a timer may be late on a busy machine
		if v.Action != gateway.ActionDeny || !strings.Contains(v.Checks[0].Error, "in time") || !strings.Contains(v.Checks[1].Error, "in time") {
			t.Errorf("%s: %+v", v.Guardrail, v)
		}
	}
}

func TestCheckNamesTheField(t *testing.T) {
	s := New(Config{})
	for param, sp := range map[string]gateway.GuardrailSpec{
		"checks":                    spec("g", true),
		"checks[0].id":              spec("g", true, "nothing {}"),
		"checks[1].parameters.rule": spec("g", true, noSecret, `regexMatch {"rule":"("}`),
	} {
		var e *gateway.Error
		if err := s.Check(sp); !errors.As(err, &e) || e.Param != param || e.Kind != gateway.Invalid {
			t.Errorf("%s: %v", param, err)
		}
	}
	if err := s.Check(spec("g", true, noSecret)); err != nil {
		t.Error(err)
	}
}

func attempt(t *testing.T, s *Service, ex *gateway.Exchange, stream gateway.Stream) (gateway.Stream, error) {
	h := s.TargetGuard().Wrap(func(context.Context, *gateway.Exchange) (gateway.Stream, error) { return stream, nil })
	return h(context.Background(), ex)
}

func targeted(t *testing.T, target *gateway.Target) *gateway.Exchange {
	ex := exchange(t, `{"messages":[{"role":"user","content":"hi"}]}`)
	return ex.WithTarget(target, ex.Request)
}

func TestTargetGuardWaitsForTheEnd(t *testing.T) {
	s := New(Config{})
	parts := []gateway.Chunk{event(`[{"index":0,"delta":{"content":"ge"}}]`), event(`[{"index":1,"delta":{"content":"x"}}]`), event(`[{"index":0,"delta":{"content":"heim"},"finish_reason":"stop"}]`)}
	target := &gateway.Target{Path: "config.targets[0]", Output: []gateway.GuardrailSpec{spec("out", true, noSecret)}}
	ex := targeted(t, target)
	up := &counted{Stream: gateway.Chunks(parts...)}
	_, err := attempt(t, s, ex, up)
	var e *gateway.Error
	if !errors.As(err, &e) || e.Kind != gateway.Denied || e.Target != target.Path || up.closed != 1 {
		t.Fatalf("%v, closed %d", err, up.closed)
	}
	if v := ex.Facts.Output; len(v) != 1 || !v[0].Output || v[0].Target != target.Path || v[0].Action != gateway.ActionDeny {
		t.Fatalf("%+v", v)
	}
	// The next attempt replaces the verdicts, and its answer is handed on unchanged.
	up = &counted{Stream: gateway.Chunks(parts[:2]...)}
	out, err := attempt(t, s, ex, up)
	if err != nil || up.closed != 1 {
		t.Fatal(err, up.closed)
	}
	if v := ex.Facts.Output; len(v) != 1 || !v[0].Pass {
		t.Fatalf("%+v", v)
	}
	for i := range 2 {
		c, err := out.Next()
		if err != nil || string(c.Raw) != string(parts[i].Raw) || c.Deltas[0].Text != parts[i].Deltas[0].Text {
			t.Fatalf("%d: %v %s", i, err, c.Raw)
		}
	}
	if _, err := out.Next(); err != io.EOF {
		t.Fatal(err)
	}
	if _, err := attempt(t, s, targeted(t, &gateway.Target{}), up); err != nil || up.closed != 1 {
		t.Fatal("without guardrails the stream is not touched")
	}
}

func TestTargetGuardReadsToolArguments(t *testing.T) {
	ex := targeted(t, &gateway.Target{Output: []gateway.GuardrailSpec{spec("out", false, noSecret)}})
	out, err := attempt(t, New(Config{}), ex, gateway.Chunks(event(`[{"index":0,"delta":{"tool_calls":[{"index":0,"function":{"arguments":"{\"a\":\"geheim\"}"}}]}}]`)))
	if err != nil || ex.Facts.Output[0].Action != gateway.ActionFlag {
		t.Fatalf("%v %+v", err, ex.Facts.Output)
	}
	out.Close()
}

func TestTargetGuardOfATarget(t *testing.T) {
	ex := targeted(t, &gateway.Target{Path: "p", Input: []gateway.GuardrailSpec{spec("in", true, `contains {"words":["absent"]}`)}, Output: []gateway.GuardrailSpec{spec("out", true, noSecret)}})
	up := &counted{Stream: gateway.Chunks()}
	_, err := attempt(t, New(Config{}), ex, up)
	if gateway.AsError(err).Kind != gateway.Denied || up.pulled != 0 || len(ex.Facts.Output) != 1 || ex.Facts.Output[0].Output {
		t.Fatalf("%v %+v", err, ex.Facts.Output)
	}
}

func TestStreamThatBreaksIsAnError(t *testing.T) {
	broken := &gateway.Error{Kind: gateway.BadUpstream, Public: "gone"}
	ex := targeted(t, &gateway.Target{Output: []gateway.GuardrailSpec{spec("out", true, noSecret)}})
	up := &counted{Stream: &failing{gateway.Chunks(event(`[{"index":0,"delta":{"content":"a"}}]`)), broken}}
	if _, err := attempt(t, New(Config{}), ex, up); !errors.Is(err, broken) || up.closed != 1 || ex.Facts.Output != nil {
		t.Fatal(err, up.closed)
	}
}

func TestAnswerBeyondTheBoundIsDenied(t *testing.T) {
	ex := targeted(t, &gateway.Target{Output: []gateway.GuardrailSpec{spec("out", true, noSecret)}})
	big := gateway.Chunk{Raw: make([]byte, maxAnswer/2+1)}
	if _, err := attempt(t, New(Config{}), ex, gateway.Chunks(big, big)); gateway.AsError(err).Kind != gateway.Denied {
		t.Fatal(err)
	}
}

// counted counts the calls of a stream.
type counted struct {
	gateway.Stream
	pulled, closed int
}

func (c *counted) Next() (gateway.Chunk, error) { c.pulled++; return c.Stream.Next() }
func (c *counted) Close() error                 { c.closed++; return c.Stream.Close() }

// Escapes in JSON inside a text hide no word from a check.
func TestGuardReadsThroughEscapes(t *testing.T) {
	const args = `{"a":["x\u002dy",{"b":"{\"c\":\"ge\\u0068eim\"}"}]}`
	if _, went, err := guarded(t, args, spec("g", true, noSecret)); went || err == nil {
		t.Error("an input went through", err)
	}
	ex := exchange(t, `{"messages":[{"role":"user","content":"hello"}]}`)
	ex.Target = &gateway.Target{Path: "config", Output: []gateway.GuardrailSpec{spec("g", true, noSecret)}}
	h := New(Config{}).TargetGuard().Wrap(upstream(new([]*gateway.Request), func(*gateway.Request) gateway.Stream {
		return gateway.Chunks(event(`[{"index":0,"delta":{"tool_calls":[{"index":0,"id":"c","function":{"name":"f","arguments":`+quote(args[:20])+`}}]}}]`),
			event(`[{"index":0,"delta":{"tool_calls":[{"index":0,"function":{"arguments":`+quote(args[20:])+`}}]},"finish_reason":"tool_calls"}]`))
	}))
	if _, err := h(context.Background(), ex); err == nil || strings.Contains(err.Error(), "geheim") {
		t.Error("an answer went through", err)
	}
}

// Local checks share a time of their own, because nothing but work keeps them: neither many
// patterns, nor one on a long text, take a processor for long.
func TestLocalChecksShareTheirTime(t *testing.T) {
	s := New(Config{})
	defer s.Close()
	bomb := `regexMatch {"rule":"((a{0,30}){0,30})b"}`
	many := make([]gateway.GuardrailSpec, 40)
	for i := range many {
		many[i] = spec("g"+strconv.Itoa(i), true, bomb)
	}
	for name, specs := range map[string][]gateway.GuardrailSpec{"one": {spec("g", true, bomb)}, "many": many, "many in one": {spec("g", true, bomb, bomb, bomb, bomb, bomb, bomb)}} {
		began := time.Now()
		verdicts, action := s.judge(t.Context(), specs, []unit{{Content: checks.Content{Parts: []checks.Part{{Text: strings.Repeat("a", 200_000)}}}}}, "")
		if took := time.Since(began); action != gateway.ActionDeny || took > 8*localTime || !strings.Contains(verdicts[len(specs)-1].Checks[0].Error, "in time") {
			t.Errorf("%s: %v after %v: %+v", name, action, took, verdicts[len(specs)-1])
		}
	}
}
