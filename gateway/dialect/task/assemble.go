package task

import (
	"encoding/json"
	"strconv"
	"strings"

	"github.com/sluicegate/sluice/gateway"
	"github.com/sluicegate/sluice/internal/jsonx"
)

// choice is a choice of a completion on the wire.
type choice struct {
	Text     string          `json:"text"`
	Index    int             `json:"index"`
	Logprobs json.RawMessage `json:"logprobs"`
	Finish   *string         `json:"finish_reason"`
}

type completion struct {
	ID      string          `json:"id"`
	Object  string          `json:"object"`
	Created int64           `json:"created"`
	Model   string          `json:"model"`
	Choices []choice        `json:"choices"`
	Usage   json.RawMessage `json:"usage,omitempty"`
}

// Assemble implements gateway.AnswerFormat.
func (d Dialect) Assemble() gateway.Assembler { return &assembler{dialect: d} }

type assembler struct {
	dialect     Dialect
	head        gateway.AnswerHead
	contentType string
	size        int64
	usage, last []byte // raw: the usage, and the last event that is no piece of a text
}

// maxLast bounds an event that is kept.
const maxLast = 64 << 10

// Add implements gateway.Assembler.
func (a *assembler) Add(c *gateway.Chunk) {
	if c.Form == gateway.FormBytes {
		a.contentType, a.size = c.ContentType, a.size+int64(len(c.Raw))
		return
	}
	if a.head.Model == "" && c.Head != nil {
		a.head = *c.Head
	}
	if v := jsonx.Get(c.Raw, "usage"); len(v) > 0 && v[0] == '{' {
		a.usage = append(a.usage[:0], v...)
	}
	if strings.HasSuffix(jsonx.String(jsonx.Get(c.Raw, "type")), ".completed") || c.Repeats {
		if event := a.dialect.Recordable(a.dialect.Op, c.Raw); len(event) <= maxLast {
			a.last = append(a.last[:0], event...)
		}
	}
}

// Head implements gateway.Assembler.
func (a *assembler) Head() gateway.AnswerHead { return a.head }

// Body implements gateway.Assembler. Of speech it tells the size.
func (a *assembler) Body(r *gateway.Response) []byte {
	switch {
	case a.contentType != "":
		f := gateway.File{Type: a.contentType}
		return jsonx.Update(f.Description(), jsonx.Change{Name: gateway.FileName}, jsonx.Change{Name: gateway.FileSize, Value: strconv.AppendInt(nil, a.size, 10)})
	case a.dialect.Op == gateway.OpCompletions:
		w := completion{ID: r.ID, Object: object, Created: r.Created, Model: r.Model, Usage: a.usage, Choices: []choice{}}
		for i := range r.Choices {
			c := &r.Choices[i]
			w.Choices = append(w.Choices, choice{Text: c.Text(), Index: c.Index, Finish: optional(c.Finish)})
		}
		raw, _ := json.Marshal(w) // plain data always encodes
		return raw
	case a.dialect.isTranscription() && len(r.Choices) > 0:
		var o jsonx.Object
		o.Text("text", r.Choices[0].Text())
		if len(a.usage) > 0 {
			o.Raw("usage", a.usage)
		}
		return o.JSON()
	case len(a.last) > 0:
		return a.last
	}
	return []byte("{}")
}

const object = "text_completion"

// Events implements gateway.AnswerFormat. What is no completion becomes one event.
func (d Dialect) Events(body []byte, usage bool) ([]gateway.Chunk, error) {
	whole := gateway.Chunk{Raw: body, Form: gateway.FormBody, Dialect: d}
	whole.Read()
	if d.Op != gateway.OpCompletions {
		whole.Form = gateway.FormEvent
		return []gateway.Chunk{whole}, nil
	}
	var r gateway.Response
	r.Fold(whole)
	head := completion{ID: r.ID, Object: object, Created: r.Created, Model: r.Model}
	var out []gateway.Chunk
	for i := range r.Choices {
		c := &r.Choices[i]
		w := head
		w.Choices = []choice{{Text: c.Text(), Index: c.Index, Finish: optional(c.Finish)}}
		raw, _ := json.Marshal(w) // plain data always encodes
		out = append(out, gateway.Chunk{Raw: raw, Dialect: d, Head: &r.AnswerHead, Deltas: []gateway.Delta{{Choice: c.Index, Text: c.Text(), Finish: c.Finish}}})
	}
	if usage && r.Usage != nil {
		head.Choices, head.Usage = []choice{}, jsonx.Get(body, "usage")
		raw, _ := json.Marshal(head)
		out = append(out, gateway.Chunk{Raw: raw, Dialect: d, Head: &r.AnswerHead, Usage: r.Usage})
	}
	return out, nil
}
