// Package provider makes one attempt: it turns a request into one call of a vendor, and the
// vendor's answer into chunks.
//
// # The flow
//
//	Exchange (Target, Request) → Codec.Request → Signer → http.Transport → Framing → Decoder → Stream
//
// The transports use HTTP/2 if the vendor offers it, else HTTP/1.1. There is one for addresses
// that the operator chose, one for addresses that a caller chose, and one for an outgoing
// proxy. No transport repeats a call: only Router's retry policy decides about that.
//
// Package vendor holds the table of vendors: a row tells the address, the way of authentication and the
// deviations from the format. Package codec writes and reads the wire formats, package passthrough passes
// calls on as they are, package auth signs, package socket carries realtime sessions, and package mock
// answers inside the process. This package is the client: it chooses the format of a call ([Client]'s
// format), sends it and reads the answer. If the caller's format differs from the vendor's, package
// dialect translates request and answer.
//
// # Invariants
//
//   - A unary answer is read completely and checked before the Handler returns, so its
//     connection is free again. A streamed answer is returned with its first chunk that has
//     content.
//   - A stream ends without error only if the vendor marked its end: a finish reason for every
//     choice, or the dialect's end mark. Any other end is a BadUpstream error.
//   - Token counts are always requested if the vendor can report them. A caller who did not
//     ask does not get them: a chunk that contains nothing else has an empty Raw and is not
//     sent.
//   - Close cancels the upstream call, even while Next blocks. A call that was read to its end
//     leaves its connection open for the next call.
//   - The credential is written to one header only. Error texts that quote it are cleaned
//     before they leave the package (package scrub).
//   - Redirects are never followed. An address that a caller chose is checked as text, and
//     again when the connection is made (package address).
package provider
