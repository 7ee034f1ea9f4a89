package responses

import (
	"github.com/tidwall/gjson"

	"github.com/sluicegate/sluice/internal/jsonx"
)

// echoed are the fields of the request that a response repeats, in OpenAI's order, with what
// stands there if the request has none. "" leaves the field out.
var echoed = []struct{ name, otherwise string }{
	{"instructions", "null"}, {"max_output_tokens", "null"}, {"max_tool_calls", "null"}, {"parallel_tool_calls", "true"},
	{"previous_response_id", "null"}, {"prompt_cache_key", ""}, {"reasoning", `{"effort":null,"summary":null}`},
	{"safety_identifier", ""}, {"service_tier", `"default"`}, {"temperature", "null"}, {"text", `{"format":{"type":"text"}}`},
	{"tool_choice", `"auto"`}, {"tools", "[]"}, {"top_p", "null"}, {"truncation", `"disabled"`}, {"user", "null"}, {"metadata", "{}"},
}

// newResponse is a response of which nothing is said yet. request is the caller's body.
func newResponse(request []byte, id, model string, created int64) []byte {
	asked := gjson.ParseBytes(request)
	var o jsonx.Object
	o.Text("id", id)
	o.Text("object", "response")
	o.Int("created_at", created)
	o.Text("status", inProgress)
	o.Raw("background", []byte("false"))
	o.Raw("error", []byte("null"))
	o.Raw("incomplete_details", []byte("null"))
	o.Text("model", model)
	o.Raw("output", []byte("[]"))
	for _, field := range echoed {
		switch v := asked.Get(field.name); {
		case v.Exists() && v.Type != gjson.Null:
			o.Raw(field.name, []byte(v.Raw))
		case field.otherwise != "":
			o.Raw(field.name, []byte(field.otherwise))
		}
	}
	o.Raw("store", []byte("false"))
	o.Raw("usage", []byte("null"))
	return o.JSON()
}

// begun is a response as its first events show it: nothing is said yet.
func begun(response []byte) []byte {
	null := []byte("null")
	return jsonx.Update(response, jsonx.Change{Name: "status", Value: jsonx.Quote(inProgress)},
		jsonx.Change{Name: "output", Value: []byte("[]")}, jsonx.Change{Name: "usage", Value: null},
		jsonx.Change{Name: "incomplete_details", Value: null}, jsonx.Change{Name: "completed_at"})
}

// finished is a response that has ended.
func finished(response []byte, finish string, output, usage []byte) []byte {
	status, reason := statusOf(finish)
	changes := []jsonx.Change{{Name: "status", Value: jsonx.Quote(status)}, {Name: "output", Value: output}, {Name: "usage", Value: usage}}
	if reason != "" {
		var details jsonx.Object
		details.Text("reason", reason)
		changes = append(changes, jsonx.Change{Name: "incomplete_details", Value: details.JSON()})
	}
	return jsonx.Update(response, changes...)
}
