package openai

import (
	"encoding/base64"
	"encoding/binary"
	"encoding/json"
	"math"
	"slices"
	"strconv"

	"github.com/tidwall/gjson"

	"github.com/sluicegate/sluice/gateway/dialect/message"
	"github.com/sluicegate/sluice/gateway/dialect/vendorerror"
)

// ReadEmbeddings implements dialect.EmbeddingFormat. Inputs that are numbers of tokens belong
// to the vocabulary of OpenAI's models and are refused.
func (d Dialect) ReadEmbeddings(raw []byte) (*message.Embeddings, error) {
	root := gjson.ParseBytes(raw)
	m := &message.Embeddings{Model: text(root.Get("model")), Dimensions: max(root.Get("dimensions").Int(), 0), Batch: true,
		Base64: text(root.Get("encoding_format")) == "base64", User: text(root.Get("user"))}
	if d.Client == clientCohere {
		if err := readMixed(m, root); err != nil || m.Mixed != nil {
			return m, err
		}
	} else if err := readPurpose(m, root); err != nil {
		return nil, err
	}
	m.Extra = embeddingsExtra(root)
	switch input := root.Get("input"); {
	case input.Type == gjson.String:
		m.Inputs = []string{input.Str}
	case input.IsArray():
		for i, v := range input.Array() {
			if v.Type != gjson.String {
				return nil, invalid("input["+strconv.Itoa(i)+"]", "must be a string: this target takes no token numbers")
			}
			m.Inputs = append(m.Inputs, v.Str)
		}
	default:
		return nil, invalid("input", "must be a string or a list of strings")
	}
	return m, nil
}

// readMixed reads what was written for a client of Cohere: inputs of texts and images, which are objects,
// and several kinds of numbers.
func readMixed(m *message.Embeddings, root gjson.Result) error {
	types := root.Get("embedding_types").Array()
	if len(types) > 1 || len(types) == 1 && text(types[0]) == "base64" {
		for _, v := range types {
			m.Kinds = append(m.Kinds, text(v))
		}
		if m.Task = purposes[text(root.Get("input_type"))]; text(root.Get("input_type")) == purposeImage {
			m.Task = message.TaskImage
		}
	} else if text(root.Get("input_type")) == purposeImage {
		if m.Task = message.TaskImage; len(types) == 1 && text(types[0]) != "float" {
			m.Numbers = text(types[0])
		}
	} else if err := readPurpose(m, root); err != nil {
		return err
	}
	for i, v := range root.Get("input").Array() {
		if v.IsObject() {
			m.Mixed = append(m.Mixed, json.RawMessage(v.Raw))
		} else if m.Mixed != nil {
			return invalid("input["+strconv.Itoa(i)+"]", "must be an object, as the ones before")
		}
	}
	return nil
}

const purposeImage = "image" // in "input_type"

// embeddingsFields are the fields that every target has a place for.
var embeddingsFields = map[string]bool{"model": true, "input": true, "dimensions": true, "encoding_format": true, "user": true, "input_type": true, "embedding_types": true, "output_dtype": true}

// embeddingsExtra are the others.
func embeddingsExtra(root gjson.Result) map[string]json.RawMessage {
	extra := map[string]json.RawMessage{}
	root.ForEach(func(name, v gjson.Result) bool {
		if !embeddingsFields[name.Str] && v.Type != gjson.Null {
			extra[name.Str] = json.RawMessage(v.Raw)
		}
		return true
	})
	return extra
}

// purposes are Google's words for what embeddings are for, by those that other vendors take in
// "input_type".
var purposes = map[string]string{
	"": "", "search_query": "RETRIEVAL_QUERY", "query": "RETRIEVAL_QUERY", "search_document": "RETRIEVAL_DOCUMENT", "document": "RETRIEVAL_DOCUMENT", "passage": "RETRIEVAL_DOCUMENT",
	"classification": "CLASSIFICATION", "clustering": "CLUSTERING",
}

// readPurpose reads what callers of Cohere, Voyage and others write beside OpenAI's fields: what the
// embeddings are for, and which kind of numbers they want.
func readPurpose(m *message.Embeddings, root gjson.Result) error {
	task, known := purposes[text(root.Get("input_type"))]
	if m.Task = task; !known {
		return invalid("input_type", "must be search_query, search_document, classification or clustering")
	}
	m.Numbers = text(root.Get("output_dtype"))
	if types := root.Get("embedding_types"); types.IsArray() {
		list := types.Array()
		if len(list) != 1 || list[0].Type != gjson.String {
			return invalid("embedding_types", "must name one type: an answer in this format has one vector for each input")
		}
		m.Numbers = list[0].Str
	}
	switch m.Numbers {
	case "float":
		m.Numbers = ""
	case "", "int8", "uint8", "binary", "ubinary":
	default:
		return invalid("embedding_types", "must be float, int8, uint8, binary or ubinary")
	}
	return nil
}

type embeddingsRequest struct {
	Model      string `json:"model"`
	Input      any    `json:"input"`
	Dimensions int64  `json:"dimensions,omitempty"`
	Encoding   string `json:"encoding_format"`
	User       string `json:"user,omitempty"`
}

// WriteEmbeddings implements dialect.EmbeddingFormat. The task and the title are dropped.
func (Dialect) WriteEmbeddings(m *message.Embeddings) ([]byte, error) {
	out := embeddingsRequest{m.Model, m.Inputs, m.Dimensions, "float", m.User}
	if m.Mixed != nil {
		out.Input = m.Mixed
	}
	return json.Marshal(out)
}

// ReadVectors implements dialect.EmbeddingFormat.
func (Dialect) ReadVectors(body []byte) (*message.Vectors, error) {
	root := gjson.ParseBytes(body)
	v := &message.Vectors{Model: text(root.Get("model"))}
	if u := root.Get("usage"); u.IsObject() {
		v.Usage = readUsage([]byte(u.Raw))
	}
	data := root.Get("data").Array()
	v.List = make([]json.RawMessage, len(data))
	for i, d := range data {
		if n := d.Get("index"); n.Type == gjson.Number {
			i = int(n.Int())
		}
		vector := d.Get("embedding")
		if i < 0 || i >= len(data) || v.List[i] != nil || !vector.IsArray() && vector.Type != gjson.String {
			return nil, vendorerror.Broken("openai.ReadVectors", "The provider's answer holds an embedding that cannot be read.", nil)
		}
		kind := text(d.Get("dtype"))
		if kind != "" && !slices.Contains(v.Kinds, kind) && len(v.Kinds) < maxKinds {
			v.Kinds = append(v.Kinds, kind)
		}
		if v.List[i] = json.RawMessage(vector.Raw); vector.Type == gjson.String && kind == "" {
			var err error
			if v.List[i], err = unpacked(vector.Str); err != nil {
				return nil, vendorerror.Broken("openai.ReadVectors", "The provider's answer holds an embedding that cannot be read.", err)
			}
		}
	}
	return v, nil
}

// maxKinds bounds the kinds of numbers of an answer.
const maxKinds = 16

// unpacked is a vector of little-endian float32 in base64, as a JSON array.
func unpacked(s string) ([]byte, error) {
	raw, err := base64.StdEncoding.DecodeString(s)
	if err != nil {
		return nil, err
	}
	list := make([]float32, len(raw)/4)
	for i := range list {
		list[i] = math.Float32frombits(binary.LittleEndian.Uint32(raw[4*i:]))
	}
	return json.Marshal(list)
}

// packed is a vector, a JSON array, as little-endian float32 in base64.
func packed(vector json.RawMessage) (string, error) {
	var list []float32
	if err := json.Unmarshal(vector, &list); err != nil {
		return "", err
	}
	raw := make([]byte, 0, 4*len(list))
	for _, f := range list {
		raw = binary.LittleEndian.AppendUint32(raw, math.Float32bits(f))
	}
	return base64.StdEncoding.EncodeToString(raw), nil
}

type embeddingsAnswer struct {
	Object string          `json:"object"`
	Data   []embedding     `json:"data"`
	Model  string          `json:"model"`
	Usage  embeddingsUsage `json:"usage"`
}

type embedding struct {
	Object string `json:"object"`
	Index  int    `json:"index"`
	Vector any    `json:"embedding"`
	Kind   string `json:"dtype,omitempty"` // for a client of Cohere that asked for several kinds
}

type embeddingsUsage struct {
	Prompt  int64         `json:"prompt_tokens"`
	Total   int64         `json:"total_tokens"`
	Details promptDetails `json:"prompt_tokens_details,omitzero"`
}

type promptDetails struct {
	Image int64 `json:"image_tokens"`
}

// WriteVectors implements dialect.EmbeddingFormat.
func (Dialect) WriteVectors(m *message.Embeddings, v *message.Vectors) ([]byte, error) {
	out := embeddingsAnswer{Object: "list", Model: v.Model, Data: make([]embedding, len(v.List))}
	if v.Usage != nil {
		out.Usage = embeddingsUsage{v.Usage.Input, v.Usage.Input, promptDetails{v.Usage.ImageInput}}
	}
	for i, vector := range v.List {
		out.Data[i] = embedding{Object: "embedding", Index: i, Vector: vector}
		if n := len(v.Kinds); n > 0 {
			out.Data[i].Kind = v.Kinds[min(i/max(len(v.List)/n, 1), n-1)]
		}
		if m.Base64 {
			s, err := packed(vector)
			if err != nil {
				return nil, vendorerror.Broken("openai.WriteVectors", "The provider's answer holds an embedding that cannot be read.", err)
			}
			out.Data[i].Vector = s
		}
	}
	return json.Marshal(out)
}
