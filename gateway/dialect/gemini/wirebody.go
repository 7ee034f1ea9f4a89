package gemini

import (
	"github.com/sluicegate/sluice/internal/jsonx"
)

// Wire returns the body as it goes to a vendor.
func Wire(raw []byte) []byte {
	return jsonx.Update(raw, jsonx.Change{Name: "model"}, jsonx.Change{Name: "stream"})
}

// WireCount returns a body of countTokens. model is the path of the model. Google counts
// contents alone, or a whole request in a member of its own that names the model again.
func WireCount(body []byte, model string) []byte {
	name := jsonx.Quote(model)
	bare := true
	for m := range jsonx.Members(body) {
		switch camel(m.Key) {
		case "generateContentRequest":
			inner := jsonx.Update(m.Value, jsonx.Change{Name: "model", Value: name})
			return jsonx.Update(body, jsonx.Change{Name: m.Key, Value: inner})
		case "contents":
		default:
			bare = false
		}
	}
	if bare {
		return body
	}
	inner := jsonx.Update(body, jsonx.Change{Name: "model", Value: name})
	return jsonx.Update([]byte("{}"), jsonx.Change{Name: "generateContentRequest", Value: inner})
}

// WireBatch returns a body of batchEmbedContents, whose elements name the model again.
func WireBatch(body []byte, model string) []byte {
	name := jsonx.Quote(model)
	requests := jsonx.Get(body, "requests")
	var edits []jsonx.Edit
	for e := range jsonx.Elements(requests) {
		edits = append(edits, jsonx.Edit{Start: e.Start, End: e.Start + len(e.Value), New: jsonx.Update(e.Value, jsonx.Change{Name: "model", Value: name})})
	}
	return jsonx.Update(body, jsonx.Change{Name: "requests", Value: jsonx.Splice(requests, edits)})
}
