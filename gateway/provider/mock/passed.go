package mock

import (
	"encoding/json"
	"io"
	"net/http"
	"strings"

	"github.com/tidwall/gjson"

	"github.com/sluicegate/sluice/gateway"
)

// passed answers a call that is passed on as it is. It keeps nothing: an object that is made is
// named after its path, and one that is asked for is there.
func passed(req *gateway.Request) (gateway.Stream, error) {
	p := req.Pass
	parts := strings.Split(strings.TrimPrefix(strings.Trim(p.Path, "/"), "v1/"), "/")
	if parts[0] == "fine_tuning" && len(parts) > 1 {
		parts = parts[1:]
	}
	kind := strings.TrimSuffix(parts[0], "s")
	body := map[string]any{"object": kind}
	used := &gateway.Usage{}
	switch {
	case p.Body != nil:
		reader, _ := p.Body.Take()
		n, err := io.Copy(io.Discard, reader)
		if err != nil {
			return nil, &gateway.Error{Op: "mock.Answer", Kind: gateway.BadUpstream, Public: "The body broke off.", Err: err}
		}
		body["id"], body["bytes"] = kind+"-mock", n
	case p.Method == http.MethodGet && len(parts) == 1:
		body["object"], body["has_more"], body["data"] = "list", false, []any{map[string]any{"id": kind + "-mock", "object": kind}, map[string]any{"id": kind + "-others", "object": kind}}
	case len(parts) == 1:
		body["id"], body["status"] = kind+"-mock", "validating"
	case p.Method == http.MethodDelete:
		body["id"], body["deleted"] = parts[1], true
	default:
		body["id"], body["status"] = parts[1], "completed"
	}
	if kind == "batche" && p.Method == http.MethodGet && len(parts) == 2 { // a batch that has ended
		body["model"], body["usage"] = "echo", map[string]any{"input_tokens": 1000, "output_tokens": 100}
		used = &gateway.Usage{Input: 1000, Output: 100}
	}
	if model := gjson.GetBytes(req.Raw, "model").String(); !p.Free && model != "" {
		body["model"], body["usage"] = model, map[string]any{"input_tokens": 10, "output_tokens": 1}
		used = &gateway.Usage{Input: 10, Output: 1}
	}
	raw, err := json.Marshal(body)
	if err != nil {
		return nil, &gateway.Error{Op: "mock.Answer", Kind: gateway.Internal, Err: err}
	}
	p.Answer = gateway.PassedAnswer{Status: http.StatusOK, Header: http.Header{"Content-Type": {"application/json"}}}
	c := gateway.Chunk{Raw: raw, Form: gateway.FormBody, Dialect: req.Dialect}
	c.Read()
	c.Usage = p.Usage(raw, used)
	return gateway.Chunks(c), nil
}
