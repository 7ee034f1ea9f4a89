package telemetry

import (
	"fmt"

	"github.com/sluicegate/sluice/gateway"
	"github.com/sluicegate/sluice/telemetry/audit"
	"github.com/sluicegate/sluice/telemetry/foreignspan"
)

// Refused is a Writer's error about rows that it will never take because they violate a type or
// a constraint of the store. The Writer has stored all other rows of the batch. As a
// gateway.Error its Kind is Invalid.
type Refused struct {
	Rows    []*Record
	Audit   []audit.Row
	Foreign []*foreignspan.Span
	Err     error // why the first row was refused
}

func (e *Refused) Error() string {
	return fmt.Sprintf("telemetry: the store refuses %d rows, %d audit rows and %d foreign spans: %v", len(e.Rows), len(e.Audit), len(e.Foreign), e.Err)
}

// Unwrap returns the error as a gateway.Error of Kind Invalid.
func (e *Refused) Unwrap() error {
	return &gateway.Error{Op: "telemetry.Write", Kind: gateway.Invalid, Public: "The telemetry store refuses rows for good.", Err: e.Err}
}
