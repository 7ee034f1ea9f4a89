package app

import (
	"context"
	"errors"
	"log/slog"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/sluicegate/sluice/cache"
	"github.com/sluicegate/sluice/gateway/billing/alert"
	"github.com/sluicegate/sluice/gateway/breaker"
	"github.com/sluicegate/sluice/gateway/catalog/refresh"
	"github.com/sluicegate/sluice/internal/app/metrics"
	"github.com/sluicegate/sluice/telemetry"
	"github.com/sluicegate/sluice/telemetry/audit"
	"github.com/sluicegate/sluice/telemetry/foreign"
	"github.com/sluicegate/sluice/telemetry/prom"
	"github.com/sluicegate/sluice/telemetry/recorder"
	"github.com/sluicegate/sluice/telemetry/spool"
	"github.com/sluicegate/sluice/telemetry/telemetrytest"
	"github.com/sluicegate/sluice/telemetry/unidentified"
)

// TestFailingWritesAreTold: readiness, warnings and gauges tell of writes that fail. The instance
// stays ready while rows are safe, or may be soon.
func TestFailingWritesAreTold(t *testing.T) {
	const nowhere, spooled = "Telemetry and audit events can be written neither", "The telemetry store takes no rows. 7 bytes wait"
	for _, tc := range []struct {
		name     string
		write    bool    // writes work
		failing  float64 // seconds that neither store nor spool took rows
		store    float64 // seconds that the store took none
		ready    bool
		warnings []string
	}{
		{name: "all is well", write: true, ready: true},
		{name: "the store is away", write: true, store: 3, ready: true, warnings: []string{spooled}},
		{name: "nothing was written for a moment", failing: 1, ready: true, warnings: []string{nowhere}},
		{name: "nothing is written", failing: 6, store: 9, warnings: []string{nowhere, spooled}},
	} {
		t.Run(tc.name, func(t *testing.T) {
			sink := &telemetrytest.Sink{Fail: func(int, *telemetry.Batch) error {
				if tc.write {
					return nil
				}
				return errors.New("away")
			}}
			r, err := recorder.New(recorder.Config{Writer: sink, Cleanse: func(s string) string { return s }})
			if err != nil {
				t.Fatal(err)
			}
			t.Cleanup(func() {
				ctx, cancel := context.WithCancel(context.Background())
				cancel()
				_ = r.Close(ctx) // what could not be written is lost
			})
			if err := r.Audit(t.Context(), audit.Event{Action: "test"}); (err == nil) != tc.write {
				t.Fatal(err)
			}
			p := &telemetryParts{recorder: unidentified.New(r, unidentified.Limits{}, slog.New(slog.DiscardHandler)), stats: metrics.Telemetry{
				Traffic:      prom.New(),
				Recorder:     func() recorder.Stats { return recorder.Stats{FailingSeconds: tc.failing} },
				Spool:        func() spool.Stats { return spool.Stats{FailingSeconds: tc.store, Bytes: 7} },
				Spans:        func() foreign.Stats { return foreign.Stats{} },
				Unidentified: func() uint64 { return 0 },
			}}
			if err := p.ready(); (err == nil) != tc.ready {
				t.Errorf("ready: %v", err)
			}
			got := p.warnings()
			for i, w := range tc.warnings {
				if i >= len(got) || !strings.HasPrefix(got[i], w) {
					t.Errorf("warnings %q", got)
				}
			}
			if len(got) != len(tc.warnings) {
				t.Errorf("warnings %q", got)
			}
			w := httptest.NewRecorder()
			metrics.Handler(metrics.Sources{Telemetry: p.stats, Cache: func() cache.Stats { return cache.Stats{} }, Alerts: func() alert.Stats { return alert.Stats{} }, Catalog: func() refresh.Status { return refresh.Status{} },
				Breakers: breaker.NewRegistry(nil), IntakeDropped: func(string) uint64 { return 0 }, LimitsLocally: func() bool { return false }}).ServeHTTP(w, httptest.NewRequest("GET", "/metrics", nil))
			for gauge, want := range map[string]float64{"write": tc.failing, "store": tc.store} {
				line := "\nsluice_" + gauge + "_failing_seconds " + string('0'+rune(want)) + "\n"
				if !strings.Contains(w.Body.String(), line) {
					t.Errorf("no %q in the metrics", line)
				}
			}
		})
	}
}
