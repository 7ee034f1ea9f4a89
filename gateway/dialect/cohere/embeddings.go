package cohere

import (
	"encoding/json"

	"github.com/tidwall/gjson"

	"github.com/sluicegate/sluice/gateway/dialect/message"
	"github.com/sluicegate/sluice/gateway/dialect/vendorerror"
)

type embedRequest struct {
	Model      string   `json:"model"`
	Texts      []string `json:"texts"`
	InputType  string   `json:"input_type"`
	Types      []string `json:"embedding_types"`
	Dimensions int64    `json:"output_dimension,omitempty"`
}

// inputTypes are Cohere's words for what embeddings are for, by Google's.
var inputTypes = map[string]string{
	"RETRIEVAL_QUERY": "search_query", "QUESTION_ANSWERING": "search_query", "FACT_VERIFICATION": "search_query", "CODE_RETRIEVAL_QUERY": "search_query",
	"CLASSIFICATION": "classification", "CLUSTERING": "clustering", "SEMANTIC_SIMILARITY": "clustering",
}

// WriteEmbeddings implements dialect.EmbeddingTarget. The format must know what the embeddings are for:
// unless the caller says it, they are of documents to search in.
func (Dialect) WriteEmbeddings(m *message.Embeddings) ([]byte, error) {
	out := embedRequest{Model: m.Model, Texts: m.Inputs, InputType: inputTypes[m.Task], Types: []string{m.Numbers}, Dimensions: m.Dimensions}
	if out.InputType == "" {
		out.InputType = "search_document"
	}
	if m.Numbers == "" {
		out.Types[0] = "float"
	}
	return json.Marshal(out)
}

// ReadVectors implements dialect.EmbeddingTarget. One kind of numbers was asked for.
func (Dialect) ReadVectors(body []byte) (*message.Vectors, error) {
	root := gjson.ParseBytes(body)
	v := &message.Vectors{Usage: readUsage(root.Get("meta"))}
	root.Get("embeddings").ForEach(func(_, list gjson.Result) bool {
		list.ForEach(func(_, vector gjson.Result) bool {
			v.List = append(v.List, json.RawMessage(vector.Raw))
			return true
		})
		return len(v.List) == 0
	})
	for _, vector := range v.List {
		if vector[0] != '[' {
			return nil, vendorerror.Broken("cohere.ReadVectors", "The provider's answer holds an embedding that cannot be read.", nil)
		}
	}
	return v, nil
}
