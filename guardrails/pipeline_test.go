package guardrails

import (
	"context"
	"strings"
	"testing"

	"github.com/sluicegate/sluice/gateway"
)

// The three stages in their order: guards and upstream see placeholders only, the caller gets
// the originals, and the verdicts on request and answer are recorded.
func TestStagesTogether(t *testing.T) {
	s := New(Config{Key: []byte("k")})
	defer s.Close()
	ex := exchange(t, `{"messages":[{"role":"user","content":"I am alice@example.com"}],"user":"alice@example.com"}`, "email")
	noMail := spec("no-mail", true, `default.pii {}`)
	ex.Plan.Input = []gateway.GuardrailSpec{noMail}
	target := &gateway.Target{Path: "config", Output: []gateway.GuardrailSpec{noMail, spec("words", false, `contains {"words":["absent"]}`)}}
	var sent string
	provider := func(_ context.Context, ex *gateway.Exchange) (gateway.Stream, error) {
		sent = string(ex.Request.Raw)
		return gateway.Prime(gateway.Chunks(event(`[{"index":0,"delta":{"content":"Hello [EMA"}}]`), event(`[{"index":0,"delta":{"content":"IL_1]"},"finish_reason":"stop"}]`)))
	}
	one := s.TargetGuard().Wrap(provider)
	router := func(ctx context.Context, ex *gateway.Exchange) (gateway.Stream, error) {
		return one(ctx, ex.WithTarget(target, ex.Request))
	}
	out, err := gateway.Chain("end", router, s.Redact(), s.Guard())(context.Background(), ex)
	if err != nil {
		t.Fatal(err)
	}
	got, err := drain(t, out)
	if err != nil || got.Choices[0].Text() != "Hello alice@example.com" {
		t.Fatalf("%v %q", err, got.Choices[0].Text())
	}
	if strings.Contains(sent, "alice") || !strings.Contains(sent, "[EMAIL_1]") || !strings.Contains(sent, `"user":"pseudo_`) {
		t.Error(sent)
	}
	f := ex.Facts
	if len(f.Input) != 1 || !f.Input[0].Pass || len(f.Output) != 2 || !f.Output[0].Pass || f.Output[1].Action != gateway.ActionFlag {
		t.Errorf("%+v\n%+v", f.Input, f.Output)
	}
	if f.Answer.Choices[0].Text() != "Hello [EMAIL_1]" || f.Answer.Choices[0].Finish != "stop" {
		t.Errorf("%+v", f.Answer)
	}
}
