package gateway

import (
	"context"
	"net/http"
)

// Realtime is a session of events in both directions, of OpRealtime. The chunks of the answer are
// the vendor's events; the caller's go to Vendor. Raw of the request names the model only.
type Realtime struct {
	Header http.Header // those of the caller's that are passed on
	// Vendor takes the caller's events. The provider sets it before the answer's first chunk is
	// handed on.
	Vendor RealtimeVendor
}

// RealtimeVendor is the vendor's end of a session. Send and End are called by one goroutine at a
// time, while another one reads the answer.
type RealtimeVendor interface {
	// Send sends an event of the caller's, a JSON object. An error of the Kind Invalid, Exhausted or
	// Forbidden refuses this event, and the session goes on. After any other error nothing can be sent.
	Send(ctx context.Context, event []byte) error
	// End ends the session. A response that is being written is cancelled first, so that the vendor
	// tells what it used; ctx bounds the wait for that. The answer ends soon after.
	End(ctx context.Context)
	// Closed tells with which code and reason of WebSocket the vendor has ended the session; 0 = it
	// has not.
	Closed() (code int, reason string)
}

// ExtraCost is what a chunk tells of its cost besides Usage. In a session, Usage counts from its beginning.
type ExtraCost struct {
	// Others is what the whole answer used besides Usage: other models, or calls of the same one ("") that
	// have a price by themselves. A later list replaces an earlier one. Not in a session.
	Others []ModelUsage
	// Begins is the most that a response can use which begins now; nil = none begins.
	Begins *Usage
	// Lost tells that the session has ended before the vendor told what its last response used.
	Lost bool
	// Other is what another model used for this event, such as the one that writes down what the
	// caller says.
	Other *ModelUsage
}

// ModelUsage is what one model used.
type ModelUsage struct {
	Model string
	Usage Usage
}
