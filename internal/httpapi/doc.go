// Package httpapi is the HTTP side of Sluice: an echo server with the middleware that all
// routes share, the table of routes, and what their handlers need: a [Call] with the request's
// headers, trace, principal and body, and the ways to answer it.
//
// The handlers are in packages below: inference has the surfaces that run the pipeline, models
// lists what they can be asked for, intake takes the telemetry of others, admin has the resources.
// Package header reads a call's headers and writes its answer's. Package listen opens the address and
// limits connections. Package errorformat writes failures, and
// verdict the results of guardrails, as each vendor's clients read them.
//
// # Flow
//
//	tidyPath → begin → logAccess → recoverPanic → CORS → limitRequests → route → audited → authenticate → handler
//	                                                                                      answerError ← error
//
// begin makes the Call: request id, trace, headers. authenticate reads the credentials out of
// the headers and identifies the caller. A handler returns an error or answers; answerError is
// the only function that writes an error.
//
// # Invariants
//
//   - Every response carries the trace id, 404, 405 and 500 included: the Portkey SDK sends a
//     5xx without it a second time.
//   - Each route has a rule that says which of its calls become audit events. The event is on
//     disk before the first byte of the answer leaves.
//   - No byte of a body is read before its caller is authenticated: Call.Body fails instead.
//   - A response to a request whose body was not read to its end closes the connection, and
//     does not wait for the body.
//   - Memory for a body grows as its bytes arrive, and counts against Limits.Memory until the
//     call has ended. It belongs to its exchange and is never used again: telemetry may read it
//     long after the answer.
//   - The API key is taken out of the headers before anybody may forward them.
//   - Every ResponseWriter between a handler and net/http implements Unwrap or Hijack, so that
//     http.ResponseController reaches the connection.
package httpapi
