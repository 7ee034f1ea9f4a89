package gemini

import (
	"github.com/sluicegate/sluice/gateway"
	"github.com/sluicegate/sluice/internal/jsonx"
)

// Question implements gateway.RequestFormat: the last text part of the last content.
func (Dialect) Question(raw []byte) (gateway.Span, bool) {
	q := question{}
	jsonx.Walk(raw, q.visit) // raw was checked
	ok := q.user && !q.signed && !q.result && q.text.End > q.text.Start
	if !ok {
		return gateway.Span{}, false
	}
	return q.text, true
}

// question finds the last content of a request.
type question struct {
	text   gateway.Span // of the last text part of the last content; with quotes
	user   bool         // the user wrote the last content
	result bool         // the last content holds the result of a function
	signed bool         // a part has a signature
}

func (q *question) visit(n jsonx.Node) jsonx.Action {
	p := placeOf(n.Path)
	switch {
	case p.field != "" && p.field != "contents":
		if n.Kind == jsonx.KindKey {
			return jsonx.Skip
		}
	case n.Kind == jsonx.KindObject && p.content && !p.part && len(p.rest) == 0:
		role := jsonx.String(jsonx.Get(n.Raw(), "role"))
		q.user, q.result, q.text = role == "user" || role == "", false, gateway.Span{}
	case n.Kind == jsonx.KindKey && p.part && p.is("functionResponse"):
		q.result = true
	case n.Kind == jsonx.KindString && p.part && p.is("thoughtSignature"):
		q.signed = true
	case n.Kind == jsonx.KindString && p.part && p.is("text"):
		q.text = gateway.Span{Start: n.Start, End: n.End()}
	}
	return jsonx.Descend
}
