package audit

import (
	"encoding/hex"
	"encoding/json"
)

// RowShape is an empty value of the type that JSON encodes, for documentation.
func RowShape() any { return rowJSON{} }

// rowJSON is a row as GET /v1/audit-logs lists it.
type rowJSON struct {
	Chain      string            `json:"chain_id"`
	Seq        uint64            `json:"seq"`
	Time       string            `json:"time"`
	Workspace  string            `json:"workspace"`
	Member     string            `json:"member"`
	MemberName string            `json:"member_name,omitempty"`
	Team       string            `json:"team,omitempty"`
	APIKey     string            `json:"api_key"`
	Action     string            `json:"action"`
	Resource   string            `json:"resource"`
	ResourceID string            `json:"resource_id"`
	Outcome    string            `json:"outcome"`
	Status     int               `json:"status"`
	RequestID  string            `json:"request_id,omitempty"`
	TraceID    string            `json:"trace_id,omitempty"`
	Client     string            `json:"client,omitempty"`
	Before     json.RawMessage   `json:"before,omitempty"`
	After      json.RawMessage   `json:"after,omitempty"`
	Detail     map[string]string `json:"detail,omitempty"`
	Prev       string            `json:"prev_hash"`
	Hash       string            `json:"hash"`
}

// JSON encodes the row as GET /v1/audit-logs lists it: the event and its place in the chain. A
// row whose event cannot be decoded has the action "unreadable".
func (r *Row) JSON() json.RawMessage {
	e, err := r.Event()
	if err != nil {
		e = Event{Time: r.Time, Workspace: r.Workspace, Action: "unreadable"}
	}
	b, _ := json.Marshal(rowJSON{ // plain data always encodes
		Chain: r.Chain, Seq: r.Seq, Time: e.Time.Format("2006-01-02T15:04:05.000000Z"), Workspace: e.Workspace,
		Member: e.Member, MemberName: e.MemberName, Team: e.Team, APIKey: e.APIKey, Action: e.Action, Resource: e.Resource, ResourceID: e.ResourceID,
		Outcome: e.Outcome, Status: e.Status, RequestID: e.RequestID, TraceID: e.TraceID, Client: e.Client, Before: rawObject(e.Before), After: rawObject(e.After), Detail: e.Detail,
		Prev: hex.EncodeToString(r.Prev[:]), Hash: hex.EncodeToString(r.Hash[:]),
	})
	return b
}

// rawObject is an object of an event; nil if it cannot be read.
func rawObject(text string) json.RawMessage {
	if !json.Valid([]byte(text)) {
		return nil
	}
	return json.RawMessage(text)
}
