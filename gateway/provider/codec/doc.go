// Package codec writes the requests and reads the answers of vendors, one file per wire format.
//
// # The flow
//
// [For] chooses the [Codec] of a vendor in a format, [ForEmbeddings] and [ForTask] those of operations
// that a vendor has in another format than its chats. [ReachedIn] is the target as it is reached in a
// format. Codec.Request writes the call, which the client signs and sends; its [Framing] divides a
// streamed answer into frames, which a [Decoder] turns into chunks. What only some formats need is an
// interface of its own, such as [HeaderReader] or [RoundTripper].
//
// A vendor with OpenAI's format needs no code here: one codec reads the quirks of its row. Codecs of
// clouds embed the codec of the format that a model has there (Claude on Bedrock, on Vertex AI and on
// Azure AI Foundry is Anthropic's format with another address).
//
// # Invariants
//
//   - A codec does no I/O, reads no clock and gets no credential, so golden files describe it
//     completely. The one exception is RoundTripper: a prediction of Replicate takes several calls, which
//     all go to addresses below the first one's.
//   - A codec adds constants only: what guardrails judged is what goes upstream. A property test holds it.
//   - A name that a caller gave, such as a model, cannot lead to another path of the vendor.
//
// # Ownership
//
// A codec is shared by all calls. A decoder belongs to one answer and to one goroutine; its chunks are
// valid until its next call.
package codec
