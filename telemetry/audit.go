package telemetry

import (
	"crypto/sha256"
	"encoding/json"
	"slices"
	"strconv"
	"time"

	"github.com/sluicegate/sluice/gateway"
)

// Event says who did what, and whether it was allowed. Its texts are an administrator's or
// the server's own words; values of secrets have no place in it.
type Event struct {
	Time       time.Time // set when it is recorded
	Workspace  string
	Member     string // id, "" if nobody was recognised
	MemberName string
	APIKey     string // id
	Action     string // "chat", "api_key.create"
	Resource   string // "model", "api_key"
	ResourceID string
	Outcome    string // "ok", "denied" or "error"
	Status     int
	RequestID  string
	TraceID    string
	Client     string // address; recorded as a pseudonym
	Detail     map[string]string
}

// AuditRow is an Event in its chain. Hash is SHA-256 over Prev and Canonical; Prev is the
// Hash of the row before, zero for the first. Seq counts from 1 without gaps.
type AuditRow struct {
	Chain      string
	Seq        uint64
	Time       time.Time
	Workspace  string
	Prev, Hash [32]byte
	Canonical  []byte // JSON: sorted keys, no white space, integers only
}

// Head is the last link of a chain. Its zero value is a chain that has none yet.
type Head struct {
	Seq  uint64
	Hash [32]byte
	Time time.Time
}

// link appends e to the chain. Its time becomes that of the linking: within a chain time
// never runs backwards, so that newest first is one order, by time and by seq. The canonical
// form is written to t.
func (h *Head) link(t *texts, chain string, e *Event, now time.Time) AuditRow {
	e.Time = now.UTC().Truncate(time.Microsecond)
	if e.Time.Before(h.Time) {
		e.Time = h.Time
	}
	r := AuditRow{Chain: chain, Seq: h.Seq + 1, Time: e.Time, Workspace: e.Workspace, Prev: h.Hash}
	at := len(*t)
	*t = e.canonical(*t, chain, r.Seq)
	r.Canonical = t.since(at)
	r.Hash = r.sum()
	h.Seq, h.Hash, h.Time = r.Seq, r.Hash, r.Time
	return r
}

func (r *AuditRow) sum() [32]byte {
	var buf [1024]byte
	return sha256.Sum256(append(append(buf[:0], r.Prev[:]...), r.Canonical...))
}

// canonical writes the event by hand: what is hashed must not depend on an encoder.
func (e *Event) canonical(b []byte, chain string, seq uint64) []byte {
	b = append(b, `{"action":`...)
	b = gateway.AppendQuoted(b, e.Action)
	field := func(name, value string) {
		if value != "" {
			b = append(append(append(b, `,"`...), name...), `":`...)
			b = gateway.AppendQuoted(b, value)
		}
	}
	number := func(name string, v int64) {
		b = append(append(append(b, `,"`...), name...), `":`...)
		b = strconv.AppendInt(b, v, 10)
	}
	field("api_key", e.APIKey)
	field("chain", chain)
	field("client", e.Client)
	if len(e.Detail) > 0 {
		keys := make([]string, 0, len(e.Detail))
		for k := range e.Detail {
			keys = append(keys, k)
		}
		slices.Sort(keys)
		b = append(b, `,"detail":{`...)
		for i, k := range keys {
			if i > 0 {
				b = append(b, ',')
			}
			b = append(gateway.AppendQuoted(b, k), ':')
			b = gateway.AppendQuoted(b, e.Detail[k])
		}
		b = append(b, '}')
	}
	field("member", e.Member)
	field("member_name", e.MemberName)
	field("outcome", e.Outcome)
	field("request_id", e.RequestID)
	field("resource", e.Resource)
	field("resource_id", e.ResourceID)
	number("seq", int64(seq))
	number("status", int64(e.Status))
	number("time_us", e.Time.UnixMicro())
	field("trace_id", e.TraceID)
	field("workspace", e.Workspace)
	return append(b, '}')
}

// Event reads the row's canonical form.
func (r *AuditRow) Event() (Event, error) {
	var v struct {
		Action, Member, Outcome, Resource, Workspace, Client string
		APIKey                                               string `json:"api_key"`
		MemberName                                           string `json:"member_name"`
		RequestID                                            string `json:"request_id"`
		ResourceID                                           string `json:"resource_id"`
		TraceID                                              string `json:"trace_id"`
		Status                                               int
		TimeUS                                               int64 `json:"time_us"`
		Detail                                               map[string]string
	}
	if err := json.Unmarshal(r.Canonical, &v); err != nil {
		return Event{}, &gateway.Error{Op: "telemetry.AuditRow.Event", Kind: gateway.Internal, Public: "An audit row cannot be read.", Err: err}
	}
	return Event{Time: time.UnixMicro(v.TimeUS).UTC(), Workspace: v.Workspace, Member: v.Member, MemberName: v.MemberName, APIKey: v.APIKey,
		Action: v.Action, Resource: v.Resource, ResourceID: v.ResourceID, Outcome: v.Outcome, Status: v.Status,
		RequestID: v.RequestID, TraceID: v.TraceID, Client: v.Client, Detail: v.Detail}, nil
}

// event is what the audit trail keeps of an exchange: who used which model, and how it went.
func (r *Record) event() Event {
	e := Event{Workspace: r.Workspace, Member: r.Member, MemberName: r.MemberName, APIKey: r.APIKey,
		Action: r.Op, Resource: "model", ResourceID: r.Model, Outcome: "ok", Status: r.Status,
		RequestID: r.ID, TraceID: hexOf(&r.Trace), Client: r.Client}
	if e.Action == "" {
		e.Action, e.Resource, e.ResourceID = "request", "route", r.Route
	}
	if r.Error != nil {
		e.Outcome = "error"
		switch r.Error.Kind {
		case gateway.Unauthorized.String(), gateway.Forbidden.String(), gateway.Denied.String(),
			gateway.Exhausted.String(), gateway.RateLimited.String():
			e.Outcome = "denied"
		}
	}
	return e
}

// placed reports whether the canonical form names the chain and seq of the row itself.
func (r *AuditRow) placed() bool {
	var v struct {
		Chain string
		Seq   uint64
	}
	return json.Unmarshal(r.Canonical, &v) == nil && v.Chain == r.Chain && v.Seq == r.Seq
}
