package action

import (
	"context"
	"net/http"
	"time"

	"github.com/sluicegate/sluice/gateway"
	"github.com/sluicegate/sluice/internal/httpapi"
	"github.com/sluicegate/sluice/internal/httpapi/errorformat"
)

// Action is one line of a table of routes.
type Action struct {
	Method, Path string
	Name         string // as the audit log has it: "api_key.create"
	Need         gateway.Permission
	Errors       errorformat.Format  // nil: the caller's headers decide
	NamesKey     bool                // see httpapi.Route
	About        httpapi.Description // summary, answer and status; the input is what Do reads
	Do           func(context.Context, *Request) error
}

// Performer carries out actions.
type Performer struct {
	Workspaces Workspaces // nil = no caller leaves its own
	Objects    *Objects   // shows what an action changed; nil = audit events have neither before nor after
}

// Workspaces finds a workspace of an organisation by id or name, for owners who act in a
// workspace other than their own. Its error is gateway.NotFound if there is none.
type Workspaces interface {
	Workspace(ctx context.Context, organisation, ref string) (id string, err error)
}

// Route is the route of an action.
func (p Performer) Route(o Action) httpapi.Route {
	about := o.About
	about.Input = func() (httpapi.Input, error) { return p.inputOf(o) }
	return httpapi.Route{Method: o.Method, Path: o.Path, Need: o.Need, Audit: o.auditRule(), Errors: o.Errors, NamesKey: o.NamesKey, About: about, Handle: func(c *httpapi.Call) error { return p.Perform(c, o) }}
}

// auditRule: each change is an event, and each read of logs or audit events.
func (o *Action) auditRule() httpapi.AuditRule {
	if o.Method != http.MethodGet || o.Need.ReadsRecords() {
		return httpapi.AuditEvery(o.Name)
	}
	return httpapi.AuditDenied(o.Name)
}

// writeTime bounds a write, which goes on when its caller has hung up.
const writeTime = 30 * time.Second

// Perform carries out one action: permission, workspace, action, note for the audit event, response.
func (p Performer) Perform(c *httpapi.Call, o Action) error {
	r := &Request{Call: c, workspaces: p.Workspaces}
	writes := o.Method != http.MethodGet
	ctx := c.Context()
	if writes {
		var cancel context.CancelFunc
		ctx, cancel = context.WithTimeout(context.WithoutCancel(ctx), writeTime)
		defer cancel()
	}
	var err error
	if r.By, err = c.Authenticated(); err == nil && writes {
		r.raw, r.unread = c.Body()
	}
	if err == nil {
		err = r.checkText()
	}
	if err == nil {
		err = r.enter(ctx)
	}
	note := c.AuditNote()
	if err == nil {
		if writes {
			r.change = p.Objects.changeBy(o)
			r.change.path(ctx, r)
		}
		err = o.Do(ctx, r)
	}
	note.Workspace, note.Object = r.Workspace, r.Target
	if err != nil || r.Sent {
		return err
	}
	if r.change != nil {
		note.Before, note.After = r.change.before(), r.change.after(ctx, r)
	}
	if r.Status == 0 {
		r.Status = http.StatusOK
	}
	return c.SendJSON(r.Status, r.Reply)
}
