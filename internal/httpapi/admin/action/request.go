package action

import (
	"context"
	"net/url"
	"strings"

	"github.com/sluicegate/sluice/gateway"
	"github.com/sluicegate/sluice/internal/httpapi"
)

// Request is one action while it runs. Do fills the second half.
type Request struct {
	*httpapi.Call
	By         *gateway.Principal // the caller
	workspaces Workspaces
	raw        []byte            // the body of a write
	unread     error             // why there is none
	change     *change           // of a write; nil = nothing shows its object
	params     map[string]string // of the path, where an object is read for the audit event; nil: the call's
	learn      *httpapi.Input    // nil unless the action is only asked what it reads

	acts      bool   // ActsOn has named an object
	Named     bool   // the query names the workspace; By then acts in it
	Target    string // what was acted upon, for the audit event
	Workspace string // the id of the workspace that was acted in; "" = the caller's
	Status    int    // 0 = 200
	Reply     any
	Sent      bool // the answer was sent; there is no Reply
}

// enter lets the caller act in the workspace that the query names. It runs before every
// operation, so that none can leave the parameter unread.
func (r *Request) enter(ctx context.Context) error {
	query := r.Request().URL.Query()
	for name := range query {
		if name != "workspace" && strings.EqualFold(name, "workspace") {
			return gateway.InvalidField("action.enter", name, "The parameter '"+name+"' is unknown; it is spelled 'workspace'.")
		}
	}
	refs := workspacesOf(query)
	switch {
	case len(refs) == 0 || len(refs) == 1 && refs[0] == "":
		return nil
	case len(refs) > 1:
		return gateway.InvalidField("action.enter", "workspace", "The parameter 'workspace' is given twice.")
	}
	id, err := r.In(ctx, refs[0])
	if err != nil {
		return err
	}
	if r.Named = true; id != r.By.Workspace {
		by := *r.By
		by.Workspace, by.WorkspaceRef = id, refs[0]
		r.By = &by
	}
	return nil
}

// workspacesOf are the workspaces that a query names, also in Portkey's spelling.
func workspacesOf(query url.Values) []string {
	return append(query["workspace"], query["workspace_id"]...)
}

// checkNamed refuses a body that names another workspace than the query.
func (r *Request) checkNamed(ctx context.Context, ref string) error {
	if !r.Named || ref == "" {
		return nil
	}
	if id, err := r.In(ctx, ref); err == nil && id == r.By.Workspace {
		return nil
	}
	r.Workspace = r.By.Workspace
	return gateway.InvalidField("action.checkNamed", "workspace", "The field 'workspace' and the parameter 'workspace' name two different workspaces.")
}

// In resolves the workspace that a request names: the caller's own by default. Another one is
// absent for everybody but an owner.
func (r *Request) In(ctx context.Context, ref string) (string, error) {
	if ref == "" || ref == r.By.Workspace || ref == r.By.WorkspaceRef {
		r.Workspace = r.By.Workspace
		return r.Workspace, nil
	}
	if !r.By.May(gateway.AnyWorkspace) || r.workspaces == nil {
		return "", &gateway.Error{Op: "action.In", Kind: gateway.NotFound, Param: "workspace", Public: "There is no workspace '" + gateway.Clip(ref, 100) + "'."}
	}
	id, err := r.workspaces.Workspace(ctx, r.By.Organisation, ref)
	r.Workspace = id
	return id, err
}

// Param is one part of the path, decoded.
func (r *Request) Param(name string) string {
	if r.params != nil {
		return r.params[name]
	}
	return r.Call.Param(name)
}

// Query is one parameter of the URL, "" if it is absent.
func (r *Request) Query(name string) string {
	if r.learn != nil {
		learnParameter(r.learn, name, "")
	}
	if r.params != nil {
		return ""
	}
	if value := r.Call.Query(name); value != "" || name != "workspace" {
		return value
	}
	return r.Call.Query("workspace_id")
}

// ActsOn names the object that a write is about to change, where the path does not, and its
// workspace, by their ids: the audit event shows it as it is before. A write that acts on several
// names each before it changes it, and each is an event of its own: those before were changed.
func (r *Request) ActsOn(ctx context.Context, id, workspace string) {
	if r.acts && r.Target != id {
		note := r.AuditNote()
		note.Earlier = append(note.Earlier, httpapi.AuditObject{Workspace: r.Workspace, ID: r.Target, Before: r.change.before(), After: r.change.object(ctx, r, r.Target, r.Workspace)})
		r.change.forget()
	}
	r.acts, r.Target, r.Workspace = true, id, workspace
	r.change.actsOn(ctx, r)
}

// As is the caller as one who acts in a workspace; ref is an id or a name.
func (r *Request) As(ctx context.Context, ref string) (*gateway.Principal, error) {
	id, err := r.In(ctx, ref)
	if err != nil {
		return nil, err
	}
	by := *r.By
	by.Workspace = id
	return &by, nil
}
