// Package budget is what limits spending: budgets and wallets, and which of them concern a call. Package
// billing enforces them; the ledger holds what was spent.
//
// [Limits] holds all [Budget] and [Wallet] values of the store and of the server's file, answers without
// I/O which concern a call ([Limits.Concerning]), and writes changes through to the [Store]. Each budget,
// group and period, each wallet, and the lifetime budget of each API key is one [Source], with an account
// of its own in the ledger. The name of an account never changes its meaning: a new period or another
// group has another name, so that nothing is ever reset.
//
// A new field of a budget is added to Budget with its JSON name, which is how it is stored, and to
// Validate, which names the field in an error. What this package does not know are amounts that were
// spent or reserved, and prices.
package budget
