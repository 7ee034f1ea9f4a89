// Package device lets a program sign in as a person who confirms that in a browser, on whatever
// machine (RFC 8628).
//
// # Flow
//
// Start gives a program a device code, which it keeps, and a user code, which it shows. The person
// signs in, types the user code and decides: Find tells what asks, Decide stores the answer. Poll
// tells the program, once.
//
// # Invariants
//
//   - A device code has 256 random bits and is stored as its SHA-256. A user code is short, so it is
//     stored as an HMAC under the master key, and wrong ones count against the address that tries.
//   - A grant is decided once and taken once; both are conditional updates of the store, so that
//     replicas agree.
//   - The grants that wait are bounded, of one address and in all.
package device
