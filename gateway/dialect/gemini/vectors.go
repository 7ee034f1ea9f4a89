package gemini

import (
	"strconv"

	"github.com/sluicegate/sluice/gateway"
	"github.com/sluicegate/sluice/internal/jsonx"
)

// Recordable implements gateway.AnswerFormat: the values of each embedding are replaced by
// their number. They reveal the text, and nobody reads them in a log.
func (Dialect) Recordable(op gateway.Op, body []byte) []byte {
	if op != gateway.OpEmbeddings || !jsonx.Valid(body) {
		return body
	}
	var edits []jsonx.Edit
	jsonx.Walk(body, func(n jsonx.Node) jsonx.Action {
		switch {
		case n.Path.Key(-1) != "values":
			return jsonx.Descend
		case n.Kind == jsonx.KindKey:
			edits = append(edits, jsonx.Edit{Start: n.Start, End: n.End(), New: []byte(`"dimensions"`)})
			return jsonx.Descend
		}
		edits = append(edits, jsonx.Edit{Start: n.Start, End: n.End(), New: []byte(strconv.Itoa(dimensions(n)))})
		return jsonx.Skip
	})
	return jsonx.Splice(body, edits)
}

// dimensions is the length of a vector, or the bytes of one that is no list.
func dimensions(n jsonx.Node) int {
	if n.Kind != jsonx.KindArray {
		return len(n.Raw())
	}
	count := 0
	for range jsonx.Elements(n.Raw()) {
		count++
	}
	return count
}
