// Package analytics answers how many calls there were, what they cost and how fast they were: by time
// and by what calls can be divided by, beside the same length of time before.
//
//	/v1/logs/facets              how the listed exchanges are divided
//	/v1/analytics                all sums, by time and one dimension
//	/v1/analytics/graphs/…       one sum by time, as Portkey names and answers it
//	/v1/analytics/graphs/feedbacks/…  what callers thought of answers, likewise
//	/v1/analytics/groups/…       sums by one dimension, in pages, likewise
//	/v1/analytics/summary/cache  what the cache did, likewise
//
// Portkey's paths (https://portkey.ai/docs/api-reference/admin-api/control-plane/analytics) take
// Portkey's parameters and Sluice's own. Costs there are in cents, times in milliseconds.
//
// # Invariants
//
//   - Who sees only its own exchanges gets sums over these.
//   - Periods, buckets and groups are bounded; what is out of bounds is an error that names the parameter.
package analytics
