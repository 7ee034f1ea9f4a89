package clickhouse

import (
	"context"
	"fmt"
	"strings"
	"time"

	"github.com/sluicegate/sluice/telemetry"
)

// dimensionColumns are the expressions of a dimension: its value, and its name.
var dimensionColumns = map[telemetry.Dimension]struct{ value, name string }{
	"":                            {"''", "''"},
	telemetry.DimensionModel:      {"if(model = '', requested_model, model)", "''"},
	telemetry.DimensionProvider:   {"provider", "''"},
	telemetry.DimensionVirtualKey: {"virtual_key", "''"},
	telemetry.DimensionMember:     {"member_id", "member"},
	telemetry.DimensionTeam:       {"team_id", "team"},
	telemetry.DimensionAPIKey:     {"api_key_id", "api_key"},
	telemetry.DimensionConfig:     {"config", "''"},
	telemetry.DimensionPrompt:     {"prompt_id", "prompt"},
	telemetry.DimensionVariant:    {"prompt_variant", "''"},
	telemetry.DimensionStatus:     {"status", "''"},
	telemetry.DimensionOutcome:    {"outcome", "''"},
	telemetry.DimensionCache:      {"cache_status", "''"},
	telemetry.DimensionVerdict:    {"verdict", "''"},
	telemetry.DimensionRescue: {"multiIf(outcome != 'ok', 'none', fallback_used, 'fallback', retry_count > 0, concat('retry ', toString(retry_count)), 'none')",
		"''"},
	telemetry.DimensionUser: {"metadata['_user']", "''"},
}

// dimension returns the expressions of a dimension as texts.
func dimension(d telemetry.Dimension) (value, name string, args []any) {
	if key, ok := d.MetadataKey(); ok {
		return "metadata[?]", "''", []any{key}
	}
	c := dimensionColumns[d]
	return "toString(" + c.value + ")", "toString(" + c.name + ")", nil
}

const (
	isHit     = "cache_status IN ('HIT', 'SEMANTIC HIT')"
	isRescued = "outcome = 'ok' AND (retry_count > 0 OR fallback_used)"
	sums      = "toInt64(count()), toInt64(countIf(outcome != 'ok')), toInt64(countIf(" + isHit + ")), toInt64(countIf(" + isRescued + ")), " +
		"toInt64(sum(input_tokens)), toInt64(sum(output_tokens)), toInt64(sumIf(cost_nano_usd, cost_known)), toInt64(sumIf(price_nano_usd, price_known)), toInt64(sum(saved_nano_usd)), " +
		"toInt64(countIf(NOT price_known AND input_tokens + output_tokens > 0)), toInt64(sum(latency_us)), toInt64(countIf(ttft_us IS NOT NULL)), toInt64(sum(ifNull(ttft_us, 0))), max(ts)"
	spread        = "toInt64(countIf(cost_known)), sumIf(pow(cost_nano_usd / 1e9, 2), cost_known), sum(pow(latency_us / 1e6, 2))"
	noSpread      = "toInt64(0), toFloat64(0), toFloat64(0)"
	noPercentiles = "CAST([], 'Array(UInt64)')"
	levels        = "(0.5, 0.9, 0.95, 0.99)"
)

// Analytics implements telemetry.Reader. It is one query.
func (s *Store) Analytics(ctx context.Context, q telemetry.AnalyticsQuery) ([]telemetry.AnalyticsRow, error) {
	const op = "clickhouse.Analytics"
	if err := q.Check(); err != nil {
		return nil, err
	}
	query, args := analyticsQuery(&q)
	rows, err := s.conn.Query(ctx, query, args...)
	if err != nil {
		return nil, failed(op, err)
	}
	defer rows.Close()
	var out []telemetry.AnalyticsRow
	for rows.Next() {
		var r telemetry.AnalyticsRow
		var bucket, latency, firstChunk int64
		var latencies, firstChunks []uint64
		var users uint64
		err := rows.Scan(&bucket, &r.Value, &r.Name, &r.Calls, &r.Errors, &r.Hits, &r.Rescued, &r.Input, &r.Output, &r.Cost, &r.Charged, &r.Saved, &r.Unpriced,
			&latency, &r.FirstChunk.Count, &firstChunk, &r.Last, &latencies, &firstChunks, &users, &r.Spread.Costed, &r.Spread.Cost, &r.Spread.Latency)
		if err != nil {
			return nil, failed(op, err)
		}
		if q.Interval > 0 {
			r.Bucket = time.UnixMicro(bucket * q.Interval.Microseconds()).UTC()
		}
		r.Last, r.Users, r.Latency.Count = r.Last.UTC(), int64(users), r.Calls
		r.Latency.Sum, r.FirstChunk.Sum = time.Duration(latency)*time.Microsecond, time.Duration(firstChunk)*time.Microsecond
		setPercentiles(&r.Latency, latencies)
		setPercentiles(&r.FirstChunk, firstChunks)
		out = append(out, r)
	}
	if err := rows.Err(); err != nil {
		return nil, failed(op, err)
	}
	return telemetry.SortAnalytics(out)
}

func setPercentiles(d *telemetry.Distribution, us []uint64) {
	var at [4]time.Duration
	if d.Count == 0 || len(us) != len(at) {
		return
	}
	for i, n := range us {
		at[i] = time.Duration(n) * time.Microsecond
	}
	d.SetPercentiles(at)
}

func analyticsQuery(q *telemetry.AnalyticsQuery) (query string, args []any) {
	bucket := "toInt64(0)"
	if q.Interval > 0 {
		bucket = fmt.Sprintf("intDiv(toUnixTimestamp64Micro(ts), %d)", q.Interval.Microseconds())
	}
	value, name, args := dimension(q.GroupBy)
	latencies, firstChunks, users := noPercentiles, noPercentiles, "toUInt64(0)"
	if q.Latencies {
		latencies = "quantilesExact" + levels + "(latency_us)"
		firstChunks = "quantilesExactIf" + levels + "(assumeNotNull(ttft_us), ttft_us IS NOT NULL)"
	}
	if q.Users {
		users = "uniqExactIf(metadata['_user'], metadata['_user'] != '')"
	}
	spreads := noSpread
	if q.Spread {
		spreads = spread
	}
	exchanges := q.Query
	exchanges.Cursor = ""
	w := conditions(&exchanges)
	having := "count() > 0" // without it an empty period has a row
	if q.GroupBy.Optional() {
		having += " AND v != ''"
	}
	query = "SELECT " + bucket + " AS b, " + value + " AS v, argMax(" + name + ", (ts, " + name + ")), " + strings.Join([]string{sums, latencies, firstChunks, users, spreads}, ", ") +
		" FROM llm_requests WHERE " + w.text() + " GROUP BY b, v HAVING " + having + " LIMIT ?"
	return query, append(append(args, w.args...), telemetry.MaxAnalyticsRows+1)
}
