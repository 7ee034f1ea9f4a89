// Package rollup sums up exchanges ahead of the questions: by buckets of time, and within a bucket by
// the values of one column. A sum over a month then reads some hundred rows instead of a million.
//
// A [Bucket] holds the sums of all columns. A [Part] is the packed form of one column: which numbers it
// had, and what analytics know of the exchanges of each ([telemetry.AnalyticsPart]). Parts of several
// buckets are added up without loss, users and rounded times too, so that an answer from roll-ups is
// the answer from the rows.
//
// The package knows neither the tables nor when a bucket is complete: package sqlite does.
package rollup
