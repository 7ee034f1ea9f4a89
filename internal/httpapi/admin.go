package httpapi

import (
	"context"
	"net/http"
	"strings"
	"time"

	"github.com/sluicegate/sluice/gateway"
	"github.com/sluicegate/sluice/telemetry/audit"
)

// AuditSink keeps what admins did, or were denied. Audit returns once the event is on
// disk.
type AuditSink interface {
	Audit(ctx context.Context, e audit.Event) error
}

// adminRoute is one line of the table of admin routes. A caller whose role lacks the
// permission is denied. Writes are always audited, reads only when they are denied.
type adminRoute struct {
	method, path string
	action       string
	need         gateway.Permission
	do           func(context.Context, *deed) error
}

// deed is one admin action while it is done. do fills the lower half.
type deed struct {
	*call
	by *gateway.Principal

	target    string
	workspace string
	status    int // 0 = 200
	reply     any
}

func (s *Server) adminRoutes() []endpoint {
	var table []adminRoute
	for _, part := range []struct {
		there  bool
		routes func() []adminRoute
	}{
		{s.Workspaces != nil, s.workspaceRoutes}, {s.APIKeys != nil, s.apiKeyRoutes}, {s.VirtualKeys != nil, s.virtualKeyRoutes}, {s.Configs != nil, s.configRoutes},
		{s.Prompts != nil, s.promptRoutes}, {s.Logs != nil, s.logRoutes}, {s.AuditLogs != nil, s.auditRoutes},
	} {
		if part.there {
			table = append(table, part.routes()...)
		}
	}
	out := make([]endpoint, len(table))
	for i, r := range table {
		out[i] = endpoint{r.method, r.path, func(c *call) { s.administer(c, r) }}
	}
	return out
}

// actionTime bounds an admin write, which goes on when its caller has hung up: done but
// unrecorded must not happen.
const actionTime = 30 * time.Second

func (s *Server) administer(c *call, r adminRoute) {
	d := &deed{call: c}
	writes := r.method != http.MethodGet
	ctx := c.r.Context()
	if writes {
		var cancel context.CancelFunc
		ctx, cancel = context.WithTimeout(context.WithoutCancel(ctx), actionTime)
		defer cancel()
	}
	who, err := s.who(c)
	d.by, c.who = who, who
	if err == nil && !who.May(r.need) {
		err = &gateway.Error{Op: "httpapi.administer", Kind: gateway.Forbidden, Code: "role_required",
			Public: "This needs a key of the role " + string(r.need.LeastRole()) + "; yours is " + string(who.Role) + "."}
	}
	if err == nil {
		err = r.do(ctx, d)
	}
	status := d.status
	if status == 0 {
		status = http.StatusOK
	}
	outcome := "ok"
	if err != nil {
		e := gateway.AsError(err)
		status, outcome = statusOf(e), "error"
		if e.Kind == gateway.Unauthorized || e.Kind == gateway.Forbidden {
			outcome = "denied"
		}
	}
	if writes || outcome == "denied" {
		if lost := s.record(ctx, d, r, status, outcome); lost != nil {
			public := "The action was not carried out, and its audit event could not be written."
			if err == nil {
				public = "The action " + r.action + " was carried out, but its audit event could not be written."
			}
			c.fail(&gateway.Error{Op: "httpapi.administer", Kind: gateway.Internal, Code: "audit_failed", Public: public, Err: lost})
			return
		}
	}
	if err != nil {
		c.fail(err)
		return
	}
	c.sendJSON(status, d.reply)
}

func (s *Server) record(ctx context.Context, d *deed, r adminRoute, status int, outcome string) error {
	if s.Audit == nil {
		return nil
	}
	resource, _, _ := strings.Cut(r.action, ".")
	e := audit.Event{Time: s.Now(), Workspace: d.workspace, Action: r.action, Resource: resource, ResourceID: clip(d.target, 200),
		Outcome: outcome, Status: status, RequestID: d.id, TraceID: d.trace.ID.String(), Client: clientIP(d.r)}
	if d.by != nil {
		e.Member, e.MemberName, e.APIKey = d.by.Member, d.by.MemberRef, d.by.APIKey
		if e.Workspace == "" {
			e.Workspace = d.by.Workspace
		}
	}
	return s.Audit.Audit(ctx, e)
}

// who authenticates a call that is no exchange.
func (s *Server) who(c *call) (*gateway.Principal, error) {
	const op = "httpapi.who"
	key := c.key()
	if key.Empty() {
		return nil, &gateway.Error{Op: op, Kind: gateway.Unauthorized, Code: "missing_api_key",
			Public: "No API key: send it as Authorization: Bearer, or in x-sluice-api-key."}
	}
	if s.Identity == nil {
		return nil, &gateway.Error{Op: op, Kind: gateway.Unavailable, Public: "Keys cannot be checked now."}
	}
	who, err := s.Identity.Identify(c.r.Context(), key)
	if err != nil {
		return nil, err
	}
	c.who = who
	return who, nil
}

// in resolves the workspace that a deed names: by default one's own; another's only for
// owners, and for everybody else as if it did not exist.
func (d *deed) in(ctx context.Context, ref string) (string, error) {
	if ref == "" || ref == d.by.Workspace || ref == d.by.WorkspaceRef {
		d.workspace = d.by.Workspace
		return d.workspace, nil
	}
	if !d.by.May(gateway.AnyWorkspace) || d.server.Workspaces == nil {
		return "", &gateway.Error{Op: "httpapi.in", Kind: gateway.NotFound, Param: "workspace", Public: "There is no workspace '" + clip(ref, 100) + "'."}
	}
	id, err := d.server.Workspaces.Workspace(ctx, d.by.Organisation, ref)
	d.workspace = id
	return id, err
}

// query is one parameter of the URL.
func (c *call) query(name string) string { return c.params.QueryParam(name) }

// page is how every list looks.
type page struct {
	Object string `json:"object"`
	Data   any    `json:"data"`
	Next   string `json:"next_cursor,omitempty"`
}

// deleted is how every deletion answers.
type deleted struct {
	ID      string `json:"id"`
	Deleted bool   `json:"deleted"`
}
