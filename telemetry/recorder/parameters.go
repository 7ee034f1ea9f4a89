package recorder

import (
	"slices"
	"strconv"
	"strings"

	"github.com/sluicegate/sluice/internal/jsonx"
	"github.com/sluicegate/sluice/telemetry"
)

// parameterNames are numbers of a request that every dialect names alike, sorted.
var parameterNames = [...]string{"frequency_penalty", "n", "presence_penalty", "seed", "temperature", "top_k", "top_p"}

// maxNumber is the length of the longest number that is kept.
const maxNumber = 24

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
	for m := range jsonx.Members(q.Raw) {
		if !slices.Contains(parameterNames[:], m.Key) {
			continue
		}
		out = slices.DeleteFunc(out, func(p telemetry.Pair) bool { return p.Key == m.Key }) // of a name given twice the last one counts
		if _, err := strconv.ParseFloat(string(m.Value), 64); err == nil && len(m.Value) <= maxNumber {
			out = append(out, telemetry.Pair{Key: m.Key, Value: string(m.Value)})
		}
	}
	slices.SortFunc(out, func(a, b telemetry.Pair) int { return strings.Compare(a.Key, b.Key) })
	return out
}
