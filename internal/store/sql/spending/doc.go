// Package spending keeps what calls may use and what they cost: the ledger with its reservations, budgets,
// wallets, rate limits, price rules, and the alerts about budgets. It implements the stores of billing,
// ledger, pricing, alert and limit.
//
// Its tables are budgets (the accounts of the ledger), reservations, ledger_entries, usage_limits (the
// budgets that are set), wallets, wallet_credits, rate_limits, price_rules, price_settings, alert_targets,
// alert_announcements and alert_deliveries.
//
// The ledger is not control data: it is written beside other writers, in batches, and its own order of
// locks (ledger.go) keeps two batches from waiting for each other. Only [Store.CreditWallet] writes entries
// as a change of control data. What changes amounts keeps what [Store.Verify] checks: each transaction's
// entries sum to zero, and the sums that accounts keep are those of their entries and reservations.
package spending
