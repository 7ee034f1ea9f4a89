package realtime

import (
	"errors"

	"github.com/coder/websocket"

	"github.com/sluicegate/sluice/gateway"
	"github.com/sluicegate/sluice/internal/jsonx"
)

// maxReason bounds the reason in a close frame, in bytes.
const maxReason = 120

// errDraining is why sessions end when the server stops.
var errDraining = &gateway.Error{Op: "realtime.Drain", Kind: gateway.Unavailable, Code: "going_away", Public: "Sluice is shutting down. Open the session again."}

// errLateEvent is why a session ends whose caller sends an event too slowly.
var errLateEvent = &gateway.Error{Op: "realtime.fromCaller", Kind: gateway.Timeout, Code: "event_timeout", Public: "An event did not arrive in time."}

// endOfCaller is why a session ends in which an event cannot be read.
func endOfCaller(err error) error {
	var refused *gateway.Error // there is no memory for the event
	if errors.As(err, &refused) {
		return refused
	}
	return errCallerLeft
}

// expired is why a session ends that has reached a limit of time.
func expired(code, public string) *gateway.Error {
	return &gateway.Error{Op: "realtime.watch", Kind: gateway.Timeout, Code: code, Public: public}
}

// codeOf is the close code of a session that ends with e.
func codeOf(e *gateway.Error) websocket.StatusCode {
	switch e.Kind {
	case gateway.Unavailable:
		return websocket.StatusGoingAway
	case gateway.Timeout:
		return websocket.StatusNormalClosure
	case gateway.Internal, gateway.Upstream, gateway.BadUpstream:
		return websocket.StatusInternalError
	}
	return websocket.StatusPolicyViolation
}

// closeCode is the vendor's close code as it may be sent to the caller.
func closeCode(code int) websocket.StatusCode {
	switch {
	case code >= 3000 && code <= 4999, code >= 1000 && code <= 1003, code >= 1007 && code <= 1014:
		return websocket.StatusCode(code)
	case code == 0, code == int(websocket.StatusNoStatusRcvd):
		return websocket.StatusNormalClosure
	}
	return websocket.StatusInternalError
}

// errorEvent is e as an event of the vendor's. about is the id of the caller's event that it answers.
func errorEvent(e *gateway.Error, id, about string) []byte {
	code := e.Code
	if code == "" {
		code = e.Kind.String()
	}
	var detail jsonx.Object
	detail.Text("type", e.WireType())
	detail.Text("code", code)
	detail.Text("message", e.Public)
	if e.Param != "" {
		detail.Text("param", e.Param)
	} else {
		detail.Raw("param", []byte("null"))
	}
	if about != "" {
		detail.Text("event_id", about)
	}
	var o jsonx.Object
	o.Text("type", "error")
	o.Text("event_id", "event_"+id)
	o.Raw("error", detail.JSON())
	return o.JSON()
}
