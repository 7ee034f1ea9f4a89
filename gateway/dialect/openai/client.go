package openai

import (
	"github.com/sluicegate/sluice/gateway"
	"github.com/sluicegate/sluice/internal/jsonx"
)

const clientCohere = "cohere"

// clientFields are the fields that a request has which was written for the client of another vendor, and
// that vendor's targets alone take, by the name of the client's format.
var clientFields = map[string][]string{
	"ollama":     {"options", "keep_alive"},
	clientCohere: {"citation_options", "safety_mode", "priority", "top_k", "thinking", "input_type"},
}

// Surface is the name of the format that the caller's client speaks.
func (d Dialect) Surface() string {
	if d.Client != "" {
		return d.Client
	}
	return d.Name()
}

// WithoutClientFields returns a body as targets of OpenAI's format take it: without the fields of the
// client's own vendor, and without the word that turns reasoning off, which models without reasoning
// refuse.
func (d Dialect) WithoutClientFields(raw []byte) []byte {
	if d.Client == "" {
		return raw
	}
	for _, name := range clientFields[d.Client] {
		raw = jsonx.Delete(raw, name)
	}
	if jsonx.String(jsonx.Get(raw, "reasoning_effort")) == "none" {
		raw = jsonx.Delete(raw, "reasoning_effort")
	}
	return raw
}

// CheckTarget refuses a body for a target of the format name if the answer would be about less than the
// caller sent: no other format has the documents that Cohere's models cite, images to embed, or several
// kinds of embeddings in one answer.
func (d Dialect) CheckTarget(name string, raw []byte) error {
	if d.Client != clientCohere || name == d.Client {
		return nil
	}
	if first := firstOf(jsonx.Get(raw, "input")); first == '{' {
		return gateway.InvalidField("openai.CheckTarget", "images", "The field 'images', and images among 'inputs', are only taken by Cohere's own models: name one of them.")
	}
	for e := range jsonx.Elements(jsonx.Get(raw, "embedding_types")) {
		if e.Index > 0 || jsonx.String(e.Value) == "base64" {
			return gateway.InvalidField("openai.CheckTarget", "embedding_types", "The field 'embedding_types' must name one type for this target, and not base64: only Cohere's own models give more.")
		}
	}
	if jsonx.Get(raw, "documents") == nil {
		return nil
	}
	return gateway.InvalidField("openai.CheckTarget", "documents", "The field 'documents' is only taken by Cohere's own models: write the documents into a message.")
}
