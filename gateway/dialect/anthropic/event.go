package anthropic

import "github.com/sluicegate/sluice/internal/jsonx"

// The events that Sluice writes itself: for translated answers, for replays, and for texts
// that a stage adds.

// startEvent opens the block index.
func startEvent(index int, block []byte) []byte {
	o := eventAt("content_block_start", index)
	o.raw("content_block", block)
	return o.json()
}

// pieceEvent adds to the block index. kind is the type of the piece, and value what its
// member named key holds.
func pieceEvent(index int, kind, key string, value []byte) []byte {
	var piece object
	piece.text("type", kind)
	piece.raw(key, value)
	o := eventAt("content_block_delta", index)
	o.raw("delta", piece.json())
	return o.json()
}

// endEvent closes the block index.
func endEvent(index int) []byte {
	o := eventAt("content_block_stop", index)
	return o.json()
}

func eventAt(kind string, index int) *object {
	o := &object{}
	o.text("type", kind)
	o.raw("index", number(int64(index)))
	return o
}

// finishEvent tells the stop reason, the stop sequence and, unless nil, the usage.
func finishEvent(reason, sequence, usage []byte) []byte {
	var delta, o object
	delta.raw("stop_reason", reason)
	delta.raw("stop_sequence", sequence)
	o.text("type", "message_delta")
	o.raw("delta", delta.json())
	if usage != nil {
		o.raw("usage", usage)
	}
	return o.json()
}

// messageEvent opens the message.
func messageEvent(message []byte) []byte {
	var o object
	o.text("type", "message_start")
	o.raw("message", message)
	return o.json()
}

var stopEvent = []byte(`{"type":"message_stop"}`)

// newMessage is a message that has just begun.
func newMessage(id, model string) []byte {
	var o object
	o.text("id", id)
	o.text("type", "message")
	o.text("role", "assistant")
	o.text("model", model)
	o.raw("content", []byte("[]"))
	o.raw("stop_reason", []byte("null"))
	o.raw("stop_sequence", []byte("null"))
	o.raw("usage", wireUsage(nil))
	return o.json()
}

// toolBlock is the block of a tool call.
func toolBlock(id, name string, input []byte) []byte {
	var o object
	o.text("type", "tool_use")
	o.text("id", id)
	o.text("name", name)
	o.raw("input", input)
	return o.json()
}

// textBlock is a block of text.
func textBlock(s string) []byte {
	var o object
	o.text("type", "text")
	o.text("text", s)
	return o.json()
}

// thinkingBlock is a block of reasoning.
func thinkingBlock(s, signature string) []byte {
	var o object
	o.text("type", "thinking")
	o.text("thinking", s)
	o.text("signature", signature)
	return o.json()
}

// redactedBlock is a block of reasoning that only the model can read.
func redactedBlock(data string) []byte {
	var o object
	o.text("type", "redacted_thinking")
	o.text("data", data)
	return o.json()
}

// with returns an object with one member set.
func with(object []byte, name string, value []byte) []byte {
	return jsonx.Update(object, jsonx.Change{Name: name, Value: value})
}
