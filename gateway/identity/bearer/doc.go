// Package bearer verifies JSON Web Tokens (RFC 7519) that an organisation's own issuer signs, so
// that they can be presented in the place of API keys.
//
// # Flow
//
// [Verifier.Verify] finds the issuer that a token names, checks the signature with one of that
// issuer's public keys, then expiry and audience, and reads from the claims who calls and with which
// rights. What a principal is made of that is package identity's.
//
// # Invariants
//
//   - Only the algorithms of the configuration count, all of them asymmetric. Neither "none" nor a
//     signature by a shared secret is accepted, whatever the issuer's keys are.
//   - Keys are cached. They are read again every 15 minutes, and for a key id that is not known, at
//     most once in 10 seconds. No call that has a known key id waits for the network.
//   - No role beyond [Issuer.MaxRole] comes out, and never the owner's.
//   - Tokens, answers of the issuer, groups and scopes are bounded.
package bearer
