package responsesapi

import (
	"encoding/json"
	"net/http"
	"strconv"
	"time"

	"github.com/sluicegate/sluice/gateway"
	"github.com/sluicegate/sluice/gateway/dialect/responses"
	"github.com/sluicegate/sluice/gateway/history"
	"github.com/sluicegate/sluice/internal/httpapi"
	"github.com/sluicegate/sluice/internal/httpapi/inference/output"
	"github.com/sluicegate/sluice/internal/jsonx"
)

// begunCall is a call whose answer the vendor writes in the background. A retrieval runs through
// the pipeline with the same body and the same config, so that the same guardrails judge the
// answer, and the same values stand for the placeholders in it.
type begunCall struct {
	Exchange string          `json:"exchange"`
	At       time.Time       `json:"at"`
	Target   string          `json:"target"`
	Body     json.RawMessage `json:"body"`

	Config     string            `json:"config,omitempty"`
	BodyConfig json.RawMessage   `json:"body_config,omitempty"`
	Provider   string            `json:"provider,omitempty"`
	VirtualKey string            `json:"virtual_key,omitempty"`
	CustomHost string            `json:"custom_host,omitempty"`
	Metadata   map[string]string `json:"metadata,omitempty"`

	Reservation *gateway.WorkReservation `json:"reservation,omitempty"`
}

// isUnfinished reports whether the vendor still writes a response.
func isUnfinished(response []byte) bool {
	switch jsonx.String(jsonx.Get(response, "status")) {
	case "queued", "in_progress":
		return true
	}
	return false
}

// rest is what is kept of the call to ask for the rest of its answer later.
func (t *turn) rest(a *gateway.Attempt) json.RawMessage {
	b := t.begun
	if b == nil {
		ex, env := t.call.Exchange, t.call.Exchange.Envelope
		b = &begunCall{Exchange: ex.ID, At: ex.Start, Target: a.Target, Body: ex.Request.Raw, Config: env.Config, BodyConfig: env.BodyConfig,
			Provider: env.Provider, VirtualKey: env.VirtualKey, CustomHost: env.CustomHost, Metadata: env.Metadata, Reservation: ex.Facts.Unsettled}
	}
	raw, _ := json.Marshal(b) // plain data always encodes
	return raw
}

// get answers GET /v1/responses/{id}, with the parameters stream and starting_after.
func (s *Surface) get(c *httpapi.Call) error {
	who, e, err := s.keptResponse(c)
	if err != nil {
		return err
	}
	stream, after := c.Query("stream") == "true", int64(-1)
	if v := c.Query("starting_after"); v != "" {
		if after, err = strconv.ParseInt(v, 10, 64); err != nil || after < 0 || !stream {
			return gateway.InvalidField("responsesapi.get", "starting_after", "The parameter 'starting_after' must be the number of an event, beside stream=true.")
		}
	}
	switch {
	case e.Unfinished != nil:
		return s.retrieve(c, who, &e, stream, after, false)
	case stream:
		return s.replayKept(c, &e, after)
	}
	c.Send(http.StatusOK, e.Response)
	return nil
}

// cancel answers POST /v1/responses/{id}/cancel.
func (s *Surface) cancel(c *httpapi.Call) error {
	who, e, err := s.keptResponse(c)
	if err != nil {
		return err
	}
	if e.Unfinished == nil {
		return &gateway.Error{Op: "responsesapi.cancel", Kind: gateway.Invalid, Public: "The response is complete: only one that was asked for with background: true can be cancelled."}
	}
	return s.retrieve(c, who, &e, false, -1, true)
}

// retrieve asks the vendor for a response that it writes in the background. The API key that asked
// for it pays for it, so no other one gets it.
func (s *Surface) retrieve(c *httpapi.Call, who *gateway.Principal, e *history.Entry, stream bool, after int64, cancel bool) error {
	var b begunCall
	if err := json.Unmarshal(e.Unfinished, &b); err != nil {
		return &gateway.Error{Op: "responsesapi.retrieve", Kind: gateway.Internal, Err: err}
	}
	if e.APIKey != who.APIKey {
		return absentResponse(e.ID)
	}
	ex := c.Open(gateway.OpRetrieve)
	env := ex.Envelope
	env.Config, env.BodyConfig, env.Provider, env.VirtualKey, env.CustomHost, env.Metadata = b.Config, b.BodyConfig, b.Provider, b.VirtualKey, b.CustomHost, b.Metadata
	body := jsonx.Update(b.Body, jsonx.Change{Name: "stream", Value: boolean(stream)})
	req, err := gateway.NewRequest(responses.Dialect{}, gateway.OpRetrieve, body)
	switch {
	case ex.Refused != nil:
	case err != nil:
		ex.Refused = err
	default:
		req.Background = &gateway.BackgroundAnswer{Exchange: b.Exchange, At: b.At, ID: e.ID, Target: b.Target, VirtualKey: e.VirtualKey, Credential: e.Credential, Cancel: cancel, Reservation: b.Reservation}
		ex.Request = req
	}
	t := &turn{call: c, history: s.History, keep: true, input: e.Input, begun: &b, after: after}
	return s.Output.Through(t.keeping(s.Output.Pipeline)).Serve(c, output.Responses)
}

// replayKept sends a complete response as the events of a stream.
func (s *Surface) replayKept(c *httpapi.Call, e *history.Entry, after int64) error {
	events, err := responses.Dialect{}.Events(e.Response, true)
	if err != nil {
		return err
	}
	c.Open(gateway.OpRetrieve)
	c.Exchange.Facts.Status = http.StatusOK
	s.Output.Replay(c, output.Responses, events, after)
	return nil
}
