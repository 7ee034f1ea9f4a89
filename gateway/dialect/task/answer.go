package task

import (
	"encoding/json"
	"strconv"

	"github.com/tidwall/sjson"

	"github.com/sluicegate/sluice/gateway"
	"github.com/sluicegate/sluice/internal/jsonx"
)

// Read implements gateway.AnswerFormat.
func (d Dialect) Read(c *gateway.Chunk) {
	c.Head, c.Deltas, c.Usage = nil, nil, nil
	if c.Form == gateway.FormBytes {
		return
	}
	head := gateway.AnswerHead{}
	kind := ""
	for m := range jsonx.Members(c.Raw) {
		switch m.Key {
		case "id":
			head.ID = jsonx.String(m.Value)
		case "model":
			head.Model = jsonx.String(m.Value)
		case "created":
			head.Created = jsonx.Int(m.Value)
		case "type":
			kind = jsonx.String(m.Value)
		case "choices":
			c.Deltas = readChoices(m.Value)
		case "data":
			c.Deltas = readCaptions(m.Value)
		case "text", "delta":
			if m.Value[0] == '"' {
				c.Deltas = []gateway.Delta{{Text: jsonx.String(m.Value)}}
			}
		}
	}
	c.Repeats = c.Form == gateway.FormEvent && kind == transcribed // its pieces came before
	if c.Form == gateway.FormBody && d.isTranscription() {
		for i := range c.Deltas {
			c.Deltas[i].Finish = "stop"
		}
	}
	if c.Repeats {
		c.Deltas = []gateway.Delta{{Finish: "stop"}}
	}
	c.Usage = d.usage(c.Raw)
	if head != (gateway.AnswerHead{}) {
		c.Head = &head
	}
}

// transcribed is the type of the event that holds a whole transcription.
const transcribed = "transcript.text.done"

func (d Dialect) isTranscription() bool {
	return d.Op == gateway.OpTranscription || d.Op == gateway.OpAudioTranslation
}

// readChoices reads the choices of a completion.
func readChoices(list []byte) []gateway.Delta {
	var out []gateway.Delta
	for e := range jsonx.Elements(list) {
		delta := gateway.Delta{At: e.Index}
		for m := range jsonx.Members(e.Value) {
			switch m.Key {
			case "index":
				delta.Choice = int(jsonx.Int(m.Value))
			case "text":
				delta.Text = jsonx.String(m.Value)
			case "finish_reason":
				delta.Finish = jsonx.String(m.Value)
			}
		}
		out = append(out, delta)
	}
	return out
}

// readCaptions reads what a model made of the prompt of each image.
func readCaptions(list []byte) []gateway.Delta {
	var out []gateway.Delta
	for e := range jsonx.Elements(list) {
		if text := jsonx.String(jsonx.Get(e.Value, caption)); text != "" {
			out = append(out, gateway.Delta{At: e.Index, Choice: e.Index, Text: text})
		}
	}
	return out
}

const caption = "revised_prompt"

// Replace implements gateway.AnswerFormat.
func (d Dialect) Replace(c *gateway.Chunk, i int, field gateway.Field, _ int, text string) ([]byte, error) {
	if field != gateway.FieldText {
		return c.Raw, nil // there is no other
	}
	at := strconv.Itoa(c.Deltas[i].At)
	path := "choices." + at + ".text"
	switch {
	case d.Op == gateway.OpCompletions:
	case !d.isTranscription():
		path = "data." + at + "." + caption
	case c.Form == gateway.FormEvent:
		path = "delta"
	default:
		path = "text"
	}
	return sjson.SetRawBytes(c.Raw, path, jsonx.Quote(text))
}

// Event implements gateway.AnswerFormat.
func (d Dialect) Event(like []byte, delta *gateway.Delta) ([]byte, error) {
	if d.Op != gateway.OpCompletions {
		return json.Marshal(map[string]string{"type": "transcript.text.delta", "delta": delta.Text})
	}
	choices, err := json.Marshal([]choice{{Text: delta.Text, Index: delta.Choice, Finish: optional(delta.Finish)}})
	if err != nil {
		return nil, err
	}
	return sjson.SetRawBytes(jsonx.Update(like, jsonx.Change{Name: "usage"}), "choices", choices)
}

// FieldNamed implements gateway.AnswerFormat.
func (Dialect) FieldNamed(member string) gateway.Field {
	switch member {
	case "text", caption:
		return gateway.FieldText
	}
	return gateway.FieldOther
}

// ModelOutput implements gateway.AnswerFormat.
func (Dialect) ModelOutput(body []byte) []byte {
	for _, name := range []string{"choices", "results", "data"} {
		if v := jsonx.Get(body, name); v != nil {
			return v
		}
	}
	return body
}

// Recordable implements gateway.AnswerFormat: each image and recording is replaced by its length.
func (Dialect) Recordable(_ gateway.Op, body []byte) []byte {
	if !jsonx.Valid(body) {
		return body
	}
	var edits []jsonx.Edit
	jsonx.Walk(body, func(n jsonx.Node) jsonx.Action {
		if n.Kind == jsonx.KindString && (n.Path.Key(-1) == "b64_json" || n.Path.Key(-1) == "audio") {
			edits = append(edits, jsonx.Edit{Start: n.Start, End: n.End(), New: jsonx.Quote("[" + strconv.Itoa(len(n.Raw())-2) + " characters of base64]")})
		}
		return jsonx.Descend
	})
	return jsonx.Splice(body, edits)
}

func optional(s string) *string {
	if s == "" {
		return nil
	}
	return &s
}
