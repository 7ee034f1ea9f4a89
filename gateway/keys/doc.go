// Package keys knows who may call, with which provider credentials, and for how much.
//
// An organisation owns workspaces and members. A member holds a role in each workspace
// it belongs to; owners see them all. An API key is what a caller presents: it stands
// for one member in one workspace. A virtual key is a named provider credential that
// Sluice holds for a workspace.
//
// # Flow
//
// [Service.Authenticate] turns the key of a call into a [gateway.Principal]; route asks
// [Service.VirtualKey] for credentials; [Service.Meter] counts tokens and money behind the
// cache. All three read one immutable picture of the store that is held in memory and
// replaced after each write, so a call never waits for the database. Memory grows with
// what administrators created, never with what callers send.
//
// # Secrets
//
// API keys are stored as an HMAC under a key derived from the master key: who copies
// the database can neither read nor try them. Credentials are sealed by [Cipher] with
// the place they stand in (table, row, column) as associated data, so that a ciphertext
// moved elsewhere does not open. A canary sealed at the first start tells a wrong master
// key at once.
//
// # Budgets
//
// The one authority on a key's lifetime budget is its account in memory. A call first
// reserves what it can cost at most at the dearest target of its plan, and that
// reservation is on disk before anything goes upstream; afterwards it is settled with
// what the call did cost. Reservations of one moment share one transaction. What is
// found unsettled at the next start counts as spent: a crash can cost a key money, never
// give it some. Only keys with a budget pay for any of this.
//
// One process owns the ledger of a database at a time.
package keys
