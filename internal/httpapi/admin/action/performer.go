package action

import (
	"context"
	"net/http"
	"strings"
	"time"

	"github.com/sluicegate/sluice/gateway"
	"github.com/sluicegate/sluice/internal/httpapi"
	"github.com/sluicegate/sluice/telemetry/audit"
)

// Action is one line of a table of routes.
type Action struct {
	Method, Path string
	Name         string // as the audit log has it: "api_key.create"
	Need         gateway.Permission
	Errors       httpapi.ErrorFormat // nil: the caller's headers decide
	NamesKey     bool                // see httpapi.Route
	Do           func(context.Context, *Request) error
}

// Performer carries out actions.
type Performer struct {
	Workspaces Workspaces // nil = no caller leaves its own
	Audit      AuditSink  // nil = nothing is audited
}

// Workspaces finds a workspace of an organisation by id or name, for owners who act in a
// workspace other than their own. Its error is gateway.NotFound if there is none.
type Workspaces interface {
	Workspace(ctx context.Context, organisation, ref string) (id string, err error)
}

// AuditSink keeps what was done or denied. Audit returns once the event is on disk. Ready is an
// error while no event can be written; no action is carried out then.
type AuditSink interface {
	Audit(ctx context.Context, e audit.Event) error
	Ready() error
}

// Route is the route of an action.
func (p Performer) Route(o Action) httpapi.Route {
	return httpapi.Route{Method: o.Method, Path: o.Path, Need: o.Need, Errors: o.Errors, NamesKey: o.NamesKey, Handle: func(c *httpapi.Call) error { return p.Perform(c, o) }}
}

// writeTime bounds a write, which goes on when its caller has hung up.
const writeTime = 30 * time.Second

// Perform carries out one action: permission, workspace, action, audit event, response.
func (p Performer) Perform(c *httpapi.Call, o Action) error {
	const op = "action.Perform"
	r := &Request{Call: c, workspaces: p.Workspaces}
	writes := o.Method != http.MethodGet
	ctx := c.Context()
	if writes {
		var cancel context.CancelFunc
		ctx, cancel = context.WithTimeout(context.WithoutCancel(ctx), writeTime)
		defer cancel()
	}
	var err error
	if r.By, err = c.Authenticated(); err == nil && writes && p.Audit != nil {
		if unready := p.Audit.Ready(); unready != nil {
			return &gateway.Error{Op: op, Kind: gateway.Unavailable, Code: "audit_failed",
				Public: "The action was not carried out: its audit event cannot be written now.", Err: unready}
		}
	}
	if err == nil {
		err = r.checkText()
	}
	if err == nil {
		err = r.enter(ctx)
	}
	if err == nil {
		err = o.Do(ctx, r)
	}
	status, outcome := outcomeOf(r, err)
	if writes || outcome == "denied" {
		if lost := p.record(ctx, r, o, status, outcome); lost != nil {
			public := "The action was not carried out, and its audit event could not be written."
			if err == nil {
				public = "The action " + o.Name + " was carried out, but its audit event could not be written."
			}
			return &gateway.Error{Op: op, Kind: gateway.Internal, Code: "audit_failed", Public: public, Err: lost}
		}
	}
	if err != nil {
		return err
	}
	return c.SendJSON(status, r.Reply)
}

// outcomeOf is the status and the outcome that the audit event names.
func outcomeOf(r *Request, err error) (status int, outcome string) {
	if err != nil {
		e := gateway.AsError(err)
		if e.Kind == gateway.Unauthorized || e.Kind == gateway.Forbidden {
			return r.StatusOf(e), "denied"
		}
		return r.StatusOf(e), "error"
	}
	if r.Status != 0 {
		return r.Status, "ok"
	}
	return http.StatusOK, "ok"
}

func (p Performer) record(ctx context.Context, r *Request, o Action, status int, outcome string) error {
	if p.Audit == nil {
		return nil
	}
	resource, _, _ := strings.Cut(o.Name, ".")
	e := audit.Event{Time: r.Now(), Workspace: r.Workspace, Action: o.Name, Resource: resource, ResourceID: httpapi.Clip(r.Target, 200),
		Outcome: outcome, Status: status, RequestID: r.ID, TraceID: r.Trace.ID.String(), Client: r.ClientIP()}
	if r.By != nil {
		e.Member, e.MemberName, e.Team, e.APIKey = r.By.Member, r.By.MemberRef, r.By.Team, r.By.APIKey
		if e.Workspace == "" {
			e.Workspace = r.By.Workspace
		}
	}
	return p.Audit.Audit(ctx, e)
}
