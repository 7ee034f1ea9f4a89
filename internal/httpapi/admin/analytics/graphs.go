package analytics

import (
	"strconv"
	"time"

	"github.com/sluicegate/sluice/gateway"
	"github.com/sluicegate/sluice/telemetry"
)

// cents is an amount in nano-USD. In JSON it is a number of cents.
type cents int64

// MarshalJSON writes an exact decimal.
func (c cents) MarshalJSON() ([]byte, error) { return []byte(gateway.FormatUSD(int64(c) * 100)), nil }

// The summaries and data points of graphs, by Portkey's names.
type (
	total struct {
		Total int64 `json:"total"`
	}
	totalAt struct {
		Timestamp time.Time `json:"timestamp"`
		Total     int64     `json:"total"`
	}
	money struct {
		Total cents `json:"total"`
		Avg   cents `json:"avg"` // of a request
	}
	moneyAt struct {
		Timestamp time.Time `json:"timestamp"`
		money
	}
	latency struct {
		Avg float64 `json:"avg"`
		P50 float64 `json:"p50"`
		P90 float64 `json:"p90"`
		P95 float64 `json:"p95"`
		P99 float64 `json:"p99"`
	}
	latencyAt struct {
		Timestamp time.Time `json:"timestamp"`
		latency
	}
	tokens struct {
		Total  int64   `json:"total"`
		Avg    float64 `json:"avg"` // of a request
		Input  int64   `json:"input"`
		Output int64   `json:"output"`
	}
	tokensAt struct {
		Timestamp time.Time `json:"timestamp"`
		tokens
	}
	perUser struct {
		Total  int64   `json:"total"`
		Unique int64   `json:"unique"`
		Avg    float64 `json:"avg"`
	}
	averageAt struct {
		Timestamp time.Time `json:"timestamp"`
		Avg       float64   `json:"avg"`
	}
	rate struct {
		Rate float64 `json:"rate"` // per cent
	}
	rateAt struct {
		Timestamp time.Time `json:"timestamp"`
		rate
	}
	statusCount struct {
		Status int   `json:"response_status_code"`
		Count  int64 `json:"count"`
	}
	stackAt struct {
		Timestamp time.Time     `json:"timestamp"`
		Stats     []statusCount `json:"stats"`
	}
	errorCodes struct {
		Total  int64 `json:"total_errors"`
		Unique int   `json:"unique_error_codes"`
	}
	codeCount struct {
		Status int   `json:"status_code"`
		Count  int64 `json:"count"`
	}
	rescued struct {
		Retry    int64 `json:"retry"`
		Fallback int64 `json:"fallback"`
	}
	retryCount struct {
		Retry int   `json:"retry_success_count"` // which retry succeeded
		Count int64 `json:"count"`
	}
	rescuedAt struct {
		Timestamp time.Time    `json:"timestamp"`
		Retry     []retryCount `json:"retry"`
		Fallback  int64        `json:"fallback"`
	}
	hitRate struct {
		Total int64   `json:"total"`
		Rate  float64 `json:"rate"` // per cent
	}
	hitsAt struct {
		Timestamp     time.Time `json:"timestamp"`
		Simple        int64     `json:"simple_hits"`
		Semantic      int64     `json:"semantic_hits"`
		Rate          float64   `json:"rate"` // per cent
		SimpleSaved   cents     `json:"cumulative_simple_cache_savings"`
		SemanticSaved cents     `json:"cumulative_semantic_cache_savings"`
	}
	nothing struct{}
)

// graphs is the table of all graphs.
var graphs = []graph{
	{path: "requests", about: "how many requests there were", summary: sumUp(func(s telemetry.AnalyticsRow) any { return total{s.Calls} }),
		points: byTime(func(t time.Time, s telemetry.AnalyticsRow) totalAt { return totalAt{t, s.Calls} })},
	{path: "cost", about: "what requests cost", summary: sumUp(func(s telemetry.AnalyticsRow) any { return moneyOf(&s) }),
		points: byTime(func(t time.Time, s telemetry.AnalyticsRow) moneyAt { return moneyAt{t, moneyOf(&s)} })},
	{path: "latency", about: "how long requests took", latencies: true, summary: sumUp(func(s telemetry.AnalyticsRow) any { return latencyOf(&s) }),
		points: byTime(func(t time.Time, s telemetry.AnalyticsRow) latencyAt { return latencyAt{t, latencyOf(&s)} })},
	{path: "tokens", about: "how many tokens requests used", summary: sumUp(func(s telemetry.AnalyticsRow) any { return tokensOf(&s) }),
		points: byTime(func(t time.Time, s telemetry.AnalyticsRow) tokensAt { return tokensAt{t, tokensOf(&s)} })},
	{path: "users", about: "how many users there were", users: true, summary: sumUp(func(s telemetry.AnalyticsRow) any { return total{s.Users} }),
		points: byTime(func(t time.Time, s telemetry.AnalyticsRow) totalAt { return totalAt{t, s.Users} })},
	{path: "users/requests", about: "how many requests each user made", users: true,
		summary: sumUp(func(s telemetry.AnalyticsRow) any { return perUser{s.Calls, s.Users, share(s.Calls, s.Users)} }),
		points:  byTime(func(t time.Time, s telemetry.AnalyticsRow) averageAt { return averageAt{t, share(s.Calls, s.Users)} })},
	{path: "errors", about: "how many requests failed", errors: true, summary: sumUp(func(s telemetry.AnalyticsRow) any { return total{s.Calls} }),
		points: byTime(func(t time.Time, s telemetry.AnalyticsRow) totalAt { return totalAt{t, s.Calls} })},
	{path: "errors/rate", about: "which share of requests failed", summary: sumUp(func(s telemetry.AnalyticsRow) any { return rate{100 * share(s.Errors, s.Calls)} }),
		points: byTime(func(t time.Time, s telemetry.AnalyticsRow) rateAt {
			return rateAt{t, rate{100 * share(s.Errors, s.Calls)}}
		})},
	{path: "errors/stacks", about: "with which statuses requests failed, by time", errors: true, groupBy: telemetry.DimensionStatus,
		summary: sumUp(func(s telemetry.AnalyticsRow) any { return total{s.Calls} }), points: errorStacks},
	{path: "errors/status-codes", about: "with which statuses requests failed", errors: true, groupBy: telemetry.DimensionStatus, flat: true,
		summary: func(rows []telemetry.AnalyticsRow) any { return errorCodes{allOf(rows).Calls, len(rows)} }, points: statusCodes},
	{path: "requests/rescued", about: "how many requests a retry or a fallback rescued", groupBy: telemetry.DimensionRescue, summary: rescueSummary, points: rescues},
	{path: "cache/hit-rate", about: "how often the cache answered", groupBy: telemetry.DimensionCache,
		summary: sumUp(func(s telemetry.AnalyticsRow) any { return hitRate{s.Hits, 100 * share(s.Hits, s.Calls)} }), points: hits},
	{path: "cache/latency", about: "how fast the cache answered", groupBy: telemetry.DimensionCache,
		summary: func([]telemetry.AnalyticsRow) any { return nothing{} }, points: hitLatencies},
}

// allOf adds up groups.
func allOf(rows []telemetry.AnalyticsRow) (sum telemetry.AnalyticsRow) {
	if len(rows) == 1 {
		return rows[0] // with percentiles and users
	}
	for i := range rows {
		sum.Merge(&rows[i])
	}
	return sum
}

func sumUp(f func(telemetry.AnalyticsRow) any) func([]telemetry.AnalyticsRow) any {
	return func(rows []telemetry.AnalyticsRow) any { return f(allOf(rows)) }
}

func byTime[P any](f func(time.Time, telemetry.AnalyticsRow) P) func([]instant) any {
	return func(at []instant) any {
		out := make([]P, len(at))
		for i, t := range at {
			out[i] = f(t.at, allOf(t.rows))
		}
		return out
	}
}

// share returns a/b; 0 of nothing.
func share(a, b int64) float64 {
	if b == 0 {
		return 0
	}
	return float64(a) / float64(b)
}

func moneyOf(s *telemetry.AnalyticsRow) money {
	out := money{Total: cents(s.Cost)}
	if s.Calls > 0 {
		out.Avg = cents(s.Cost / s.Calls)
	}
	return out
}

func latencyOf(s *telemetry.AnalyticsRow) latency {
	d := &s.Latency
	return latency{millis(d.Mean()), millis(d.P50), millis(d.P90), millis(d.P95), millis(d.P99)}
}

func tokensOf(s *telemetry.AnalyticsRow) tokens {
	return tokens{s.Input + s.Output, share(s.Input+s.Output, s.Calls), s.Input, s.Output}
}

// number is the number that a value of a dimension is or ends in.
func number(value string) int {
	for i := range value {
		if n, err := strconv.Atoi(value[i:]); err == nil && value[i] != ' ' {
			return n
		}
	}
	return 0
}

func errorStacks(at []instant) any {
	out := make([]stackAt, len(at))
	for i, t := range at {
		out[i] = stackAt{Timestamp: t.at, Stats: []statusCount{}}
		for _, row := range t.rows {
			out[i].Stats = append(out[i].Stats, statusCount{number(row.Value), row.Calls})
		}
	}
	return out
}

func statusCodes(at []instant) any {
	out := []codeCount{}
	for _, t := range at {
		for _, row := range t.rows {
			out = append(out, codeCount{number(row.Value), row.Calls})
		}
	}
	return out
}

func rescueSummary(rows []telemetry.AnalyticsRow) any {
	var out rescued
	for _, row := range rows {
		switch {
		case row.Rescued == 0:
		case row.Value == telemetry.RescueName(telemetry.RescuedByFallback):
			out.Fallback += row.Calls
		default:
			out.Retry += row.Calls
		}
	}
	return out
}

func rescues(at []instant) any {
	out := make([]rescuedAt, len(at))
	for i, t := range at {
		out[i] = rescuedAt{Timestamp: t.at, Retry: []retryCount{}}
		for _, row := range t.rows {
			switch {
			case row.Rescued == 0:
			case row.Value == telemetry.RescueName(telemetry.RescuedByFallback):
				out[i].Fallback = row.Calls
			default:
				out[i].Retry = append(out[i].Retry, retryCount{number(row.Value), row.Calls})
			}
		}
	}
	return out
}

func hits(at []instant) any {
	out := make([]hitsAt, len(at))
	var simple, semantic cents
	for i, t := range at {
		p := &out[i]
		p.Timestamp = t.at
		all := allOf(t.rows)
		p.Rate = 100 * share(all.Hits, all.Calls)
		for _, row := range t.rows {
			switch gateway.CacheStatus(row.Value) {
			case gateway.CacheHit:
				p.Simple, simple = row.Calls, simple+cents(row.Saved)
			case gateway.CacheSemanticHit:
				p.Semantic, semantic = row.Calls, semantic+cents(row.Saved)
			}
		}
		p.SimpleSaved, p.SemanticSaved = simple, semantic
	}
	return out
}

// split divides groups by the cache's status into hits and others.
func split(rows []telemetry.AnalyticsRow) (hit, other telemetry.AnalyticsRow) {
	for i := range rows {
		if rows[i].Hits > 0 {
			hit.Merge(&rows[i])
		} else {
			other.Merge(&rows[i])
		}
	}
	return hit, other
}

func hitLatencies(at []instant) any {
	out := make([]averageAt, len(at))
	for i, t := range at {
		hit, _ := split(t.rows)
		out[i] = averageAt{t.at, millis(hit.Latency.Mean())}
	}
	return out
}
