package answercache

import (
	"context"
	"encoding/json"
	"net/http"
	"slices"
	"strings"

	"github.com/tidwall/gjson"
	"github.com/tidwall/sjson"

	"github.com/sluicegate/sluice/cache"
	"github.com/sluicegate/sluice/gateway"
	"github.com/sluicegate/sluice/gateway/dialect/anthropic"
	"github.com/sluicegate/sluice/gateway/dialect/openai"
	"github.com/sluicegate/sluice/gateway/dialect/responses"
	"github.com/sluicegate/sluice/internal/httpapi/admin/action"
	"github.com/sluicegate/sluice/telemetry"
	"github.com/sluicegate/sluice/telemetry/listing"
)

// Logs finds exchanges by the id of their request. It is telemetry's reader.
type Logs interface {
	Log(ctx context.Context, scope listing.Scope, id string) ([]*telemetry.Record, error)
}

// asked is what an explanation is asked for.
type asked struct {
	workspace string
	request   string // id of a request; "" = body is given
	body      []byte
	route     string
	config    []byte // a document or the slug of a saved config, as JSON; nil = the caller's own
	namespace string
	metadata  map[string]string
	past      *recorded
}

// explain takes {workspace, config, namespace} and one of {request_id}, {text, model}, {request}.
func (a resource) explain(ctx context.Context, r *action.Request) error {
	f, err := action.ReadForm(ctx, r)
	if err != nil {
		return err
	}
	f.OneGiven("text", "request", "request_id")
	q := asked{request: f.Text("request_id", false), body: f.Object("request", false), route: "/v1/chat/completions", namespace: f.Text("namespace", false)}
	text, model, ref := f.Text("text", false), f.Text("model", false), f.Text("workspace", false)
	if v, given := f.Take("config", false); given && (v.IsObject() || v.Str != "") {
		q.config = []byte(v.Raw)
	} else if given {
		f.Wrong("config", "must be an object or the slug of a saved config")
	}
	if text != "" && (q.request != "" || q.body != nil) || q.request != "" && q.body != nil {
		f.Wrong("text", "or 'request' or 'request_id': give one of them")
	}
	if text != "" && model == "" {
		f.Wrong("model", "is missing: the question is looked up among the answers of a model")
	}
	if err := f.Done(); err != nil {
		return err
	}
	if q.workspace, err = r.In(ctx, ref); err != nil {
		return err
	}
	r.Target = "cache"
	switch {
	case q.request != "":
		r.Target = q.request
		err = a.readRow(ctx, &q)
	case text != "":
		q.body, err = json.Marshal(map[string]any{"model": model, "messages": []any{map[string]string{"role": "user", "content": text}}})
	}
	if err != nil {
		return err
	}
	ex, err := q.exchange(r)
	if err != nil {
		return err
	}
	found, err := a.explained(ctx, ex)
	if err != nil {
		return err
	}
	r.Reply = explanationOf(&found, q.past)
	return nil
}

// readRow takes the question from the row of a request.
func (a resource) readRow(ctx context.Context, q *asked) error {
	rows, err := a.logs.Log(ctx, listing.Workspace(q.workspace), q.request)
	if err != nil && gateway.AsError(err).Kind != gateway.NotFound {
		return err
	}
	if len(rows) == 0 {
		return &gateway.Error{Op: "cache.explain", Kind: gateway.NotFound, Param: "request_id", Public: "There is no request '" + q.request + "' in this workspace."}
	}
	row := rows[0]
	if row.Request == nil {
		return gateway.InvalidField("cache.explain", "request_id", "The body of the request '"+q.request+"' is not recorded. Give 'text' and 'model' instead.")
	}
	q.body, q.route, q.metadata = row.Request, row.Route, map[string]string{}
	if row.Model != "" && gjson.GetBytes(q.body, "model").Exists() { // as the caller named it, with its provider or virtual key
		if q.body, err = sjson.SetBytes(slices.Clone(q.body), "model", row.Model); err != nil {
			return err
		}
	}
	q.past = &recorded{row.CacheStatus(), row.Cache.Tier, row.Cache.Similarity, row.Cache.Origin, row.Cache.Stored, row.Cache.Reason}
	for _, p := range row.Metadata {
		q.metadata[p.Key] = p.Value
	}
	if q.config == nil && row.Config.Slug != "" {
		q.config, _ = json.Marshal(row.Config.Slug)
	}
	return nil
}

// exchange is the call that the question would be.
func (q *asked) exchange(r *action.Request) (*gateway.Exchange, error) {
	read := openai.NewRequest
	switch {
	case strings.HasSuffix(q.route, "/messages"):
		read = anthropic.NewRequest
	case strings.HasSuffix(q.route, "/responses"):
		read = responses.NewRequest
	}
	req, err := read(gateway.OpChat, q.body)
	if err != nil {
		return nil, err
	}
	by := *r.By
	if by.Workspace != q.workspace {
		by.Workspace, by.Config, by.KeyConfig = q.workspace, "", ""
	}
	ex := &gateway.Exchange{ID: r.ID, Start: r.Start, Trace: r.Trace, Request: req, Facts: &gateway.Facts{},
		Envelope: &gateway.Envelope{Method: http.MethodPost, Route: q.route, Header: http.Header{}, KeepBodies: true, BodyConfig: q.config,
			CacheNamespace: q.namespace, CacheScoped: q.namespace != "", Metadata: q.metadata}}
	ex.SetPrincipal(&by)
	return ex, nil
}

// explained runs the stages before the cache, and asks the cache.
func (a resource) explained(ctx context.Context, ex *gateway.Exchange) (found cache.Explanation, err error) {
	end := func(ctx context.Context, ex *gateway.Exchange) (gateway.Stream, error) {
		if found, err = a.Explain(ctx, ex); err != nil {
			return nil, err
		}
		return gateway.Chunks(), nil
	}
	stream, err := gateway.Chain("explain", end, a.before...)(ctx, ex)
	if err != nil {
		return found, err
	}
	return found, stream.Close()
}
