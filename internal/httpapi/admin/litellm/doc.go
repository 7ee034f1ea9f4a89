// Package litellm answers the admin API of LiteLLM's proxy (https://docs.litellm.ai/docs/proxy),
// so that scripts and SDKs written for it go on working. A file holds one resource.
//
// # Mapping
//
//	key          API key; "token" is its stored hash, which for generated keys is LiteLLM's SHA-256
//	key_alias    name of the key, of any text
//	user_id      member; without one the key belongs to a service account of its own
//	team_id      team
//	max_budget   budget; tpm_limit, rpm_limit and max_parallel_requests are limits of the key
//	aliases      model aliases
//
// # Invariants
//
//   - The services are those of Sluice's own admin API: nothing is stored or decided here.
//   - A field that has no effect here is refused by name, unless its value asks for nothing.
//   - An answer names a key by its hash. The value of a key is in the answer to the call that
//     creates it, and nowhere else.
package litellm
