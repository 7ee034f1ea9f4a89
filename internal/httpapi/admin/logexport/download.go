package logexport

import (
	"context"
	"net/http"
	"net/url"
	"time"

	"github.com/sluicegate/sluice/internal/httpapi/admin/action"
	"github.com/sluicegate/sluice/telemetry/export"
)

// addressResponse is Portkey's answer, with our own fields.
type addressResponse struct {
	Object    string     `json:"object"`     // "export"
	URL       string     `json:"signed_url"` // of a file in a bucket anybody may read it; of one on this server it needs the caller's API key
	Format    string     `json:"format"`
	Bytes     int64      `json:"bytes"`
	ExpiresAt *time.Time `json:"expires_at"` // of the address, or of the file on this server
}

func (a resource) download(ctx context.Context, r *action.Request) error {
	r.Target = r.Param("id")
	p := action.ReadQuery(r)
	workspace, file := p.Text("workspace"), p.Flag("file")
	if err := p.Done(); err != nil {
		return err
	}
	j, err := a.Ready(ctx, r.By, r.Target)
	if err != nil {
		return err
	}
	out := addressResponse{Object: "export", Format: string(j.Format), Bytes: j.Bytes, ExpiresAt: &j.ExpiresAt}
	if j.Destination == export.ToBucket {
		address, until, err := a.Address(ctx, &j)
		if err != nil {
			return err
		}
		if out.URL, out.ExpiresAt = address, &until; file {
			a.note(r)
			return r.Redirect(address)
		}
	} else if file {
		return a.send(r, &j)
	} else {
		query := url.Values{"file": {"true"}}
		if workspace != "" {
			query.Set("workspace", workspace)
		}
		out.URL = r.Origin() + "/v1/logs/exports/" + url.PathEscape(j.ID) + "/download?" + query.Encode()
	}
	r.Reply = out
	return nil
}

// note tells what was read before the answer begins.
func (a resource) note(r *action.Request) {
	r.Sent = true
	note := r.AuditNote()
	note.Workspace, note.Object = r.Workspace, r.Target
}

// send sends the file, or the part of it that the caller asks for.
func (a resource) send(r *action.Request, j *export.Job) error {
	f, err := a.Open(j)
	if err != nil {
		return err
	}
	defer f.Close()
	a.note(r)
	r.SetHeader("Content-Type", j.Format.ContentType())
	r.SetHeader("Content-Disposition", `attachment; filename="`+j.Name()+`"`)
	r.SetHeader("Cache-Control", "no-store")
	r.SetHeader("X-Content-Type-Options", "nosniff")
	http.ServeContent(r.Writer(), r.Request(), j.Name(), j.EndedAt, f)
	return nil
}
