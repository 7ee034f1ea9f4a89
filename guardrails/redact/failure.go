package redact

import (
	"context"
	"errors"

	"github.com/sluicegate/sluice/gateway"
)

// withoutText turns a panic, and an error from elsewhere that may quote the text, into an
// error that does not.
func withoutText(err *error) {
	if recover() != nil {
		*err = notSent(errors.New("panic in the detector"))
		return
	}
	var e *gateway.Error
	if *err != nil && (!errors.As(*err, &e) || e.Op != op) {
		*err = notSent(errors.New("edit refused"))
	}
}

func notSent(why error) error {
	return &gateway.Error{Op: op, Kind: gateway.Internal, Public: "The request could not be redacted, so it was not sent.", Err: why}
}

func callerGone(ctx context.Context) error {
	return &gateway.Error{Op: op, Kind: gateway.Cancelled, Public: "The caller closed the connection.", Err: context.Cause(ctx)}
}
