package telemetry

import (
	"context"
	"time"
)

// Batch is what is written at once.
type Batch struct {
	ID     string // unique; names the batch for ever
	Rows   []*Record
	Packed [][]byte // what the Writer's PackRow made of each row, which has no bodies then; nil if it has none
	Audit  []AuditRow
	// Sync asks a Writer that would sync later to be on disk when it returns.
	Sync bool
}

// Writer takes batches. The suite is telemetrytest.Store.
type Writer interface {
	// Write stores b and returns when it would survive kill -9. All of it is stored or
	// nothing; a batch whose ID was written before changes nothing. gateway.Invalid means that
	// it will never be taken, and *Refused that only those rows will not: package spool, which
	// stands before a Writer that says so, sets them aside. All of b is used again afterwards:
	// what is kept in memory is cloned.
	Write(ctx context.Context, b *Batch) error
	// Head gives the last link of a chain, for the writer to continue it.
	Head(ctx context.Context, chain string) (Head, error)
}

// Packer is a Writer that stores rows in a form of its own, which is best made while the row is
// at hand: a batch later it is out of the caches.
type Packer interface {
	// PackRow appends the form of r.
	PackRow(dst []byte, r *Record) []byte
}

// Reader answers the console and the API. Everything is newest first. A Record in a Page has
// no bodies.
type Reader interface {
	Logs(ctx context.Context, q Query) (Page, error)
	// Log gives the exchanges with this request id, or of this trace: its W3C hex or the
	// reference that the caller sent. Oldest first, at most MaxTrace, bodies included.
	// None in scope is gateway.NotFound.
	Log(ctx context.Context, scope Scope, id string) ([]*Record, error)
	AuditLogs(ctx context.Context, q AuditQuery) (AuditPage, error)
}

// Pruner deletes what retention no longer keeps.
type Pruner interface {
	// Prune removes exchanges older than rows, and audit rows older than audit unless that
	// is zero. It returns how many exchanges went, or 0 where the engine does not tell.
	Prune(ctx context.Context, rows, audit time.Time) (int64, error)
}

// Store is all of it.
type Store interface {
	Writer
	Reader
	Pruner
	Chains
	Close() error
}
