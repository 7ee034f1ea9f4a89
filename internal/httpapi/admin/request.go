package admin

import (
	"context"
	"net/http"
	"strings"
	"time"

	"github.com/sluicegate/sluice/gateway"
	"github.com/sluicegate/sluice/internal/httpapi"
	"github.com/sluicegate/sluice/telemetry/audit"
)

// request is one operation while it runs. The operation fills the second half.
type request struct {
	*httpapi.Call
	by         *gateway.Principal // the caller
	workspaces Workspaces

	named     bool   // the query names the workspace; by then acts in it
	target    string // what was acted upon, for the audit event
	workspace string // the id of the workspace that was acted in; "" = the caller's
	status    int    // 0 = 200
	reply     any
}

// writeTime bounds a write, which goes on when its caller has hung up.
const writeTime = 30 * time.Second

// perform runs one operation: permission, operation, audit event, response.
func (a *resources) perform(c *httpapi.Call, o operation) error {
	const op = "admin.perform"
	r := &request{Call: c, workspaces: a.Workspaces}
	writes := o.method != http.MethodGet
	ctx := c.Context()
	if writes {
		var cancel context.CancelFunc
		ctx, cancel = context.WithTimeout(context.WithoutCancel(ctx), writeTime)
		defer cancel()
	}
	var err error
	if r.by, err = c.Authenticated(); err == nil && writes && a.Audit != nil {
		if unready := a.Audit.Ready(); unready != nil {
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
		err = o.do(ctx, r)
	}
	status, outcome := outcomeOf(r, err)
	if writes || outcome == "denied" {
		if lost := a.record(ctx, r, o, status, outcome); lost != nil {
			public := "The action was not carried out, and its audit event could not be written."
			if err == nil {
				public = "The action " + o.action + " was carried out, but its audit event could not be written."
			}
			return &gateway.Error{Op: op, Kind: gateway.Internal, Code: "audit_failed", Public: public, Err: lost}
		}
	}
	if err != nil {
		return err
	}
	return c.SendJSON(status, r.reply)
}

// outcomeOf is the status and the outcome that the audit event names.
func outcomeOf(r *request, err error) (status int, outcome string) {
	if err != nil {
		e := gateway.AsError(err)
		if e.Kind == gateway.Unauthorized || e.Kind == gateway.Forbidden {
			return r.StatusOf(e), "denied"
		}
		return r.StatusOf(e), "error"
	}
	if r.status != 0 {
		return r.status, "ok"
	}
	return http.StatusOK, "ok"
}

func (a *resources) record(ctx context.Context, r *request, o operation, status int, outcome string) error {
	if a.Audit == nil {
		return nil
	}
	resource, _, _ := strings.Cut(o.action, ".")
	e := audit.Event{Time: r.Now(), Workspace: r.workspace, Action: o.action, Resource: resource, ResourceID: httpapi.Clip(r.target, 200),
		Outcome: outcome, Status: status, RequestID: r.ID, TraceID: r.Trace.ID.String(), Client: r.ClientIP()}
	if r.by != nil {
		e.Member, e.MemberName, e.APIKey = r.by.Member, r.by.MemberRef, r.by.APIKey
		if e.Workspace == "" {
			e.Workspace = r.by.Workspace
		}
	}
	return a.Audit.Audit(ctx, e)
}

// enter lets the caller act in the workspace that the query names. It runs before every
// operation, so that none can leave the parameter unread.
func (r *request) enter(ctx context.Context) error {
	query := r.Request().URL.Query()
	for name := range query {
		if name != "workspace" && strings.EqualFold(name, "workspace") {
			return gateway.InvalidField("admin.enter", name, "The parameter '"+name+"' is unknown; it is spelled 'workspace'.")
		}
	}
	refs := query["workspace"]
	switch {
	case len(refs) == 0 || len(refs) == 1 && refs[0] == "":
		return nil
	case len(refs) > 1:
		return gateway.InvalidField("admin.enter", "workspace", "The parameter 'workspace' is given twice.")
	}
	id, err := r.in(ctx, refs[0])
	if err != nil {
		return err
	}
	if r.named = true; id != r.by.Workspace {
		by := *r.by
		by.Workspace, by.WorkspaceRef = id, refs[0]
		r.by = &by
	}
	return nil
}

// checkNamed refuses a body that names another workspace than the query.
func (r *request) checkNamed(ctx context.Context, ref string) error {
	if !r.named || ref == "" {
		return nil
	}
	if id, err := r.in(ctx, ref); err == nil && id == r.by.Workspace {
		return nil
	}
	r.workspace = r.by.Workspace
	return gateway.InvalidField("admin.checkNamed", "workspace", "The field 'workspace' and the parameter 'workspace' name two different workspaces.")
}

// in resolves the workspace that a request names: the caller's own by default. Another one is
// absent for everybody but an owner.
func (r *request) in(ctx context.Context, ref string) (string, error) {
	if ref == "" || ref == r.by.Workspace || ref == r.by.WorkspaceRef {
		r.workspace = r.by.Workspace
		return r.workspace, nil
	}
	if !r.by.May(gateway.AnyWorkspace) || r.workspaces == nil {
		return "", &gateway.Error{Op: "admin.in", Kind: gateway.NotFound, Param: "workspace", Public: "There is no workspace '" + httpapi.Clip(ref, 100) + "'."}
	}
	id, err := r.workspaces.Workspace(ctx, r.by.Organisation, ref)
	r.workspace = id
	return id, err
}
