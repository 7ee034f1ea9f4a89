package recorder

import (
	"strconv"
	"time"

	"github.com/oklog/ulid/v2"

	"github.com/sluicegate/sluice/gateway"
	"github.com/sluicegate/sluice/telemetry"
	"github.com/sluicegate/sluice/telemetry/audit"
)

// batchBuilder collects one batch and links its audit events into the chain.
type batchBuilder struct {
	batch   telemetry.Batch
	chain   string
	head    audit.Head // with the batch's audit rows
	now     time.Time  // of the batch's audit rows
	waiting []chan error
}

func newBatchBuilder(chain string, head audit.Head) *batchBuilder {
	return &batchBuilder{batch: telemetry.Batch{ID: ulid.Make().String()}, chain: chain, head: head, now: time.Now()}
}

// addRecord adds an exchange and its audit event.
func (b *batchBuilder) addRecord(r *telemetry.Record) {
	b.batch.Rows = append(b.batch.Rows, r)
	e := auditEvent(r)
	b.link(&e)
}

// addEvent adds an admin action's event, which must be on disk when the batch is written. The
// result of the first write goes to written.
func (b *batchBuilder) addEvent(e *audit.Event, written chan error) {
	b.batch.Sync = true
	b.waiting = append(b.waiting, written)
	b.link(e)
}

// addLoss adds the event that tells of exchanges whose rows and events were lost.
func (b *batchBuilder) addLoss(exchanges uint64) {
	b.link(&audit.Event{Action: "audit.lost", Resource: "audit", Outcome: audit.OutcomeError,
		Detail: map[string]string{"events": strconv.FormatUint(exchanges, 10)}})
}

func (b *batchBuilder) link(e *audit.Event) {
	b.batch.Audit = append(b.batch.Audit, b.head.Append(b.chain, e, b.now))
}

// notify tells the result of a write to those who still wait for one.
func (b *batchBuilder) notify(err error) {
	for _, c := range b.waiting {
		sendResult(c, err)
	}
	b.waiting = nil
}

// sendResult sends the result of a write to whoever waits for it, once: a second result is dropped.
func sendResult(written chan error, err error) {
	select {
	case written <- err:
	default:
	}
}

// auditEvent is what the audit trail keeps of an exchange: who used which model, and the outcome.
func auditEvent(r *telemetry.Record) audit.Event {
	e := audit.Event{Workspace: r.Workspace, Member: r.Member, MemberName: r.MemberName, Team: r.Team, APIKey: r.APIKey,
		Action: r.Op, Resource: "model", ResourceID: r.Model, Outcome: audit.OutcomeOK, Status: r.Status,
		RequestID: r.ID, TraceID: r.Trace.ID.String(), Client: r.Client}
	if e.Action == "" {
		e.Action, e.Resource, e.ResourceID = "request", "route", r.Route
	}
	if r.Error != nil {
		e.Outcome = audit.OutcomeError
		switch r.Error.Kind {
		case gateway.Unauthorized.String(), gateway.Forbidden.String(), gateway.Denied.String(),
			gateway.Exhausted.String(), gateway.RateLimited.String():
			e.Outcome = audit.OutcomeDenied
		}
	}
	return e
}
