package ollama

import (
	"encoding/json"

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
