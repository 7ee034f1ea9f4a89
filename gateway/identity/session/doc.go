// Package session keeps who has signed in: people with a console or a command line, who present a
// session's token as others present an API key.
//
// # Flow
//
// Create makes a session and returns its token, once. Find tells whose token it is. Both use an
// index in memory, which is read from the store at start; each change is written to the store
// first.
//
// # Invariants
//
//   - A token is stored as its SHA-256: nobody guesses its 238 random bits.
//   - A session ends at a fixed time, whatever it is used for, and when it is revoked.
//   - A member has at most maxSessions; the oldest one makes room for the next.
package session
