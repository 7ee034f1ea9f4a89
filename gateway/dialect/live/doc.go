// Package live reads the messages of Gemini's Live API, which Google AI Studio and Vertex AI have,
// without changing them: a session passes through.
//
// # Flow
//
// The caller's first message holds "setup": the model, its instructions, tools and parameters. It is
// the request of the session ([Request]), and goes to the vendor as [Setup] writes it. Every other
// message has one field: clientContent, realtimeInput, toolResponse or contextUpdate. The vendor
// answers with setupComplete, serverContent, toolCall and others, one of them in a message.
//
// [Tally] follows a session. A turn of the model's begins with the first message that has content or a
// call of a tool. The vendor's usageMetadata, beside any of its fields, tells what one turn has used,
// which is the whole conversation until then: a session has used the sum of its turns.
//
// https://ai.google.dev/api/live
// https://cloud.google.com/vertex-ai/generative-ai/docs/model-reference/multimodal-live
package live
