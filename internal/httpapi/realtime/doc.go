// Package realtime serves sessions of OpenAI's Realtime API and of Gemini's Live API over WebSocket.
//
// # Flow
//
// [Service.Handle] opens an exchange of gateway.OpRealtime and runs the pipeline: key, config, model
// access, rate limits and budget are asked before the vendor is, and an error is answered over HTTP.
// Once the vendor has sent its first event the caller's connection is upgraded. A session then has
// three goroutines: the handler's hands the vendor's events to the caller, one hands the caller's to
// the vendor, and one watches how long the session lasts and ends it. The handler waits for both
// others.
//
// [Service.HandleLive] does so after the upgrade, because the first message of the Live API names the
// model: an error is told by the close frame. That API has no message for errors, so a message of the
// caller's that is refused ends the session.
//
// A session is one exchange, with one row and one audit event when it ends. Its usage is the sum of
// what its responses report.
//
// # Ends
//
// Whoever ends a session, its last response is cancelled at the vendor, so that the vendor tells
// what it used. The caller gets an error event, where there is something to say, and a close code:
// 1000 for an end without a failure, 1001 when the server stops, 1008 when the caller may not go on
// (its budget, its key, an event of it), 1011 for a failure of the vendor's, or the vendor's own code.
//
// # Bounds
//
// [Limits] bounds the size of an event, how many a caller sends a second, how long a session lasts
// and is silent, and the sessions of one API key. No event waits in a queue: a side that reads slowly
// slows the other one down, and one that reads nothing loses its session.
package realtime
