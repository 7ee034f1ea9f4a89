// Package feedback keeps what callers think of answers: a value with a weight for a trace, as
// Portkey's clients send it (https://portkey.ai/docs/api-reference/inference-api/feedback).
//
// Feedback belongs to a workspace and may come before the row of the exchange does, or after. It
// meets the row by the trace, or by the request id, when the row is read. Every text is cleansed
// as rows are.
package feedback

import (
	"time"

	"github.com/sluicegate/sluice/gateway"
)

// Feedback is one judgement of a trace.
type Feedback struct {
	ID        string
	Workspace string // id, as the next two
	Member    string
	APIKey    string
	Trace     string // the trace, or the request, as the caller named it
	Value     int
	Weight    float64
	Metadata  map[string]string
	CreatedAt time.Time
	UpdatedAt time.Time
}

// Bounds of a feedback.
const (
	MinValue, MaxValue = -10, 10
	MaxWeight          = 1
	MaxTraceRef        = 1024 // bytes
	MaxPerCall         = 100
	MaxPerTrace        = 100
	MaxTraces          = 1000 // that one question may name
)

// Check returns an Invalid error that names the field at fault; at is the path of the feedback in
// the request, "" or "[2].".
func (f *Feedback) Check(at string) error {
	const op = "feedback.Check"
	switch {
	case f.Trace == "" || len(f.Trace) > MaxTraceRef:
		return gateway.InvalidField(op, at+"trace_id", "The field '"+at+"trace_id' must be a trace id of at most 1024 bytes.")
	case f.Value < MinValue || f.Value > MaxValue:
		return gateway.InvalidField(op, at+"value", "The field '"+at+"value' must be a whole number from -10 to 10.")
	case !(f.Weight >= 0 && f.Weight <= MaxWeight):
		return gateway.InvalidField(op, at+"weight", "The field '"+at+"weight' must be a number from 0 to 1.")
	}
	bytes := 0
	for k, v := range f.Metadata {
		bytes += len(k) + len(v)
	}
	if len(f.Metadata) > gateway.MaxMetadataKeys || bytes > gateway.MaxMetadataBytes {
		return gateway.InvalidField(op, at+"metadata", "The field '"+at+"metadata' may have 64 entries and 16 KiB.")
	}
	return nil
}
