// Package guardrails keeps personal data inside Sluice and judges what goes through it.
//
// # Redact
//
// [Service.Redact] stands in front of everything that renders, caches, sends or records.
// In: every text the caller wrote is scanned (package pii), each value becomes a
// placeholder such as [EMAIL_1], and the request that goes inwards holds placeholders only.
// The same value has the same placeholder throughout the exchange; numbers that the caller
// typed himself ("[EMAIL_1]") are skipped. Strings that hold JSON, such as tool arguments,
// are read as JSON: their keys and values are scanned as decoded text, and a number that is
// a card becomes a string. Identifying fields (user, safety_identifier, prompt_cache_key,
// metadata) get a keyed pseudonym instead, where any entity is found in them: they are no
// text that a model should repeat.
//
// Out: the answer is folded as it came, with placeholders, into Facts.Answer; that is what
// cache and telemetry hold. Then originals are put back for the caller. A placeholder is
// recognised in its brackets, in any case; an unknown one stays as it is. In a stream each
// text of each choice (content, reasoning, refusal, each tool's arguments) has its own
// hold-back: only a tail that can still become a placeholder of this exchange waits, and it
// comes out before the choice's finish reason, before an error, and at the end. Inside tool
// arguments, and in contents that were asked for as JSON, an original is escaped as JSON. Chunks that hold no placeholder pass untouched.
//
// Originals live in the exchange's vault and nowhere else. When redaction fails, by an
// error or a panic, nothing goes inwards.
//
// Keys and numbers are read like texts; so are parameters of a config that the request
// brings with it, and values of headers that are passed on by name get pseudonyms. Guard
// redacts once more what a template made of the caller's values. A model's name cannot be
// replaced: the request is refused.
//
// What is not redacted: "seed"; data: URLs in base64; what templates and saved configs hold
// themselves. What is not restored: log probabilities and vendor fields beside the known
// texts of an event.
//
// # Guard
//
// [Service.Guard] runs the plan's input guardrails once, on the rendered and redacted
// request; [Service.AttemptGuard] runs the target's own input guardrails before an attempt
// and every output guardrail on its answer, so that Router may move on. A guardrail sees the
// whole conversation: every message, system and tool texts included, not the last one only;
// of the answer each choice with its tool arguments. With output guardrails a stream is
// taken to its end, judged, and handed on as it came.
//
// A guardrail passes when all its checks pass. A failure denies (status 446) or flags (246).
// A check that errs, panics or takes too long denies, whatever "deny" says, unless the
// guardrail's on_error allows. Verdicts count and name; they never quote.
package guardrails
