// Package telemetry defines what Sluice keeps about every exchange, and how it is asked for.
//
// A [Record] is the one durable form of an exchange: its facts, every text cleansed of personal
// data. Spans and JSON are derived from it on demand ([Record.Spans], [Record.JSON]). Span ids
// follow from the root's id, so every reader of an exchange sees the same trace.
//
// Beside records stand the spans that other programs report: a [foreignspan.Span] joins the exchanges of
// its trace by id.
//
//	package foreign   takes the spans of other programs; package foreignspan is what one is
//	package recorder  makes records of exchanges that ended, and batches of records
//	package audit     is the hash chain of audit events
//	package listing   holds scopes and page cursors, which records and audit rows share
//	package spool     keeps batches on disk while a remote store is down
//	packages sqlite and clickhouse are stores; otlp and prom are exporters
//
// # Flow
//
//	exchange ended ─► recorder ─► Batch ─► Writer: sqlite.Store
//	                     │                         spool.Spool ─► clickhouse.Store
//	                     └► exporters: prom.Metrics, otlp.Exporter
//	OTLP request ─► foreign ─► Batch ─► the same Writer
//	API question ─► Query ─► Reader ─► []*Record ─► JSON
//
// # Invariants
//
//   - A Record is immutable once it is in a Batch. Writers and exporters may keep it.
//   - A Batch is stored whole or not at all, and once: a repeated id changes nothing.
//   - No row leaves a store without a [listing.Scope] that permits it.
//   - The packed form ([Record.Pack]) only grows: every version ever written stays readable.
package telemetry
