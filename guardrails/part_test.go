package guardrails

import (
	"context"
	"errors"
	"strings"
	"testing"

	"github.com/sluicegate/sluice/gateway"
	"github.com/sluicegate/sluice/gateway/dialect/opaque"
	"github.com/sluicegate/sluice/gateway/gatewaytest"
	"github.com/sluicegate/sluice/guardrails/checks"
)

// calls is the body of a request whose calls pass the filters once the request is sent.
type calls struct {
	texts   []string
	filters []gateway.PartFilter
	sent    []string
	refused error
}

func (c *calls) Filter(f gateway.PartFilter) error {
	c.filters = append(c.filters, f)
	return nil
}

func (c *calls) Refused() error { return c.refused }

// send is the vendor, which gets calls until one is refused. The filters run in another goroutine, as
// those of a body do.
func (c *calls) send(t *testing.T) gateway.Handler {
	return func(context.Context, *gateway.Exchange) (gateway.Stream, error) {
		done := make(chan struct{})
		go func() {
			defer close(done)
			for i, text := range c.texts {
				around, err := gateway.NewRequest(opaque.Dialect{Free: true}, gateway.OpPassThrough, []byte(`{"custom_id":"a"}`))
				if err != nil {
					t.Error(err)
				}
				call := gateway.BodyPart{Place: "line " + string(rune('1'+i)) + " of the file", Around: around,
					Request: gatewaytest.Request(t, `{"model":"m","messages":[{"role":"user","content":"`+text+`"}]}`)}
				for _, f := range c.filters {
					if call, c.refused = f.Apply(call); c.refused != nil {
						return
					}
				}
				c.sent = append(c.sent, string(call.Request.Raw))
			}
		}()
		<-done
		return gateway.Chunks(), nil // a vendor that has not noticed that the body broke off
	}
}

// uploading is an exchange that brings the file of a batch.
func uploading(t *testing.T, body *calls) *gateway.Exchange {
	t.Helper()
	req, err := gateway.NewRequest(opaque.Dialect{Free: true}, gateway.OpPassThrough, []byte("{}"))
	if err != nil {
		t.Fatal(err)
	}
	req.Pass = &gateway.PassThrough{Method: "POST", Body: &gateway.PassedBody{Length: 10, Parts: body}}
	return gatewaytest.Exchange(t, "", gatewaytest.WithRequest(req), gatewaytest.WithPlan(gatewaytest.Plan(&gateway.Target{Path: "config"})))
}

// TestBatchStages: redaction, the guardrails of the plan and those of the target read each call in this
// order. A verdict is that on the worst call, and names it; a denial ends the call whatever the vendor says.
func TestBatchStages(t *testing.T) {
	for name, c := range map[string]struct {
		texts  []string
		sent   int
		denied string // a part of the error
		input  gateway.Action
		why    string // a part of the explanation
	}{
		"good":          {texts: []string{"a", "b"}, sent: 2},
		"redacted":      {texts: []string{"a@example.com", "b@example.com and a@example.com"}, sent: 2},
		"flagged":       {texts: []string{"a", "odd", "b", "odd"}, sent: 4, input: gateway.ActionFlag, why: "In line 2 of the file"},
		"denied":        {texts: []string{"odd", "geheim", "b"}, sent: 1, denied: "'secret'", input: gateway.ActionDeny, why: "In line 2 of the file"},
		"by the target": {texts: []string{"a", "foreign"}, sent: 1, denied: "'target'"},
	} {
		s := New(Config{Key: []byte("k")})
		defer s.Close()
		body := &calls{texts: c.texts}
		ex := uploading(t, body)
		ex.Plan.Redact.Input = []string{"email"}
		ex.Plan.Input = []gateway.GuardrailSpec{spec("no-mail", true, `default.pii {"entities":["email"]}`), spec("odd", false, `default.contains {"words":["odd"],"operator":"none"}`), spec("secret", true, noSecret)}
		target := &gateway.Target{Path: "config", Input: []gateway.GuardrailSpec{spec("target", true, `default.contains {"words":["foreign"],"operator":"none"}`)}}
		one := s.TargetGuard().Wrap(body.send(t))
		router := func(ctx context.Context, ex *gateway.Exchange) (gateway.Stream, error) {
			return one(ctx, ex.WithTarget(target, ex.Request))
		}
		st, err := gateway.Chain("end", router, s.Redact(), s.Guard())(t.Context(), ex)
		if st != nil {
			_ = st.Close()
		}
		if e := gateway.AsError(err); (err == nil) != (c.denied == "") || e != nil && (e.Kind != gateway.Denied || !strings.Contains(e.Public, c.denied)) {
			t.Errorf("%s: %v", name, err)
		}
		if len(body.sent) != c.sent || strings.Contains(strings.Join(body.sent, ""), "example.com") || ex.Request.Pass.Body.Length != -1 {
			t.Errorf("%s: sent %q", name, body.sent)
		}
		worst := gateway.ActionAllow
		var why string
		for _, v := range ex.Facts.Input {
			if v.Action > worst {
				worst, why = v.Action, v.Checks[0].Explanation
			}
		}
		if len(ex.Facts.Input) != 3 || worst != c.input || !strings.Contains(why, c.why) || len(ex.Facts.Output) != 1 || (ex.Facts.Output[0].Action == gateway.ActionDeny) != (c.denied == "'target'") {
			t.Errorf("%s: %+v\n%+v", name, ex.Facts.Input, ex.Facts.Output)
		}
		if hits := ex.Facts.Redacted; name == "redacted" && (len(hits) != 1 || hits[0].Count != 3) {
			t.Errorf("%s: %+v", name, hits)
		}
	}
}

// TestBatchFailsClosed: a check that errs, or a detector that nobody knows, denies a call of a batch.
func TestBatchFailsClosed(t *testing.T) {
	s := New(Config{Timeout: testTimeout})
	defer s.Close()
	s.table = append(s.table, row("test.fails", true, func(_ context.Context, c checks.Content) (checks.Result, error) {
		if len(c.Parts) > 0 {
			return checks.Result{}, errors.New("geheim")
		}
		return checks.Result{Pass: true}, nil
	}))
	body := &calls{texts: []string{"a"}}
	ex := uploading(t, body)
	ex.Plan.Input = []gateway.GuardrailSpec{spec("fails", false, `test.fails {}`)}
	_, err := s.Guard().Wrap(body.send(t))(t.Context(), ex)
	if e := gateway.AsError(err); e == nil || e.Kind != gateway.Denied || len(body.sent) > 0 || strings.Contains(e.Public, "geheim") {
		t.Errorf("%v, %q", err, body.sent)
	}
	ctx, cancel := context.WithCancel(t.Context())
	j := &partJudge{service: s, specs: ex.Plan.Input, verdicts: make([]gateway.Verdict, 1)}
	f := j.filter(ctx)
	cancel()
	around := uploading(t, body).Request
	if _, err := f.Apply(gateway.BodyPart{Place: "line 1 of the file", Around: around}); gateway.AsError(err) == nil || gateway.AsError(err).Kind != gateway.Cancelled {
		t.Errorf("the caller has left: %v", err)
	}
}

// TestBatchOrigin: a batch begins where the policies that apply have read its file, whatever else has.
func TestBatchOrigin(t *testing.T) {
	s := New(Config{})
	defer s.Close()
	words, others := spec("words", true, noSecret), spec("words", true, `default.contains {"words":["x"],"operator":"none"}`)
	judged := func(entities []string, specs ...gateway.GuardrailSpec) []string {
		r := &partRedactor{service: s, entities: entities}
		j := &partJudge{service: s, specs: specs}
		return append(r.filter(t.Context()).By, j.filter(t.Context()).By...)
	}
	for name, c := range map[string]struct {
		origin *gateway.BatchOrigin
		begins bool
	}{
		"in the body":        {nil, true},
		"by the same":        {&gateway.BatchOrigin{Judged: judged([]string{"email"}, words)}, true},
		"by more":            {&gateway.BatchOrigin{Judged: judged([]string{"card", "email"}, others, words)}, true},
		"by nobody":          {&gateway.BatchOrigin{}, false},
		"without redaction":  {&gateway.BatchOrigin{Judged: judged(nil, words)}, false},
		"by another version": {&gateway.BatchOrigin{Judged: judged([]string{"email"}, others)}, false},
		"elsewhere":          {&gateway.BatchOrigin{Judged: judged([]string{"email"}, words), Unread: "It is elsewhere."}, false},
	} {
		ex := uploading(t, &calls{})
		ex.Request.Pass.Body, ex.Request.Pass.Origin = nil, c.origin
		ex.Plan.Redact.Input, ex.Plan.Input = []string{"email"}, []gateway.GuardrailSpec{words}
		went := false
		_, err := gateway.Chain("end", func(context.Context, *gateway.Exchange) (gateway.Stream, error) {
			went = true
			return gateway.Chunks(), nil
		}, s.Redact(), s.Guard())(t.Context(), ex)
		if (err == nil) != c.begins || went != c.begins || err != nil && gateway.AsError(err).Code != "batch_not_judged" {
			t.Errorf("%s: %v", name, err)
		}
	}
}
