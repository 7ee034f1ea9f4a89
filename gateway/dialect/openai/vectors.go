package openai

import (
	"strconv"

	"github.com/sluicegate/sluice/gateway"
	"github.com/sluicegate/sluice/gateway/dialect/message"
	"github.com/sluicegate/sluice/internal/jsonx"
)

// Recordable implements gateway.AnswerFormat: each embedding is replaced by its dimension.
func (Dialect) Recordable(op gateway.Op, body []byte) []byte {
	if op != gateway.OpEmbeddings {
		return body
	}
	return withoutVectors(body)
}

// withoutVectors replaces each embedding in the answer raw by its dimension: vectors reveal the
// text, and nobody reads them in a log.
func withoutVectors(raw []byte) []byte {
	if !jsonx.Valid(raw) {
		return raw
	}
	var edits []jsonx.Edit
	replace := func(n jsonx.Node, with string) {
		edits = append(edits, jsonx.Edit{Start: n.Start, End: n.End(), New: []byte(with)})
	}
	jsonx.Walk(raw, func(n jsonx.Node) jsonx.Action {
		switch {
		case len(n.Path) < 2 || n.Path.Key(0) != "data" || n.Path[1].Index < 0: // not inside the list
		case len(n.Path) == 2 && n.Kind != jsonx.KindObject: // an item must be an object
			replace(n, "null")
			return jsonx.Skip
		case len(n.Path) == 3 && n.Path.Key(2) == "embedding" && n.Kind == jsonx.KindKey:
			replace(n, `"dimensions"`)
		case len(n.Path) == 3 && n.Path.Key(2) == "embedding":
			replace(n, strconv.Itoa(message.Dimensions(n)))
			return jsonx.Skip
		}
		return jsonx.Descend
	})
	return jsonx.Splice(raw, edits)
}
