package input

import (
	"github.com/tidwall/sjson"

	"github.com/sluicegate/sluice/gateway"
)

// withUsage asks for the usage of a stream. OpenRouter always sends it, with the cost, and its
// clients rely on it without asking.
func withUsage(req *gateway.Request) (*gateway.Request, error) {
	if !req.Stream() || req.WantsUsage() {
		return req, nil
	}
	path, value := "stream_options", `{"include_usage":true}`
	if options := req.Field(path); options != nil && options[0] == '{' {
		path, value = path+".include_usage", "true"
	}
	raw, err := sjson.SetRawBytes(req.Raw, path, []byte(value))
	if err != nil {
		return nil, &gateway.Error{Op: "input.withUsage", Kind: gateway.Internal, Err: err}
	}
	return req.WithRaw(raw)
}
