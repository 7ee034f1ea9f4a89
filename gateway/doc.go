// Package gateway is the vocabulary of Sluice: the values that flow through
// the pipeline, and the few rules that every part of it keeps. Of ours it
// imports only the plain library internal/jsonx; every other package points at it.
//
// # The flow
//
// A client's call becomes an [Exchange]: who asked (Principal), which config
// applies (Plan), what was asked (Request), and what is learnt on the way
// (Facts). It runs through one chain of stages. A [Stage] wraps the next
// [Handler], so one function sees the request going in and the answer coming
// out, and what it must remember in between is a local variable.
//
//	in  ▼ Envelope → Authenticate → Configure → Redact → Prompt → Guard → Cache → Meter → Router ⇒ each attempt: Guard → Reserve → Provider
//	out ▲ row, headers    (—)          (—)      fold,     (—)   results   store   sum up  attempts            check     settle    chunks
//	                                            restore
//
// The answer is a [Stream] of [Chunk]s that the client's side pulls. A unary
// answer is a stream of one chunk of form [FormBody]; so are embeddings and
// rendered prompts. There is no second path for answers that are not streamed.
//
// # Invariants
//
//   - A Request is never edited, it is replaced: [Request.With] and
//     [Target.Apply] splice a copy of the raw JSON, so unknown fields and the
//     spelling of numbers survive.
//   - A Stream that a Handler returns is primed: it already holds its first
//     chunk. Everything that fails before the first chunk is therefore an error
//     with a status, and Router may still move on; everything that fails after
//     it is an error of Next, sent to the caller as one error event.
//   - Whoever receives a Stream closes it, once, whatever happened; a wrapper
//     forwards Close. Close may be called while Next blocks, and unblocks it.
//     The ctx of the Handler call lives until Close; when it ends, a Next that blocks
//     returns.
//   - [Chunk.Raw] is valid until the next call of Next. Who keeps it, copies it.
//   - Facts has one writer per field; the table is on the type. Readers come
//     later in time: outer stages after their call of next returned, httpapi and
//     telemetry at the end.
//   - Errors that cross a stage are [*Error]: Kind decides the status and whether
//     another attempt makes sense, Public is the only text a caller ever sees.
//   - ctx carries cancellation and nothing else.
//
// # Who owns what
//
// httpapi makes the Exchange and closes the Stream. Router owns the attempts and
// closes the streams of those it gives up. Provider owns the upstream response
// body and releases it in Close. Nobody starts a goroutine without waiting for it.
package gateway
