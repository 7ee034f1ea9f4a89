package metrics

import (
	"time"

	"github.com/sluicegate/sluice/telemetry/prom"
)

// Background is work that is done again and again and that nobody waits for.
type Background struct {
	Name         string               // of its metrics
	SinceSuccess func() time.Duration // or since it is tried
	Failures     func() uint64        // nil: others count them
}

func backgroundMetrics(m *prom.Metrics, all []Background) {
	for _, work := range all {
		m.Gauge(work.Name+"_last_success_seconds", "How long ago this work of the background last succeeded, or since when it has been tried.", func() float64 { return work.SinceSuccess().Seconds() })
		if work.Failures != nil {
			m.Counter(work.Name+"_failures_total", "Tries of this work that failed; they are made again.", nil, work.Failures)
		}
	}
}
