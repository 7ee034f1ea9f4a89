// Package anthropic is Anthropic's Messages format, https://docs.anthropic.com/en/api/messages:
// how stages read and edit it, how it is translated to and from the message model, and how
// an answer in it is decoded.
//
// # Flow
//
// A request is read by the accessors (Routing, Parameters, Texts, Question), or translated
// as a whole by ReadRequest and WriteRequest. An answer is a list of content blocks. A
// streamed answer opens each block, adds to it and closes it:
//
//	message_start, (content_block_start, content_block_delta…, content_block_stop)…,
//	message_delta with the stop reason and the usage, message_stop
//
// The Decoder checks such a stream and hands on every event as it came.
//
// # Invariants
//
//   - There is one answer: the choice is always 0. Part of a delta is the index of its
//     block, in events and in bodies alike, and so is the index of a tool call.
//   - Blocks that only this format knows (server tools, citations, compaction) pass in Raw
//     and have no text in Deltas.
//   - A usage counts cached tokens as input, unlike the wire's "input_tokens".
//   - Events and Assemble are inverse to each other: a body that is replayed as events and
//     folded again is the same answer.
//
// Reading an answer is lenient: unknown fields and fields of another type are passed over,
// and of a member that is given twice the last one counts.
package anthropic
