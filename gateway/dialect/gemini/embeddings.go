package gemini

import (
	"encoding/json"
	"strconv"
	"strings"

	"github.com/tidwall/gjson"

	"github.com/sluicegate/sluice/gateway"
	"github.com/sluicegate/sluice/gateway/dialect/message"
	"github.com/sluicegate/sluice/gateway/dialect/vendorerror"
	"github.com/sluicegate/sluice/internal/jsonx"
)

// embedRequest is one element of a batchEmbedContents body.
type embedRequest struct {
	Content    content `json:"content"`
	Task       string  `json:"taskType,omitempty"`
	Title      string  `json:"title,omitempty"`
	Dimensions int64   `json:"outputDimensionality,omitempty"`
}

type batchRequest struct {
	Model    string         `json:"model"`
	Requests []embedRequest `json:"requests"`
}

// ReadEmbeddings implements dialect.EmbeddingFormat. The elements of a batch must ask for the
// same, since no other format can say it of each.
func (Dialect) ReadEmbeddings(raw []byte) (*message.Embeddings, error) {
	f := fieldsOf(gjson.ParseBytes(raw))
	m := &message.Embeddings{Model: f.text("model")}
	requests, batch := f["requests"]
	if m.Batch = batch; !batch {
		return m, readEmbed(m, f, "", true)
	}
	for i, v := range elements(requests) {
		if err := readEmbed(m, fieldsOf(v), at("requests", i)+".", i == 0); err != nil {
			return nil, err
		}
	}
	return m, nil
}

func readEmbed(m *message.Embeddings, f fields, path string, first bool) error {
	dimensions := max(f["outputDimensionality"].Int(), 0)
	if first {
		m.Dimensions, m.Task, m.Title = dimensions, f.text("taskType"), f.text("title")
	}
	if dimensions != m.Dimensions {
		return invalid(path+"outputDimensionality", "must be the same in all requests for this target")
	}
	var said strings.Builder
	parts := elements(fieldsOf(f["content"])["parts"])
	if len(parts) == 0 {
		return invalid(path+"content", "must have parts")
	}
	for i, v := range parts {
		p := fieldsOf(v)
		if p["text"].Type != gjson.String {
			return invalid(at(path+"content.parts", i), "must be text for this target")
		}
		said.WriteString(p["text"].Str)
	}
	m.Inputs = append(m.Inputs, said.String())
	return nil
}

// WriteEmbeddings implements dialect.EmbeddingFormat. It is always a batch.
func (Dialect) WriteEmbeddings(m *message.Embeddings) ([]byte, error) {
	if m.Numbers != "" {
		return nil, refuse("embedding_types", "must be float: this target gives nothing else")
	}
	out := batchRequest{Model: m.Model}
	for _, s := range m.Inputs {
		out.Requests = append(out.Requests, embedRequest{content{Parts: []part{textPart(s)}}, m.Task, m.Title, m.Dimensions})
	}
	return json.Marshal(out)
}

// ReadVectors implements dialect.EmbeddingFormat.
func (Dialect) ReadVectors(body []byte) (*message.Vectors, error) {
	f := fieldsOf(gjson.ParseBytes(body))
	v := &message.Vectors{Usage: readUsage(f["usageMetadata"])}
	list := elements(f["embeddings"])
	if e := f["embedding"]; e.IsObject() {
		list = append(list, e)
	}
	for _, e := range list {
		values := e.Get("values")
		if !values.IsArray() {
			return nil, vendorerror.Broken("gemini.ReadVectors", "The provider's answer holds an embedding that cannot be read.", nil)
		}
		v.List = append(v.List, json.RawMessage(values.Raw))
	}
	return v, nil
}

type wireVector struct {
	Values json.RawMessage `json:"values"`
}

type embedAnswer struct {
	One   *wireVector  `json:"embedding,omitempty"`
	All   []wireVector `json:"embeddings,omitempty"`
	Usage *embedUsage  `json:"usageMetadata,omitempty"`
}

type embedUsage struct {
	Prompt int64 `json:"promptTokenCount"`
}

// WriteVectors implements dialect.EmbeddingFormat.
func (Dialect) WriteVectors(m *message.Embeddings, v *message.Vectors) ([]byte, error) {
	out := embedAnswer{}
	for _, values := range v.List {
		out.All = append(out.All, wireVector{values})
	}
	if !m.Batch && len(out.All) > 0 {
		out.One, out.All = &out.All[0], nil
	}
	if v.Usage != nil {
		out.Usage = &embedUsage{v.Usage.Input}
	}
	return json.Marshal(out)
}

// Recordable implements gateway.AnswerFormat: the values of each embedding are replaced by
// their number. They reveal the text, and nobody reads them in a log.
func (Dialect) Recordable(op gateway.Op, body []byte) []byte {
	if op != gateway.OpEmbeddings || !jsonx.Valid(body) {
		return body
	}
	var edits []jsonx.Edit
	jsonx.Walk(body, func(n jsonx.Node) jsonx.Action {
		switch {
		case n.Path.Key(-1) != "values":
			return jsonx.Descend
		case n.Kind == jsonx.KindKey:
			edits = append(edits, jsonx.Edit{Start: n.Start, End: n.End(), New: []byte(`"dimensions"`)})
			return jsonx.Descend
		}
		edits = append(edits, jsonx.Edit{Start: n.Start, End: n.End(), New: []byte(strconv.Itoa(message.Dimensions(n)))})
		return jsonx.Skip
	})
	return jsonx.Splice(body, edits)
}
