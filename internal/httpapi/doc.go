// Package httpapi is the HTTP face of Sluice: it turns a call into a
// [gateway.Exchange], runs the pipeline, and writes what comes back. It is the only
// place that knows echo, header names, status lines and SSE framing.
//
// # Flow
//
// Server.enter wraps every route: it reads the headers once, mints request id and
// trace, sets them on the response before anything can fail, recovers panics and writes
// the one access-log line. A surface (chat.go, embeddings.go, prompts.go …) reads the
// body, builds the exchange and hands it to Server.serve. What is wrong with the request
// travels as Exchange.Refused through the pipeline, so that a refused call is
// authenticated first and leaves its trace and row like any other.
//
// serve pulls the answer. Three shapes are possible, and all end in one of two writers:
//
//	asked for a body   + FormBody   the bytes as they came
//	asked for a body   + events     folded, then encoded
//	asked for a stream + events     each event as it came, one flush each
//	asked for a stream + FormBody   folded, then gateway.Response.Events
//
// # Invariants
//
//   - Every response carries the trace id, 404, 405 and 500 included: the Portkey SDK
//     sends a 5xx without it a second time.
//   - A body answer is written after the stream has ended, so that its headers are
//     complete and what it caused (cache entry, settled budget) is done when the caller
//     reads it. A streamed answer's headers say what was known at its first chunk.
//   - A stream that fails after its first byte ends in one error event, never in [DONE]
//     and never in silence.
//   - The stream is closed exactly once, on the handler's goroutine. When the caller has
//     gone and Next does not come back by itself, a watcher closes it instead.
//   - A write to a caller that does not read ends after Settings.Stall.
//   - The credential that a caller authenticates with is taken out of the headers before
//     anybody may forward them.
//   - The request body is allocated for its exchange and never pooled: telemetry may read
//     it long after the answer.
//   - An admin action is answered after its audit event is durable.
package httpapi
