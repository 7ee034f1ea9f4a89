package key

import (
	"encoding/binary"

	"github.com/sluicegate/sluice/internal/jsonx"
)

// userText is the text of the last message of a conversation, if the user wrote it: a string
// content, or the last text among its parts.
type userText struct {
	start, end int // in the body, with the quotes
	part       int // index of the part, -1 for a string content
}

// lastUserText finds the user's last text. ok is false if the conversation ends otherwise,
// for example with a tool's result: such an answer depends on more than a question.
func lastUserText(body []byte) (text userText, ok bool) {
	messages, ok := member(body, "messages")
	if !ok {
		return userText{}, false
	}
	var message jsonx.Element
	for e := range jsonx.Elements(messages.Value) {
		message = e
	}
	content, ok := member(message.Value, "content")
	if !ok || jsonx.String(jsonx.Get(message.Value, "role")) != "user" {
		return userText{}, false
	}
	text, ok = textOf(content)
	offset := messages.Start + message.Start
	text.start += offset
	text.end += offset
	return text, ok
}

// textOf finds the text of a message's content. Offsets are those of the message.
func textOf(content jsonx.Member) (text userText, ok bool) {
	if isString(content.Value) {
		return userText{content.Start, content.End, -1}, true
	}
	for part := range jsonx.Elements(content.Value) {
		if t, found := member(part.Value, "text"); found && isString(t.Value) {
			offset := content.Start + part.Start
			text, ok = userText{offset + t.Start, offset + t.End, part.Index}, true
		}
	}
	return text, ok
}

// remove returns the body without the text, in a form in which it can only equal another body
// whose text was removed at the same place.
func (t userText) remove(body []byte) (rest, place []byte) {
	rest = jsonx.Splice(body, []jsonx.Edit{{Start: t.start, End: t.end, New: []byte("null")}})
	return rest, binary.AppendVarint(nil, int64(t.part))
}

// member returns a member of an object. Of a name given twice the last one counts.
func member(object []byte, name string) (found jsonx.Member, ok bool) {
	for m := range jsonx.Members(object) {
		if m.Key == name {
			found, ok = m, true
		}
	}
	return found, ok
}

func isString(value []byte) bool { return len(value) > 0 && value[0] == '"' }
