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
//	in  ▼ Envelope → Authenticate → Configure → Redact → Prompt → Permit → Guard → Cache → Limit → Meter → Router
//	out ▲ row          (—)            (—)       fold,     (—)      (—)     (—)     store   settle  sum up  attempts
//	                                            restore
//
//	in  each attempt ▼ Objects → Guard → Limit → Reserve → Provider
//	out              ▲ note      judge   settle  settle    chunks
//
// Why in this order:
//
//   - Envelope is outermost, so that each call leaves one row, however it ends.
//   - Redact runs before every stage that keeps or sends a text, so that none of them sees personal
//     data, and restores the answer behind them all.
//   - Prompt renders before Permit and Guard, which judge the rendered request and its targets.
//   - Guard runs before Cache: who is denied gets no stored answer either.
//   - Limit and Meter run inside Cache: an answer from the cache takes no tokens and costs nothing.
//   - Objects, Guard, Limit and Reserve of an attempt see the body as this target gets it. They run
//     inside Router, so that another target can be tried after a refusal.
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
//   - The receiver of a Stream closes it, on every path. A wrapper forwards Close. Close may be
//     called while Next blocks, and unblocks it; a second Close has no effect. The ctx of the
//     Handler call lives until Close; when it ends, a blocked Next returns.
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
