package workersai

import (
	"cmp"
	"slices"
	"strconv"

	"github.com/tidwall/gjson"

	"github.com/sluicegate/sluice/gateway/dialect/vendorerror"
	"github.com/sluicegate/sluice/internal/jsonx"
)

// WriteRerank writes a request in Cohere's format as the input of a model that orders documents
// (https://developers.cloudflare.com/workers-ai/models/bge-reranker-base): documents become "contexts",
// top_n becomes "top_k". Fields that Cohere does not know are inputs of the model.
func WriteRerank(raw []byte) ([]byte, error) {
	var o jsonx.Object
	for m := range jsonx.Members(raw) {
		switch m.Key {
		case "query":
			if m.Value[0] != '"' {
				return nil, refuse("query", "must be a string")
			}
			o.Raw("query", m.Value)
		case "documents":
			contexts := []byte{'['}
			for e := range jsonx.Elements(m.Value) {
				text := documentText(e.Value)
				if text == nil {
					return nil, refuse("documents["+strconv.Itoa(e.Index)+"].text", "must be a string: this target takes texts only")
				}
				var context jsonx.Object
				context.Raw("text", text)
				if e.Index > 0 {
					contexts = append(contexts, ',')
				}
				contexts = append(contexts, context.JSON()...)
			}
			o.Raw("contexts", append(contexts, ']'))
		case "top_n":
			if m.Value[0] == 'n' {
				continue
			}
			if n := gjson.ParseBytes(m.Value); n.Type != gjson.Number || n.Num < 1 || n.Num != float64(int32(n.Num)) {
				return nil, refuse("top_n", "must be a whole number of at least 1")
			}
			o.Raw("top_k", m.Value)
		case "model", "return_documents", "user":
		default:
			o.Raw(m.Key, m.Value)
		}
	}
	return o.JSON(), nil
}

// documentText is the text of a document in JSON, which is a string or an object with a text; nil if it
// has none.
func documentText(document []byte) []byte {
	if document[0] == '{' {
		document = jsonx.Get(document, "text")
	}
	if len(document) == 0 || document[0] != '"' {
		return nil
	}
	return document
}

// ReadRerank reads the answer to a request that is in Cohere's format, and writes it in that format. The
// best document comes first.
func ReadRerank(vendor string, request, body []byte) ([]byte, error) {
	const op = "workersai.ReadRerank"
	result, err := readResult(op, vendor, body, "response")
	if err != nil {
		return nil, err
	}
	var texts [][]byte
	for e := range jsonx.Elements(jsonx.Get(request, "documents")) {
		texts = append(texts, documentText(e.Value))
	}
	ranked, seen := result.Get("response").Array(), make([]bool, len(texts))
	for _, r := range ranked {
		index := r.Get("id")
		at := int(index.Int())
		if index.Type != gjson.Number || float64(at) != index.Num || at < 0 || at >= len(texts) || seen[at] || r.Get("score").Type != gjson.Number {
			return nil, vendorerror.Broken(op, "The provider's answer holds a document that cannot be read.", nil)
		}
		seen[at] = true
	}
	slices.SortStableFunc(ranked, func(a, b gjson.Result) int { return cmp.Compare(b.Get("score").Num, a.Get("score").Num) })
	echo := string(jsonx.Get(request, "return_documents")) == "true"
	results := []byte{'['}
	for i, r := range ranked {
		var one jsonx.Object
		one.Int("index", r.Get("id").Int())
		one.Raw("relevance_score", []byte(r.Get("score").Raw))
		if echo {
			var document jsonx.Object
			document.Raw("text", texts[r.Get("id").Int()])
			one.Raw("document", document.JSON())
		}
		if i > 0 {
			results = append(results, ',')
		}
		results = append(results, one.JSON()...)
	}
	var o jsonx.Object
	o.Raw("results", append(results, ']'))
	if usage := result.Get("usage"); usage.IsObject() {
		o.Raw("usage", []byte(usage.Raw))
	}
	return o.JSON(), nil
}
