package recorder_test

import (
	"testing"

	"github.com/sluicegate/sluice/telemetry/recorder"
	"github.com/sluicegate/sluice/telemetry/telemetrytest"
)

// TestSent: the body of the upstream call is recorded cleansed, where it is not the request, and
// only where bodies are.
func TestSent(t *testing.T) {
	for _, c := range []struct {
		name, sent, want     string
		noBodies, asReceived bool
	}{
		{name: "no call", want: ""},
		{name: "another body", sent: `{"model":"x","to":"` + canary + `"}`, want: `{"model":"x","to":"[EMAIL]"}`},
		{name: "the request", sent: chat, asReceived: true},
		{name: "no JSON", sent: "--boundary " + canary, want: `"--boundary [EMAIL]"`},
		{name: "bodies are not kept", sent: `{"model":"x"}`, noBodies: true},
	} {
		t.Run(c.name, func(t *testing.T) {
			sink := &telemetrytest.Sink{}
			r := start(t, recorder.Config{Writer: sink})
			ex := exchange(chat)
			ex.Envelope.KeepBodies = !c.noBodies
			if c.sent != "" {
				ex.Facts.Sent = []byte(c.sent)
			}
			_ = answer(r, ex, nil, body("x"))
			_ = r.Close(t.Context())
			if rec := sink.Records()[0]; string(rec.Sent) != c.want || rec.SentRequest != c.asReceived {
				t.Errorf("%s, %v", rec.Sent, rec.SentRequest)
			}
		})
	}
}
