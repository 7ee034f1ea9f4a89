package router_test

import (
	"context"
	"errors"
	"sync"
	"testing"

	"github.com/sluicegate/sluice/gateway"
	"github.com/sluicegate/sluice/gateway/route/router"
)

func TestAttemptTellsTheCall(t *testing.T) {
	r := newRig(t, map[string][]reply{"a": {status(503), text("A")}})
	ex := exchange(t, leaf("a", twice))
	if _, err := r.run(context.Background(), ex); err != nil {
		t.Fatal(err)
	}
	first, second := ex.Facts.Attempts[0], ex.Facts.Attempts[1]
	if first.Status != 503 || first.Err == nil || first.Retry != 0 || first.FirstChunk != 0 || first.SpanID.IsZero() || first.Duration < 0 {
		t.Errorf("first: %+v", first)
	}
	if second.Status != 200 || second.Err != nil || second.Retry != 1 || second.FirstChunk <= 0 || second.Duration < second.FirstChunk ||
		second.SpanID == first.SpanID || second.Finish != "stop" || second.Served != "served" || second.ResponseID != "resp-1" ||
		second.Usage == nil || *second.Usage != (gateway.Usage{Input: 3, Output: 5}) {
		t.Errorf("second: %+v", second)
	}
	if first.Target != "config.a" || first.Provider != "openai" || first.VirtualKey != "a" || first.Model != "m" || first.Host != "openai.example" {
		t.Errorf("who was called: %+v", first)
	}
}

// TestAttemptOfAStreamCountsChunks: a stream has a number of chunks and a longest gap. The time of
// a whole body ends with the body, whatever the gateway still does with it.
func TestAttemptOfAStreamCountsChunks(t *testing.T) {
	for _, c := range []struct {
		form   gateway.Form
		chunks int
	}{{gateway.FormEvent, 2}, {gateway.FormBody, 0}} {
		r := newRig(t, map[string][]reply{"a": {{chunks: []gateway.Chunk{{Form: c.form, Raw: []byte(`{}`)}, {Form: c.form, Raw: []byte(`{}`)}}}}})
		ex := exchange(t, leaf("a", none))
		if _, err := r.run(context.Background(), ex); err != nil {
			t.Fatal(err)
		}
		if a := ex.Facts.Attempts[0]; a.Chunks != c.chunks || (a.LongestGap > 0) != (c.chunks > 0) || (a.Duration == a.FirstChunk) != (c.form == gateway.FormBody) {
			t.Errorf("%+v", a)
		}
	}
}

func TestAttemptOfABrokenStream(t *testing.T) {
	broken := errors.New("reset")
	r := newRig(t, map[string][]reply{"a": {{chunks: text("A").chunks[:1], breaks: &gateway.Error{Op: "test", Kind: gateway.BadUpstream, Public: "broke", Err: broken}}}})
	ex := exchange(t, leaf("a", none))
	if _, err := r.run(context.Background(), ex); !errors.Is(err, broken) {
		t.Fatal(err)
	}
	if a := ex.Facts.Attempts[0]; a.Err == nil || a.Err.Kind != gateway.BadUpstream || a.Status != 200 || a.Duration == 0 {
		t.Errorf("%+v", a)
	}
}

func TestAttemptOfAnEarlyClose(t *testing.T) {
	for _, c := range []struct {
		name string
		form gateway.Form
		kind gateway.Kind
		ok   bool
	}{{"event", gateway.FormEvent, gateway.Cancelled, false}, {"body", gateway.FormBody, 0, true}} {
		t.Run(c.name, func(t *testing.T) {
			r := newRig(t, map[string][]reply{"a": {{chunks: []gateway.Chunk{{Form: c.form, Raw: []byte(`{}`)}, {Raw: []byte(`{}`)}}}}})
			ex := exchange(t, leaf("a", none))
			st, err := r.router(context.Background(), ex)
			if err != nil {
				t.Fatal(err)
			}
			if _, err := st.Next(); err != nil {
				t.Fatal(err)
			}
			st.Close()
			st.Close()
			if a := ex.Facts.Attempts[0]; c.ok != (a.Err == nil) || !c.ok && a.Err.Kind != c.kind {
				t.Errorf("%+v", a.Err)
			}
		})
	}
}

// TestCloseWhileNextRuns is for the race detector.
func TestCloseWhileNextRuns(t *testing.T) {
	ex := exchange(t, leaf("a", none))
	var cs []gateway.Chunk
	for range 200 {
		cs = append(cs, text("x").chunks...)
	}
	h := router.New(router.Config{}, func(context.Context, *gateway.Exchange) (gateway.Stream, error) { return gateway.Chunks(cs...), nil })
	st, err := h(context.Background(), ex)
	if err != nil {
		t.Fatal(err)
	}
	var wg sync.WaitGroup
	wg.Go(func() {
		for {
			if _, err := st.Next(); err != nil {
				return
			}
		}
	})
	st.Close()
	if a := ex.Facts.Attempts[0]; a.Duration == 0 {
		t.Errorf("%+v", a)
	}
	wg.Wait()
}

// verdict is a guard that says what it is told to, call by call, after reading the answer.
func verdicts(say ...gateway.Action) gateway.Stage {
	i := -1
	return gateway.Stage{Name: "guard", Wrap: func(next gateway.Handler) gateway.Handler {
		return func(ctx context.Context, ex *gateway.Exchange) (gateway.Stream, error) {
			st, err := next(ctx, ex)
			if err != nil {
				return nil, err
			}
			i++
			a := say[min(i, len(say)-1)]
			ex.Facts.Output = append(ex.Facts.Output, gateway.Verdict{Guardrail: "g", Output: true, Action: a, Pass: a == gateway.ActionAllow, Target: ex.Target.Path})
			if a != gateway.ActionDeny {
				return st, nil
			}
			for {
				if _, err := st.Next(); err != nil {
					break
				}
			}
			st.Close()
			return nil, &gateway.Error{Op: "test", Kind: gateway.Denied, Public: "denied"}
		}
	}}
}

func TestGuardsMoveTheRouter(t *testing.T) {
	const ok, flag, deny = gateway.ActionAllow, gateway.ActionFlag, gateway.ActionDeny
	again := func(on ...int) gateway.RetryPolicy { return gateway.RetryPolicy{Attempts: 1, OnStatus: on} }
	for _, c := range []struct {
		name  string
		root  *gateway.Node
		say   []gateway.Action
		calls int
		want  string // of the answer
		last  gateway.Action
	}{
		{"a flag is handed on", fallback(nil, leaf("a", twice), leaf("b", none)), []gateway.Action{flag}, 1, "A", flag},
		{"a flag falls back where 246 is listed", fallback([]int{246}, leaf("a", none), leaf("b", none)), []gateway.Action{flag, ok}, 2, "B", ok},
		{"a flag is retried where 246 is listed", leaf("a", again(246)), []gateway.Action{flag, ok}, 2, "A", ok},
		{"flagged to the end is handed on", leaf("a", again(246)), []gateway.Action{flag}, 2, "A", flag},
		{"a denial is final", leaf("a", twice), []gateway.Action{deny}, 1, "446", deny},
		{"a denial falls back", fallback(nil, leaf("a", none), leaf("b", none)), []gateway.Action{deny, ok}, 2, "B", ok},
		{"a denial is retried where 446 is listed", leaf("a", again(446)), []gateway.Action{deny, ok}, 2, "A", ok},
	} {
		t.Run(c.name, func(t *testing.T) {
			r := newRig(t, map[string][]reply{"a": {text("A")}, "b": {text("B")}}, verdicts(c.say...))
			ex := exchange(t, c.root)
			got, err := r.run(context.Background(), ex)
			if err != nil {
				got = map[bool]string{true: "446"}[gateway.AsError(err).HTTPStatus() == 446]
			}
			if got != c.want || len(r.up.calls) != c.calls {
				t.Fatalf("got %q after %v (%v)", got, r.up.calls, err)
			}
			if len(ex.Facts.Output) != 1 || ex.Facts.Output[0].Action != c.last {
				t.Errorf("verdicts of attempts that were given up remain: %+v", ex.Facts.Output)
			}
			for i, a := range ex.Facts.Attempts[:len(ex.Facts.Attempts)-1] {
				if a.Err == nil || a.Err.Kind != gateway.Denied {
					t.Errorf("attempt %d does not tell why it was given up: %+v", i, a.Err)
				}
			}
			if c.last == deny {
				if a := ex.Facts.Attempts[0]; a.Usage == nil || a.Usage.Output != 5 || a.Status != 200 || a.Err.Kind != gateway.Denied {
					t.Errorf("a denied answer cost nothing: %+v", a)
				}
			}
		})
	}
}

func TestDeniedInputIsNoUpstreamCall(t *testing.T) {
	guard := gateway.Stage{Name: "guard", Wrap: func(gateway.Handler) gateway.Handler {
		return func(context.Context, *gateway.Exchange) (gateway.Stream, error) { return nil, no.err }
	}}
	r := newRig(t, nil, guard)
	ex := exchange(t, leaf("a", none))
	if _, err := r.run(context.Background(), ex); gateway.AsError(err).HTTPStatus() != 446 || len(ex.Facts.Attempts) != 0 {
		t.Errorf("%v, %+v", err, ex.Facts.Attempts)
	}
}

func TestModelsOfAVirtualKey(t *testing.T) {
	a := leaf("a", none)
	a.Target.Models = []string{"other"}
	r := newRig(t, map[string][]reply{"a": {text("A")}, "b": {text("B")}})
	ex := exchange(t, fallback(nil, a, leaf("b", none)))
	if got, err := r.run(context.Background(), ex); got != "B" || len(ex.Facts.Attempts) != 1 {
		t.Errorf("%q, %v, %+v", got, err, ex.Facts.Attempts)
	}
	ex = exchange(t, a)
	_, err := r.run(context.Background(), ex)
	if e := gateway.AsError(err); e.HTTPStatus() != 412 || e.WireType() != "model_not_allowed_error" || len(ex.Facts.Attempts) != 0 {
		t.Errorf("%+v", e)
	}
}

func TestTargetsParameters(t *testing.T) {
	r := newRig(t, map[string][]reply{"a": {status(500)}, "b": {text("B")}})
	a, b := leaf("a", none), leaf("b", none)
	a.Target.Model = "model-of-a"
	b.Target.Override = []byte(`{"model":"model-of-b"}`)
	if _, err := r.run(context.Background(), exchange(t, fallback(nil, a, b))); err != nil {
		t.Fatal(err)
	}
	if r.up.models[0] != "model-of-a" || r.up.models[1] != "model-of-b" {
		t.Errorf("models sent: %v", r.up.models)
	}
}
