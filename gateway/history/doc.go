// Package history keeps responses, so that callers of the Responses API can refer to them later:
// read and delete them, list their input, go on from them by previous_response_id, and name single
// items of them by their ids.
//
// # Flow
//
// The surface hands in an [Entry] before the caller has the last byte of the answer, and finds it
// again by workspace and id. An entry is held in memory until the writer has stored it, at most
// some tens of milliseconds; a crash loses what was not stored yet. Where too many entries wait,
// Keep writes by itself.
//
// # Invariants
//
//   - What was said is sealed with the master key as a whole; the row beside it holds ids and times
//     only. A row that is moved to another workspace or id does not open.
//   - An id belongs to one workspace. In another one it is absent.
//   - An item is found by the API key that asked for its response only, and only if no other
//     response of that key has an item with the same id.
//   - An entry is kept for 30 days, and of one API key the newest 1000 are kept.
//
// Service owns the goroutine that writes. Close stores what waits and ends it.
package history
