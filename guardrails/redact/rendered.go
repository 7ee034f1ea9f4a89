package redact

import (
	"slices"
	"strings"
	"sync"

	"github.com/sluicegate/sluice/gateway"
	"github.com/sluicegate/sluice/guardrails/pii"
	"github.com/sluicegate/sluice/internal/jsonx"
)

// Rendered returns req, which a template made from the variables, with the values replaced
// that only the template completed: "{{user}}@{{domain}}" is no address before it is
// rendered. A value that holds no part of a variable belongs to the template and stays.
func (r *Redaction) Rendered(req *gateway.Request, variables []byte) (out *gateway.Request, err error) {
	defer withoutText(&err)
	r.request = req
	parts := sync.OnceValue(func() []string { return partsOf(variables) })
	raw, err := r.body(req.Dialect, req.Raw, func(label, value string) []pii.Span {
		return slices.DeleteFunc(r.find(label, value), func(sp pii.Span) bool { return !holdsAny(value[sp.Start:sp.End], parts()) })
	})
	if err != nil || raw == nil {
		return req, err
	}
	return req.WithRaw(raw)
}

// maxParts bounds the parts of variables that each value is compared with.
const maxParts = 1000

// partsOf lists the strings and numbers of the variables that are long enough to be a part
// of a value. If there are too many, it lists the empty text, which is a part of every value.
func partsOf(variables []byte) []string {
	var parts []string
	jsonx.Walk(variables, func(n jsonx.Node) jsonx.Action { // variables were checked
		if n.Kind == jsonx.KindString || n.Kind == jsonx.KindNumber || n.Kind == jsonx.KindLiteral {
			if text := n.Text(); len(text) > 1 {
				parts = append(parts, text)
			}
		}
		return jsonx.Descend
	})
	if len(parts) > maxParts {
		return []string{""}
	}
	return parts
}

func holdsAny(value string, parts []string) bool {
	return slices.ContainsFunc(parts, func(part string) bool { return strings.Contains(value, part) })
}
