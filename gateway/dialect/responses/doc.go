// Package responses is the format of OpenAI's Responses API,
// https://platform.openai.com/docs/api-reference/responses: how stages read and edit it, how it
// is translated to and from the message model, and how an answer in it is decoded.
//
// # Flow
//
// A request is read by the accessors (Routing, Parameters, Texts, Question), or translated as a
// whole by ReadRequest and WriteRequest. An answer is a list of items: messages, reasoning, tool
// calls, and whatever the vendor's own tools leave behind. A streamed answer opens each item,
// opens and fills its parts, and repeats everything complete when it closes:
//
//	response.created, response.in_progress,
//	(output_item.added,
//	    (content_part.added, output_text.delta…, output_text.done, content_part.done)…,
//	 output_item.done)…,
//	response.completed, response.incomplete or response.failed, with the whole answer
//
// The Decoder checks such a stream and hands on every event as it came.
//
// # Invariants
//
//   - There is one answer: the choice is always 0. Part of a delta stands for one part of one
//     item, in events and in bodies alike; the index of a tool call is that of its item.
//   - Only the events with pieces have texts in Deltas. All others repeat complete texts
//     (Chunk.Repeats), so that an answer is folded once and restored everywhere.
//   - Items that only this format knows pass in Raw and have no text in Deltas.
//   - Events and Assemble are inverse to each other: a body that is replayed as events and
//     folded again is the same answer.
//   - Reasoning of a target with another format travels as encrypted_content of our own, with
//     the model that wrote it. It goes back to that model only.
//
// Reading an answer is lenient: unknown fields and fields of another type are passed over.
package responses
