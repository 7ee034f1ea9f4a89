package analytics

import (
	"context"
	"time"

	"github.com/sluicegate/sluice/internal/httpapi/admin/action"
	"github.com/sluicegate/sluice/telemetry"
)

type sumsResponse struct {
	Object   string      `json:"object"`
	Since    time.Time   `json:"since"`
	Until    time.Time   `json:"until"`
	Interval int64       `json:"interval_seconds"` // 0: not divided by time
	GroupBy  string      `json:"group_by,omitempty"`
	Data     []sumRow    `json:"data"`
	Previous *periodSums `json:"previous,omitempty"` // of the same length before, with compare=previous
}

type periodSums struct {
	Since time.Time `json:"since"`
	Until time.Time `json:"until"`
	Data  []sumRow  `json:"data"`
}

// sumRow is the sum over the exchanges of one group in one interval. Intervals without any have no row.
type sumRow struct {
	Timestamp *time.Time `json:"timestamp,omitempty"` // the beginning of the interval
	Value     *string    `json:"value,omitempty"`     // of the dimension
	Name      string     `json:"name,omitempty"`      // of a member, a team, an API key or a prompt

	Calls      int64      `json:"calls"`
	Errors     int64      `json:"errors"`
	CacheHits  int64      `json:"cache_hits"`
	Rescued    int64      `json:"rescued"` // by a retry or a fallback
	Users      int64      `json:"users"`   // different values of the metadata key _user
	Input      int64      `json:"input_tokens"`
	Output     int64      `json:"output_tokens"`
	Cost       action.USD `json:"cost_usd"`  // what vendors bill
	Price      action.USD `json:"price_usd"` // what the caller pays
	Saved      action.USD `json:"saved_usd"` // by the cache
	Unpriced   int64      `json:"unpriced_calls"`
	Latency    timesOf    `json:"latency_ms"`
	FirstChunk timesOf    `json:"ttft_ms"` // of streams
	LastSeen   time.Time  `json:"last_seen"`
}

// timesOf describes times in milliseconds.
type timesOf struct {
	Count int64   `json:"count"`
	Mean  float64 `json:"mean"`
	P50   float64 `json:"p50"`
	P90   float64 `json:"p90"`
	P95   float64 `json:"p95"`
	P99   float64 `json:"p99"`
}

func millis(d time.Duration) float64 { return float64(d.Microseconds()) / 1000 }

func timesIn(d *telemetry.Distribution) timesOf {
	return timesOf{d.Count, millis(d.Mean()), millis(d.P50), millis(d.P90), millis(d.P95), millis(d.P99)}
}

// sums answers everything that is summed up, by time and one dimension.
func (a resource) sums(ctx context.Context, r *action.Request) error {
	q, err := a.read(ctx, r, noInterval, func(p *action.Query, q *question) {
		q.GroupBy, q.Latencies, q.Users = telemetry.Dimension(p.Text("group_by")), true, true
	})
	if err != nil {
		return err
	}
	out := sumsResponse{Object: "analytics", Since: q.Since, Until: q.Until, Interval: int64(q.Interval / time.Second), GroupBy: string(q.GroupBy)}
	if out.Data, err = a.sumRows(ctx, q, q.AnalyticsQuery); err != nil {
		return err
	}
	if q.compare {
		before := q.AnalyticsQuery.Previous()
		out.Previous = &periodSums{Since: before.Since, Until: before.Until}
		if out.Previous.Data, err = a.sumRows(ctx, q, before); err != nil {
			return err
		}
	}
	r.Reply = out
	return nil
}

func (a resource) sumRows(ctx context.Context, q *question, about telemetry.AnalyticsQuery) ([]sumRow, error) {
	rows, err := a.ask(ctx, q, about)
	out := make([]sumRow, len(rows))
	for i := range rows {
		row := &rows[i]
		out[i] = sumRow{Name: row.Name, Calls: row.Calls, Errors: row.Errors, CacheHits: row.Hits, Rescued: row.Rescued, Users: row.Users, Input: row.Input, Output: row.Output,
			Cost: action.USD(row.Cost), Price: action.USD(row.Charged), Saved: action.USD(row.Saved), Unpriced: row.Unpriced,
			Latency: timesIn(&row.Latency), FirstChunk: timesIn(&row.FirstChunk), LastSeen: row.Last}
		if about.Interval > 0 {
			out[i].Timestamp = &row.Bucket
		}
		if about.GroupBy != "" {
			out[i].Value = &row.Value
		}
	}
	return out, err
}
