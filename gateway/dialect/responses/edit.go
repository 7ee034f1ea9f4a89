package responses

import (
	"errors"
	"fmt"
	"strconv"

	"github.com/tidwall/gjson"

	"github.com/sluicegate/sluice/gateway"
	"github.com/sluicegate/sluice/internal/jsonx"
)

// Replace implements gateway.AnswerFormat. Of the events, those with pieces and those that open a
// tool call can be edited so.
func (Dialect) Replace(c *gateway.Chunk, i int, field gateway.Field, _ int, text string) ([]byte, error) {
	path, err := pathTo(c, i, field)
	if err != nil {
		return nil, err
	}
	if jsonx.Get(c.Raw, path...) == nil {
		return nil, fmt.Errorf("the answer has no %q", path[len(path)-1])
	}
	return jsonx.Set(c.Raw, jsonx.Quote(text), path...)
}

func pathTo(c *gateway.Chunk, i int, field gateway.Field) ([]string, error) {
	if c.Form != gateway.FormBody {
		if field == gateway.FieldName {
			return []string{"item", "name"}, nil
		}
		return []string{"delta"}, nil
	}
	all := outputSays(gjson.GetBytes(c.Raw, "output"))
	at := c.Deltas[i].At
	if at >= len(all) {
		return nil, errors.New("the answer has no such part")
	}
	s := all[at]
	path := append([]string{"output", strconv.Itoa(s.output)}, s.path()...)
	switch field {
	case gateway.FieldRefusal:
		return append(path, "refusal"), nil
	case gateway.FieldName:
		return append(path, "name"), nil
	case gateway.FieldArgs:
		if len(s.Tools) > 0 && s.Tools[0].FreeForm {
			return append(path, "input"), nil
		}
		return append(path, "arguments"), nil
	}
	return append(path, "text"), nil
}

// Event implements gateway.AnswerFormat: like, another piece of the same text, with that of d.
// It has no sequence_number; the surface counts what it sends.
func (Dialect) Event(like []byte, d *gateway.Delta) ([]byte, error) {
	piece := d.Text + d.Reasoning + d.Refusal
	for i := range d.Tools {
		piece += d.Tools[i].Args
	}
	if jsonx.Get(like, "delta") == nil || piece == "" {
		return nil, errors.New("an event that adds to an answer needs another piece of the same text")
	}
	return jsonx.Update(like, jsonx.Change{Name: "sequence_number"}, jsonx.Change{Name: "obfuscation"},
		jsonx.Change{Name: "delta", Value: jsonx.Quote(piece)}), nil
}

// FieldNamed implements gateway.AnswerFormat. A summary of reasoning is a "text" too; nobody
// signed it.
func (Dialect) FieldNamed(member string) gateway.Field {
	switch member {
	case "text":
		return gateway.FieldText
	case "refusal":
		return gateway.FieldRefusal
	case "arguments":
		return gateway.FieldArgs
	}
	return gateway.FieldOther
}
