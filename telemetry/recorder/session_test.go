package recorder_test

import (
	"net/http"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/sluicegate/sluice/gateway"
	"github.com/sluicegate/sluice/gateway/dialect/openai"
	"github.com/sluicegate/sluice/telemetry"
	"github.com/sluicegate/sluice/telemetry/recorder"
	"github.com/sluicegate/sluice/telemetry/telemetrytest"
)

// TestSessionAndTools: a row has the session that its caller named, without personal data, and the
// tools that the answer calls.
func TestSessionAndTools(t *testing.T) {
	sink := &telemetrytest.Sink{}
	r := start(t, recorder.Config{Writer: sink})
	for _, id := range []string{"s1", canary, ""} {
		ex := exchange(chat)
		ex.Envelope.Header = http.Header{}
		if id != "" {
			ex.Envelope.Header.Set("X-Sluice-Session-Id", id)
		}
		call := func(index int, name string) gateway.ToolDelta {
			return gateway.ToolDelta{Index: index, ID: "x", Name: name}
		}
		ex.Facts.Answer = &gateway.Response{}
		ex.Facts.Answer.Fold(gateway.Chunk{Dialect: openai.Dialect{}, Deltas: []gateway.Delta{{Tools: []gateway.ToolDelta{call(0, "Write"), call(1, "Bash"), call(2, "Write"), call(3, canary)}}}})
		r.Ended(ex, nil)
	}
	_ = r.Close(t.Context())
	rows := sink.Records()
	if rows[0].Session != "s1" || rows[0].SessionSource != gateway.SessionHeader {
		t.Errorf("%q from %q", rows[0].Session, rows[0].SessionSource)
	}
	if s := rows[1].Session; s == "" || s == canary || rows[1].SessionSource != gateway.SessionHeader {
		t.Errorf("personal data became %q", s)
	}
	if rows[2].Session != "" || rows[2].SessionSource != "" {
		t.Errorf("%q from %q", rows[2].Session, rows[2].SessionSource)
	}
	if d := cmp.Diff([]telemetry.ToolUse{{Name: "Bash", Calls: 1}, {Name: "Write", Calls: 2}, {Name: "[EMAIL]", Calls: 1}}, rows[0].Tools); d != "" {
		t.Error(d)
	}
}
