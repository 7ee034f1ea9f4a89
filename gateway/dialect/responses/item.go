package responses

import "github.com/sluicegate/sluice/internal/jsonx"

// The items and parts that Sluice writes itself.

func textPart(text string) []byte {
	var o jsonx.Object
	o.Text("type", "output_text")
	o.Raw("annotations", []byte("[]"))
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
