// Package pricing says what callers pay: price rules, and what becomes of models without a price.
//
// # Rules
//
// A [Rule] concerns the calls of a workspace or of all, of a team, to a virtual key, a provider or
// a model. It sets a factor on what the vendor bills, or a price of its own per token. At most one
// rule applies to an attempt, the most specific one: a rule of a team comes before one of a whole
// workspace, that before one of all workspaces; among those a rule of a virtual key comes before
// others, then the exact model, then the longest beginning of a model, then a provider. Two rules
// that choose the same calls are refused, so that this order leaves no tie.
//
// The rules of the server's file and those that the admin API stored count alike.
//
// # Models without a price
//
// The server has a setting and a workspace may have its own: see [gateway.UnpricedModels].
//
// Calls read an immutable snapshot. Changes are made one at a time, to the store and then to the
// snapshot; [Service.Load] reads what another process changed.
package pricing
