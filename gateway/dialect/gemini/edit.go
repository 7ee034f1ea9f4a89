package gemini

import (
	"encoding/json"
	"errors"
	"fmt"
	"strconv"

	"github.com/tidwall/gjson"

	"github.com/sluicegate/sluice/gateway"
	"github.com/sluicegate/sluice/internal/jsonx"
)

// Replace implements gateway.AnswerFormat. Arguments are a JSON object, so text must be one.
func (Dialect) Replace(c *gateway.Chunk, i int, field gateway.Field, _ int, text string) ([]byte, error) {
	path := partPath(c.Raw, c.Deltas[i].At)
	if path == nil {
		return nil, errors.New("the answer has no such part")
	}
	value := jsonx.Quote(text)
	switch field {
	case gateway.FieldText, gateway.FieldReasoning:
		path = append(path, "text")
	case gateway.FieldName:
		path = append(path, "functionCall", "name")
	case gateway.FieldArgs:
		path = append(path, "functionCall", "args")
		if value = []byte(text); !jsonx.Valid(value) || !gjson.Parse(text).IsObject() {
			return nil, errors.New("the arguments of a function call must be a JSON object")
		}
	default:
		return nil, errors.New("an answer has no field for refusals")
	}
	if field != gateway.FieldArgs && jsonx.Get(c.Raw, path...) == nil {
		return nil, fmt.Errorf("the part has no %q", path[len(path)-1])
	}
	return jsonx.Set(c.Raw, value, path...)
}

// partPath is the path of part number at, counted over all candidates; nil if there is none.
func partPath(raw []byte, at int) []string {
	for c := range jsonx.Elements(jsonx.Get(raw, "candidates")) {
		for p := range jsonx.Elements(jsonx.Get(c.Value, "content", "parts")) {
			if at == 0 {
				return []string{"candidates", strconv.Itoa(c.Index), "content", "parts", strconv.Itoa(p.Index)}
			}
			at--
		}
	}
	return nil
}

// Event implements gateway.AnswerFormat: an answer whose only candidate holds d.
func (Dialect) Event(like []byte, d *gateway.Delta) ([]byte, error) {
	said := candidate{Content: content{Role: "model"}, Index: d.Choice}
	if d.Reasoning != "" {
		said.Content.Parts = append(said.Content.Parts, thoughtPart(d.Reasoning))
	}
	for _, s := range []string{d.Text, d.Refusal} {
		if s != "" {
			said.Content.Parts = append(said.Content.Parts, textPart(s))
		}
	}
	for i := range d.Tools {
		t := &d.Tools[i]
		if !gjson.Valid(t.Args) || !gjson.Parse(t.Args).IsObject() {
			return nil, errors.New("a function call comes in one piece")
		}
		said.Content.Parts = append(said.Content.Parts, part{Call: &functionCall{t.ID, t.Name, json.RawMessage(t.Args)}})
	}
	if d.Finish != "" {
		said.Finish = reasonOf(d.Finish)
	}
	head := fieldsOf(gjson.ParseBytes(like))
	return json.Marshal(answer{Candidates: []candidate{said}, Model: head.text("modelVersion"), ID: head.text("responseId")})
}

// FieldNamed implements gateway.AnswerFormat. The arguments of a function are JSON itself,
// not a text that holds JSON.
func (Dialect) FieldNamed(member string) gateway.Field {
	if member == "text" {
		return gateway.FieldText
	}
	return gateway.FieldOther
}

// Events implements gateway.AnswerFormat. A whole answer is an event too.
func (Dialect) Events(body []byte, _ bool) ([]gateway.Chunk, error) {
	c := gateway.Chunk{Raw: body, Dialect: Dialect{}}
	c.Read()
	return []gateway.Chunk{c}, nil
}
