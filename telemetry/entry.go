package telemetry

import (
	"sync"

	"github.com/sluicegate/sluice/gateway"
)

// entry is what waits in the queue: an exchange that has ended, or an admin action's event.
type entry struct {
	ex     *gateway.Exchange
	facts  gateway.Facts
	model  string // as asked; of a prompt call, as its template asks
	op     gateway.Op
	size   int
	stream bool
	shed   bool // its bodies were dropped

	event *Event
	done  chan error // answered once the event is durable
}

// spare are entries to be used again: with its copies one takes a kilobyte.
var spare = sync.Pool{New: func() any { return new(entry) }}

// release ends the use of e.
func (e *entry) release() {
	*e = entry{facts: gateway.Facts{Timing: e.facts.Timing[:0]}}
	spare.Put(e)
}

// newEntry copies what an exchange leaves behind. Nobody writes to it any more.
func newEntry(ex *gateway.Exchange) *entry {
	f, e := ex.Facts, spare.Get().(*entry)
	timing := append(e.facts.Timing[:0], f.Timing...)
	e.ex, e.facts = ex, *f
	e.facts.Timing = timing
	q := ex.Request
	if q != nil {
		e.op = q.Op
	}
	if p := f.Prompt; p != nil && p.Rendered != nil {
		q = p.Rendered
		e.size += len(q.Raw)
	}
	if q != nil {
		e.model, e.stream = q.Model(), q.Stream()
	}
	if f.Asked != nil {
		e.size += len(f.Asked.Raw)
	}
	if a := f.Answer; a != nil {
		e.size += len(a.Raw)
		for i := range a.Choices {
			e.size += len(a.Choices[i].Text()) + len(a.Choices[i].Reasoning())
		}
	}
	return e
}

// drop lets go of the bodies, also of those that the exchange itself holds: it and its
// envelope may lie in one piece of memory.
func (e *entry) drop() {
	ex := *e.ex
	ex.Request, ex.Facts = nil, nil
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
	e.ex, e.facts.Asked, e.facts.Answer, e.size, e.shed = &ex, nil, nil, 0, true
}
