// Package guardrails keeps personal data inside Sluice and judges requests and answers.
//
// # Redact
//
// [Service.Redact] is the first stage that handles text: it runs before everything that
// renders, caches, sends or records it. On the way in, package redact replaces the values of
// the policy by placeholders; the inner stages see placeholders only. The stage Prompt asks
// [gateway.Redactor] to redact what a template made of the caller's values. On the way out,
// the stage folds the answer with its placeholders into Facts.Answer, which cache and
// telemetry record, and then restores the originals for the caller. There is one redaction
// with one vault for each exchange. If redaction fails, nothing goes inwards.
//
// Not redacted: what templates and saved configs hold themselves. Not restored: log
// probabilities, and vendor fields outside the known texts of an event.
//
// # Guard
//
// [Service.Guard] runs the plan's input guardrails once, on the rendered and redacted
// request. [Service.TargetGuard] runs inside an attempt: the target's own input guardrails,
// then every output guardrail on the answer, so that Router may retry or fall back on the
// verdict. A guardrail sees the whole conversation, system and tool texts included; of an
// answer, each choice with its tool arguments. A stream with output guardrails is read to
// its end, judged, and then handed on chunk by chunk.
//
// A guardrail passes if all its checks pass. A failure denies (status 446) or flags (status
// 246). A check that returns an error, panics or times out denies, unless the guardrail's
// on_error says allow. Verdicts hold counts and names and never quote a text.
package guardrails
