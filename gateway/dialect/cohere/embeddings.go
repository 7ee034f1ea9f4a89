package cohere

import (
	"encoding/json"
	"strconv"

	"github.com/tidwall/gjson"

	"github.com/sluicegate/sluice/gateway/dialect/message"
	"github.com/sluicegate/sluice/gateway/dialect/vendorerror"
	"github.com/sluicegate/sluice/internal/jsonx"
)

type embedRequest struct {
	Model      string            `json:"model"`
	Texts      []string          `json:"texts,omitempty"`
	Images     []string          `json:"images,omitempty"`
	Inputs     []json.RawMessage `json:"inputs,omitempty"`
	InputType  string            `json:"input_type"`
	Types      []string          `json:"embedding_types"`
	Dimensions int64             `json:"output_dimension,omitempty"`
}

// inputTypes are Cohere's words for what embeddings are for, by Google's.
var inputTypes = map[string]string{
	"RETRIEVAL_QUERY": "search_query", "QUESTION_ANSWERING": "search_query", "FACT_VERIFICATION": "search_query", "CODE_RETRIEVAL_QUERY": "search_query",
	message.TaskImage: "image",
	"CLASSIFICATION":  "classification", "CLUSTERING": "clustering", "SEMANTIC_SIMILARITY": "clustering",
}

// WriteEmbeddings implements dialect.EmbeddingTarget. The format must know what the embeddings are for:
// unless the caller says it, they are of documents to search in.
func (Dialect) WriteEmbeddings(m *message.Embeddings) ([]byte, error) {
	out := embedRequest{Model: m.Model, Texts: m.Inputs, InputType: inputTypes[m.Task], Types: []string{m.Numbers}, Dimensions: m.Dimensions}
	if out.InputType == "" {
		out.InputType = "search_document"
	}
	switch {
	case len(m.Kinds) > 0:
		out.Types = m.Kinds
	case m.Numbers == "":
		out.Types[0] = "float"
	}
	if out.Inputs = m.Mixed; m.Task == message.TaskImage { // older models take images here only
		out.Inputs = nil
		for _, input := range m.Mixed {
			out.Images = append(out.Images, gjson.GetBytes(input, "content.0.image_url.url").String())
		}
	}
	return json.Marshal(out)
}

// ReadVectors implements dialect.EmbeddingTarget.
func (Dialect) ReadVectors(body []byte) (*message.Vectors, error) {
	root := gjson.ParseBytes(body)
	v := &message.Vectors{Usage: readUsage(root.Get("meta"))}
	each := -1 // vectors of each kind
	even := true
	root.Get("embeddings").ForEach(func(kind, list gjson.Result) bool {
		n := 0
		list.ForEach(func(_, vector gjson.Result) bool {
			v.List = append(v.List, json.RawMessage(vector.Raw))
			n++
			return true
		})
		if n > 0 {
			v.Kinds = append(v.Kinds, kind.Str)
			even = even && (each < 0 || each == n)
			each = n
		}
		return len(v.Kinds) <= len(kinds)
	})
	if len(v.Kinds) == 1 && v.Kinds[0] != "base64" {
		v.Kinds = nil
	}
	for i, vector := range v.List {
		text := len(v.Kinds) > 0 && even && v.Kinds[i/each] == "base64" && vector[0] == '"'
		if !even || vector[0] != '[' && !text {
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
	if err := readInputs(m, root); err != nil {
		return nil, nil, err
	}
	extra := map[string]json.RawMessage{}
	if v := root.Get("input_type"); message.Given(v) {
		extra["input_type"] = json.RawMessage(v.Raw)
	}
	switch types := root.Get("embedding_types"); {
	case !message.Given(types):
	case !types.IsArray() || !areKinds(types.Array()):
		return nil, nil, invalid("embedding_types", "must be a list of float, int8, uint8, binary, ubinary and base64, each once")
	case len(types.Array()) > 1 || types.Get("0").Str != "float":
		if extra["embedding_types"] = json.RawMessage(types.Raw); len(types.Array()) == 1 {
			m.Numbers = types.Get("0").Str
		}
	}
	return m, extra, nil
}

// kinds are the kinds of numbers that embeddings have.
var kinds = map[string]bool{"float": true, "int8": true, "uint8": true, "binary": true, "ubinary": true, "base64": true}

// areKinds reports a list of kinds, each once.
func areKinds(list []gjson.Result) bool {
	seen := map[string]bool{}
	for _, v := range list {
		if v.Type != gjson.String || !kinds[v.Str] || seen[v.Str] {
			return false
		}
		seen[v.Str] = true
	}
	return len(list) > 0
}

// readInputs reads the texts, in the older field or in that of mixed inputs, and images. Where there are
// images, all inputs are written in the form of mixed ones.
func readInputs(m *message.Embeddings, root gjson.Result) error {
	for i, v := range root.Get("texts").Array() {
		if v.Type != gjson.String {
			return invalid("texts["+strconv.Itoa(i)+"]", "must be a string")
		}
		m.Inputs = append(m.Inputs, v.Str)
	}
	mixed := false
	for i, v := range root.Get("inputs").Array() {
		at := "inputs[" + strconv.Itoa(i) + "].content"
		blocks := v.Get("content").Array()
		for j, b := range blocks {
			switch kind := b.Get("type").String(); {
			case kind == "text" && b.Get("text").Type == gjson.String:
			case kind == "image_url" && b.Get("image_url.url").Type == gjson.String:
				mixed = true
			default:
				return invalid(at+"["+strconv.Itoa(j)+"]", "must be a block of text or an image")
			}
		}
		if len(blocks) == 0 {
			return invalid(at, "must be a list of blocks")
		}
		mixed = mixed || len(blocks) > 1
		m.Mixed = append(m.Mixed, json.RawMessage(v.Raw))
	}
	for i, v := range root.Get("images").Array() {
		if v.Type != gjson.String {
			return invalid("images["+strconv.Itoa(i)+"]", "must be a data: URL")
		}
		mixed = true
		m.Mixed = append(m.Mixed, imageInput(v.Str))
	}
	switch {
	case len(m.Inputs) > 0 && len(m.Mixed) > 0:
		return invalid("texts", "must be left out beside 'inputs' and 'images'")
	case len(m.Inputs)+len(m.Mixed) == 0:
		return invalid("texts", "must be a list of texts")
	case !mixed: // of one text each, which every vendor takes
		for _, v := range m.Mixed {
			m.Inputs = append(m.Inputs, gjson.GetBytes(v, "content.0.text").Str)
		}
		m.Mixed = nil
	}
	return nil
}

// imageInput is an image in the form of a mixed input.
func imageInput(url string) json.RawMessage {
	var image, block, input jsonx.Object
	image.Text("url", url)
	block.Text("type", "image_url")
	block.Raw("image_url", image.JSON())
	input.Raw("content", append(append([]byte{'['}, block.JSON()...), ']'))
	return input.JSON()
}

type vectorsAnswer struct {
	ID      string                       `json:"id"`
	Vectors map[string][]json.RawMessage `json:"embeddings"`
	Texts   []string                     `json:"texts,omitempty"`
	Meta    vectorsMeta                  `json:"meta"`
	Type    string                       `json:"response_type"`
}

type vectorsMeta struct {
	API struct {
		Version string `json:"version"`
	} `json:"api_version"`
	Billed struct {
		Input int64 `json:"input_tokens"`
		Image int64 `json:"image_tokens,omitempty"`
	} `json:"billed_units"`
}

// WriteVectors implements dialect.ClientEmbeddings.
func (Dialect) WriteVectors(m *message.Embeddings, v *message.Vectors) ([]byte, error) {
	kind := m.Numbers
	if kind == "" {
		kind = "float"
	}
	out := vectorsAnswer{ID: m.AnswerID, Vectors: map[string][]json.RawMessage{}, Texts: m.Inputs, Type: "embeddings_by_type"}
	if n := len(v.Kinds); n == 0 || len(v.List)%n != 0 {
		out.Vectors[kind] = v.List
	} else {
		for i, kind := range v.Kinds {
			each := len(v.List) / n
			out.Vectors[kind] = v.List[i*each : (i+1)*each]
		}
	}
	out.Meta.API.Version = "2"
	if v.Usage != nil {
		out.Meta.Billed.Input, out.Meta.Billed.Image = v.Usage.Input-v.Usage.ImageInput, v.Usage.ImageInput
	}
	return json.Marshal(out)
}
