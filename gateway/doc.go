// Package gateway is the vocabulary of Sluice: the values that flow through the pipeline, and
// the rules for them. It imports only the library internal/jsonx. All other packages import
// it.
//
// # The flow
//
// A client's call becomes an [Exchange]: the caller (Principal), the config that applies
// (Plan), the request (Request), and what the stages record (Facts). It runs through one chain
// of stages. A [Stage] wraps the next [Handler], so one function sees both the request and the
// answer, and keeps its state in local variables.
//
//	in  ▼ Envelope → Authenticate → Configure → Redact → Prompt → Guard → Cache → Meter → Router ⇒ each attempt: Guard → Reserve → Provider
//	out ▲ row, headers    (—)          (—)      fold,     (—)   results   store   sum up  attempts            check     settle    chunks
//	                                            restore
//
// The answer is a [Stream] of [Chunk]s that the client's side pulls. A unary answer is a stream
// of one chunk of form [FormBody]; so are embeddings and rendered prompts. There is no separate
// path for unary answers.
//
// # Invariants
//
//   - A Request is immutable: [Request.With] and [Target.Apply] splice a copy of the raw JSON,
//     so unknown fields and the spelling of numbers survive.
//   - A Stream that a Handler returns is primed: it already holds its first chunk. An error
//     before the first chunk is therefore returned with a status, and Router may try another
//     target. An error after it is returned by Next and sent to the caller as one error event.
//   - The receiver of a Stream closes it exactly once, on every path. A wrapper forwards Close.
//     Close may be called while Next blocks, and unblocks it. The ctx of the Handler call lives
//     until Close; when it ends, a blocked Next returns.
//   - [Chunk.Raw] of an event is valid until the next call of Next. Copy it to keep it.
//   - Each field of Facts has one writer; the table is on the type. Readers run later: outer
//     stages after their call of next returned, httpapi and telemetry at the end.
//   - Errors between stages are [*Error]: Kind determines the status and whether a retry makes
//     sense, and Public is the only text that a caller sees.
//   - ctx carries cancellation and no values.
//
// # Ownership
//
// httpapi creates the Exchange and closes the Stream. Router owns the attempts and closes the
// streams that it does not return. Provider owns the upstream response body and releases it in
// Close. Whoever starts a goroutine waits for it.
package gateway
