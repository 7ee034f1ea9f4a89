package logexport

import (
	"context"
	"math"
	"net/http"
	"strings"
	"time"

	"github.com/sluicegate/sluice/internal/httpapi/admin/action"
	"github.com/sluicegate/sluice/internal/httpapi/admin/analytics"
	"github.com/sluicegate/sluice/telemetry"
	"github.com/sluicegate/sluice/telemetry/export"
)

// create takes {description, filters, format, fields, bodies, destination, start}; filters are the
// parameters of GET /v1/logs, or Portkey's. requested_data is Portkey's name of fields.
func (a resource) create(ctx context.Context, r *action.Request) error {
	f, err := action.ReadForm(ctx, r)
	if err != nil {
		return err
	}
	by, err := r.As(ctx, f.Text("workspace", false))
	if err != nil {
		return err
	}
	var j export.Job
	read(r, f, &j)
	start := f.Flag("start", false)
	if err := f.Done(); err != nil {
		return err
	}
	if j, err = a.Create(ctx, by, j); err != nil {
		return err
	}
	r.Target = j.ID
	if start {
		if j, err = a.StartJob(ctx, by, j.ID); err != nil {
			return err
		}
	}
	r.Status, r.Reply = http.StatusCreated, responseOf(r, j)
	return nil
}

// update takes the fields of create but start, of which those that are given change.
func (a resource) update(ctx context.Context, r *action.Request) error {
	r.Target = r.Param("id")
	f, err := action.ReadForm(ctx, r)
	if err != nil {
		return err
	}
	by, err := r.As(ctx, f.Text("workspace", false))
	if err != nil {
		return err
	}
	changes := f.Copy()
	var unused export.Job
	read(r, f, &unused)
	if err := f.Done(); err != nil {
		return err
	}
	j, err := a.Update(ctx, by, r.Target, func(j *export.Job) { read(r, changes, j) })
	if err != nil {
		return err
	}
	r.Reply = responseOf(r, j)
	return nil
}

// read reads the fields of a job that are given.
func read(r *action.Request, f *action.Form, j *export.Job) {
	if f.Given("description") {
		j.Description = f.Text("description", false)
	}
	if f.Given("format") {
		j.Format = export.Format(f.OneOf("format", export.Formats()...))
	}
	if f.Given("destination") {
		j.Destination = export.Destination(f.OneOf("destination", string(export.ToFile), string(export.ToBucket)))
	}
	if f.Given("bodies") {
		j.Bodies = f.Flag("bodies", false)
	}
	for _, name := range []string{"requested_data", "fields"} {
		if f.Given(name) {
			j.Fields = f.Texts(name)
		}
	}
	if f.Given("filters") {
		j.Filter = readFilter(r, f)
	}
}

// maxLimit bounds the rows that a caller can ask for; the server has a bound of its own.
const maxLimit = math.MaxInt32

func readFilter(r *action.Request, f *action.Form) export.Filter {
	p := f.Parameters(r, "filters")
	var q telemetry.Query
	var workspace string
	q = analytics.ReadExchanges(p)
	analytics.ReadPortkeys(p, &q, &workspace)
	if workspace != "" && workspace != r.By.Workspace && !strings.EqualFold(workspace, r.By.WorkspaceRef) {
		p.Wrong("workspace_slug", "names another workspace than the export's")
	}
	text := p.Text("text")
	limit := p.Whole("limit", p.Whole("page_size", 0, 1, maxLimit), 1, maxLimit)
	p.Whole("current_page", 0, 0, 0) // of Portkey: an export is not in pages
	_ = p.Done()                     // its problems are those of the form
	q.Since, q.Until = q.Since.UTC().Truncate(time.Microsecond), q.Until.UTC().Truncate(time.Microsecond)
	filter := export.FilterOf(q, int64(limit))
	filter.Text = text
	return filter
}
