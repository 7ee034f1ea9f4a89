// Package output runs the pipeline for a call to a model and writes what comes back: as a body, as
// the events of one surface's [Wire], or as bytes that are no text.
//
// # Flow
//
//	Pipeline → Unary, forward or replay → caller
//
// Serve pulls the answer. Four combinations are possible, and all end in one of two writers:
//
//	asked for a body   + FormBody   the bytes as they came
//	asked for a body   + events     folded, then encoded
//	asked for a stream + events     each event as it came; a flush once no further one has arrived
//	asked for a stream + FormBody   folded, then gateway.Response.Events
//
// # Invariants
//
//   - A body is written after the stream has ended, so that its headers are complete and what
//     it caused (cache entry, settled budget) is done when the caller reads it. The headers of
//     a streamed answer say what was known at its first chunk.
//   - A silence of KeepAlive before the first chunk sends the headers and a keep-alive. The
//     status is 200 then, the pipeline goes on, and what it answers or fails with is an event.
//   - A stream that fails after its first byte ends in one error event, never in [DONE] and
//     never in silence.
//   - The handler's goroutine alone reads and closes the stream. When the caller leaves, the
//     request's context ends; Next must return soon after that.
package output
