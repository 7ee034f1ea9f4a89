package gateway

import (
	"fmt"
	"runtime/debug"
)

// Recovered turns the value of a recovered panic into an Internal error with the stack in
// its cause. op names who recovered. The public text tells nothing about the panic, whose
// value may hold the caller's data. Call it from the deferred function that recovers:
//
//	if p := recover(); p != nil { err = gateway.Recovered(op, p) }
func Recovered(op string, p any) *Error {
	return &Error{Op: op, Kind: Internal, Public: "Sluice failed to handle this request. The trace id leads to the details.",
		Err: fmt.Errorf("panic: %v\n%s", p, debug.Stack())}
}
