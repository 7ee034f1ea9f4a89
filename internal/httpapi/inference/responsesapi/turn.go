package responsesapi

import (
	"context"
	"strings"

	"github.com/sluicegate/sluice/gateway"
	"github.com/sluicegate/sluice/gateway/dialect/responses"
	"github.com/sluicegate/sluice/gateway/history"
	"github.com/sluicegate/sluice/internal/httpapi"
	"github.com/sluicegate/sluice/internal/jsonx"
)

// History keeps responses for callers who refer to them later.
type History interface {
	Keep(ctx context.Context, e history.Entry) bool
	Find(ctx context.Context, workspace, id string) (history.Entry, error)
	FindItem(ctx context.Context, workspace, apiKey, item string) (history.Entry, error)
	Delete(ctx context.Context, workspace, id string) error
}

// turn is one call of the Responses API with the turns before it.
type turn struct {
	call     *httpapi.Call
	history  History
	keep     bool   // the caller did not say store: false
	previous string // id of the response that this one goes on from
	input    []byte // items of the whole conversation up to this answer

	begun *begunCall // the call that began the answer, of one that is retrieved
	after int64      // events up to this number are left out
}

// begin reads what the request says of earlier and later turns. A request that goes on from a
// response gets the items of its conversation in place of the id, so that every stage sees them,
// and every target can answer. Only a target that knows the response itself gets the id.
func (t *turn) begin() error {
	ex := t.call.Exchange
	if ex.Request == nil || ex.Principal == nil {
		return nil
	}
	store := ex.Request.Field("store")
	t.keep = t.history != nil && !(len(store) > 0 && store[0] == 'f')
	if !t.keep && ex.Request.Parameters().Background {
		return gateway.InvalidField("responsesapi.responses", "background", "The field 'background' needs a response that is kept: leave out 'store'.")
	}
	if err := t.resolveReferences(); err != nil {
		return err
	}
	t.previous = jsonx.String(ex.Request.Field("previous_response_id"))
	if t.previous == "" {
		t.input = responses.Items(ex.Request.Field("input"))
		return nil
	}
	before, err := t.find()
	if err != nil {
		return err
	}
	t.input = responses.Items(before.Input, jsonx.Get(before.Response, "output"), ex.Request.Field("input"))
	if t.goesBack(&before) {
		return nil
	}
	ex.Request, err = ex.Request.WithFields(jsonx.Change{Name: "previous_response_id"}, jsonx.Change{Name: "input", Value: t.input})
	if err == nil {
		err = gateway.CheckBody("responsesapi.responses", ex.Request.Raw)
	}
	return err
}

// find finds the response that this one goes on from.
func (t *turn) find() (history.Entry, error) {
	absent := &gateway.Error{Op: "responsesapi.responses", Kind: gateway.NotFound, Param: "previous_response_id", Code: "previous_response_not_found",
		Public: "There is no response '" + gateway.Clip(t.previous, 100) + "' in this workspace. Responses are kept for 30 days, and not with store: false."}
	if t.history == nil {
		return history.Entry{}, absent
	}
	e, err := t.history.Find(t.call.Context(), t.call.Exchange.Principal.Workspace, t.previous)
	if err != nil && gateway.AsError(err).Kind == gateway.NotFound {
		return e, absent
	}
	return e, err
}

// goesBack reports whether the call goes to the target that knows the response before it, and
// makes sure of it. What that target saw must not have held placeholders: they mean other values
// in another exchange.
func (t *turn) goesBack(before *history.Entry) bool {
	ex := t.call.Exchange
	if !before.Native || before.Redacted || before.VirtualKey == "" {
		return false
	}
	env, model := ex.Envelope, ex.Request.Model()
	named := env.VirtualKey
	if rest, ok := strings.CutPrefix(model, "@"); ok {
		named, _, _ = strings.Cut(rest, "/")
	}
	keptBy := gateway.VendorAccount{VirtualKey: before.VirtualKey, Credential: before.Credential}
	if named != "" {
		if named != before.VirtualKey || env.Config != "" || len(env.BodyConfig) > 0 {
			return false
		}
		env.KeptBy = keptBy
		return true
	}
	p := ex.Principal
	if env.Config != "" || len(env.BodyConfig) > 0 || p.KeyConfig != "" || p.Config != "" || env.Provider != "" || strings.Contains(model, "/") {
		return false
	}
	env.VirtualKey, env.KeptBy = before.VirtualKey, keptBy
	return true
}

// keeping wraps the pipeline so that its answer is kept.
func (t *turn) keeping(next gateway.Handler) gateway.Handler {
	return func(ctx context.Context, ex *gateway.Exchange) (gateway.Stream, error) {
		s, err := next(ctx, ex)
		if err != nil {
			return nil, err
		}
		return &keptAnswer{Stream: s, turn: t, ctx: ctx}, nil
	}
}
