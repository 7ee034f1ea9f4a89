// Package alert tells people when spending crosses a share of a budget or a wallet.
//
// # Flow
//
// Billing calls [Service.Reached] when the ledger has moved an account over a share of its limit.
// The announcer, one goroutine, writes the announcement to the [Store] and one delivery for each
// [Target] whose workspace it concerns, in one transaction. The announcement is a conditional
// insert: of all replicas that learn of a crossing, one writes it, once for each account, limit and
// share. An account is that of one period, so a new period announces anew.
//
// The queue before the announcer is bounded. What does not fit is counted and dropped; so is what a
// process does not get to write before it dies. Neither is lost: at the start and every minute
// billing tells again which shares its accounts have reached, and what was announced already is
// ignored.
//
// The courier, another goroutine, takes deliveries that are due, each for a lease, so that no two
// replicas send the same one at a time. A delivery is removed when the receiver answered 2xx; else it
// is tried again with growing pauses, for a day. A crash between the answer and the removal sends
// it twice, with the same id.
//
// # Secrets
//
// The URL of a target and its secret are sealed in the store and never shown: the URL of a Slack
// webhook is a secret by itself.
package alert
