// Package message is the typed superset of the chat formats that Sluice speaks. A request
// or an answer takes this form only where the caller's dialect and the target's differ;
// otherwise its bytes pass as they are.
//
// # Flow
//
//	request  caller's ReadRequest  → Request  → target's WriteRequest
//	answer   target's ReadAnswer   → []Event  → caller's WriteAnswer
//
// Each wire format implements these four once, so N formats need 4·N translations and
// never one for each pair.
//
// # Invariants
//
//   - The model holds what at least two formats share. A top-level field that only one
//     format knows stands in Request.Extra, under that format's name; the writer of the
//     same family may use it, every other writer drops it.
//   - What cannot be dropped without changing the answer is refused by the writer with an
//     error that names the field in the caller's spelling: Message.Path and Part.Path say
//     where a value stood.
//   - Cache points survive: a part, tool or message with Cache set yields exactly one cache
//     point where the target has them, and nothing where it has none.
//   - Reasoning with a signature is opaque. It is handed on unchanged to the family of
//     models that signed it, and dropped as a whole elsewhere.
//
// All values are plain data; nobody keeps or changes what it was given.
package message
