package embedding

import (
	"encoding/json"

	"github.com/tidwall/gjson"

	"github.com/sluicegate/sluice/gateway"
	"github.com/sluicegate/sluice/gateway/dialect/message"
)

// Predict is the format of Google's models on Vertex AI.
type Predict struct{ noChat }

// Name implements dialect.TargetFormat.
func (Predict) Name() string { return "predict" }

type predictRequest struct {
	Instances  []instance        `json:"instances"`
	Parameters predictParameters `json:"parameters,omitzero"`
}

type instance struct {
	Content string `json:"content"`
	Task    string `json:"task_type,omitempty"`
	Title   string `json:"title,omitempty"`
}

type predictParameters struct {
	Dimensions int64 `json:"outputDimensionality,omitempty"`
}

// WriteEmbeddings implements dialect.EmbeddingTarget. The model stands in the address.
func (Predict) WriteEmbeddings(m *message.Embeddings) ([]byte, error) {
	if m.Numbers != "" {
		return nil, refuse("embedding_types", "must be float: this target gives nothing else")
	}
	out := predictRequest{Parameters: predictParameters{m.Dimensions}}
	for _, text := range m.Inputs {
		out.Instances = append(out.Instances, instance{text, m.Task, m.Title})
	}
	return json.Marshal(out)
}

// ReadVectors implements dialect.EmbeddingTarget.
func (Predict) ReadVectors(body []byte) (*message.Vectors, error) {
	v := &message.Vectors{}
	for _, p := range gjson.GetBytes(body, "predictions").Array() {
		values, err := vector(p.Get("embeddings.values"))
		if err != nil {
			return nil, err
		}
		v.List = append(v.List, values)
		if n := p.Get("embeddings.statistics.token_count"); n.Type == gjson.Number {
			if v.Usage == nil {
				v.Usage = &gateway.Usage{}
			}
			v.Usage.Input = min(v.Usage.Input+tokens(n), maxCount)
		}
	}
	return v, nil
}
