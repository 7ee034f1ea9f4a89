package telemetry

import (
	"encoding/hex"
	"encoding/json"
)

// JSON is the row as GET /v1/audit-logs lists it: the event, and its place in the chain.
func (r *AuditRow) JSON() json.RawMessage {
	e, err := r.Event()
	if err != nil {
		e = Event{Time: r.Time, Workspace: r.Workspace, Action: "unreadable"}
	}
	b, _ := json.Marshal(struct { // plain data always encodes
		Chain      string            `json:"chain_id"`
		Seq        uint64            `json:"seq"`
		Time       string            `json:"time"`
		Workspace  string            `json:"workspace"`
		Member     string            `json:"member"`
		MemberName string            `json:"member_name,omitempty"`
		APIKey     string            `json:"api_key"`
		Action     string            `json:"action"`
		Resource   string            `json:"resource"`
		ResourceID string            `json:"resource_id"`
		Outcome    string            `json:"outcome"`
		Status     int               `json:"status"`
		RequestID  string            `json:"request_id,omitempty"`
		TraceID    string            `json:"trace_id,omitempty"`
		Client     string            `json:"client,omitempty"`
		Detail     map[string]string `json:"detail,omitempty"`
		Prev       string            `json:"prev_hash"`
		Hash       string            `json:"hash"`
	}{r.Chain, r.Seq, e.Time.Format(timeFormat), e.Workspace, e.Member, e.MemberName, e.APIKey, e.Action, e.Resource, e.ResourceID,
		e.Outcome, e.Status, e.RequestID, e.TraceID, e.Client, e.Detail, hex.EncodeToString(r.Prev[:]), hex.EncodeToString(r.Hash[:])})
	return b
}
