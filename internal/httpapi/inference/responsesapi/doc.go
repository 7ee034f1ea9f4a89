// Package responsesapi is OpenAI's Responses API: responses that go on from others, that refer to
// items of others, that are kept, and that are made in the background.
//
// # Flow
//
//	input.Read → turn (previous response, references → the whole input) → Pipeline → keptAnswer → output
//
// A turn holds what one call goes on from. Where the vendor that answers keeps the previous response
// itself, its id goes upstream; for every other vendor the turn puts the conversation's items in its
// place. keptAnswer keeps the response before the caller reads its last event.
//
// # Invariants
//
//   - A response is found in its own workspace only; one that is made in the background is retrieved
//     with the API key that asked for it.
//   - Without a History nothing is kept, and a response says so: "store": false.
package responsesapi
