// Package opaque reads what is passed on to a vendor's API and back without knowing its format:
// any JSON object. Every string is a text but for base64 data under the names that vendors use for
// it. Usage is found where OpenAI, Anthropic and Google report it.
package opaque

import (
	"strings"

	"github.com/sluicegate/sluice/gateway"
	"github.com/sluicegate/sluice/gateway/bodyfield"
	"github.com/sluicegate/sluice/gateway/dialect/openai"
	"github.com/sluicegate/sluice/internal/jsonx"
	"github.com/sluicegate/sluice/internal/sniff"
)

// Dialect implements gateway.Dialect for one call.
type Dialect struct {
	openai.Dialect
	Model string              // that the path names; "" = none
	Free  bool                // the call asks no model, so that none need be named
	Work  *gateway.VendorWork // what the vendor does afterwards; nil: nothing
}

// Routing implements gateway.RequestFormat. An answer that is a stream is passed on as one,
// whatever the body asks for.
func (d Dialect) Routing(gateway.Op, []byte) (gateway.Routing, error) { return gateway.Routing{}, nil }

// Parameters implements gateway.RequestFormat.
func (Dialect) Parameters([]byte) gateway.Parameters { return gateway.Parameters{Choices: 1} }

// WithMaxOutput implements gateway.RequestFormat: nobody knows the name of the limit.
func (Dialect) WithMaxOutput(raw []byte, _ int64) []byte { return raw }

// Models implements gateway.RequestFormat. A call that asks a model must name it.
func (d Dialect) Models(raw []byte) ([]string, bool) {
	if d.Work != nil && d.Work.Of != "" { // whatever the vendor calls it in the body
		return d.Work.Models(), true
	}
	names, readable := bodyfield.ModelNames(raw)
	if d.Model != "" {
		names = append(names, d.Model)
	}
	if d.Work != nil {
		names = append(names, d.Work.Models()...)
		readable = readable && d.Work.Unbounded == ""
	}
	return names, readable && (d.Free || len(names) > 0)
}

// Attachments implements gateway.RequestFormat.
func (Dialect) Attachments([]byte) gateway.Attachments { return gateway.Attachments{} }

// Texts implements gateway.RequestFormat.
func (d Dialect) Texts(raw []byte) []gateway.Text {
	var out []gateway.Text
	jsonx.Walk(raw, func(n jsonx.Node) jsonx.Action { // raw was checked
		if n.Kind == jsonx.KindString && !isBinary(n) && !IsReference(n.Path.Key(-1)) {
			out = append(out, gateway.Text{Path: n.Path.String(), Value: n.Text(), At: gateway.Span{Start: n.Start, End: n.End()}})
		}
		return jsonx.Descend
	})
	return out
}

// IsReference reports the name of a member that refers to something, and holds no text.
func IsReference(name string) bool {
	return name == "type" || name == "role" || name == "model" || name == "id" || strings.HasSuffix(name, "_id") || strings.HasSuffix(name, "_ids")
}

// isBinary reports base64 data.
func isBinary(n jsonx.Node) bool {
	switch n.Path.Key(-1) {
	case "data", "b64_json", "bytes", "bytesBase64Encoded", "bytes_base64_encoded", "audio":
		return sniff.IsBinary(n.Raw())
	}
	return sniff.IsDataURL(n.Raw())
}

// Binary implements gateway.RequestFormat.
func (Dialect) Binary(raw []byte) []gateway.Span {
	var out []gateway.Span
	jsonx.Walk(raw, func(n jsonx.Node) jsonx.Action { // raw was checked
		if n.Kind == jsonx.KindString && isBinary(n) {
			out = append(out, gateway.Span{Start: n.Start, End: n.End()})
		}
		return jsonx.Descend
	})
	return out
}

// Question implements gateway.RequestFormat.
func (Dialect) Question([]byte) (gateway.Span, bool) { return gateway.Span{}, false }

// Field implements gateway.RequestFormat.
func (Dialect) Field(string) gateway.FieldTraits { return gateway.FieldTraits{} }

// Read implements gateway.AnswerFormat: the texts of a JSON object are one text.
func (d Dialect) Read(c *gateway.Chunk) {
	c.Head, c.Deltas, c.Usage = nil, nil, nil
	if c.Form == gateway.FormBytes {
		return
	}
	head := gateway.AnswerHead{ID: jsonx.String(jsonx.Get(c.Raw, "id")), Model: jsonx.String(jsonx.Get(c.Raw, "model"))}
	if head.Model == "" {
		head.Model = jsonx.String(jsonx.Get(c.Raw, "modelVersion"))
	}
	if head != (gateway.AnswerHead{}) {
		c.Head = &head
	}
	if text := Text(c.Raw); text != "" {
		c.Deltas = []gateway.Delta{{Text: text, Finish: "stop"}}
	}
	c.Usage = Usage(c.Raw)
}

// Text is all texts of a JSON object, one a line.
func Text(raw []byte) string {
	var b strings.Builder
	for _, t := range (Dialect{}).Texts(raw) {
		b.WriteString(t.Value)
		b.WriteByte('\n')
	}
	return b.String()
}

// FieldNamed implements gateway.AnswerFormat.
func (Dialect) FieldNamed(string) gateway.Field { return gateway.FieldOther }

// ModelOutput implements gateway.AnswerFormat.
func (Dialect) ModelOutput(body []byte) []byte { return body }

// Recordable implements gateway.AnswerFormat: base64 data is left out.
func (Dialect) Recordable(_ gateway.Op, body []byte) []byte {
	if !jsonx.Valid(body) {
		return body
	}
	var edits []jsonx.Edit
	for _, span := range (Dialect{}).Binary(body) {
		if span.End-span.Start > 100 {
			edits = append(edits, jsonx.Edit{Start: span.Start, End: span.End, New: []byte(`"[base64]"`)})
		}
	}
	return jsonx.Splice(body, edits)
}

// Assemble implements gateway.AnswerFormat. Of what is no JSON object, the type and size are told.
func (d Dialect) Assemble() gateway.Assembler { return &assembler{} }

type assembler struct {
	contentType string
	size        int64
}

func (a *assembler) Add(c *gateway.Chunk) {
	a.contentType, a.size = c.ContentType, a.size+int64(len(c.Raw))
}

func (a *assembler) Head() gateway.AnswerHead { return gateway.AnswerHead{} }

func (a *assembler) Body(*gateway.Response) []byte {
	var o jsonx.Object
	o.Text(gateway.FileType, a.contentType)
	o.Int(gateway.FileSize, a.size)
	return o.JSON()
}
