// Package task reads and edits the formats of OpenAI's operations besides chat and embeddings:
// completions without messages, moderations, images, speech and transcriptions
// (https://platform.openai.com/docs/api-reference), and rerank in the format that Cohere
// (https://docs.cohere.com/reference/rerank) and Jina (https://jina.ai/reranker) share.
//
// The formats have OpenAI's conventions, so [Dialect] is openai.Dialect but for what an operation
// has of its own: where its answer holds texts and usage, and what of it is no text. Nothing is
// translated: a target answers an operation in this format or not at all.
//
// Requests in multipart/form-data are JSON here; see [gateway.File]. A transcription that is
// asked for as plain text is the object {"text": …} until it is sent.
package task
