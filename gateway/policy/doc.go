// Package policy says which calls a rule concerns: a rate limit, a budget. A [Scope] has
// conditions on attributes of a call, and groups, so that each value of an attribute counts by
// itself. "100 USD a month for each member" is one rule, grouped by member. A [Set] finds the
// rules of a call without asking all of them.
//
// An [Attribute] is known from a [Moment] of the call on: the API key when the headers are read,
// the model when a target was chosen.
//
// The words are those of Portkey's policies
// (https://portkey.ai/docs/product/administration/enforce-budget-and-rate-limit).
package policy
