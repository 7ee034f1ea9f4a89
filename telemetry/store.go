package telemetry

import (
	"context"
	"time"

	"github.com/sluicegate/sluice/gateway"
	"github.com/sluicegate/sluice/telemetry/audit"
	"github.com/sluicegate/sluice/telemetry/foreignspan"
	"github.com/sluicegate/sluice/telemetry/listing"
)

// Batch is what a Writer stores at once.
type Batch struct {
	ID      string // unique; a Writer stores each id once
	Rows    []*Record
	Audit   []audit.Row
	Foreign []*foreignspan.Span
	// Sync asks a Writer that syncs later by default to be on disk when Write returns.
	Sync bool
}

// Len returns the number of rows of all kinds.
func (b *Batch) Len() int { return len(b.Rows) + len(b.Audit) + len(b.Foreign) }

// Writer stores batches. Its conformance suite is telemetrytest.Store.
type Writer interface {
	// Write stores b and returns when it would survive kill -9. It stores all of b or nothing,
	// and nothing if a batch with this ID was written before.
	//
	// A *Refused error names rows that this Writer will never take; it has stored the others.
	// An error of Kind gateway.Invalid says that it will never take the batch as it is, without
	// naming rows. Package spool sets such rows aside. After any other error the caller may
	// write the same batch again.
	Write(ctx context.Context, b *Batch) error
	// Head returns the last link of a chain, so that its writer can continue it. The head of an
	// unknown chain is the zero Head.
	Head(ctx context.Context, chain string) (audit.Head, error)
}

// Reader answers the API's questions, newest first. Its methods return only rows that the
// scope permits.
type Reader interface {
	// Logs returns one page of exchanges, without bodies unless the query asks for them.
	Logs(ctx context.Context, q Query) (Page, error)
	// Log returns the exchanges with this request id, or those of a trace given by its W3C hex
	// or by the reference that the caller sent: oldest first, at most listing.MaxTrace, with
	// bodies. If there is none in scope, the error is gateway.NotFound.
	Log(ctx context.Context, scope listing.Scope, id string) ([]*Record, error)
	// Usage sums up what the exchanges of a period used, as UsageSum defines it.
	Usage(ctx context.Context, q UsageQuery) ([]UsageRow, error)
	// Analytics sums up exchanges, as AnalyticsSum defines it.
	Analytics(ctx context.Context, q AnalyticsQuery) ([]AnalyticsRow, error)
	// Facets tells how exchanges are divided, as CountFacets defines it.
	Facets(ctx context.Context, q FacetQuery) (Facets, error)
	// OfTraces calls each with the exchanges that match q and have one of these traces or request ids, each
	// once and without its bodies, in no order. An error of each ends it. Its Cursor and Limit are not used.
	OfTraces(ctx context.Context, q Query, traces []gateway.TraceID, ids []string, each func(*Record) error) error
	// Sessions returns one page of the sessions that have exchanges which match, as SumSession
	// defines them; the cursor is that of SessionPage.
	Sessions(ctx context.Context, q Query) (SessionPage, error)
	// ForeignTrace returns the foreign spans of a trace. It may have none.
	ForeignTrace(ctx context.Context, scope listing.Scope, trace gateway.TraceID) (foreignspan.Trace, error)
	// AuditLogs returns one page of the audit trail.
	AuditLogs(ctx context.Context, q audit.Query) (audit.Page, error)
}

// Pruner deletes what retention no longer keeps.
type Pruner interface {
	// Prune deletes exchanges older than rows, foreign spans received before it, and audit rows
	// older than audit; a zero time deletes none. It returns how many exchanges were deleted, or 0 if the engine does not say.
	Prune(ctx context.Context, rows, audit time.Time) (int64, error)
}

// Store is everything that one engine provides.
type Store interface {
	Writer
	Reader
	Pruner
	audit.ChainReader
	Close() error
}

// Exporter learns what was recorded: it counts records, or sends them to a collector. Export
// must not block; what an Exporter cannot take it drops and counts. The records have no bodies.
// They are immutable and may be kept.
type Exporter interface {
	Export(rs []*Record)
}
