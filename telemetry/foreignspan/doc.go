// Package foreignspan is what other programs report, as Sluice keeps it: a [Span], the spans of one
// [Trace], and what a span's attributes tell about the call of a model ([Generation]). Package foreign takes
// them in; stores keep them packed or in columns.
//
// It knows no exchange: telemetry puts both together by the id of their trace. The packed form only grows:
// a new field of Span is added at the end of walk.
package foreignspan
