// Package embedding has the formats of embeddings of clouds that call their models by formats of their
// own: Google's predict and Amazon Titan's. Only targets speak them.
//
// Each format is an object with the vectors and what was counted:
//
//	Predict  https://cloud.google.com/vertex-ai/generative-ai/docs/model-reference/text-embeddings-api
//	Titan    https://docs.aws.amazon.com/bedrock/latest/userguide/model-parameters-titan-embed-text.html
package embedding

import (
	"encoding/json"

	"github.com/tidwall/gjson"

	"github.com/sluicegate/sluice/gateway"
	"github.com/sluicegate/sluice/gateway/dialect/message"
	"github.com/sluicegate/sluice/gateway/dialect/vendorerror"
)

// noChat is the part of a format in which nobody chats.
type noChat struct{}

// WriteRequest implements dialect.TargetFormat.
func (noChat) WriteRequest(*message.Request) ([]byte, error) {
	return nil, refuse("model", "names a model that has embeddings only")
}

// ReadAnswer implements dialect.TargetFormat.
func (noChat) ReadAnswer() message.AnswerReader { return unread{} }

type unread struct{}

func (unread) Read(*gateway.Chunk) ([]message.Event, error) {
	return nil, vendorerror.Broken("embedding.Read", "The provider's answer holds no text.", nil)
}

func refuse(field, what string) error {
	return gateway.InvalidField("embedding.WriteEmbeddings", field, "The field '"+field+"' "+what+".")
}

// maxCount bounds what one answer may report.
const maxCount = 10_000_000

func tokens(v gjson.Result) int64 { return min(max(v.Int(), 0), maxCount) }

// vector returns a list of numbers.
func vector(v gjson.Result) (json.RawMessage, error) {
	if !v.IsArray() {
		return nil, vendorerror.Broken("embedding.ReadVectors", "The provider's answer holds an embedding that cannot be read.", nil)
	}
	return json.RawMessage(v.Raw), nil
}
