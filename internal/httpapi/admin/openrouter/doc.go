// Package openrouter answers OpenRouter's API of keys and credits
// (https://openrouter.ai/docs/api-reference/api-keys), so that clients written for it go on working.
// A file holds one resource.
//
// # Mapping
//
//	hash              the stored hash of the API key; of a generated key its SHA-256, as OpenRouter's
//	name, label       the key's name of any text, and the masked key
//	limit             budget of the key
//	creator_user_id   member; without one the key belongs to a service account of its own
//	usage             what the key's calls cost: its budget's ledger, else the recorded exchanges
//
// The services are those of Sluice's own admin API: nothing is stored or decided here. The value of
// a key is in the answer to the call that creates it, and nowhere else.
package openrouter
