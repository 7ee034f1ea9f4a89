// Package upstreamcheck compares what two virtual keys serve under one model name: one that is
// checked, such as that of a reseller, and one that is trusted, such as that of the model's maker.
//
// # The flow
//
//	Plan ──▶ Run: each question to both keys ──▶ pairs ──▶ one Finding a check
//
// A question is sent to both keys at the same time and with the same body. No two questions of a
// run are alike, and no two runs, so an answer that was kept from another call cannot be right.
// There are three kinds:
//
//   - Recall: a text of a certain length and script, with a code word before it and one behind it,
//     which the answer must repeat. Tokens of the same text must be the same number; a text that
//     was cut, or an answer that was made before, lacks a word.
//   - Sample: an open question that is asked several times. The answers are samples of what the
//     model says, and so are the tokens that they take.
//   - Signature: an answer with reasoning that its vendor signed is given back to the trusted key,
//     which verifies it.
//
// # What a verdict means
//
// [Differs] is evidence that the checked key serves something else, or counts differently. Counts
// and words are compared exactly, and only where the trusted key agrees with itself. Samples are
// compared by permutation tests at [SignificanceLevel] each, so two keys that serve the same
// differ in about one of thirty thousand runs. [Same] means that nothing was found, which is no proof:
// a key that recognises the questions can answer them honestly. [Unclear] says why nothing can be said.
//
// The package sends nothing itself. A [Caller] does, and Run waits for all of its calls.
package upstreamcheck
