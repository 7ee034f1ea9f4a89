package intake

import (
	"net/http"

	collectorpb "go.opentelemetry.io/proto/otlp/collector/trace/v1"

	"github.com/sluicegate/sluice/gateway"
	"github.com/sluicegate/sluice/internal/httpapi"
	"github.com/sluicegate/sluice/telemetry/foreign"
)

// leastShare is what a request takes of its API key's memory before its size is known.
const leastShare = 16 << 10

// traces stores the spans of a request.
func (t *Intake) traces(c *httpapi.Call) error {
	e, unknown := encodingOf(c)
	by, err := c.Authenticated()
	if err == nil {
		err = unknown
	}
	if err != nil {
		return fail(c, e, err)
	}
	result, err := t.take(c, by, e)
	if err != nil {
		return fail(c, e, err)
	}
	answer := &collectorpb.ExportTraceServiceResponse{}
	if result.Message != "" {
		answer.PartialSuccess = &collectorpb.ExportTracePartialSuccess{RejectedSpans: int64(result.Rejected), ErrorMessage: result.Message}
	}
	return send(c, e, http.StatusOK, answer)
}

func (t *Intake) take(c *httpapi.Call, by *gateway.Principal, e foreign.Encoding) (foreign.Result, error) {
	if err := c.RefuseWorkspace(); err != nil {
		return foreign.Result{}, err
	}
	var env gateway.Envelope
	if err := c.Envelope(&env); err != nil {
		return foreign.Result{}, err
	}
	share := t.Spans.Share(by.APIKey)
	defer share.Release()
	if err := share.Grow(leastShare); err != nil { // before the body is read
		return foreign.Result{}, err
	}
	body, err := c.Body()
	if err != nil {
		return foreign.Result{}, err
	}
	if err := share.Grow(int64(len(body))); err != nil {
		return foreign.Result{}, err
	}
	return t.Spans.Take(c.Context(), foreign.Source{Workspace: by.Workspace, Member: by.Member, APIKey: by.APIKey, NoContents: !env.KeepBodies}, share, body, e)
}
