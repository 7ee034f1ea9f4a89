package analytics

import (
	"context"
	"time"

	"github.com/sluicegate/sluice/internal/httpapi/admin/action"
	"github.com/sluicegate/sluice/telemetry"
)

type cacheSummaryResponse struct {
	Object   string              `json:"object"` // "analytics-summary"
	Summary  cacheSummary        `json:"summary"`
	Previous *cacheSummaryBefore `json:"previous,omitempty"` // of the same length before, with compare=previous
}

type cacheSummaryBefore struct {
	Since   time.Time    `json:"since"`
	Until   time.Time    `json:"until"`
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
	out := cacheSummaryResponse{Object: "analytics-summary"}
	if out.Summary, err = a.sumUpCache(ctx, q, q.AnalyticsQuery); err != nil {
		return err
	}
	if q.compare {
		before := q.AnalyticsQuery.Previous()
		out.Previous = &cacheSummaryBefore{Since: before.Since, Until: before.Until}
		if out.Previous.Summary, err = a.sumUpCache(ctx, q, before); err != nil {
			return err
		}
	}
	r.Reply = out
	return nil
}

func (a resource) sumUpCache(ctx context.Context, q *question, about telemetry.AnalyticsQuery) (cacheSummary, error) {
	rows, err := a.ask(ctx, q, about)
	if err != nil {
		return cacheSummary{}, err
	}
	hit, other := split(rows)
	out := cacheSummary{Hits: hit.Calls, Latency: millis(hit.Latency.Mean()), Total: hit.Calls + other.Calls}
	if slow := other.Latency.Mean(); slow > 0 && hit.Calls > 0 {
		out.Speedup = 100 * (1 - float64(hit.Latency.Mean())/float64(slow))
	}
	return out, nil
}
