package logexport

import (
	"time"

	"github.com/sluicegate/sluice/internal/httpapi/admin/action"
	"github.com/sluicegate/sluice/telemetry/export"
)

// jobResponse has Portkey's fields and our own.
type jobResponse struct {
	Object       string        `json:"object"` // "export"
	ID           string        `json:"id"`
	Message      string        `json:"message,omitempty"` // of a start or a cancellation
	Organisation string        `json:"organisation_id"`
	Workspace    string        `json:"workspace_id"`
	CreatedBy    string        `json:"created_by"` // id of the member
	Description  string        `json:"description"`
	Filters      export.Filter `json:"filters"`
	Format       export.Format `json:"format"`
	Fields       []string      `json:"fields"`         // as they were chosen; null = all
	Requested    []string      `json:"requested_data"` // the fields of the file
	Bodies       bool          `json:"bodies"`
	OwnOnly      bool          `json:"own_only"` // only exchanges of one member are exported
	Destination  string        `json:"destination"`
	Status       export.Status `json:"status"`
	Reason       string        `json:"reason,omitempty"` // why it failed
	Total        *int64        `json:"total"`            // exchanges that matched when it was made; null = not counted
	Rows         int64         `json:"rows"`             // written so far
	Bytes        int64         `json:"bytes"`
	Cut          string        `json:"cut,omitempty"`  // "rows" or "bytes": the limit of the server at which the file ends
	Node         string        `json:"node,omitempty"` // the server that runs it, and has the file
	CreatedAt    time.Time     `json:"created_at"`
	UpdatedAt    time.Time     `json:"last_updated_at"`
	StartedAt    *time.Time    `json:"started_at"`
	EndedAt      *time.Time    `json:"ended_at"`
	ExpiresAt    *time.Time    `json:"expires_at"` // when the file is deleted
}

func responseOf(r *action.Request, j export.Job) jobResponse {
	out := jobResponse{Object: "export", ID: j.ID, Organisation: r.By.Organisation, Workspace: j.Workspace, CreatedBy: j.Member, Description: j.Description, Filters: j.Filter,
		Format: j.Format, Fields: j.Fields, Bodies: j.Bodies, OwnOnly: j.Own != "", Destination: string(j.Destination), Status: j.Status, Reason: j.Reason,
		Rows: j.Rows, Bytes: j.Bytes, Cut: j.Cut, Node: j.Node, CreatedAt: j.CreatedAt, UpdatedAt: j.UpdatedAt,
		StartedAt: given(j.StartedAt), EndedAt: given(j.EndedAt), ExpiresAt: given(j.ExpiresAt)}
	if out.Requested = j.Fields; len(j.Fields) == 0 {
		out.Requested = export.Fields(j.Bodies)
	}
	if j.Total >= 0 {
		out.Total = &j.Total
	}
	return out
}

// given is nil for the zero time.
func given(t time.Time) *time.Time {
	if t.IsZero() {
		return nil
	}
	return &t
}
