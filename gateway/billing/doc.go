// Package billing knows what an exchange costs, and enforces budgets and wallets.
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
// Package tariff knows the prices: what was used costs so much, and what a call can use at most. Package
// budget knows budgets and wallets, and which of them concern a call; package ledger, what was spent;
// package pricing, what callers pay; package alert, who hears of it.
//
// Invariant: what the rows of a budget's calls were charged, its account and its entries in the
// ledger have the same sum.
//
// # Budgets
//
// A call may concern several accounts: the lifetime budget of its API key, each [budget.Budget] whose
// policy it meets (of a member, a team, an end user, a model …), and the [budget.Wallet] that pays for it.
// [budget.Limits] holds budgets and wallets. A budget has an account for each of its groups in each of its
// periods, so that nothing is ever reset: a new day has a new account. A call that nothing limits
// does no I/O, unless it is answered in the background.
//
// Reserve sets the most aside that the attempt can cost, in all accounts or in none, at the
// prices of all models that the body names: every byte of the body counts as a token of
// input, and the limit that the body sets bounds the output. If the body sets no limit that
// every vendor obeys, Reserve writes one: the model's maximum, or what the money that
// nobody has reserved affords. The attempt is settled before the next one reserves. A call
// waits for the reservations ahead of it, for [Config.Patience] in all its attempts.
//
// A vendor bills what it has written, whoever still listens. When the caller of a call with a
// reservation leaves, what has already arrived of a stream is counted, and an answer in one piece is
// waited for; one that does not come is charged like its reservation.
//
// An answer that the vendor writes in the background is charged by the first exchange that
// retrieves its usage, in whatever process. Until then its reservation stands in the ledger, for a day at
// most; one that nobody retrieves costs what was reserved.
//
// A batch goes on at the vendor for a day, after its exchange and perhaps its process. Its reservation
// stands in the ledger until an exchange learns of its end, for a week at most.
//
// A realtime session is one attempt. What it has used so far and the most that its next response can
// cost is reserved when a response begins; where a budget has too little left, the session ends.
//
// A vendor that bills more than its limits allow is paid in full, and closes the key's own budget
// until that is raised.
//
// The [ledger.Ledger] is durable: a reservation is on disk before anything goes upstream;
// reservations and settlements that are due at the same moment share one transaction.
//
// The ledger decides: a reservation is granted if, in its transaction, it fits all of its accounts.
// What a process knows of an account is what the ledger told last, a hint of how much to ask for. A
// call that waits is woken by the settlements of its process, and the balance is read again for
// those of others.
//
// Where one process owns the ledger ([Open]), a reservation without a lease that is found
// unsettled at the next start counts as spent. Where processes share it ([OpenShared]), a
// reservation has a lease, which its process extends while the call runs; one whose lease has ended
// counts as spent. A crash can therefore cost a budget money, but never give it some.
//
// Each settlement and each credit is a transaction of [ledger.Entry] values that sum to zero; they are only
// ever added. [ledger.Ledger.Verify] adds up entries, accounts and reservations. Nothing else in the
// control store is needed to tell what was spent.
//
// A budget that is changed while calls run counts for each process from when it learns of it.
//
// Package billing imports neither identity nor credential. The principal of an exchange
// tells whether its API key has a lifetime budget; the amounts arrive through [Service.SetLimit].
package billing
