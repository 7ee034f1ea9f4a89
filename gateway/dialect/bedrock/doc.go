// Package bedrock is the format of Amazon Bedrock's Converse and ConverseStream,
// https://docs.aws.amazon.com/bedrock/latest/APIReference/API_runtime_Converse.html: how a request is
// written in it, and how an answer in it is read. Only targets speak it.
//
// A streamed answer is a sequence of events, each a JSON object whose type stands in the frame. The
// Decoder puts the type before it, {"contentBlockDelta":{…}}, as the API's model of the stream has it:
//
//	messageStart, (contentBlockStart, contentBlockDelta…, contentBlockStop)…, messageStop, metadata
//
// A block of text begins without a contentBlockStart. The answer is whole with messageStop; the usage
// stands in the metadata behind it.
//
// A usage counts cached tokens as input, unlike the wire's "inputTokens".
package bedrock

// Dialect is the format. It implements dialect.TargetFormat.
type Dialect struct{}

// Name implements dialect.TargetFormat.
func (Dialect) Name() string { return "converse" }
