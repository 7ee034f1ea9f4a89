package telemetry_test

import (
	"testing"
	"time"

	"github.com/sluicegate/sluice/gateway"
	"github.com/sluicegate/sluice/telemetry"
)

// TestGuardrailsHangOnWhatTheyJudged: the span of a guardrail on the request stands below the
// stage guard, that of one on an answer or on one target's request below the call of the model.
func TestGuardrailsHangOnWhatTheyJudged(t *testing.T) {
	at := 35 * time.Millisecond
	for _, tc := range []struct {
		name      string
		guardrail telemetry.Guardrail
		parent    string
	}{
		{"the request", telemetry.Guardrail{ID: "g", Start: at}, "guard"},
		{"what one target gets", telemetry.Guardrail{ID: "g", Start: at, Target: "config"}, "chat m"},
		{"the answer", telemetry.Guardrail{ID: "g", Start: at, Output: true}, "chat m"},
	} {
		r := telemetry.Record{Trace: gateway.NewTrace(), Latency: time.Second, Op: "chat", Model: "m", Stages: stages(),
			Attempts: []telemetry.Attempt{{Start: 60 * time.Millisecond, Duration: time.Millisecond}}, Guardrails: []telemetry.Guardrail{tc.guardrail}}
		names, got := map[gateway.SpanID]string{}, ""
		for _, s := range r.Spans() {
			names[s.ID] = s.Name
			if s.Name == "guardrail g" {
				got = names[s.Parent]
			}
		}
		if got != tc.parent {
			t.Errorf("%s: below %q, want %q", tc.name, got, tc.parent)
		}
	}
}
