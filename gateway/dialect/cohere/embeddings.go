package cohere

import (
	"encoding/json"
	"strconv"

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

// ReadEmbeddings implements dialect.ClientEmbeddings.
func (Dialect) ReadEmbeddings(raw []byte) (*message.Embeddings, map[string]json.RawMessage, error) {
	root := gjson.ParseBytes(raw)
	model, err := message.OptionalText(root, "model", invalid)
	if err != nil {
		return nil, nil, err
	}
	m := &message.Embeddings{Model: model, Dimensions: max(root.Get("output_dimension").Int(), 0), Batch: true}
	if m.Inputs, err = readInputs(root); err != nil {
		return nil, nil, err
	}
	extra := map[string]json.RawMessage{}
	if v := root.Get("input_type"); message.Given(v) {
		extra["input_type"] = json.RawMessage(v.Raw)
	}
	switch types := root.Get("embedding_types"); {
	case !message.Given(types):
	case len(types.Array()) != 1 || !types.IsArray() || types.Get("0").Type != gjson.String:
		return nil, nil, invalid("embedding_types", "must name one type: what answers may be another vendor, which gives one vector for each input")
	case types.Get("0").Str != "float":
		m.Numbers, extra["embedding_types"] = types.Get("0").Str, json.RawMessage(types.Raw)
	}
	return m, extra, nil
}

// readInputs reads the texts, in the older field or in that of mixed inputs.
func readInputs(root gjson.Result) ([]string, error) {
	var out []string
	for i, v := range root.Get("texts").Array() {
		if v.Type != gjson.String {
			return nil, invalid("texts["+strconv.Itoa(i)+"]", "must be a string")
		}
		out = append(out, v.Str)
	}
	for i, v := range root.Get("inputs").Array() {
		blocks := v.Get("content").Array()
		if len(blocks) != 1 || blocks[0].Get("text").Type != gjson.String {
			return nil, invalid("inputs["+strconv.Itoa(i)+"].content", "must be one block of text")
		}
		out = append(out, blocks[0].Get("text").Str)
	}
	if v := root.Get("images"); len(v.Array()) > 0 {
		return nil, invalid("images", "must be left out: only texts are embedded here")
	}
	if len(out) == 0 {
		return nil, invalid("texts", "must be a list of texts")
	}
	return out, nil
}

type vectorsAnswer struct {
	ID      string                       `json:"id"`
	Vectors map[string][]json.RawMessage `json:"embeddings"`
	Texts   []string                     `json:"texts"`
	Meta    vectorsMeta                  `json:"meta"`
	Type    string                       `json:"response_type"`
}

type vectorsMeta struct {
	API struct {
		Version string `json:"version"`
	} `json:"api_version"`
	Billed struct {
		Input int64 `json:"input_tokens"`
	} `json:"billed_units"`
}

// WriteVectors implements dialect.ClientEmbeddings.
func (Dialect) WriteVectors(m *message.Embeddings, v *message.Vectors) ([]byte, error) {
	kind := m.Numbers
	if kind == "" {
		kind = "float"
	}
	out := vectorsAnswer{ID: m.AnswerID, Vectors: map[string][]json.RawMessage{kind: v.List}, Texts: m.Inputs, Type: "embeddings_by_type"}
	out.Meta.API.Version = "2"
	if v.Usage != nil {
		out.Meta.Billed.Input = v.Usage.Input
	}
	return json.Marshal(out)
}
