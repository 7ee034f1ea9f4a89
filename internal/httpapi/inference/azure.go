package inference

import (
	"strings"

	"github.com/sluicegate/sluice/gateway"
	"github.com/sluicegate/sluice/gateway/dialect/openai"
	"github.com/sluicegate/sluice/internal/httpapi"
	"github.com/sluicegate/sluice/internal/httpapi/inference/input"
	"github.com/sluicegate/sluice/internal/httpapi/inference/output"
	"github.com/sluicegate/sluice/internal/jsonx"
)

// modelPaths are the paths that name the model before the operation: Azure OpenAI's deployments
// and the engines of OpenAI's first API. A model may have slashes, so the rest is one wildcard.
var modelPaths = []string{"/openai/deployments/*", "/engines/*", "/v1/engines/*"}

// modelInPath answers a POST of chat/completions or embeddings below one of modelPaths. The
// model of the path takes the place of the body's.
func (s *surfaces) modelInPath(c *httpapi.Call) error {
	rest := c.Param("*")
	for operation, op := range map[string]gateway.Op{"/chat/completions": gateway.OpChat, "/embeddings": gateway.OpEmbeddings} {
		model, ok := strings.CutSuffix(rest, operation)
		if !ok || model == "" {
			continue
		}
		c.Route = strings.TrimSuffix(c.Route, "*") + "{model}" + operation
		c.Open(op)
		if op == gateway.OpChat {
			input.Read(c, openai.Dialect{}, op, "messages")
		} else {
			input.Read(c, openai.Dialect{}, op, "input")
		}
		setModel(c.Exchange, model)
		return s.output.Serve(c, output.Chat)
	}
	return c.UnknownPath()
}

// setModel writes a model into the request that was read.
func setModel(ex *gateway.Exchange, model string) {
	if ex.Request == nil {
		return
	}
	req, err := ex.Request.WithFields(jsonx.Change{Name: "model", Value: jsonx.Quote(model)})
	if err != nil {
		ex.Refused, req = err, nil
	}
	ex.Request = req
}
