package inference

import (
	"github.com/sluicegate/sluice/gateway"
	"github.com/sluicegate/sluice/gateway/dialect/openai"
	"github.com/sluicegate/sluice/internal/httpapi"
	"github.com/sluicegate/sluice/internal/httpapi/inference/input"
	"github.com/sluicegate/sluice/internal/httpapi/inference/output"
	"github.com/sluicegate/sluice/internal/jsonx"
)

// promptCompletion answers POST /v1/prompts/{id}/completions: the template is rendered
// and then answered like any chat.
func (s *surfaces) promptCompletion(c *httpapi.Call) error { return s.prompt(c, gateway.OpChat) }

// promptRender answers POST /v1/prompts/{id}/render: the pipeline ends at the prompt
// stage, and no provider is asked.
func (s *surfaces) promptRender(c *httpapi.Call) error { return s.prompt(c, gateway.OpRender) }

func (s *surfaces) prompt(c *httpapi.Call, op gateway.Op) error {
	ex := c.Open(op)
	if op == gateway.OpRender {
		ex.Envelope.Workspace = c.Query("workspace")
	}
	input.Read(c, openai.Dialect{}, op)
	if ex.Request != nil {
		req, err := promptRequest(ex.Request, c.Param("id"))
		if err != nil {
			ex.Refused, req = err, nil
		}
		ex.Request = req
	}
	return s.output.Serve(c, output.Chat)
}

// promptRequest moves the variables out of the body. The remaining fields are parameters that
// override the template's.
func promptRequest(req *gateway.Request, id string) (*gateway.Request, error) {
	const op = "inference.prompt"
	call := &gateway.PromptCall{ID: id}
	switch v := req.Field("variables"); {
	case v == nil || v[0] == 'n': // absent, or null
		call.Variables = []byte("{}")
	case v[0] != '{':
		return nil, gateway.InvalidField(op, "variables", "The field 'variables' must be an object.")
	default:
		call.Variables = v
	}
	out, err := req.WithFields(jsonx.Change{Name: "variables"})
	if err != nil {
		return nil, err
	}
	out.Prompt = call
	return out, nil
}
