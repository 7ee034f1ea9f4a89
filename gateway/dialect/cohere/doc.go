// Package cohere is the format of version 2 of Cohere's API: chat
// (https://docs.cohere.com/reference/chat, https://docs.cohere.com/v2/docs/streaming) and embeddings
// (https://docs.cohere.com/reference/embed). Targets speak it, and clients, whose requests are written in
// OpenAI's format before a stage sees them.
//
// A streamed answer is a sequence of events, each with a "type":
//
//	message-start, tool-plan-delta…, (content-start, content-delta…, content-end)…,
//	(tool-call-start, tool-call-delta…, tool-call-end)…, (citation-start, citation-end)…, message-end
//
// The answer is whole with message-end, which tells the finish reason and the usage. Parts follow each
// other; citations stand between the pieces of the text that they belong to.
//
// The plan that a model makes before it calls tools ("tool_plan") is text: other formats have it in the
// same place.
//
// A usage counts what is billed ("billed_units"), which leaves out what Cohere itself adds to a
// prompt, and where that is missing what was processed ("tokens").
package cohere

// Dialect is the format. It implements dialect.TargetFormat and dialect.EmbeddingTarget, and for clients
// dialect.ClientFormat and dialect.ClientEmbeddings.
type Dialect struct{}

// Name implements dialect.TargetFormat.
func (Dialect) Name() string { return "cohere" }
