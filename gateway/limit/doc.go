// Package limit refuses calls that exceed a rate, a number of tokens or a number of concurrent
// calls.
//
// # Rules
//
// A [Rule] limits one amount: requests or tokens in a period, or calls at the same time. Its
// conditions choose the calls that it concerns, by [Attribute]; its groups divide them, so
// that each value of a group has the whole amount. "60 requests a minute for each member" is
// one rule, grouped by member. The limits of one API key or one virtual key are rules with one
// condition.
//
// # Flow
//
// A rule is asked as early as its attributes are known, and once:
//
//   - [Service.Admit], before the body is read: requests and concurrency by what the headers
//     tell; after the body is read: those that need the end user, whom the body may name.
//   - [Service.Tokens], a stage inside the cache: tokens of the call. A hit takes none.
//   - [Service.Attempt], a stage inside each attempt: whatever depends on the provider, the
//     virtual key or the model. The Router moves on to another target when it refuses.
//
// Tokens are taken before the call: an estimate of the input, and the output where the body
// bounds it. They are settled with the usage that the vendor reports.
//
// # Counting
//
// A rate is GCRA in its form of a leaky bucket (ITU-T I.371, annex A): the bucket holds the
// whole amount of a period, and empties evenly during it. So a caller may use the amount at
// once, and then gets it back evenly; there is no window at whose edge it doubles.
//
// [Counters] hold the buckets. Those of [Memory] belong to one process. Counters that
// replicas share are behind [Fallback]: when they do not answer in time, the process counts
// by itself until they do, so that a call never waits for them and never goes unlimited.
//
// Invariant: all claims of a call are taken, or none. Whatever was taken of concurrency is
// given back when the call ends, however it ends.
package limit
