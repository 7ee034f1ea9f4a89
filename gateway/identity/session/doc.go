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
//   - The session of a device has short tokens that it renews (RFC 6749, section 6). A refresh token
//     is good once; one that comes again ends the session, for one of both who have it has stolen
//     it (RFC 9700, section 4.14).
//   - A member has at most maxSessions; the oldest one makes room for the next.
package session
