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

type resource struct {
	action.Scoped[alert.Target]
	deliver func(ctx context.Context, t alert.Target) error
}

// Actions are the operations.
func Actions(targets Targets) []action.Action {
	const path = "/v1/alert-targets"
	a := resource{scoped(targets), targets.Test}
	return []action.Action{
		{Method: "GET", Path: path, Name: "alert_target.list", Need: gateway.AlertsList,
			About: httpapi.Description{Summary: "Lists where alerts go, without their secrets", Answer: action.ListLike(targetResponse{})}, Do: a.ListAll},
		{Method: "POST", Path: path, Name: "alert_target.create", Need: gateway.AlertsCreate,
			About: httpapi.Description{Summary: "Creates a target of alerts: a signed webhook or a Slack webhook", Answer: targetResponse{}, Status: http.StatusCreated}, Do: a.CreateOne},
		{Method: "GET", Path: path + "/:id", Name: "alert_target.get", Need: gateway.AlertsRead,
			About: httpapi.Description{Summary: "Shows a target of alerts", Answer: targetResponse{}}, Do: a.GetOne},
		{Method: "PUT", Path: path + "/:id", Name: "alert_target.update", Need: gateway.AlertsUpdate,
			About: httpapi.Description{Summary: "Changes the name, the format, the URL or the secret of a target of alerts", Answer: targetResponse{}}, Do: a.UpdateOne},
		{Method: "DELETE", Path: path + "/:id", Name: "alert_target.delete", Need: gateway.AlertsDelete,
			About: httpapi.Description{Summary: "Deletes a target of alerts", Answer: action.Deleted{}}, Do: a.DeleteOne},
		{Method: "POST", Path: path + "/:id/test", Name: "alert_target.test", Need: gateway.AlertsUpdate,
			About: httpapi.Description{Summary: "Sends a test alert to a target", Answer: testResponse{}}, Do: a.test},
	}
}

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

type testResponse struct {
	ID        string `json:"id"`
	Delivered bool   `json:"delivered"`
	Problem   string `json:"problem,omitempty"` // why it was not delivered
}

func responseOf(t alert.Target) targetResponse {
	out := targetResponse{Object: "alert_target", ID: t.ID, Name: t.Name, Workspace: t.Workspace, Format: t.Format, Address: t.Address(), FromFile: t.Declared}
	if out.Workspace == "" {
		out.Workspace = action.EveryWorkspace
	}
	if !t.Declared {
		out.CreatedAt, out.UpdatedAt = &t.CreatedAt, &t.UpdatedAt
	}
	return out
}

// scoped are the operations on targets. A form holds {name, workspace, format, url, secret}.
func scoped(targets Targets) action.Scoped[alert.Target] {
	return action.Scoped[alert.Target]{Noun: "alert target", List: targets.Targets, Get: targets.Target,
		Create: targets.Create, Update: targets.Update, Delete: targets.Delete,
		New: alert.Target{Format: alert.Webhook},
		Facts: func(t *alert.Target) action.ScopedFacts {
			return action.ScopedFacts{ID: t.ID, Name: t.Name, Workspace: &t.Workspace, Declared: t.Declared}
		},
		Answers: func(t alert.Target) any { return responseOf(t) },
		Read:    read}
}

// read reads the fields that are given, as a change of a target. A target in Slack's format has no
// secret: null takes it away.
func read(f *action.Form, creates bool) (change func(*alert.Target)) {
	if !creates {
		f.OneGiven("name", "format", "url", "secret")
	}
	var changes []func(*alert.Target)
	text := func(name string, required bool, set func(t *alert.Target, text string)) {
		if creates && required || f.Given(name) {
			text := f.Text(name, required)
			changes = append(changes, func(t *alert.Target) { set(t, text) })
		}
	}
	text("name", true, func(t *alert.Target, text string) { t.Name = text })
	text("url", true, func(t *alert.Target, text string) { t.URL = gateway.NewSecret(text) })
	text("secret", false, func(t *alert.Target, text string) { t.Secret = gateway.NewSecret(text) })
	if format := f.OneOf("format", string(alert.Webhook), string(alert.Slack)); format != "" {
		changes = append(changes, func(t *alert.Target) { t.Format = alert.Format(format) })
	}
	return func(t *alert.Target) {
		for _, c := range changes {
			c(t)
		}
	}
}

// test sends the target an event that says nothing but that it arrives.
func (a resource) test(ctx context.Context, r *action.Request) error {
	t, err := a.Own(ctx, r, r.Query("workspace"))
	if err != nil {
		return err
	}
	out := testResponse{ID: t.ID, Delivered: true}
	if err := a.deliver(ctx, t); err != nil {
		out.Delivered, out.Problem = false, gateway.AsError(err).Public
	}
	r.Reply = out
	return nil
}
