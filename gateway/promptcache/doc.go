// Package promptcache finds out why a vendor's prompt cache misses. It compares the prompt that
// goes upstream with the one that the session's previous call sent, and names the first byte
// that differs and who changed it.
//
// # Flow
//
//	provider: the vendor answers ─► Observe(exchange, body as sent) ─► session ─► conversation ─► Facts.PromptCache
//
// A call is compared, and remembered, once the vendor has begun to answer it: a call that the
// vendor refused has cached nothing.
//
// # Sessions and conversations
//
// The session of a call is, in this order: the header x-sluice-session-id; the session headers
// of Claude Code, of Codex and of other agents, which the clients send with every call of a
// session; metadata and the body of Claude Code, see [gateway.Exchange.Session]; the trace that the caller named in x-sluice-trace-id; else a hash of the caller's
// system prompt and first message, which all turns of a conversation share. A W3C traceparent
// names no session: instrumented clients begin a new trace for every call. Sessions of
// different API keys never meet.
//
// An agent holds several conversations in one session: its main one, those of sub-agents, a
// title. A call is compared with the conversation with which the caller's own body has the
// longest beginning in common, if the caller only appended to it, or if texts behind the first
// difference are still there, or if a session that the caller named has the same first message.
// Otherwise it begins a conversation, and its state is unknown.
//
// A vendor has one cache per account and model. The previous call is therefore one to the same
// target; if there is only one to another target, routing changed the prompt.
//
// # Who changed it
//
// The caller's body, and what redaction, prompt templates and override parameters each made of
// it, are compared with what they were on the previous call. The earliest place counts, and the
// first that departed there. Places are parts: a tool, a role, a text, a block. If two of them
// changed the same part, the first one is named.
//
// # Precision
//
// The place in the upstream body is exact to the byte. A text counts by the bytes of its JSON
// string, another block by all of its bytes, so another order of members is a departure, which
// some vendors forgive. Appended parts, a prompt that became shorter and a cache point that moved
// are none. Parameters that are no prompt (the model's, sampling) are not compared, except those
// whose change loses a cache: see the dialects' Prompt.
//
// # What is kept
//
// Memory alone, at most Config.MaxBytes, each session for Config.MaxAge after its last call: of
// every stage's body a keyed hash per part, and the upstream prompt encrypted with a key that
// only this process has. No text is kept in clear, whatever the settings of telemetry are.
//
// Observe is safe for concurrent use. Calls of one session wait for each other while they compare.
package promptcache
