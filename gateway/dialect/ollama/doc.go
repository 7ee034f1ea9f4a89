// Package ollama is the format of Ollama's own API: chat (https://docs.ollama.com/api/chat,
// https://docs.ollama.com/api/streaming), generation and embeddings (https://docs.ollama.com/api/embed).
// Targets speak it, and clients, whose requests are written in OpenAI's format before a stage sees them.
//
// A streamed answer is a sequence of lines, each a JSON object with a piece of the message: "thinking",
// "content" or "tool_calls", whose arguments are complete. The last line has "done" and what was counted:
// "prompt_eval_count" tokens of input and "eval_count" of output, thinking included. An answer in one
// piece is that line with the whole message.
//
// Parameters of the model stand in "options". A caller may write more of them: an object "options", or
// the ones of [optionNames] at the top, beside "keep_alive".
package ollama

// Dialect is the format. It implements dialect.TargetFormat and dialect.EmbeddingTarget, and for clients
// dialect.ClientFormat and dialect.ClientEmbeddings.
type Dialect struct{}

// Name implements dialect.TargetFormat.
func (Dialect) Name() string { return "ollama" }
