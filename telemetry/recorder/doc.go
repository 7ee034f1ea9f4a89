// Package recorder makes a durable row and an audit event of every exchange that ends.
//
// # Flow
//
// [Recorder.Stage] is the outermost stage of the pipeline. When an exchange has ended, by
// success, error or hang-up, it copies the exchange's Facts into a bounded queue. That is all
// the request pays for. One goroutine does the rest, Config.Flush after the first arrival or
// sooner when much has arrived or somebody waits:
//
//	queue ─► builder: cleanse texts, make a telemetry.Record ─► audit.Head.Append ─► Exporters ─► Writer
//
// # Invariants
//
//   - A row that is one second old survives kill -9. Config.Writer is package spool, which keeps
//     on disk what the store does not take.
//   - A batch that even the spool does not take is written again with back-off while the queue
//     fills. At Config.QueueBytes bodies are dropped. At Config.QueueRows the stage waits up to
//     Config.Wait, then drops the row and its event; while nothing is taken from the queue, the
//     next stages do not wait. All is counted, and the next batch that is written has an audit
//     event with the number of exchanges lost.
//   - An admin action's event is on disk before [Recorder.Audit] returns nil. It does not wait
//     behind exchanges. While nothing can be written, [Recorder.Ready] is an error.
//   - Exporters get rows before these are written, so that metrics do not stop with the store.
//   - Every text that a caller or a provider wrote passes Config.Cleanse. Metadata and user
//     values that contain personal data become keyed pseudonyms. With ContentFull the bodies
//     alone are kept as the redact stage left them. Names that an administrator gave (workspace,
//     member, API key) are kept as they are.
//
// # Ownership
//
// New starts the goroutines, Close drains the queue and waits for them, with a deadline. Writer,
// Exporters and Cleanse belong to the caller and outlive the Recorder. The Recorder reads an
// exchange's Facts once, when it ends.
package recorder
