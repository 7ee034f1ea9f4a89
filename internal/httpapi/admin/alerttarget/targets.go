// Package alerttarget administers where alerts about budgets are sent. Neither the URL beyond its
// host nor the secret is ever shown.
package alerttarget

import (
	"context"
	"net/http"
	"time"

	"github.com/sluicegate/sluice/gateway"
	"github.com/sluicegate/sluice/gateway/billing/alert"
	"github.com/sluicegate/sluice/internal/httpapi"
	"github.com/sluicegate/sluice/internal/httpapi/admin/action"
)

// Targets are what is administered. workspace is an id; "" as the workspace of a target stands for
// all.
type Targets interface {
	Targets(workspace string) []alert.Target
	Target(workspace, id string) (alert.Target, error)
	Create(ctx context.Context, t alert.Target) (alert.Target, error)
	Update(ctx context.Context, t alert.Target) (alert.Target, error)
	Delete(ctx context.Context, id string) error
	Test(ctx context.Context, t alert.Target) error
}

type resource struct{ Targets }

// Actions are the operations.
func Actions(targets Targets) []action.Action {
	const path = "/v1/alert-targets"
	a := resource{targets}
	return []action.Action{
		{Method: "GET", Path: path, Name: "alert_target.list", Need: gateway.AlertsList,
			About: httpapi.Description{Summary: "Lists where alerts go, without their secrets", Answer: listResponse{Data: []targetResponse{}}}, Do: a.list},
		{Method: "POST", Path: path, Name: "alert_target.create", Need: gateway.AlertsCreate,
			About: httpapi.Description{Summary: "Creates a target of alerts: a signed webhook or a Slack webhook", Answer: targetResponse{}, Status: http.StatusCreated}, Do: a.create},
		{Method: "GET", Path: path + "/:id", Name: "alert_target.get", Need: gateway.AlertsRead,
			About: httpapi.Description{Summary: "Shows a target of alerts", Answer: targetResponse{}}, Do: a.get},
		{Method: "PUT", Path: path + "/:id", Name: "alert_target.update", Need: gateway.AlertsUpdate,
			About: httpapi.Description{Summary: "Changes the name, the format, the URL or the secret of a target of alerts", Answer: targetResponse{}}, Do: a.update},
		{Method: "DELETE", Path: path + "/:id", Name: "alert_target.delete", Need: gateway.AlertsDelete,
			About: httpapi.Description{Summary: "Deletes a target of alerts", Answer: deletedResponse{}}, Do: a.delete},
		{Method: "POST", Path: path + "/:id/test", Name: "alert_target.test", Need: gateway.AlertsUpdate,
			About: httpapi.Description{Summary: "Sends a test alert to a target", Answer: testResponse{}}, Do: a.test},
	}
}

// everyWorkspace is how callers write that a target hears about all workspaces.
const everyWorkspace = "*"

type targetResponse struct {
	Object    string       `json:"object"`
	ID        string       `json:"id"`
	Name      string       `json:"name"`
	Workspace string       `json:"workspace_id"` // "*": all
	Format    alert.Format `json:"format"`
	Address   string       `json:"address"` // the URL without its path
	FromFile  bool         `json:"from_file"`
	CreatedAt *time.Time   `json:"created_at"`
	UpdatedAt *time.Time   `json:"last_updated_at"`
}

type listResponse struct {
	Object string           `json:"object"`
	Data   []targetResponse `json:"data"`
}

type deletedResponse struct {
	ID      string `json:"id"`
	Deleted bool   `json:"deleted"`
}

type testResponse struct {
	ID        string `json:"id"`
	Delivered bool   `json:"delivered"`
	Problem   string `json:"problem,omitempty"` // why it was not delivered
}

func responseOf(t alert.Target) targetResponse {
	out := targetResponse{Object: "alert_target", ID: t.ID, Name: t.Name, Workspace: t.Workspace, Format: t.Format, Address: t.Address(), FromFile: t.Declared}
	if out.Workspace == "" {
		out.Workspace = everyWorkspace
	}
	if !t.Declared {
		out.CreatedAt, out.UpdatedAt = &t.CreatedAt, &t.UpdatedAt
	}
	return out
}

func (a resource) list(ctx context.Context, r *action.Request) error {
	workspace, err := r.In(ctx, r.Query("workspace"))
	if err != nil {
		return err
	}
	out := listResponse{Object: "list", Data: []targetResponse{}}
	for _, t := range a.Targets.Targets(workspace) {
		out.Data = append(out.Data, responseOf(t))
	}
	r.Reply = out
	return nil
}

func (a resource) get(ctx context.Context, r *action.Request) error {
	t, err := a.seen(ctx, r)
	if err != nil {
		return err
	}
	r.Reply = responseOf(t)
	return nil
}

// seen is the target of the path, in a workspace of the caller's.
func (a resource) seen(ctx context.Context, r *action.Request) (alert.Target, error) {
	r.Target = r.Param("id")
	workspace, err := r.In(ctx, r.Query("workspace"))
	if err != nil {
		return alert.Target{}, err
	}
	return a.Target(workspace, r.Target)
}

// own is seen for who changes or uses the target.
func (a resource) own(ctx context.Context, r *action.Request) (alert.Target, error) {
	t, err := a.seen(ctx, r)
	if err == nil && t.Workspace == "" && !r.By.May(gateway.AnyWorkspace) {
		err = &gateway.Error{Op: "alerttarget.own", Kind: gateway.Forbidden, Param: "id", Public: "This alert target hears about all workspaces: only an owner may use it."}
	}
	return t, err
}

// create takes {name, workspace, format, url, secret}.
func (a resource) create(ctx context.Context, r *action.Request) error {
	f, err := action.ReadForm(ctx, r)
	if err != nil {
		return err
	}
	ref := f.Text("workspace", false)
	t := alert.Target{Name: f.Text("name", true), Format: alert.Webhook, URL: gateway.NewSecret(f.Text("url", true)), Secret: gateway.NewSecret(f.Text("secret", false))}
	r.Target = t.Name
	if format := f.OneOf("format", string(alert.Webhook), string(alert.Slack)); format != "" {
		t.Format = alert.Format(format)
	}
	if err := f.Done(); err != nil {
		return err
	}
	if ref != everyWorkspace {
		t.Workspace, err = r.In(ctx, ref)
	} else if !r.By.May(gateway.AnyWorkspace) {
		err = &gateway.Error{Op: "alerttarget.create", Kind: gateway.Forbidden, Param: "workspace", Public: "Only an owner may be told about all workspaces."}
	}
	if err != nil {
		return err
	}
	if t, err = a.Create(ctx, t); err != nil {
		return err
	}
	r.Status, r.Reply = http.StatusCreated, responseOf(t)
	return nil
}

// update takes {name, format, url, secret}; what is absent stays. A target in Slack's format has no
// secret: null takes it away.
func (a resource) update(ctx context.Context, r *action.Request) error {
	f, err := action.ReadForm(ctx, r)
	if err != nil {
		return err
	}
	f.OneGiven("name", "format", "url", "secret")
	var edits []func(*alert.Target)
	edit := func(name string, required bool, set func(t *alert.Target, text string)) {
		if f.Given(name) {
			text := f.Text(name, required)
			edits = append(edits, func(t *alert.Target) { set(t, text) })
		}
	}
	edit("name", true, func(t *alert.Target, text string) { t.Name = text })
	edit("url", true, func(t *alert.Target, text string) { t.URL = gateway.NewSecret(text) })
	edit("secret", false, func(t *alert.Target, text string) { t.Secret = gateway.NewSecret(text) })
	format := f.OneOf("format", string(alert.Webhook), string(alert.Slack))
	r.Target = r.Param("id")
	if err := f.Done(); err != nil {
		return err
	}
	t, err := a.changeable(ctx, r)
	if err != nil {
		return err
	}
	for _, set := range edits {
		set(&t)
	}
	if format != "" {
		t.Format = alert.Format(format)
	}
	if t, err = a.Update(ctx, t); err != nil {
		return err
	}
	r.Reply = responseOf(t)
	return nil
}

// changeable is own for who changes the target.
func (a resource) changeable(ctx context.Context, r *action.Request) (alert.Target, error) {
	t, err := a.own(ctx, r)
	if err == nil && t.Declared {
		err = &gateway.Error{Op: "alerttarget.changeable", Kind: gateway.Conflict, Param: "id", Public: "The alert target '" + t.Name + "' is declared in the server's file. Change it there."}
	}
	return t, err
}

func (a resource) delete(ctx context.Context, r *action.Request) error {
	t, err := a.changeable(ctx, r)
	if err != nil {
		return err
	}
	if err := a.Delete(ctx, t.ID); err != nil {
		return err
	}
	r.Reply = deletedResponse{ID: t.ID, Deleted: true}
	return nil
}

// test sends the target an event that says nothing but that it arrives.
func (a resource) test(ctx context.Context, r *action.Request) error {
	t, err := a.own(ctx, r)
	if err != nil {
		return err
	}
	out := testResponse{ID: t.ID, Delivered: true}
	if err := a.Test(ctx, t); err != nil {
		out.Delivered, out.Problem = false, gateway.AsError(err).Public
	}
	r.Reply = out
	return nil
}
