package workersai

import (
	"encoding/json"

	"github.com/tidwall/gjson"

	"github.com/sluicegate/sluice/gateway/dialect/message"
	"github.com/sluicegate/sluice/gateway/dialect/vendorerror"
)

// embedRequest is the input of a model with embeddings, such as
// https://developers.cloudflare.com/workers-ai/models/bge-base-en-v1.5.
type embedRequest struct {
	Text     []string        `json:"text"`
	Pooling  json.RawMessage `json:"pooling,omitempty"`
	Truncate json.RawMessage `json:"truncate_inputs,omitempty"`
}

// WriteEmbeddings implements dialect.EmbeddingTarget. The model stands in the address. What the embeddings
// are for is dropped.
func (Dialect) WriteEmbeddings(m *message.Embeddings) ([]byte, error) {
	switch {
	case m.Numbers != "":
		return nil, refuse("embedding_types", "must be float: this target gives nothing else")
	case m.Dimensions > 0:
		return nil, refuse("dimensions", "must be left out: a model of this target has vectors of one length")
	}
	return json.Marshal(embedRequest{m.Inputs, m.Extra["pooling"], m.Extra["truncate_inputs"]})
}

// ReadVectors implements dialect.EmbeddingTarget.
func (Dialect) ReadVectors(body []byte) (*message.Vectors, error) {
	root := gjson.ParseBytes(body)
	v := &message.Vectors{Usage: readUsage(root.Get("usage"))}
	list := root.Get("data")
	if !list.IsArray() {
		list = root.Get("response")
	}
	for _, vector := range list.Array() {
		if !vector.IsArray() {
			return nil, vendorerror.Broken("workersai.ReadVectors", "The provider's answer holds an embedding that cannot be read.", nil)
		}
		v.List = append(v.List, json.RawMessage(vector.Raw))
	}
	return v, nil
}
