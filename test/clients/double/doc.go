// Package double is a scripted model vendor for tests with real clients. One HTTP server speaks
// the four formats that vendors use: OpenAI's chat completions and responses (with embeddings),
// Anthropic's messages, and Google's generateContent (with embedContent).
//
// What it answers depends on the conversation, not on the model: a word such as "scenario-tools"
// in a text of the user names a scenario ([script]). Facts that only arrive if the whole path
// works are quoted in the answer: the size of an image, the result of a tool, the text that the
// vendor has read.
//
// It is as strict as the vendors are. A field that the vendor does not know, a tool result
// without its call, a missing max_tokens or an altered signature is a 400 that names the field.
// The formats are those of the vendors' public API references.
package double
