package logexport

import (
	"context"
	"net/http"
	"os"
	"time"

	"github.com/sluicegate/sluice/gateway"
	"github.com/sluicegate/sluice/internal/httpapi"
	"github.com/sluicegate/sluice/internal/httpapi/admin/action"
	"github.com/sluicegate/sluice/telemetry/export"
)

// Jobs are what is administered. The one of package export implements it.
type Jobs interface {
	Create(ctx context.Context, by *gateway.Principal, j export.Job) (export.Job, error)
	List(ctx context.Context, by *gateway.Principal) ([]export.Job, error)
	Get(ctx context.Context, by *gateway.Principal, id string) (export.Job, error)
	Update(ctx context.Context, by *gateway.Principal, id string, change func(*export.Job)) (export.Job, error)
	StartJob(ctx context.Context, by *gateway.Principal, id string) (export.Job, error)
	Cancel(ctx context.Context, by *gateway.Principal, id string) (export.Job, error)
	Delete(ctx context.Context, by *gateway.Principal, id string) (export.Job, error)
	Ready(ctx context.Context, by *gateway.Principal, id string) (export.Job, error)
	Address(ctx context.Context, j *export.Job) (url string, until time.Time, err error)
	Open(j *export.Job) (*os.File, error)
}

type resource struct{ Jobs }

// Actions are the operations.
func Actions(jobs Jobs) []action.Action {
	const path = "/v1/logs/exports"
	a := resource{jobs}
	return []action.Action{
		{Method: "GET", Path: path, Name: "log_export.list", Need: gateway.LogsExport,
			About: httpapi.Description{Group: "logs", Summary: "Lists exports of logs, the newest first", Answer: action.CountedList{List: action.ListLike(jobResponse{})}}, Do: a.list},
		{Method: "POST", Path: path, Name: "log_export.create", Need: gateway.LogsExport,
			About: httpapi.Description{Group: "logs", Summary: "Makes an export of the logs that match, and begins it with start: true", Answer: jobResponse{}, Status: http.StatusCreated}, Do: a.create},
		{Method: "GET", Path: path + "/:id", Name: "log_export.get", Need: gateway.LogsExport,
			About: httpapi.Description{Group: "logs", Summary: "Shows an export and how far it is", Answer: jobResponse{}}, Do: a.get},
		{Method: "PUT", Path: path + "/:id", Name: "log_export.update", Need: gateway.LogsExport,
			About: httpapi.Description{Group: "logs", Summary: "Changes the fields of an export that are given, before it begins or after it ended without a file", Answer: jobResponse{}}, Do: a.update},
		{Method: "DELETE", Path: path + "/:id", Name: "log_export.delete", Need: gateway.LogsExport,
			About: httpapi.Description{Group: "logs", Summary: "Deletes an export and its file, unless it runs", Answer: action.Deleted{}}, Do: a.delete},
		{Method: "POST", Path: path + "/:id/start", Name: "log_export.start", Need: gateway.LogsExport,
			About: httpapi.Description{Group: "logs", Summary: "Begins an export", Answer: jobResponse{}}, Do: a.start},
		{Method: "POST", Path: path + "/:id/cancel", Name: "log_export.cancel", Need: gateway.LogsExport,
			About: httpapi.Description{Group: "logs", Summary: "Stops an export", Answer: jobResponse{}}, Do: a.cancel},
		{Method: "GET", Path: path + "/:id/download", Name: "log_export.download", Need: gateway.LogsExport,
			About: httpapi.Description{Group: "logs", Summary: "Tells where the file of an export can be read. With file=true it sends the file, or redirects to it", Answer: addressResponse{}, Also: http.StatusPartialContent,
				Types: []string{"application/json", "application/x-ndjson", "text/csv", "application/vnd.apache.parquet"}}, Do: a.download},
	}
}

func (a resource) list(ctx context.Context, r *action.Request) error {
	p := action.ReadQuery(r)
	p.Text("workspace") // the performer has entered it
	page := p.Page()
	if err := p.Done(); err != nil {
		return err
	}
	all, err := a.List(ctx, r.By)
	if err != nil {
		return err
	}
	shown, next, err := action.PageOf(page, all, func(j export.Job) string { return j.ID })
	if err != nil {
		return err
	}
	out := action.CountedList{List: action.ListOf(shown, func(j export.Job) jobResponse { return responseOf(r, j) }), Total: len(all)}
	out.Next = next
	r.Reply = out
	return nil
}

func (a resource) get(ctx context.Context, r *action.Request) error {
	r.Target = r.Param("id")
	j, err := a.Get(ctx, r.By, r.Target)
	if err != nil {
		return err
	}
	r.Reply = responseOf(r, j)
	return nil
}

func (a resource) delete(ctx context.Context, r *action.Request) error {
	r.Target = r.Param("id")
	j, err := a.Delete(ctx, r.By, r.Target)
	if err != nil {
		return err
	}
	r.Reply = action.Deleted{ID: j.ID, Deleted: true}
	return nil
}

func (a resource) start(ctx context.Context, r *action.Request) error {
	return a.move(ctx, r, a.StartJob, "The export is queued.")
}

func (a resource) cancel(ctx context.Context, r *action.Request) error {
	return a.move(ctx, r, a.Cancel, "The export is stopped.")
}

// move changes the status of a job. The body, if there is one, names a workspace.
func (a resource) move(ctx context.Context, r *action.Request, to func(context.Context, *gateway.Principal, string) (export.Job, error), message string) error {
	r.Target = r.Param("id")
	f, err := action.ReadForm(ctx, r)
	if err != nil {
		return err
	}
	by, err := r.As(ctx, f.Text("workspace", false))
	if err != nil {
		return err
	}
	if err := f.Done(); err != nil {
		return err
	}
	j, err := to(ctx, by, r.Target)
	if err != nil {
		return err
	}
	out := responseOf(r, j)
	out.Message = message
	r.Reply = out
	return nil
}
