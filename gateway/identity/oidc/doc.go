// Package oidc signs people in at an OpenID provider
// (https://openid.net/specs/openid-connect-core-1_0.html), by the authorization code flow with
// PKCE (RFC 7636).
//
// # Flow
//
// Begin makes an [Attempt] and the address at the provider to which the browser goes. The caller
// keeps the attempt in that browser, sealed. The browser comes back with a code, which Finish
// exchanges for the [Person].
//
// # Invariants
//
//   - The state binds the answer to the browser, the nonce binds the ID token to the attempt, the
//     verifier binds the code to both.
//   - An ID token counts only with a signature of the provider's keys, of its issuer, for this
//     client.
//   - A person has an e-mail address that the provider has verified, of an allowed domain.
//   - Each answer of the provider is bounded in size and time.
package oidc
