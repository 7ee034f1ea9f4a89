package ollama

import (
	"encoding/json"
	"strconv"

	"github.com/tidwall/gjson"

	"github.com/sluicegate/sluice/gateway/dialect/message"
	"github.com/sluicegate/sluice/gateway/dialect/vendorerror"
)

type embedRequest struct {
	Model      string   `json:"model"`
	Input      []string `json:"input"`
	Dimensions int64    `json:"dimensions,omitempty"`
}

// WriteEmbeddings implements dialect.EmbeddingTarget. What the embeddings are for is dropped: the models
// take it as a part of the text.
func (Dialect) WriteEmbeddings(m *message.Embeddings) ([]byte, error) {
	if m.Numbers != "" {
		return nil, refuse("embedding_types", "must be float: this target gives nothing else")
	}
	return json.Marshal(embedRequest{m.Model, m.Inputs, m.Dimensions})
}

// ReadVectors implements dialect.EmbeddingTarget.
func (Dialect) ReadVectors(body []byte) (*message.Vectors, error) {
	root := gjson.ParseBytes(body)
	v := &message.Vectors{Model: root.Get("model").String(), Usage: readUsage(root)}
	for _, vector := range root.Get("embeddings").Array() {
		if !vector.IsArray() {
			return nil, vendorerror.Broken("ollama.ReadVectors", "The provider's answer holds an embedding that cannot be read.", nil)
		}
		v.List = append(v.List, json.RawMessage(vector.Raw))
	}
	return v, nil
}

// ReadEmbeddings implements dialect.ClientEmbeddings.
func (Dialect) ReadEmbeddings(raw []byte) (*message.Embeddings, map[string]json.RawMessage, error) {
	root := gjson.ParseBytes(raw)
	model, err := message.OptionalText(root, "model", invalid)
	if err != nil {
		return nil, nil, err
	}
	m := &message.Embeddings{Model: model, Dimensions: max(root.Get("dimensions").Int(), 0), Batch: true}
	input := root.Get("input")
	switch list := input.Array(); {
	case !input.IsArray() && input.Type != gjson.String:
		return nil, nil, invalid("input", "must be a string or a list of strings")
	case len(list) == 0:
		return nil, nil, invalid("input", "must not be empty")
	default:
		for i, v := range list {
			if v.Type != gjson.String {
				return nil, nil, invalid("input["+strconv.Itoa(i)+"]", "must be a string")
			}
			m.Inputs = append(m.Inputs, v.Str)
		}
	}
	return m, nil, nil
}

type vectorsAnswer struct {
	Model   string            `json:"model"`
	Vectors []json.RawMessage `json:"embeddings"`
	Input   int64             `json:"prompt_eval_count"`
}

// WriteVectors implements dialect.ClientEmbeddings.
func (Dialect) WriteVectors(_ *message.Embeddings, v *message.Vectors) ([]byte, error) {
	out := vectorsAnswer{Model: v.Model, Vectors: v.List}
	if v.Usage != nil {
		out.Input = v.Usage.Input
	}
	return json.Marshal(out)
}
