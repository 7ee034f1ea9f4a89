package recorder

import (
	"slices"
	"strconv"
	"strings"

	"github.com/sluicegate/sluice/telemetry"
)

// parameterNames are numbers of a request that every dialect names alike, sorted.
var parameterNames = [...]string{"frequency_penalty", "n", "presence_penalty", "seed", "temperature", "top_k", "top_p"}

// parameters returns what the request asks for in numbers: sampling, and the limit of the answer.
func parameters(e *entry) []telemetry.Pair {
	q := e.ex.Request
	if p := e.facts.Prompt; p != nil && p.Rendered != nil {
		q = p.Rendered
	}
	if q == nil || q.Dialect == nil {
		return nil
	}
	var out []telemetry.Pair
	if n := q.Parameters().MaxOutput; n > 0 {
		out = append(out, telemetry.Pair{Key: "max_tokens", Value: strconv.FormatInt(n, 10)})
	}
	for _, name := range parameterNames {
		raw := string(q.Field(name))
		if _, err := strconv.ParseFloat(raw, 64); err == nil && len(raw) < 24 {
			out = append(out, telemetry.Pair{Key: name, Value: raw})
		}
	}
	slices.SortFunc(out, func(a, b telemetry.Pair) int { return strings.Compare(a.Key, b.Key) })
	return out
}
