// Package telemetry records what happened: one request row with its trace and one audit
// event for each exchange, one audit event for each admin action.
//
// # The flow
//
// [Recorder.Stage] is the outermost stage of the pipeline. When an exchange has ended, by
// success, error or hang-up, it copies the exchange's Facts and puts them on a bounded
// queue: that is all the request pays for. One goroutine does the rest: every few milliseconds
// it takes what has ended, cleanses every text, makes one [Record] each and links the audit
// events into the chain; Settings.Flush after the first it hands a [Batch] to the [Writer].
//
//	stage ─► queue ─► build + cleanse + link ─► Writer: sqlite.Store
//	admin Audit ─┘                     │                spool.Spool ─► clickhouse.Store
//	                                   └► Exporters (metrics, OTLP), best effort
//
// The Record is the one durable form. It holds the facts, packed; spans and JSON are derived
// from it when they are asked for ([Record.Spans], [Record.JSON]), with ids that follow from
// the root's, so that every reader of one exchange sees the same trace.
//
// # What is promised
//
//   - A row that is one second old survives kill -9. The embedded store needs no spool for
//     that: each batch is one transaction of a SQLite file in WAL mode with synchronous=FULL,
//     which is the same append and fsync that a spool would do, on the same disk, once instead
//     of twice. A remote store can be down, so ClickHouse stands behind package spool.
//   - A batch is written once: its id is kept in the store, a repeated id changes nothing.
//   - While the writer fails, batches are retried with back-off and the queue fills. When it
//     holds Settings.QueueBytes, bodies are shed, and counted; when it holds Settings.QueueRows,
//     the stage waits up to Settings.Wait for room before it drops a row, and counts it.
//     An admin action's event is on disk before [Recorder.Audit] returns, or it is an error.
//   - Personal data: every text that a caller or a provider wrote goes through Settings.Cleanse.
//     Metadata and user values in which it finds something become keyed pseudonyms. With
//     content "full" the bodies alone are kept as the redact stage left them. Names that an
//     administrator gave (workspace, member, API key) identify and are kept as they are.
//
// # Who owns what
//
// New starts the goroutine, Close drains and ends it, with a deadline. Store, Exporters and
// Cleanse belong to the caller and outlive the Recorder. Facts are read after the exchange
// ended and never written. A batch is its Writer's, and its records the Exporters', for the
// length of a call: the next one is made in the same memory.
package telemetry
