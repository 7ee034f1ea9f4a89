package telemetry_test

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"go.opentelemetry.io/otel/codes"

	"github.com/sluicegate/sluice/gateway"
	"github.com/sluicegate/sluice/telemetry"
)

// stages makes the stages of an exchange of a second. Each works for 10 ms on the way in; redact
// for another 20 ms on the way out.
func stages(failed ...string) []telemetry.Stage {
	var out []telemetry.Stage
	for i, name := range []string{"envelope", "authenticate", "redact", "guard", "cache", "router"} {
		st := telemetry.Stage{Name: name, Start: time.Duration(i) * 10 * time.Millisecond, Self: 10 * time.Millisecond}
		st.Incl = time.Second - 2*st.Start
		if name == "redact" {
			st.Self += 20 * time.Millisecond
		}
		if name == "router" {
			st.Self = 900 * time.Millisecond
		}
		for _, f := range failed {
			st.Failed = st.Failed || f == name
		}
		out = append(out, st)
	}
	return out
}

// describe lists spans as "name start+duration", with "!" for those that failed.
func describe(spans []telemetry.Span) string {
	var out []string
	for _, s := range spans {
		line := fmt.Sprintf("%s %d+%d", s.Name, s.Start.Milliseconds(), s.Duration.Milliseconds())
		if s.Status == codes.Error {
			line += "!"
		}
		out = append(out, line)
	}
	return strings.Join(out, "\n")
}

// TestSpansOfStages: a stage's span is its own work, the provider's time is the attempt's alone,
// pauses are spans, and only what failed is marked.
func TestSpansOfStages(t *testing.T) {
	ms := time.Millisecond
	overloaded := &telemetry.Failure{Kind: gateway.Upstream.String(), Message: "Overloaded."}
	denied := &telemetry.Failure{Kind: gateway.Denied.String(), Message: "Denied."}
	for _, c := range []struct {
		name string
		r    telemetry.Record
		want string
	}{
		{"retried", telemetry.Record{Status: 200, Stages: stages(), Attempts: []telemetry.Attempt{
			{Start: 60 * ms, Duration: 100 * ms, Wait: 300 * ms, Status: 503, Error: overloaded},
			{Start: 460 * ms, Duration: 400 * ms, Status: 200}}},
			`GET /x 0+1000
authenticate 10+10
redact 20+10
guard 30+10
cache 40+10
router 50+10
chat m 60+800
POST 60+100!
pause 160+300
POST 460+400
redact answer 860+20`},
		{"denied before", telemetry.Record{Status: 446, Outcome: telemetry.OutcomeDenied, Error: denied, Stages: stages("authenticate", "redact", "guard")[:4],
			Guardrails: []telemetry.Guardrail{{ID: "g", Deny: true, Start: 32 * ms, Duration: 5 * ms}}},
			`GET /x 0+1000
authenticate 10+10
redact 20+10
guard 30+10!
redact answer 40+20
guardrail g 32+5!`},
		{"denied afterwards", telemetry.Record{Status: 446, Outcome: telemetry.OutcomeDenied, Error: denied, Stages: stages("authenticate", "redact", "guard", "cache", "router"),
			Attempts:   []telemetry.Attempt{{Start: 60 * ms, Duration: 800 * ms, Status: 200, Error: denied}},
			Guardrails: []telemetry.Guardrail{{ID: "g", Deny: true, Output: true, Start: 870 * ms, Duration: 20 * ms}}},
			`GET /x 0+1000
authenticate 10+10
redact 20+10
guard 30+10
cache 40+10
router 50+10
chat m 60+830
POST 60+800
redact answer 890+20
guardrail g 870+20!`},
		{"a broken stream", telemetry.Record{Status: 200, Stream: true, Outcome: telemetry.OutcomeProviderError, Error: overloaded, Stages: stages()[:2],
			Attempts: []telemetry.Attempt{{Start: 60 * ms, Duration: 940 * ms, Status: 200, Error: overloaded}}},
			`GET /x 0+1000!
authenticate 10+50
chat m 60+940!
POST 60+940!`},
	} {
		r := c.r
		r.Trace, r.Latency, r.Method, r.Route, r.Op, r.Model = gateway.NewTrace(), time.Second, "GET", "/x", "chat", "m"
		if got := describe(r.Spans()); got != c.want {
			t.Errorf("%s:\n%s", c.name, got)
		}
	}
}

// TestSpanAttributes: address and port, parameters, and what only a stream has.
func TestSpanAttributes(t *testing.T) {
	r := telemetry.Record{Trace: gateway.NewTrace(), Latency: time.Second, Op: "chat", Model: "m", FirstByte: -1,
		Parameters: []telemetry.Pair{{Key: "max_tokens", Value: "100"}, {Key: "temperature", Value: "1"}},
		Attempts:   []telemetry.Attempt{{Host: "api.example.com:8443", FirstChunk: time.Millisecond, Duration: time.Millisecond}}}
	attributes := func() string {
		var b strings.Builder
		for _, s := range r.Spans() {
			for _, a := range s.Attributes {
				fmt.Fprintf(&b, "%s=%v ", a.Key, a.Value.AsInterface())
			}
		}
		return b.String()
	}
	unary := attributes()
	r.Stream, r.FirstByte, r.Attempts[0].Chunks, r.Attempts[0].LongestGap = true, time.Millisecond, 7, 3*time.Millisecond
	stream := attributes()
	for _, want := range []string{"server.address=api.example.com ", "server.port=8443 ", "gen_ai.request.max_tokens=100 ", "gen_ai.request.temperature=1 "} {
		if !strings.Contains(unary, want) {
			t.Errorf("no %q in %s", want, unary)
		}
	}
	for _, want := range []string{"gen_ai.response.time_to_first_chunk=", "sluice.stream.chunks=7 ", "sluice.stream.longest_gap_us=3000 "} {
		if strings.Contains(unary, want) || !strings.Contains(stream, want) {
			t.Errorf("%q belongs to streams only:\n%s\n%s", want, unary, stream)
		}
	}
}
