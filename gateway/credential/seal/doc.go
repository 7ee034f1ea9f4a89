// Package seal encrypts what the control database must not hold in clear: provider credentials and
// kept responses. It also derives the keyed hashes of API keys.
//
// # Envelopes
//
// Each sealed value has a data key of its own, which is sealed with the master key; AES-256-GCM
// binds both to the table, row and column of the value, so that a value that was moved elsewhere
// does not open. An envelope names its master key by an id, which is derived from it.
//
// The keys for other purposes (hashes of API keys, pseudonyms, the cache, signed heads of the audit
// log) are sealed values themselves, in the table installation_keys: another master key changes
// none of them. Those of an installation that is older than the table are the ones that were
// derived from its first master key.
//
// # Another master key
//
// A process may know several master keys. New values are sealed with the active one, which is that
// of the organisation's canary: all processes on one database seal alike. [Rotation] makes another
// key the active one, and then seals the data keys of all values with it, in batches, while calls
// run; what was sealed is not encrypted again. There is no other state: what is left to do is what
// the database still has under another key, so a crash is made good by starting again. A value
// that is replaced meanwhile is left as it is.
package seal
