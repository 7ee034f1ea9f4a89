package billing

import (
	"context"
	"errors"
	"time"

	"github.com/sluicegate/sluice/gateway"
	"github.com/sluicegate/sluice/gateway/billing/budget"
)

// The codes and the type are Portkey's: its clients read them.
const (
	codeInvalidKey = "03"
	codeExhausted  = "04"
	typeExhausted  = "api_key_exhaust_error"
	typePolicy     = "usage_limits_policy_exhaust_error"
)

const opReserve = "billing.Reserve"

// keyDeleted refuses a call whose API key was deleted after it was authenticated.
func keyDeleted() error {
	return &gateway.Error{Op: opReserve, Kind: gateway.Unauthorized, Code: codeInvalidKey, Public: "This API key was deleted."}
}

// exhausted is the refusal of a call for which an account has too little.
func (a *account) exhausted(public string) *gateway.Error {
	e := &gateway.Error{Op: opReserve, Kind: gateway.Exhausted, Code: codeExhausted, Type: typeExhausted, Public: public}
	if a.source.Kind != budget.OfAPIKey && a.source.Owner.Attribute != "api_key" {
		e.Type = typePolicy
	}
	return e
}

// spentUp refuses a call that needs more than is left. The caller holds mu.
func (a *account) spentUp(need, left int64, now time.Time) error {
	of, limit := a.source, gateway.FormatUSD(a.limit)+" USD"
	var e *gateway.Error
	switch {
	case left > 0:
		e = a.exhausted("This call may cost up to " + gateway.FormatUSD(need) + " USD, but only " + gateway.FormatUSD(left) + " of the " + ofLimit(of, limit) + " are left. A smaller max_tokens makes it cheaper.")
	case of.Kind == budget.OfWallet:
		e = a.exhausted("The " + called(of) + " is empty: the " + limit + " that were paid in are spent.")
	default:
		e = a.exhausted("The " + called(of) + ", " + limit + every(of) + ", is spent.")
	}
	if !of.Resets.IsZero() {
		e.Public += " It begins anew at " + of.Resets.Format(time.RFC3339) + "."
		if need <= a.limit {
			e.RetryAfter = max(of.Resets.Sub(now), time.Second)
		}
	}
	return e
}

// closedUp refuses a call after a vendor has billed more than the limits that it was sent allow.
// The caller holds mu.
func (a *account) closedUp() error {
	return a.exhausted("A provider billed this API key for more than the limits that it was sent allow. The key is closed until its budget is raised above " + gateway.FormatUSD(a.limit) + " USD.")
}

// reservedUp refuses a call that has waited too long for calls in flight.
func (a *account) reservedUp() error {
	a.mu.Lock()
	defer a.mu.Unlock()
	by := ", is reserved by calls in flight."
	if a.source.Kind == budget.OfAPIKey {
		by = ", is reserved by its calls in flight."
	}
	e := a.exhausted("What is left of the " + called(a.source) + ", " + gateway.FormatUSD(a.limit) + " USD" + every(a.source) + by + " Try again when they have ended.")
	e.RetryAfter = time.Second
	return e
}

// called is an account in words.
func called(s budget.Source) string {
	switch {
	case s.Owner.Attribute == "virtual_key":
		return "budget of the virtual key '" + s.Name + "'"
	case s.Kind == budget.OfBudget && s.Owner.Attribute == "":
		return "budget '" + s.Name + "'"
	case s.Kind == budget.OfWallet:
		return "wallet '" + s.Name + "'"
	}
	return "budget of this API key"
}

// ofLimit is the limit with what it is the limit of.
func ofLimit(s budget.Source, limit string) string {
	switch {
	case s.Kind == budget.OfBudget && s.Owner.Attribute == "":
		return limit + every(s) + " of the " + called(s)
	case s.Kind == budget.OfWallet:
		return limit + " that were paid into the " + called(s)
	}
	return limit + every(s) + " " + called(s)
}

// every is the period in words, "" of a lifetime.
func every(s budget.Source) string {
	if s.Period == budget.Life {
		return ""
	}
	return " a " + string(s.Period)
}

// unpriced refuses a call to a model without a price: nobody could tell when the budget is
// spent.
func unpriced(t *gateway.Target, model string) *gateway.Error {
	return &gateway.Error{Op: opReserve, Kind: gateway.Exhausted, Code: "unpriced_model", Type: "model_not_allowed_error", Param: "model", Target: t.Path,
		Public: "This API key has a budget, and the price of the model '" + model + "' of provider '" + t.Provider +
			"' is not known. Give the price under 'prices' of the virtual key or in a price rule, set a ceiling for models without a price, or use a key without a budget."}
}

// pricedByPiece refuses a call that does not tell how many of the pieces it uses that its model is priced by.
func pricedByPiece(t *gateway.Target, model string) error {
	return &gateway.Error{Op: opReserve, Kind: gateway.Exhausted, Code: "cost_unbounded", Type: "model_not_allowed_error", Param: "model", Target: t.Path,
		Public: "This API key has a budget, and the model '" + model + "' of provider '" + t.Provider +
			"' is priced by the piece (an image, a second, a character), of which such a call does not tell the number. Ask for it by the operation that Sluice has for it, such as /v1/images/generations or /v1/audio/speech, or use a key without a budget."}
}

// unpricedDenied refuses a call to a model without a price by the policy of its workspace.
func unpricedDenied(t *gateway.Target, model string) error {
	e := unpriced(t, model)
	e.Public = "The price of the model '" + model + "' of provider '" + t.Provider + "' is not known, and this workspace refuses such models. Give the price under 'prices' of the virtual key or in a price rule."
	return e
}

// callerLeft is the error of a call whose context ended before anything went upstream.
func callerLeft(err error) error {
	if errors.Is(err, context.DeadlineExceeded) {
		return &gateway.Error{Op: opReserve, Kind: gateway.Timeout, Public: "The time for this call ran out while its budget was reserved.", Err: err}
	}
	return err
}
