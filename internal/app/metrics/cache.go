package metrics

import (
	"github.com/sluicegate/sluice/cache"
	"github.com/sluicegate/sluice/gateway"
	"github.com/sluicegate/sluice/telemetry/prom"
)

func cacheMetrics(m *prom.Metrics, stats func() cache.Stats) {
	lookupMetrics(m, stats)
	checkMetrics(m, stats)
	storageMetrics(m, stats)
}

func lookupMetrics(m *prom.Metrics, stats func() cache.Stats) {
	counterBy(m, "cache_requests_total", "Lookups, by result.", "result", stats, map[string]func(cache.Stats) uint64{
		"exact":    func(s cache.Stats) uint64 { return s.ExactHits },
		"alias":    func(s cache.Stats) uint64 { return s.AliasHits },
		"semantic": func(s cache.Stats) uint64 { return s.SemanticHits },
		"miss":     func(s cache.Stats) uint64 { return s.Misses },
		"refresh":  func(s cache.Stats) uint64 { return s.Refreshes },
		"bypass":   func(s cache.Stats) uint64 { return s.Bypassed },
	})
	m.Counter("cache_shared_total", "Misses that shared an identical call under way.", nil, func() uint64 { return stats().Shared })
	m.Counter("cache_vetoed_total", "Semantic neighbours refused for a different number, name or negation.", nil, func() uint64 { return stats().Vetoed })
	m.Counter("cache_late_embeddings_total", "Lookups that did not wait for their embedding: misses.", nil, func() uint64 { return stats().LateEmbeddings })
	m.Counter("cache_writes_dropped_total", "Writes to the index that were dropped.", nil, func() uint64 { return stats().Dropped })
	m.Counter("cache_observed_total", "Misses that the mode guarded would have served.", nil, func() uint64 { return stats().Observed })
	m.Gauge("cache_compares_meaning", "1 if a model compares whole sentences; 0 if the built-in embedder compares their words, because no model is installed or named.", func() float64 { return oneIf(stats().Meaning) })
}

// checkMetrics are those of the comparisons that tell whether near questions get right answers.
func checkMetrics(m *prom.Metrics, stats func() cache.Stats) {
	m.Counter("cache_checked_total", "Answers to near questions that were asked for anew, to compare.", nil, func() uint64 { return stats().Checked })
	m.Counter("cache_undecided_total", "Comparisons of answers that told nothing.", nil, func() uint64 { return stats().Undecided })
	counterBy(m, "cache_judged_total", "Calls of the judge of answers, by its verdict.", "verdict", stats, map[string]func(cache.Stats) uint64{
		"same":      func(s cache.Stats) uint64 { return s.Judge.Same },
		"different": func(s cache.Stats) uint64 { return s.Judge.Different },
		"unclear":   func(s cache.Stats) uint64 { return s.Judge.Unclear },
		"failed":    func(s cache.Stats) uint64 { return s.Judge.Failed },
	})
	counterBy(m, "cache_shadow_calls_total", "Calls that hits had saved, made to compare, by result.", "result", stats, map[string]func(cache.Stats) uint64{
		"answered": func(s cache.Stats) uint64 { return s.Shadowed },
		"failed":   func(s cache.Stats) uint64 { return s.ShadowFailed },
	})
	m.Counter("cache_checks_dropped_total", "Calls of the judge and shadow calls that were not made: too many at once, the budget spent, or calls failed.", nil, func() uint64 { return stats().ChecksDropped })
	m.Gauge("cache_checks_cost_usd", "What calls of the judge and shadow calls cost since the start.", func() float64 { return float64(stats().ChecksCost) / gateway.NanoPerUSD })
	m.Gauge("cache_silent_groups", "Groups of traffic that serve no near questions since an alarm.", func() float64 { return float64(stats().Silent) })
	m.Gauge("cache_alarms", "Times that near questions were found to get wrong answers more often.", func() float64 { return float64(stats().Alarms) })
}

func storageMetrics(m *prom.Metrics, stats func() cache.Stats) {
	m.Gauge("cache_entries", "Answers held.", func() float64 { return float64(stats().Entries) })
	m.Gauge("cache_bytes", "Bytes of the answers held.", func() float64 { return float64(stats().Bytes) })
	m.Counter("cache_over_quota_total", "Answers that were not stored, because their caller had stored too many in an hour.", nil, func() uint64 { return stats().OverQuota })
	m.Counter("cache_flooded_total", "Answers that made room for others of the same caller, which had filled its share of the memory.", nil, func() uint64 { return stats().Flooded })
	counterBy(m, "cache_objects_expired_total", "Expired answers in the bucket, by what became of them.", "result", stats, map[string]func(cache.Stats) uint64{
		"deleted": func(s cache.Stats) uint64 { return s.BodiesDeleted },
		"refused": func(s cache.Stats) uint64 { return s.BodiesKept },
	})
	counterBy(m, "cache_objects_removed_total", "Purged or replaced answers in the bucket or in Redis, by what became of them. Dropped: too many waited; they go when they expire.", "result", func() cache.RemovedBodies { return stats().BodiesRemoved }, map[string]func(cache.RemovedBodies) uint64{
		"deleted": func(b cache.RemovedBodies) uint64 { return b.Removed },
		"refused": func(b cache.RemovedBodies) uint64 { return b.Refused },
		"dropped": func(b cache.RemovedBodies) uint64 { return b.Dropped },
	})
}
