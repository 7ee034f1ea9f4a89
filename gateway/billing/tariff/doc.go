// Package tariff knows what a model costs at a target, what its callers pay for it, and the most that a call
// can cost before it is made. It does no I/O and keeps nothing.
//
// [Rates] finds the [Tariff] of a model: the price of the virtual key, else the list price, and the rule by
// which callers pay another one. [Tariff.Charge] prices what was used, [Tariff.Most] what can be used under
// the prices that are [Possible].
package tariff
