// Package inference has the surfaces that answer with a model: chat, messages, embeddings and
// prompts. A surface reads the request into a [gateway.Exchange], runs the pipeline and
// writes what comes back.
//
// # Flow
//
//	open (headers) → read (body) → Pipeline → unary, forward or replay → caller
//
// What is wrong with a request travels as Exchange.Refused through the pipeline, so that a
// refused call is authenticated first and leaves its trace and row like any other. The body of a
// caller who is not authenticated is not read.
//
// serve pulls the answer. Four combinations are possible, and all end in one of two writers:
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
package inference
