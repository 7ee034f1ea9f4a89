// Package listen runs net/http's server on a public address: TLS with certificates that are
// reloaded, HTTP/2, and limits on what a caller may take.
//
// # Flow
//
//	net.Listener → limited (counts connections) → conn (ends stalled writes) → TLS → http.Server → handler
//
// # Invariants
//
//   - A connection over a limit is closed at once, before a byte of it is read.
//   - A write that makes no progress for Limits.WriteStall ends its connection, whoever
//     writes: the handler, net/http or TLS.
//   - A certificate that cannot be read after a change leaves the one before in use.
//   - Requests that are not valid HTTP, and heads over Limits.Head, are answered by net/http.
//
// Limits on bodies, memory and requests for each address need the request. They are kept by
// package httpapi; their values stand here, beside the others.
package listen
