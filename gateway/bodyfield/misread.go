package bodyfield

import (
	"strings"

	"github.com/sluicegate/sluice/internal/jsonx"
)

// boundingFields are the fields of request bodies that decide, in any format, what a call may
// cost, beside those that choose a model.
var boundingFields = []string{"n", "best_of", "max_tokens", "max_completion_tokens", "max_output_tokens", "stream", "stream_options", "tools", "functions", "plugins",
	"web_search_options", "thinking", "reasoning", "reasoning_effort", "output_config", "mcp_servers", "container", "background", "service_tier"}

// Misread returns the path of a field that bounds the cost of a call, and that vendors
// may read otherwise than Sluice: because its name differs from one of the known ones by case
// only, or because it stands in an object whose members some gateways read as fields of the
// body. "" if there is none.
func Misread(body []byte) string {
	for m := range jsonx.Members(body) {
		name := Match(m.Key, boundingFields...)
		if name == "" {
			name = Match(m.Key, modelFields...)
		}
		if name != "" && name != m.Key {
			return m.Key
		}
		if Match(m.Key, nestedFields...) == "" || m.Value[0] != '{' {
			continue
		}
		for inner := range jsonx.Members(m.Value) {
			if Match(inner.Key, boundingFields...) != "" || strings.EqualFold(inner.Key, "extra_body") {
				return m.Key + "." + inner.Key
			}
		}
	}
	return ""
}
