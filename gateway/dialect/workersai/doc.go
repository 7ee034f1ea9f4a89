// Package workersai is the format of Cloudflare Workers AI's own API, in which a model is run by
// POST …/ai/run/{model} (https://developers.cloudflare.com/api/resources/ai/methods/run). The input of a
// model is the model's own, documented with it (https://developers.cloudflare.com/workers-ai/models).
// Only targets speak it, for what Cloudflare's interface in OpenAI's format
// (https://developers.cloudflare.com/workers-ai/configuration/open-ai-compatibility) lacks. Chats and
// embeddings are called there unless they need a field that only this format has; here they are
// [Dialect].
//
// An answer is an object with "result", "success", "errors" and "messages"; some models answer with the
// bytes of an image or audio instead. The result of a chat has "response", a text, "tool_calls" and
// "usage". Streamed, it is a sequence of events with pieces of it, the last one with the usage, and the
// end mark "[DONE]". Newer models answer with OpenAI's "choices" in the same place.
//
// The functions translate from and to the formats of callers, which are Cohere's for documents and
// OpenAI's for images, speech and transcriptions. They do no I/O.
package workersai

import (
	"github.com/tidwall/gjson"

	"github.com/sluicegate/sluice/gateway"
	"github.com/sluicegate/sluice/gateway/dialect/vendorerror"
)

// Dialect is the format of chats and embeddings. It implements dialect.TargetFormat and
// dialect.EmbeddingTarget.
type Dialect struct{}

// Name implements dialect.TargetFormat.
func (Dialect) Name() string { return "workers-ai" }

// readResult returns the result of an answer, which must have the member field.
func readResult(op, vendor string, body []byte, field string) (gjson.Result, error) {
	_, root, err := vendorerror.BodyWith(op, vendor, body, "result", gjson.Result.IsObject)
	if err != nil {
		return gjson.Result{}, err
	}
	result := root.Get("result")
	if !result.Get(field).Exists() {
		if err := vendorerror.FromBody(op, body, vendor); err != nil { // the result of a failure may be {}
			return gjson.Result{}, err
		}
		return gjson.Result{}, vendorerror.Broken(op, "The provider's answer has no 'result."+field+"'.", nil)
	}
	return result, nil
}

func refuse(field, what string) error {
	return gateway.InvalidField("workersai.Request", field, "The field '"+field+"' "+what+".")
}
