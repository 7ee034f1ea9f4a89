// Package openai is OpenAI's chat format, https://platform.openai.com/docs/api-reference/chat,
// with the embeddings of the same API: how stages read and edit it, how it is translated to
// and from the message model, and how an answer in it is decoded. Many vendors speak it;
// what they do differently is in the vendors table of package provider.
//
// Reading is lenient: of a member that is given twice the last one counts, as it does for
// the clients; fields that are unknown or of another type are passed over. Writing follows
// what strict clients require: "index" in every choice, "system_fingerprint" in bodies only.
package openai
