// Package redact replaces personal data and credentials by placeholders and puts them back.
//
// A [Detector] belongs to the installation: it finds the entities of package pii and the
// credentials that this installation stores. A [Redaction] belongs to one exchange. On the
// way in it replaces each value by a placeholder such as [EMAIL_1] and keeps the original in
// its vault; on the way out its [Restorer] puts the originals back.
//
// # Which text is read
//
// The request's body, the variables of a prompt call, the parameters of a config that the
// caller wrote, and the headers that are forwarded. Keys, strings and numbers of at least
// seven characters are texts. A string that holds JSON, such as tool arguments, is read as
// JSON; a number that is replaced becomes a string. Fields that identify the caller (user,
// safety_identifier, prompt_cache_key, metadata) and forwarded headers get a keyed pseudonym
// instead. A model name cannot be replaced: the request is refused. Not read: "seed", and
// base64 data in parts that declare themselves binary. A value that is split over the text
// parts of one message is replaced where it begins.
//
// # Placeholders
//
// Within one exchange, equal values have equal placeholders and different values different
// ones. A text that looks like a placeholder is itself a value: it is replaced and restored
// like any other, so a restored answer never confuses the two. In names of functions, where
// vendors refuse brackets, a placeholder has none, and names are restored as a whole. An id that
// ties a call to its result is opaque: one that holds a value is replaced as a whole by a keyed
// pseudonym, in every place the same.
//
// Numbers are assigned in the order of the vendor's prompt: variables, tools, system,
// messages, then all other fields. A number depends only on what stands before it, so the
// redacted messages of one turn are a byte prefix of those of the next turn, and a vendor's
// prompt cache stays valid. Values that a template joins from several variables are found
// after rendering and numbered last.
//
// # Signed text
//
// A text with [gateway.Text.Signed] belongs to a part that the vendor signed or encrypted.
// Only the inverse of restoring is applied there: values in the vault become their
// placeholders again, which is the text that the vendor signed. Other findings are counted
// by [Redaction.Unedited] and stay.
//
// # Ownership
//
// Originals live in the vault only; it is never stored, logged or encoded. A Redaction and
// its Restorer belong to the goroutine of the exchange. A Detector is safe for concurrent
// use. If redaction fails, by an error or a panic, the caller of this package gets an error
// without any text in it and must not send the request.
package redact
