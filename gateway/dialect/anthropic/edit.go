package anthropic

import (
	"errors"
	"fmt"
	"strconv"

	"github.com/sluicegate/sluice/gateway"
	"github.com/sluicegate/sluice/internal/jsonx"
)

// Replace implements gateway.AnswerFormat. Arguments in a body are a JSON value, so text
// must be one there; in an event they are a piece of its text.
func (Dialect) Replace(c *gateway.Chunk, i int, field gateway.Field, tool int, text string) ([]byte, error) {
	value := jsonx.Quote(text)
	path := []string{"delta"}
	switch {
	case c.Form == gateway.FormBody:
		path = []string{"content", strconv.Itoa(c.Deltas[i].At)}
	case EventName(c.Raw) == "content_block_start":
		path = []string{"content_block"}
	}
	switch field {
	case gateway.FieldText:
		path = append(path, "text")
	case gateway.FieldReasoning:
		path = append(path, "thinking")
	case gateway.FieldName:
		path = append(path, "name")
	case gateway.FieldArgs:
		if path[0] == "delta" {
			path = append(path, "partial_json")
			break
		}
		path = append(path, "input")
		if value = []byte(text); !jsonx.Valid(value) {
			return nil, errors.New("the arguments of a whole tool call must be JSON")
		}
	default:
		return nil, errors.New("a message has no field for refusals")
	}
	if jsonx.Get(c.Raw, path...) == nil {
		return nil, fmt.Errorf("the block has no %q", path[len(path)-1])
	}
	return jsonx.Set(c.Raw, value, path...)
}

// Event implements gateway.AnswerFormat: one more piece of the block d.Part, of the tool
// call d.Tools[0], or the stop reason. An event says one thing only, so d must too.
func (Dialect) Event(_ []byte, d *gateway.Delta) ([]byte, error) {
	switch {
	case said(d) != 1:
		return nil, errors.New("an event of a message says one thing")
	case d.Text != "":
		return pieceEvent(d.Part, "text_delta", "text", jsonx.Quote(d.Text)), nil
	case d.Reasoning != "":
		return pieceEvent(d.Part, "thinking_delta", "thinking", jsonx.Quote(d.Reasoning)), nil
	case d.Refusal != "":
		return pieceEvent(d.Part, "text_delta", "text", jsonx.Quote(d.Refusal)), nil
	case d.Finish != "":
		return finishEvent(jsonx.Quote(stopOf(d.Finish)), []byte("null"), nil), nil
	}
	t := &d.Tools[0]
	switch {
	case t.ID == "" && t.Name == "":
		return pieceEvent(t.Index, "input_json_delta", "partial_json", jsonx.Quote(t.Args)), nil
	case t.Args == "":
		return startEvent(t.Index, toolBlock(t.ID, t.Name, []byte("{}"))), nil
	}
	return nil, errors.New("the start of a tool call has no arguments")
}

// said counts what a delta says.
func said(d *gateway.Delta) int {
	n := len(d.Tools)
	for _, s := range []string{d.Text, d.Reasoning, d.Refusal, d.Finish} {
		if s != "" {
			n++
		}
	}
	return n
}

// FieldNamed implements gateway.AnswerFormat. The input of a tool is JSON itself, not a text
// that holds JSON.
func (Dialect) FieldNamed(member string) gateway.Field {
	switch member {
	case "text":
		return gateway.FieldText
	case "thinking":
		return gateway.FieldReasoning
	}
	return gateway.FieldOther
}
