package app

import (
	"net/http"
	"time"

	"github.com/sluicegate/sluice/cache"
	"github.com/sluicegate/sluice/gateway"
	"github.com/sluicegate/sluice/gateway/billing/alert"
	"github.com/sluicegate/sluice/gateway/catalog/refresh"
	"github.com/sluicegate/sluice/internal/httpapi/intake"
	"github.com/sluicegate/sluice/telemetry/foreign"
	"github.com/sluicegate/sluice/telemetry/recorder"
)

// metrics adds the counters of the parts to those of the traffic and returns their handler.
func metrics(parts telemetryStats, answers func() cache.Stats, dropped func(signal string) uint64, countsLocally func() bool, alerts func() alert.Stats, prices func() refresh.Status) http.Handler {
	stats, counter, gauge := parts.recorder, parts.traffic.Counter, parts.traffic.Gauge

	counter("rows_written_total", "Rows written, by table.", map[string]string{"table": "requests"}, func() uint64 { return stats().RowsWritten })
	counter("rows_written_total", "Rows written, by table.", map[string]string{"table": "audit"}, func() uint64 { return stats().AuditWritten })
	for reason, f := range map[string]func(recorder.Stats) uint64{
		"queue_full": func(s recorder.Stats) uint64 { return s.DroppedFull },
		"closed":     func(s recorder.Stats) uint64 { return s.DroppedClosed },
		"drain":      func(s recorder.Stats) uint64 { return s.DroppedDrain },
	} {
		counter("rows_dropped_total", "Rows lost, by reason. It should be 0.", map[string]string{"reason": reason}, func() uint64 { return f(stats()) })
	}
	counter("unidentified_calls_summed_total", "Refused calls without an identity that were counted instead of recorded.", nil, parts.unidentified)
	counter("bodies_shed_total", "Bodies left out of rows under pressure.", nil, func() uint64 { return stats().BodiesDropped })
	counter("write_errors_total", "Failed writes to the telemetry store; they are tried again.", nil, func() uint64 { return stats().WriteErrors })
	counter("rows_pruned_total", "Rows deleted by retention.", nil, func() uint64 { return stats().RowsPruned })
	gauge("queue_rows", "Rows waiting to be written.", func() float64 { return float64(stats().QueueRows) })
	gauge("queue_bytes", "Bytes of bodies waiting to be written.", func() float64 { return float64(stats().QueueBytes) })
	gauge("write_failing_seconds", "How long rows could be written neither to the store nor to the spool; 0 = they can.", func() float64 { return stats().FailingSeconds })
	gauge("spool_bytes", "Bytes written down and not yet in the store.", func() float64 { return float64(parts.spool().Bytes) })
	gauge("spool_oldest_seconds", "Age of the oldest of them.", func() float64 { return parts.spool().OldestSeconds })
	gauge("store_failing_seconds", "How long the telemetry store has been taking no rows; 0 = it works.", func() float64 { return parts.spool().FailingSeconds })
	counter("spool_batches_total", "Batches that the embedded store did not take and that went to the spool.", nil, func() uint64 { return parts.spool().Spilled })
	counter("spool_ship_errors_total", "Failed writes of the spool to the store; they are tried again.", nil, func() uint64 { return parts.spool().ShipErrors })
	counter("spool_dead_rows_total", "Rows that the store refused for good; they are kept aside, in files named .dead.", nil, func() uint64 { return parts.spool().Dead })
	if parts.otlp != nil {
		counter("otlp_exchanges_sent_total", "Exchanges exported over OTLP.", nil, func() uint64 { return parts.otlp().Sent })
		counter("otlp_exchanges_dropped_total", "Exchanges not exported; the store has them all the same.", nil, func() uint64 { s := parts.otlp(); return s.DroppedFull + s.DroppedFailed })
	}
	for result, f := range map[string]func(foreign.Stats) uint64{
		"stored":  func(s foreign.Stats) uint64 { return s.Stored },
		"refused": func(s foreign.Stats) uint64 { return s.Refused },
		"failed":  func(s foreign.Stats) uint64 { return s.Failed },
	} {
		counter("otlp_intake_spans_total", "Spans that other programs reported, by result; their exporters were told of what was not stored.", map[string]string{"result": result}, func() uint64 { return f(parts.spans()) })
	}
	gauge("otlp_intake_bytes", "Bytes of reported spans in flight.", func() float64 { return float64(parts.spans().BytesInFlight) })
	for _, signal := range []string{intake.Logs, intake.Metrics} {
		counter("otlp_intake_dropped_total", "Requests of OTLP exporters that were accepted and dropped, by signal.", map[string]string{"signal": signal}, func() uint64 { return dropped(signal) })
	}
	counter("alerts_dropped_total", "Crossings of budgets that did not fit the queue before they were announced; they are told again within a minute.", nil, func() uint64 { return alerts().Dropped })
	counter("alerts_delivered_total", "Alerts that a target has taken.", nil, func() uint64 { return alerts().Delivered })
	counter("alerts_failed_total", "Tries to deliver an alert that failed; they are made again for a day.", nil, func() uint64 { return alerts().Failed })
	counter("catalog_failures_total", "Tries to renew the catalogue of models and prices that failed; the last good one stays.", nil, func() uint64 { return prices().Failures })
	gauge("catalog_failing_seconds", "How long the catalogue could not be renewed; 0 = it could.", func() float64 {
		if since := prices().FailedSince; !since.IsZero() {
			return time.Since(since).Seconds()
		}
		return 0
	})
	gauge("catalog_version", "Version of the catalogue in use; 0 = the built-in one.", func() float64 { return float64(prices().Version) })
	gauge("rate_limits_local", "1 while shared rate limits do not answer and this process counts by itself.", func() float64 {
		if countsLocally() {
			return 1
		}
		return 0
	})
	gauge("audit_chain_seq", "Last link of this instance's audit chain.", func() float64 { return float64(stats().AuditSeq) })

	for result, f := range map[string]func(cache.Stats) uint64{
		"exact":    func(s cache.Stats) uint64 { return s.ExactHits },
		"alias":    func(s cache.Stats) uint64 { return s.AliasHits },
		"semantic": func(s cache.Stats) uint64 { return s.SemanticHits },
		"miss":     func(s cache.Stats) uint64 { return s.Misses },
		"refresh":  func(s cache.Stats) uint64 { return s.Refreshes },
		"bypass":   func(s cache.Stats) uint64 { return s.Bypassed },
	} {
		counter("cache_requests_total", "Lookups, by result.", map[string]string{"result": result}, func() uint64 { return f(answers()) })
	}
	counter("cache_shared_total", "Misses that shared an identical call under way.", nil, func() uint64 { return answers().Shared })
	counter("cache_vetoed_total", "Semantic neighbours refused for a different number, name or negation.", nil, func() uint64 { return answers().Vetoed })
	counter("cache_late_embeddings_total", "Lookups that did not wait for their embedding: misses.", nil, func() uint64 { return answers().LateEmbeddings })
	counter("cache_writes_dropped_total", "Writes to the index that were dropped.", nil, func() uint64 { return answers().Dropped })
	counter("cache_observed_total", "Misses that the mode guarded would have served.", nil, func() uint64 { return answers().Observed })
	counter("cache_checked_total", "Answers to near questions that were asked for anew, to compare.", nil, func() uint64 { return answers().Checked })
	counter("cache_undecided_total", "Comparisons of answers that told nothing.", nil, func() uint64 { return answers().Undecided })
	for result, f := range map[string]func(cache.Stats) uint64{
		"same":      func(s cache.Stats) uint64 { return s.Judge.Same },
		"different": func(s cache.Stats) uint64 { return s.Judge.Different },
		"unclear":   func(s cache.Stats) uint64 { return s.Judge.Unclear },
		"failed":    func(s cache.Stats) uint64 { return s.Judge.Failed },
	} {
		counter("cache_judged_total", "Calls of the judge of answers, by its verdict.", map[string]string{"verdict": result}, func() uint64 { return f(answers()) })
	}
	for result, f := range map[string]func(cache.Stats) uint64{
		"answered": func(s cache.Stats) uint64 { return s.Shadowed },
		"failed":   func(s cache.Stats) uint64 { return s.ShadowFailed },
	} {
		counter("cache_shadow_calls_total", "Calls that hits had saved, made to compare, by result.", map[string]string{"result": result}, func() uint64 { return f(answers()) })
	}
	counter("cache_over_quota_total", "Answers that were not stored, because their caller had stored too many in an hour.", nil, func() uint64 { return answers().OverQuota })
	counter("cache_flooded_total", "Answers that made room for others of the same caller, which had filled its share of the memory.", nil, func() uint64 { return answers().Flooded })
	for result, f := range map[string]func(cache.Stats) uint64{
		"deleted": func(s cache.Stats) uint64 { return s.BodiesDeleted },
		"refused": func(s cache.Stats) uint64 { return s.BodiesKept },
	} {
		counter("cache_objects_expired_total", "Expired answers in the bucket, by what became of them.", map[string]string{"result": result}, func() uint64 { return f(answers()) })
	}
	for result, f := range map[string]func(cache.RemovedBodies) uint64{
		"deleted": func(b cache.RemovedBodies) uint64 { return b.Removed },
		"refused": func(b cache.RemovedBodies) uint64 { return b.Refused },
		"dropped": func(b cache.RemovedBodies) uint64 { return b.Dropped },
	} {
		counter("cache_objects_removed_total", "Purged or replaced answers in the bucket or in Redis, by what became of them. Dropped: too many waited; they go when they expire.", map[string]string{"result": result},
			func() uint64 { return f(answers().BodiesRemoved) })
	}
	counter("cache_checks_dropped_total", "Calls of the judge and shadow calls that were not made: too many at once, the budget spent, or calls failed.", nil, func() uint64 { return answers().ChecksDropped })
	gauge("cache_checks_cost_usd", "What calls of the judge and shadow calls cost since the start.", func() float64 { return float64(answers().ChecksCost) / gateway.NanoPerUSD })
	gauge("cache_silent_groups", "Groups of traffic that serve no near questions since an alarm.", func() float64 { return float64(answers().Silent) })
	gauge("cache_alarms", "Times that near questions were found to get wrong answers more often.", func() float64 { return float64(answers().Alarms) })
	gauge("cache_compares_meaning", "1 if a model compares whole sentences; 0 if the built-in embedder compares their words, because no model is installed or named.", func() float64 {
		if answers().Meaning {
			return 1
		}
		return 0
	})
	gauge("cache_entries", "Answers held.", func() float64 { return float64(answers().Entries) })
	gauge("cache_bytes", "Bytes of the answers held.", func() float64 { return float64(answers().Bytes) })
	return parts.traffic.Handler()
}
