package recorder_test

import (
	"context"
	"strings"
	"testing"

	"github.com/sluicegate/sluice/telemetry"
	"github.com/sluicegate/sluice/telemetry/recorder"
	"github.com/sluicegate/sluice/telemetry/telemetrytest"
)

type discard struct{ telemetrytest.Sink }

func (*discard) Write(context.Context, *telemetry.Batch) error { return nil }

// BenchmarkEnded measures an exchange without the store: queue, record, cleansing with a detector
// that finds nothing, audit chain.
func BenchmarkEnded(b *testing.B) {
	r, err := recorder.New(recorder.Config{Writer: &discard{}, Cleanse: func(s string) string { return s }})
	if err != nil {
		b.Fatal(err)
	}
	ex := exchange(`{"model":"gpt-5","messages":[{"role":"user","content":"` + strings.Repeat("The quick brown fox. ", 45) + `"}]}`)
	ex.Facts.RedactedRequest = ex.Request
	b.ReportAllocs()
	for b.Loop() {
		r.Ended(ex, nil)
	}
	b.StopTimer()
	if err := r.Close(context.Background()); err != nil {
		b.Fatal(err)
	}
}
