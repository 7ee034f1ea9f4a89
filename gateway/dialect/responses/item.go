package responses

import (
	"strconv"
	"strings"

	"github.com/sluicegate/sluice/internal/jsonx"
)

// The items and parts that Sluice writes itself.

func textPart(text string, annotations [][]byte) []byte {
	var o jsonx.Object
	o.Text("type", "output_text")
	list := []byte{'['}
	for _, a := range annotations {
		list = appendItem(list, a)
	}
	o.Raw("annotations", append(list, ']'))
	o.Raw("logprobs", []byte("[]"))
	o.Text("text", text)
	return o.JSON()
}

func refusalPart(text string) []byte { return typedText("refusal", "refusal", text) }

func summaryPart(text string) []byte { return typedText("summary_text", "text", text) }

func typedText(kind, name, text string) []byte {
	var o jsonx.Object
	o.Text("type", kind)
	o.Text(name, text)
	return o.JSON()
}

// outputMessage is a message of the model. part nil: nothing is said yet.
func outputMessage(id, status string, part []byte) []byte {
	var o jsonx.Object
	o.Text("id", id)
	o.Text("type", "message")
	o.Text("status", status)
	o.Raw("content", listOf(part))
	o.Text("role", "assistant")
	return o.JSON()
}

// reasoningItem is reasoning. encrypted "" leaves out what only its model can read.
func reasoningItem(id string, part []byte, encrypted string) []byte {
	var o jsonx.Object
	o.Text("id", id)
	o.Text("type", "reasoning")
	if encrypted != "" {
		o.Text("encrypted_content", encrypted)
	}
	o.Raw("summary", listOf(part))
	return o.JSON()
}

func listOf(element []byte) []byte {
	out := append([]byte{'['}, element...)
	return append(out, ']')
}

// toolCall is what a call of a tool of the caller's consists of.
type toolCall struct {
	id, callID string
	name       toolName
	kind       call
}

// item writes the call. args are the arguments, or the input of a tool that takes any text.
func (t *toolCall) item(status, args string) []byte {
	var o jsonx.Object
	o.Text("id", t.id)
	if t.kind == freeForm {
		o.Text("type", "custom_tool_call")
		o.Text("status", status)
		o.Text("call_id", t.callID)
		o.Text("input", args)
	} else {
		o.Text("type", "function_call")
		o.Text("status", status)
		o.Text("arguments", args)
		o.Text("call_id", t.callID)
	}
	o.Text("name", t.name.name)
	if t.name.namespace != "" {
		o.Text("namespace", t.name.namespace)
	}
	return o.JSON()
}

// Reference returns the id that an item of an input refers to, and whether it is a reference: one
// needs no type.
func Reference(item []byte) (id string, is bool) {
	switch jsonx.String(jsonx.Get(item, "type")) {
	case "item_reference":
		return jsonx.String(jsonx.Get(item, "id")), true
	case "":
		id = jsonx.String(jsonx.Get(item, "id"))
		return id, id != "" && jsonx.Get(item, "role") == nil
	}
	return "", false
}

// itemIDAs is an id of the same kind of item, with another tail.
func itemIDAs(id []byte, tail string, output int) []byte {
	kind, _, found := strings.Cut(jsonx.String(id), "_")
	if !found {
		kind = "item"
	}
	return jsonx.Quote(kind + "_" + tail + "_" + strconv.Itoa(output))
}

// WithItemIDs returns a response whose items have ids that end in tail and their index.
func WithItemIDs(response []byte, tail string) []byte {
	output := jsonx.Get(response, "output")
	var edits []jsonx.Edit
	for item := range jsonx.Elements(output) {
		named := jsonx.Update(item.Value, jsonx.Change{Name: "id", Value: itemIDAs(jsonx.Get(item.Value, "id"), tail, item.Index)})
		edits = append(edits, jsonx.Edit{Start: item.Start, End: item.End, New: named})
	}
	if len(edits) == 0 {
		return response
	}
	return jsonx.Update(response, jsonx.Change{Name: "output", Value: jsonx.Splice(output, edits)})
}

// EventWithItemID is WithItemIDs for an event about one item, or a part of one.
func EventWithItemID(event []byte, tail string) []byte {
	output := int(jsonx.Int(jsonx.Get(event, "output_index")))
	if item := jsonx.Get(event, "item"); item != nil {
		item = jsonx.Update(item, jsonx.Change{Name: "id", Value: itemIDAs(jsonx.Get(item, "id"), tail, output)})
		event = jsonx.Update(event, jsonx.Change{Name: "item", Value: item})
	}
	if id := jsonx.Get(event, "item_id"); id != nil {
		event = jsonx.Update(event, jsonx.Change{Name: "item_id", Value: itemIDAs(id, tail, output)})
	}
	return event
}
