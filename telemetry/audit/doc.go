// Package audit is the tamper-evident trail of who did what.
//
// # Flow
//
// An [Event] describes one action. [Head.Append] gives it the next place in its chain: a [Row]
// with a sequence number, the event's canonical JSON and a hash over that JSON and the hash of
// the row before. Stores keep rows as they are. [Verify] reads the chains back and recomputes
// every hash.
//
// # Invariants
//
//   - A chain has one writer at a time. Sequence numbers count from 1 without gaps.
//   - Time never runs backwards within a chain, so that ordering by time and by sequence agree.
//   - The canonical form is written by hand: what is hashed must not depend on an encoder's version.
//   - A row is never changed. Only a configured retention deletes rows, the oldest first.
package audit
