package recorder

import (
	"slices"

	"github.com/sluicegate/sluice/gateway"
	"github.com/sluicegate/sluice/telemetry/audit"
)

// entry waits in the queue: an exchange that has ended, or an admin action's event.
type entry struct {
	ex     *gateway.Exchange
	facts  gateway.Facts // copied when the exchange ended
	op     gateway.Op
	model  string // as the caller asked; of a prompt call, as the template asks
	stream bool
	size   int // bytes of bodies

	bodiesDropped bool

	event   *audit.Event // of an admin action; nil for an exchange
	written chan error   // capacity 1: gets the result of the event's first write
}

func newEntry(ex *gateway.Exchange) *entry {
	kept := *ex
	kept.Facts = nil // which holds what redaction replaces
	e := &entry{ex: &kept, facts: *ex.Facts}
	f := &e.facts
	f.Received = nil
	f.Timing = slices.Clone(f.Timing) // gateway.Settle changes it
	q := ex.Request
	if q != nil {
		e.op = q.Op
		if q != f.RedactedRequest {
			e.size += len(q.Raw)
		}
	}
	if p := f.Prompt; p != nil && p.Rendered != nil {
		q = p.Rendered
		e.size += len(q.Raw)
	}
	if q != nil {
		e.model, e.stream = q.Model(), q.Stream()
	}
	if f.RedactedRequest != nil {
		e.size += len(f.RedactedRequest.Raw)
	}
	e.size += len(f.Sent)
	if a := f.Answer; a != nil {
		e.size += len(a.Body())
		for i := range a.Choices {
			e.size += a.Choices[i].Size()
		}
	}
	return e
}

// dropBodies releases the bodies, including those that the exchange itself refers to.
func (e *entry) dropBodies() {
	ex := *e.ex
	ex.Request = nil
	if ex.Envelope != nil {
		env := *ex.Envelope
		env.BodyConfig = nil
		ex.Envelope = &env
	}
	if e.facts.Prompt != nil {
		p := *e.facts.Prompt
		p.Rendered = nil
		e.facts.Prompt = &p
	}
	e.ex, e.facts.RedactedRequest, e.facts.Answer, e.facts.Sent, e.size, e.bodiesDropped = &ex, nil, nil, nil, 0, true
}
