package recorder_test

import (
	"testing"
	"time"

	"github.com/sluicegate/sluice/gateway"
	"github.com/sluicegate/sluice/gateway/dialect/openai"
	"github.com/sluicegate/sluice/telemetry"
	"github.com/sluicegate/sluice/telemetry/recorder"
	"github.com/sluicegate/sluice/telemetry/telemetrytest"
)

// TestPromptCall: the row of a prompt call shows the rendered template.
func TestPromptCall(t *testing.T) {
	sink := &telemetrytest.Sink{}
	r := start(t, recorder.Config{Writer: sink})
	ex := exchange(`{"temperature":0.5}`)
	ex.Request.Prompt = &gateway.PromptCall{ID: "letter", Variables: []byte(`{"to":"` + canary + `"}`)}
	became, err := openai.NewRequest(gateway.OpChat, []byte(`{"model":"@vk/gpt-5","temperature":0.5,"stream":true,"messages":[{"role":"user","content":"Dear `+canary+`"}]}`))
	if err != nil {
		t.Fatal(err)
	}
	fact := &gateway.PromptFact{ID: "p1", Slug: "letter", Version: 2, Rendered: became}
	ex.Facts.Prompt = fact
	ex.Facts.Attempts = []gateway.Attempt{{Provider: "openai", Model: "gpt-5", Start: ex.Start, Duration: time.Millisecond}}
	_ = answer(r, ex, nil, body("x"))
	_ = r.Close(t.Context())
	rec := sink.Records()[0]
	want := `{"model":"@vk/gpt-5","temperature":0.5,"stream":true,"messages":[{"role":"user","content":"Dear [EMAIL]"}],"variables":{"to":"[EMAIL]"}}`
	if string(rec.Request) != want || rec.Model != "@vk/gpt-5" || !rec.Stream {
		t.Errorf("%s %v\n%s\n%s", rec.Model, rec.Stream, rec.Request, want)
	}
	if rec.Prompt.Slug != "letter" || rec.Prompt.Rendered != nil || fact.Rendered != became {
		t.Error("the record keeps the rendered request, or took it from others")
	}
	found := false
	for _, s := range rec.Spans() {
		found = found || s.Name == "chat @vk/gpt-5"
	}
	if !found {
		t.Error("the span does not name the model")
	}
}

// TestDroppedBodies: a row that lost its bodies keeps its model and operation.
func TestDroppedBodies(t *testing.T) {
	hold := make(chan struct{})
	sink := &telemetrytest.Sink{Fail: func(int, *telemetry.Batch) error { <-hold; return nil }}
	r := start(t, recorder.Config{Writer: sink, QueueBytes: 1})
	ex := exchange(chat)
	ex.Facts.Prompt = &gateway.PromptFact{Slug: "p", Rendered: ex.Request}
	_ = answer(r, ex, nil, body("x"))
	close(hold)
	_ = r.Close(t.Context())
	if rec := sink.Records()[0]; rec.Body != telemetry.BodyDropped || rec.Model != "gpt-5" || rec.Op != "chat" || rec.Request != nil || rec.Prompt.Slug != "p" {
		t.Fatalf("%+v", rec)
	}
}

// TestHosts: the address of an attempt is recorded, unless the caller chose it and it contains
// personal data.
func TestHosts(t *testing.T) {
	target := func(custom bool) *gateway.Target {
		return &gateway.Target{Path: "config", Provider: "openai", CustomHost: custom}
	}
	for _, c := range []struct {
		name, source, slug, header string
		custom, keep               bool
	}{
		{"a virtual key's", "request", "", "", false, true},
		{"an untrusted virtual key's", "request", "", "", true, true},
		{"a saved config's", "header", "prod", "", true, true},
		{"an inline config's", "header", "", "", true, false},
		{"an inline config in the body", "body", "", "", true, false},
		{"an inline config, a virtual key's host", "body", "", "", false, true},
		{"the header's", "request", "", "http://x", true, false},
	} {
		sink := &telemetrytest.Sink{}
		r := start(t, recorder.Config{Writer: sink})
		ex := exchange(chat)
		ex.Envelope.CustomHost = c.header
		ex.Facts.Plan = &gateway.Plan{Source: c.source, Slug: c.slug, Root: &gateway.Node{Mode: gateway.ModeFallback, Nodes: []*gateway.Node{{Target: target(c.custom)}}}}
		ex.Facts.Attempts = []gateway.Attempt{{Target: "config", Host: canary}}
		_ = answer(r, ex, nil, body("x"))
		_ = r.Close(t.Context())
		if got := sink.Records()[0].Attempts[0].Host; (got == canary) != c.keep {
			t.Errorf("%s: %s", c.name, got)
		}
	}
}
