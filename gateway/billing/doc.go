// Package billing knows what an exchange costs, and enforces the budgets of API keys.
//
// # Flow
//
// [Service.Meter] is the stage that counts tokens and money. It runs inside the cache, so a
// hit costs nothing. For an API key without a budget it only records usage and cost. For a
// key with a budget it first reserves the most that the call can cost at the most expensive
// target of its plan, and settles the reservation with the real cost when the exchange
// ends, however it ends.
//
// # Budgets
//
// While the process runs, the account in memory is the authority on a key's budget. The
// [Ledger] makes it durable: a reservation is on disk before anything goes upstream;
// reservations and settlements that are due at the same moment share one transaction. A
// reservation that is found unsettled at the next start counts as spent. A crash can
// therefore cost a key money, but never give it some.
//
// One process owns the ledger of a database at a time.
//
// Package billing imports neither identity nor credential. The principal of an exchange
// tells whether its API key has a budget; the amounts arrive through [Service.SetLimit].
package billing
