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
// The file of a batch has calls that a vendor makes later. Each of its lines is redacted while the file is
// passed on, with placeholders of its own and nothing to restore. So are the texts of a form that is passed
// on to a vendor's own API, those together that stand next to each other.
//
// # Guard
//
// What is judged is what goes upstream: [gateway.Request.Judged] lists it. [Service.Guard]
// runs the plan's input guardrails once, on the rendered and redacted request and on each
// distinct set of parameters that the plan's targets add to it; the verdict on a set is kept,
// because it does not depend on the request. [Service.TargetGuard] runs inside an attempt:
// the target's own input guardrails, the plan's once more where the target removes a text,
// then every output guardrail on the answer, so that Router may retry or fall back on the
// verdict. Of an answer, a guardrail sees each choice with its tool arguments, and every other
// text that the caller is shown ([answertext.List]). A stream with output guardrails is read
// to its end, judged, and then handed on chunk by chunk.
//
// The input guardrails of plan and target judge each line in the file of a batch as the request that it
// will be, before any byte of the line goes upstream, and the texts of other forms that are passed on. So they judge
// files that are texts. A body that is neither JSON nor a form is refused, unless it is the upload of a file. These filters run in
// the goroutine that sends the body: they keep what they find, and the stage adds it to Facts when the call
// is over. A batch begins only if the policies that apply now have read its file ([gateway.BatchOrigin]).
//
// A guardrail passes if all its checks pass. A failure denies (status 446) or flags (status
// 246). A check that returns an error, panics or times out denies, unless the guardrail's
// on_error says allow. Verdicts hold counts and names and never quote a text.
//
// The work of a check is bounded before it starts: its parameters when they are compiled, its
// text by [checks.MaxText]. [Service.Close] cancels checks and does not wait for those that
// ignore it.
package guardrails
