// Package billing knows what an exchange costs, and enforces the budgets of API keys.
//
// # Flow
//
// [Service.Reserve] is a stage inside each attempt, next to the upstream call: it sees the
// body that goes upstream, after a config's overrides, defaults and drops. When the attempt
// ends, however it ends, it charges it: by the usage that the vendor reported, else by what
// was counted of the texts that arrived. An attempt that the vendor refused, or that did
// not reach it, costs nothing. [Service.Meter] is the stage around the Router that sums up
// the charges of an exchange. It runs inside the cache, so a hit costs nothing.
//
// Invariant: the costs of a key's rows, its account and its ledger have the same sum.
//
// # Budgets
//
// For a key with a budget, Reserve sets the most aside that the attempt can cost, at the
// prices of all models that the body names: every byte of the body counts as a token of
// input, and the limit that the body sets bounds the output. If the body sets no limit that
// every vendor obeys, Reserve writes one: the model's maximum, or what the money that
// nobody has reserved affords. The attempt is settled before the next one reserves. A call
// waits for the reservations ahead of it, for [Config.Patience] in all its attempts.
//
// A vendor bills what it has written, whoever still listens. When the caller of a key with a
// budget leaves, what has already arrived of a stream is counted, and an answer in one piece is
// waited for; one that does not come is charged like its reservation.
//
// An answer that the vendor writes in the background is charged by the first exchange that
// retrieves its usage. Until then its reservation stays; one that nobody retrieves costs what was
// reserved.
//
// A vendor that bills more than its limits allow is paid in full, and closes the key until
// its budget is raised.
//
// The [Ledger] is durable: a reservation is on disk before anything goes upstream;
// reservations and settlements that are due at the same moment share one transaction.
//
// Where one process owns the ledger ([Open]), its accounts in memory are the authority while it
// runs, and a reservation that is found unsettled at the next start counts as spent. Where
// processes share it ([OpenShared]), the ledger decides: a reservation is a conditional update
// of its key's balance, accounts hold what the ledger told last, and a call that waits reads it
// again. A reservation then has a lease, which its process extends while the call runs; one
// whose lease has ended counts as spent. A crash can therefore cost a key money, but never give
// it some.
//
// A budget that is changed while calls run counts for each process from when it learns of it.
//
// Package billing imports neither identity nor credential. The principal of an exchange
// tells whether its API key has a budget; the amounts arrive through [Service.SetLimit].
package billing
