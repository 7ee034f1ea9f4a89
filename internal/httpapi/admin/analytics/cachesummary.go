package analytics

import (
	"context"

	"github.com/sluicegate/sluice/internal/httpapi/admin/action"
	"github.com/sluicegate/sluice/telemetry"
)

type cacheSummaryResponse struct {
	Object  string       `json:"object"` // "analytics-summary"
	Summary cacheSummary `json:"summary"`
}

type cacheSummary struct {
	Hits    int64   `json:"hits"`
	Latency float64 `json:"avg_latency"` // of hits, milliseconds
	Total   int64   `json:"total_requests"`
	Speedup float64 `json:"cache_speedup"` // by which share hits are faster than other requests, per cent
}

func (a resource) cacheSummary(ctx context.Context, r *action.Request) error {
	q, err := a.read(ctx, r, "", nil)
	if err != nil {
		return err
	}
	q.GroupBy = telemetry.DimensionCache
	rows, err := a.ask(ctx, q, q.AnalyticsQuery)
	if err != nil {
		return err
	}
	hit, other := split(rows)
	out := cacheSummary{Hits: hit.Calls, Latency: millis(hit.Latency.Mean()), Total: hit.Calls + other.Calls}
	if slow := other.Latency.Mean(); slow > 0 && hit.Calls > 0 {
		out.Speedup = 100 * (1 - float64(hit.Latency.Mean())/float64(slow))
	}
	r.Reply = cacheSummaryResponse{Object: "analytics-summary", Summary: out}
	return nil
}
