package httpapi

import (
	"context"
	"errors"
	"net/http"
	"strings"
	"time"

	"github.com/labstack/echo/v4"

	"github.com/sluicegate/sluice/gateway"
	"github.com/sluicegate/sluice/telemetry/audit"
)

// AuditSink keeps what was done or denied. Audit returns once the event is on disk. Ready is an
// error while no event can be written; no action is carried out then.
type AuditSink interface {
	Audit(ctx context.Context, e audit.Event) error
	Ready() error
}

// AuditRule says which calls of a route become audit events. An exchange is none of its business:
// the recorder makes the event of each.
type AuditRule struct {
	Action string // "api_key.create"; the part before the dot is the resource
	every  bool   // each call is an event; else only those that are denied
}

// AuditEvery is the rule of a route that changes something, or reads logs or audit events: each
// call is an event, whatever came of it.
func AuditEvery(action string) AuditRule { return AuditRule{Action: action, every: true} }

// AuditDenied is the rule of a route whose calls leave no trace unless they are denied.
func AuditDenied(action string) AuditRule { return AuditRule{Action: action} }

// Every reports whether each call is an event.
func (r AuditRule) Every() bool { return r.every }

// auditRule is the route's rule. A route without one has each of its calls recorded.
func (r *Route) auditRule() AuditRule {
	if r.Audit.Action == "" {
		return AuditEvery(string(r.Need))
	}
	return r.Audit
}

// AuditNote is what a handler adds to the audit event of its call.
type AuditNote struct {
	Always     bool   // the call is an event although its rule wants the denied ones only
	Workspace  string // id; "": the caller's
	Object     string // id of what was acted upon
	Member     string // id of the member that signs in; "": the caller's
	MemberName string
	Before     []byte // the object as canonical JSON, without secrets; nil: there was none
	After      []byte
	// Earlier are the objects that the call acted upon before Object, with success: each is an event of
	// its own.
	Earlier []AuditObject
}

// AuditObject is one of several objects of a call.
type AuditObject struct {
	Workspace     string // id
	ID            string
	Before, After []byte // as in AuditNote
}

// AuditNote is the call's note, which its handler fills before it answers.
func (c *Call) AuditNote() *AuditNote { return &c.note }

// auditTime bounds the wait for an event to be on disk. It goes on when the caller hangs up: done
// but unrecorded must not happen.
const auditTime = 30 * time.Second

// audited writes the audit event of each call of a route that needs one, before the first byte of
// the answer.
func (s *Server) audited(r Route) echo.MiddlewareFunc {
	rule := r.auditRule()
	return func(next echo.HandlerFunc) echo.HandlerFunc {
		return func(ctx echo.Context) error {
			if s.settings.Audit == nil {
				return next(ctx)
			}
			c := callOf(ctx)
			c.audit = &rule
			ctx.Response().Writer = &auditedWriter{ResponseWriter: ctx.Response().Writer, call: c}
			return next(ctx)
		}
	}
}

// requireAudit refuses a call whose event could not be written. It runs once the caller is known.
func (s *Server) requireAudit(next echo.HandlerFunc) echo.HandlerFunc {
	return func(ctx echo.Context) error {
		c := callOf(ctx)
		if c.audit == nil || !c.audit.every || c.refused != nil {
			return next(ctx)
		}
		if unready := s.settings.Audit.Ready(); unready != nil {
			c.audit = nil
			return &gateway.Error{Op: "httpapi.requireAudit", Kind: gateway.Unavailable, Code: codeAuditFailed,
				Public: "The action was not carried out: its audit event cannot be written now.", Err: unready}
		}
		return next(ctx)
	}
}

// codeAuditFailed is the code of a call whose audit event could not be written.
const codeAuditFailed = "audit_failed"

// recordAudit writes the call's event, if it needs one and has none yet.
func (c *Call) recordAudit(status int) *gateway.Error {
	rule := c.audit
	c.audit = nil
	if rule == nil || c.Exchange != nil || c.Route == routeUnmatched {
		return nil
	}
	outcome := c.outcome(status)
	if !rule.every && !c.note.Always && outcome != audit.OutcomeDenied {
		return nil
	}
	resource, _, _ := strings.Cut(rule.Action, ".")
	e := audit.Event{Time: c.Now(), Workspace: c.note.Workspace, Member: c.note.Member, MemberName: c.note.MemberName,
		Action: rule.Action, Resource: resource, ResourceID: gateway.Clip(c.note.Object, 200), Outcome: outcome, Status: status,
		RequestID: c.ID, TraceID: c.Trace.ID.String(), Client: c.ClientIP()}
	if outcome == audit.OutcomeOK {
		e.Before, e.After = audit.Bounded(c.note.Before), audit.Bounded(c.note.After)
	}
	if p := c.principal; p != nil {
		e.Member, e.MemberName, e.Team, e.APIKey = p.Member, p.MemberRef, p.Team, p.APIKey
		if e.Workspace == "" {
			e.Workspace = p.Workspace
		}
	}
	ctx, cancel := context.WithTimeout(context.WithoutCancel(c.Context()), auditTime)
	defer cancel()
	var lost error
	for _, o := range c.note.Earlier {
		each := e
		each.Workspace, each.ResourceID, each.Outcome, each.Status = o.Workspace, gateway.Clip(o.ID, 200), audit.OutcomeOK, http.StatusOK
		each.Before, each.After = audit.Bounded(o.Before), audit.Bounded(o.After)
		lost = errors.Join(lost, c.server.settings.Audit.Audit(ctx, each))
	}
	if lost = errors.Join(lost, c.server.settings.Audit.Audit(ctx, e)); lost == nil {
		return nil
	}
	public := "The action was not carried out, and its audit event could not be written."
	if outcome == audit.OutcomeOK {
		public = "The action " + rule.Action + " was carried out, but its audit event could not be written."
	}
	return &gateway.Error{Op: "httpapi.recordAudit", Kind: gateway.Internal, Code: codeAuditFailed, Public: public, Err: lost}
}

// outcome is how the event calls the call's end.
func (c *Call) outcome(status int) string {
	denied := status == http.StatusUnauthorized || status == http.StatusForbidden
	if c.failure != nil {
		denied = c.failure.Kind == gateway.Unauthorized || c.failure.Kind == gateway.Forbidden
	}
	switch {
	case denied:
		return audit.OutcomeDenied
	case status >= http.StatusBadRequest:
		return audit.OutcomeError
	}
	return audit.OutcomeOK
}

// endAudit writes the event of a call that was not answered: its caller has gone, or it panicked.
func (c *Call) endAudit() {
	status := http.StatusOK
	switch {
	case c.gone:
		status = gateway.StatusClientClosed
	case !c.echo.Response().Committed:
		status = http.StatusInternalServerError
	}
	if lost := c.recordAudit(status); lost != nil && c.server.settings.AccessLog != nil {
		c.server.settings.AccessLog.Error("an audit event may be lost", "request_id", c.ID, "error", lost.Error())
	}
}

// auditedWriter writes the audit event of its call before the first byte of the answer. Where the
// event cannot be written, the answer is an error that says so.
type auditedWriter struct {
	http.ResponseWriter
	call  *Call
	begun bool
	lost  bool // the event, and with it the answer
}

// WriteHeader implements http.ResponseWriter.
func (w *auditedWriter) WriteHeader(status int) {
	if w.begun || status < http.StatusOK {
		w.ResponseWriter.WriteHeader(status)
		return
	}
	w.begun = true
	lost := w.call.recordAudit(status)
	if lost == nil {
		w.ResponseWriter.WriteHeader(status)
		return
	}
	w.lost = true
	for _, name := range []string{"Set-Cookie", "Content-Length", "Content-Disposition"} {
		w.Header().Del(name)
	}
	status, body := w.call.errorAnswer(lost)
	w.call.echo.Response().Status = status
	w.Header().Set("Content-Type", "application/json")
	w.ResponseWriter.WriteHeader(status)
	_, _ = w.ResponseWriter.Write(body)
}

// Write implements io.Writer.
func (w *auditedWriter) Write(p []byte) (int, error) {
	if !w.begun {
		w.WriteHeader(http.StatusOK)
	}
	if w.lost {
		return len(p), nil
	}
	return w.ResponseWriter.Write(p)
}

// FlushError sends what is buffered, as in http.ResponseController.
func (w *auditedWriter) FlushError() error {
	if !w.begun {
		w.WriteHeader(http.StatusOK)
	}
	if err := http.NewResponseController(w.ResponseWriter).Flush(); !errors.Is(err, http.ErrNotSupported) {
		return err
	}
	return nil
}

// Unwrap leads http.ResponseController to the writer below.
func (w *auditedWriter) Unwrap() http.ResponseWriter { return w.ResponseWriter }
