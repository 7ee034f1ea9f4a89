// Package gemini is Google's format, https://ai.google.dev/api/generate-content: how stages
// read and edit it, how it is translated to and from the message model, and how an answer in
// it is decoded.
//
// # Flow
//
// Google's API names the model and the method in the URL, so a body alone does not say who is
// asked for what. The body of a Request therefore has two members more than Google's:
//
//	model   the model of the URL, without "models/"
//	stream  true for streamGenerateContent
//
// Whoever receives a call adds them with FromURL; Wire takes them out again before the body
// goes to a vendor. The operation tells the method: OpChat is generateContent or
// streamGenerateContent, OpCountTokens is countTokens, and OpEmbeddings is
// batchEmbedContents for a body with "requests", else embedContent.
//
// An answer is a list of candidates, each with a list of parts. An event of a streamed answer
// is a whole answer itself, with the parts that are new; there is no end mark. The Decoder
// checks that every candidate has a finish reason.
//
// # Invariants
//
//   - Names are read in both spellings that Google takes, maxOutputTokens and
//     max_output_tokens. Names inside of the caller's own data (arguments, results, schemas)
//     are left alone.
//   - A function call comes in one piece: its arguments are a JSON object, in events too.
//   - Parts that only this format knows (executable code, files, media in answers) pass in
//     Raw and have no text in Deltas.
//   - A usage counts thoughts as output, unlike the wire's candidatesTokenCount.
//   - A thoughtSignature is opaque: it is kept with its part and never edited.
//
// Reading an answer is lenient: unknown fields and fields of another type are passed over.
package gemini
