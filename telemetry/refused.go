package telemetry

import (
	"fmt"

	"github.com/sluicegate/sluice/gateway"
)

// Refused is a Writer's error about rows that it will never take, whatever is tried: they break
// a type or a constraint. Everything else of the batch is stored. Its Kind is gateway.Invalid.
type Refused struct {
	Rows  []*Record
	Audit []AuditRow
	Err   error // why, of the first one
}

func (e *Refused) Error() string {
	return fmt.Sprintf("telemetry: the store refuses %d rows and %d audit rows: %v", len(e.Rows), len(e.Audit), e.Err)
}

// Unwrap gives the error its kind.
func (e *Refused) Unwrap() error {
	return &gateway.Error{Op: "telemetry.Write", Kind: gateway.Invalid, Public: "The telemetry store refuses rows for good.", Err: e.Err}
}
