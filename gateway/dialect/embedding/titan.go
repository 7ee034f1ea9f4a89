package embedding

import (
	"encoding/json"

	"github.com/tidwall/gjson"

	"github.com/sluicegate/sluice/gateway"
	"github.com/sluicegate/sluice/gateway/dialect/message"
)

// Titan is the format of Amazon Titan's text embeddings. One call embeds one text.
type Titan struct{ noChat }

// Name implements dialect.TargetFormat.
func (Titan) Name() string { return "titan" }

type titanRequest struct {
	Text       string   `json:"inputText"`
	Dimensions int64    `json:"dimensions,omitempty"`
	Types      []string `json:"embeddingTypes,omitempty"`
}

// WriteEmbeddings implements dialect.EmbeddingTarget. The model stands in the address. What the
// embeddings are for is dropped.
func (Titan) WriteEmbeddings(m *message.Embeddings) ([]byte, error) {
	if len(m.Inputs) != 1 {
		return nil, refuse("input", "must be one text: this target embeds one text in each call")
	}
	out := titanRequest{Text: m.Inputs[0], Dimensions: m.Dimensions}
	switch m.Numbers {
	case "":
	case "binary":
		out.Types = []string{"binary"}
	default:
		return nil, refuse("embedding_types", "must be float or binary: this target gives nothing else")
	}
	return json.Marshal(out)
}

// ReadVectors implements dialect.EmbeddingTarget.
func (Titan) ReadVectors(body []byte) (*message.Vectors, error) {
	root := gjson.ParseBytes(body)
	values := root.Get("embedding")
	if !values.Exists() {
		values = root.Get("embeddingsByType.binary")
	}
	list, err := vector(values)
	if err != nil {
		return nil, err
	}
	v := &message.Vectors{List: []json.RawMessage{list}}
	if n := root.Get("inputTextTokenCount"); n.Type == gjson.Number {
		v.Usage = &gateway.Usage{Input: tokens(n)}
	}
	return v, nil
}
