package billing

import (
	"context"
	"errors"
	"time"

	"github.com/sluicegate/sluice/gateway"
)

// The codes and the type are Portkey's: its clients read them.
const (
	codeInvalidKey = "03"
	codeExhausted  = "04"
	typeExhausted  = "api_key_exhaust_error"
)

const opReserve = "billing.Reserve"

// keyDeleted refuses a call whose API key was deleted after it was authenticated.
func keyDeleted() error {
	return &gateway.Error{Op: opReserve, Kind: gateway.Unauthorized, Code: codeInvalidKey, Public: "This API key was deleted."}
}

// budgetSpent refuses a call that needs more than is left of the budget.
func budgetSpent(need, left, limit int64) error {
	e := &gateway.Error{Op: opReserve, Kind: gateway.Exhausted, Code: codeExhausted, Type: typeExhausted}
	if left <= 0 {
		e.Public = "The budget of this API key, " + gateway.FormatUSD(limit) + " USD, is spent."
		return e
	}
	e.Public = "This call may cost up to " + gateway.FormatUSD(need) + " USD, but only " + gateway.FormatUSD(left) + " of the " + gateway.FormatUSD(limit) +
		" USD budget of this API key are left. A smaller max_tokens makes it cheaper."
	return e
}

// budgetClosed refuses a call after a vendor has billed more than the limits that it was
// sent allow.
func budgetClosed(limit int64) error {
	return &gateway.Error{Op: opReserve, Kind: gateway.Exhausted, Code: codeExhausted, Type: typeExhausted,
		Public: "A provider billed this API key for more than the limits that it was sent allow. The key is closed until its budget is raised above " + gateway.FormatUSD(limit) + " USD."}
}

// budgetReserved refuses a call that has waited too long for calls in flight.
func budgetReserved(limit int64) error {
	return &gateway.Error{Op: opReserve, Kind: gateway.Exhausted, Code: codeExhausted, Type: typeExhausted, RetryAfter: time.Second,
		Public: "What is left of the budget of this API key, " + gateway.FormatUSD(limit) + " USD, is reserved by its calls in flight. Try again when they have ended."}
}

// unpriced refuses a call to a model without a price: nobody could tell when the budget is
// spent.
func unpriced(t *gateway.Target, model string) error {
	return &gateway.Error{Op: opReserve, Kind: gateway.Exhausted, Code: "unpriced_model", Type: "model_not_allowed_error", Param: "model", Target: t.Path,
		Public: "This API key has a budget, and the price of the model '" + model + "' of provider '" + t.Provider +
			"' is not known. Give the price under 'prices' of the virtual key or in a price rule, set a ceiling for models without a price, or use a key without a budget."}
}

// unpricedDenied refuses a call to a model without a price by the policy of its workspace.
func unpricedDenied(t *gateway.Target, model string) error {
	e := unpriced(t, model).(*gateway.Error)
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
