package audit

import (
	"crypto/sha256"
	"encoding/json"
	"fmt"
	"slices"
	"strconv"
	"time"

	"github.com/sluicegate/sluice/gateway"
	"github.com/sluicegate/sluice/internal/jsonx"
)

// Event says who did what, and whether it was allowed. Its texts are words of an administrator
// or of the server. Secrets must not be put into it.
type Event struct {
	Time       time.Time // set by Head.Append; UTC, whole microseconds
	Workspace  string    // id
	Member     string    // id, "" if the caller was not recognised
	MemberName string
	Team       string // id of the API key's team, ""
	APIKey     string // id
	Action     string // "chat", "api_key.create"
	Resource   string // "model", "api_key"
	ResourceID string
	Outcome    string // OutcomeOK, OutcomeDenied or OutcomeError
	Status     int    // HTTP status
	RequestID  string
	TraceID    string // 32 hex digits
	Client     string // the caller's address; recorded as a pseudonym
	Before     string // of a change: the object as canonical JSON, secrets as fingerprints; "" if there was none
	After      string
	Detail     map[string]string
}

// maxObject bounds Before and After, in bytes.
const maxObject = 16 << 10

// Bounded is the canonical JSON of an object as Event.Before and Event.After take it. Of one that
// is too large the size and the SHA-256 stay.
func Bounded(object []byte) string {
	if len(object) <= maxObject {
		return string(object)
	}
	return fmt.Sprintf(`{"bytes":%d,"sha256":"%x"}`, len(object), sha256.Sum256(object))
}

// Outcomes of an Event.
const (
	OutcomeOK     = "ok"
	OutcomeDenied = "denied"
	OutcomeError  = "error"
)

// appendCanonical appends the event as canonical JSON: sorted keys, no white space, integers
// only, empty fields left out.
func (e *Event) appendCanonical(b []byte, chain string, seq uint64) []byte {
	b = append(b, `{"action":`...)
	b = jsonx.AppendQuote(b, e.Action)
	text := func(name, value string) {
		if value != "" {
			b = append(append(append(b, `,"`...), name...), `":`...)
			b = jsonx.AppendQuote(b, value)
		}
	}
	number := func(name string, v int64) {
		b = append(append(append(b, `,"`...), name...), `":`...)
		b = strconv.AppendInt(b, v, 10)
	}
	text("after", e.After)
	text("api_key", e.APIKey)
	text("before", e.Before)
	text("chain", chain)
	text("client", e.Client)
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
			b = append(jsonx.AppendQuote(b, k), ':')
			b = jsonx.AppendQuote(b, e.Detail[k])
		}
		b = append(b, '}')
	}
	text("member", e.Member)
	text("member_name", e.MemberName)
	text("outcome", e.Outcome)
	text("request_id", e.RequestID)
	text("resource", e.Resource)
	text("resource_id", e.ResourceID)
	number("seq", int64(seq))
	number("status", int64(e.Status))
	text("team", e.Team)
	number("time_us", e.Time.UnixMicro())
	text("trace_id", e.TraceID)
	text("workspace", e.Workspace)
	return append(b, '}')
}

// canonicalEvent mirrors the canonical form for decoding.
type canonicalEvent struct {
	Action     string            `json:"action"`
	After      string            `json:"after"`
	APIKey     string            `json:"api_key"`
	Before     string            `json:"before"`
	Chain      string            `json:"chain"`
	Client     string            `json:"client"`
	Detail     map[string]string `json:"detail"`
	Member     string            `json:"member"`
	MemberName string            `json:"member_name"`
	Outcome    string            `json:"outcome"`
	RequestID  string            `json:"request_id"`
	Resource   string            `json:"resource"`
	ResourceID string            `json:"resource_id"`
	Seq        uint64            `json:"seq"`
	Status     int               `json:"status"`
	Team       string            `json:"team"`
	TimeUS     int64             `json:"time_us"`
	TraceID    string            `json:"trace_id"`
	Workspace  string            `json:"workspace"`
}

func (r *Row) decode() (*canonicalEvent, error) {
	v := &canonicalEvent{}
	if err := json.Unmarshal(r.Canonical, v); err != nil {
		return nil, &gateway.Error{Op: "audit.Row.Event", Kind: gateway.Internal, Public: "An audit row cannot be read.", Err: err}
	}
	return v, nil
}

func (v *canonicalEvent) event() Event {
	return Event{Time: time.UnixMicro(v.TimeUS).UTC(), Workspace: v.Workspace, Member: v.Member, MemberName: v.MemberName, Team: v.Team, APIKey: v.APIKey,
		Action: v.Action, Resource: v.Resource, ResourceID: v.ResourceID, Outcome: v.Outcome, Status: v.Status,
		RequestID: v.RequestID, TraceID: v.TraceID, Client: v.Client, Before: v.Before, After: v.After, Detail: v.Detail}
}
