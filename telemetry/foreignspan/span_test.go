package foreignspan_test

import (
	"encoding/json"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"github.com/sluicegate/sluice/gateway"
	"github.com/sluicegate/sluice/telemetry/foreignspan"
	"github.com/sluicegate/sluice/telemetry/telemetrytest"
)

func TestSpanIsUnpackedAsItWas(t *testing.T) {
	for n := range 4 {
		want := telemetrytest.ForeignSpan("ws1", gateway.TraceIDFrom("x"), n)
		packed := want.Pack(nil)
		got, err := foreignspan.Unpack(packed)
		if d := cmp.Diff(want, got, cmpopts.EquateEmpty()); err != nil || d != "" {
			t.Fatal(err, d)
		}
		if _, err := foreignspan.Unpack(packed[:30]); err == nil {
			t.Error("a cut span was read")
		}
		if !json.Valid(want.JSON()) {
			t.Errorf("%s", want.JSON())
		}
	}
}

// TestGeneration reads what each family of instrumentations reports about the same call.
func TestGeneration(t *testing.T) {
	in, out := int64(11), int64(22)
	want := foreignspan.Generation{Model: "m", InputTokens: &in, OutputTokens: &out, Input: "ask", Output: "answer"}
	for name, s := range map[string]foreignspan.Span{
		"OpenTelemetry": {Attributes: []byte(`{"gen_ai.request.model":"m","gen_ai.response.model":"m-1","gen_ai.usage.input_tokens":11,"gen_ai.usage.output_tokens":22,"gen_ai.input.messages":"ask","gen_ai.output.messages":"answer"}`)},
		"in events":     {Attributes: []byte(`{"gen_ai.request.model":"m","gen_ai.usage.prompt_tokens":"11","gen_ai.usage.completion_tokens":22}`), Events: []byte(`[{"name":"a"},{"name":"gen_ai.content.prompt","attributes":{"gen_ai.prompt":"ask"}},{"name":"gen_ai.content.completion","attributes":{"gen_ai.completion":"answer"}}]`)},
		"OpenInference": {Attributes: []byte(`{"llm.model_name":"m","llm.token_count.prompt":11,"llm.token_count.completion":22,"input.value":"ask","output.value":"answer"}`)},
		"messages":      {Attributes: []byte(`{"llm.model_name":"m","llm.token_count.prompt":11,"llm.token_count.completion":22,"llm.input_messages.0.message.content":"be kind","llm.input_messages.10.message.content":"ask","llm.input_messages.2.message.content":"no","llm.output_messages.0.message.content":"answer"}`)},
		"Langfuse":      {Attributes: []byte(`{"langfuse.observation.model.name":"m","langfuse.observation.usage_details":"{\"input\":11,\"output\":22}","langfuse.observation.input":"ask","langfuse.observation.output":"answer"}`)},
		"Traceloop":     {Attributes: []byte(`{"gen_ai.request.model":"m","gen_ai.usage.prompt_tokens":11,"gen_ai.usage.completion_tokens":22,"gen_ai.prompt.0.role":"user","gen_ai.prompt.0.content":"ask","gen_ai.completion.0.content":"answer"}`)},
	} {
		if d := cmp.Diff(want, s.Generation()); d != "" {
			t.Errorf("%s: %s", name, d)
		}
	}
}

// TestTraceIsBounded: a look-up ends at its bounds and says so.
func TestTraceIsBounded(t *testing.T) {
	var byCount, byBytes foreignspan.Trace
	id := gateway.TraceIDFrom("x")
	for n := range foreignspan.MaxSpans {
		if !byCount.Add(telemetrytest.ForeignSpan("ws1", id, n)) {
			t.Fatal(n)
		}
	}
	if !byCount.Add(telemetrytest.ForeignSpan("ws1", id, 7)) || byCount.Cut {
		t.Error("a repeated span takes no place")
	}
	if byCount.Add(telemetrytest.ForeignSpan("ws1", id, foreignspan.MaxSpans)) || !byCount.Cut {
		t.Error("one span more fits")
	}
	for n := range 9 {
		s := telemetrytest.ForeignSpan("ws1", id, n)
		s.Attributes = make([]byte, foreignspan.MaxBytes/8)
		if got := byBytes.Add(s); got != (n < 7) {
			t.Fatal(n, got)
		}
	}
	if !byBytes.Cut {
		t.Error("not told")
	}
}
