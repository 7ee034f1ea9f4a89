// Package provider answers one attempt: it turns a final request into one call of one
// vendor and the vendor's answer into chunks.
//
// # The flow
//
//	Exchange (Target, Request) → Codec.Request → Post → sender → Decoder → Stream
//
// A sender is an http.Transport: HTTP/2 where the vendor offers it, HTTP/1.1 elsewhere. There
// is one for addresses that the operator chose, one for addresses that a caller chose, and one
// for an outgoing proxy. No sender repeats a call: Router's retry policy decides about that.
//
// A [Vendor] is a row of a table: where it is reached, how it authenticates, what it does
// differently. Vendors with OpenAI's wire format share one codec that reads the row; a
// vendor with a format of its own has a codec of its own. Codecs are pure: no I/O, no
// clock but the answer's own headers, so golden files describe them completely.
//
// # Invariants
//
//   - A unary answer is read whole and checked before the Handler returns; its connection
//     is free again by then. A streamed one is returned once it holds its first chunk that
//     says something.
//   - A stream ends cleanly only if the vendor said so: a finish reason for every choice,
//     or the dialect's end mark. Anything else is a BadUpstream error.
//   - Token counts are always asked for where the vendor can tell them. A caller who did
//     not ask does not see them: Raw of a chunk that held nothing else is empty, and such a
//     chunk is not to be sent.
//   - The memory of a unary answer is never used again: its chunk is Lasting, and whoever
//     records, stores or sends it does so out of that memory.
//   - Close ends the call upstream, whatever Next is doing. A call that came to its end
//     gives its connection back.
//   - The credential goes into one header and nowhere else; error texts that quote it are
//     cleaned before they leave the package.
//   - Redirects are never followed. An address that a caller chose is checked as text and
//     again when the connection is made.
package provider
