package admin

import (
	"strconv"
	"time"

	"github.com/sluicegate/sluice/gateway"
	"github.com/sluicegate/sluice/gateway/billing/budget"
	"github.com/sluicegate/sluice/internal/httpapi/admin/action"
	"github.com/sluicegate/sluice/internal/httpapi/admin/own"
)

// keyBudget is a budget that one key has, with what was spent of it in its present period.
type keyBudget struct {
	Limit    usd           `json:"credit_limit"`
	Period   budget.Period `json:"period"`
	TimeZone string        `json:"time_zone"`
	Spent    usd           `json:"spent_usd"`
	Reserved usd           `json:"reserved_usd"` // by calls in flight
	Resets   *time.Time    `json:"resets_at"`    // null: never
}

func keyBudgetsOf(budgets []own.Budget) []keyBudget {
	out := make([]keyBudget, len(budgets))
	for i, b := range budgets {
		out[i] = keyBudget{Limit: usd(b.Limit), Period: b.Period, TimeZone: b.TimeZone, Spent: usd(b.Spent), Reserved: usd(b.Reserved), Resets: resetOf(b)}
		if b.TimeZone == "" {
			out[i].TimeZone = "UTC"
		}
	}
	return out
}

// resetOf is when the next period of a budget begins; nil: never.
func resetOf(b own.Budget) *time.Time {
	if b.Resets.IsZero() {
		return nil
	}
	at := b.Resets.UTC()
	return &at
}

// periodic are the budgets of an API key without its lifetime budget, which its own fields show.
func periodic(budgets []own.Budget) []own.Budget {
	if len(budgets) > 0 && budgets[0].Period == budget.Life {
		return budgets[1:]
	}
	return budgets
}

// newKeyBudget is one entry of the field budgets.
type newKeyBudget struct {
	Limit    usd           `json:"credit_limit"`
	Period   budget.Period `json:"period"`
	TimeZone string        `json:"time_zone,omitempty"`
}

// readKeyBudgets reads a list of {credit_limit, period, time_zone}, nil if it is absent. null is an
// empty list.
func readKeyBudgets(f *form, name string, periods ...string) *[]budget.Budget {
	if !f.Given(name) {
		return nil
	}
	out := []budget.Budget{}
	v, ok := f.Take(name, false, []newKeyBudget{})
	if !ok {
		return &out
	}
	if !v.IsArray() {
		f.Wrong(name, `must be a list such as [{"credit_limit": 10, "period": "month"}]`)
		return &out
	}
	for i, item := range v.Array() {
		at := name + "[" + strconv.Itoa(i) + "]"
		if !item.IsObject() {
			f.Wrong(at, `must be a budget such as {"credit_limit": 10, "period": "month"}`)
			continue
		}
		in := action.Inside(item)
		if !in.Given("period") {
			in.Wrong("period", "is missing")
		}
		b := budget.Budget{Period: budget.Period(in.OneOf("period", periods...)), TimeZone: in.Text("time_zone", false)}
		b.Limit, _ = nano(in, "credit_limit", true)
		for _, shown := range []string{"spent_usd", "reserved_usd", "resets_at"} { // who changes what was read sends it back
			in.Take(shown, false)
		}
		f.Close(at, in)
		out = append(out, b)
	}
	return &out
}

// usageLimits is a budget in Portkey's form.
type usageLimits struct {
	Type   string     `json:"type"` // "cost"
	Limit  usd        `json:"credit_limit"`
	Reset  *string    `json:"periodic_reset"`      // daily, weekly or monthly; null: never
	Resets *time.Time `json:"next_usage_reset_at"` // null: never
}

// usageLimitsOf is the first budget of a key; nil if it has none.
func usageLimitsOf(budgets []own.Budget) *usageLimits {
	if len(budgets) == 0 {
		return nil
	}
	out := &usageLimits{Type: "cost", Limit: usd(budgets[0].Limit), Resets: resetOf(budgets[0])}
	if word, resets := portkeyPeriods[budgets[0].Period]; resets {
		out.Reset = &word
	}
	return out
}

// spentUp reports whether a budget of a key is spent.
func spentUp(budgets []own.Budget) bool {
	for _, b := range budgets {
		if b.Spent >= b.Limit {
			return true
		}
	}
	return false
}

// usageLimitsInput is what readUsageLimits reads.
type usageLimitsInput struct {
	Type  string `json:"type,omitempty"`
	Limit usd    `json:"credit_limit"`
	Reset string `json:"periodic_reset,omitempty"`
}

// readUsageLimits reads {type, credit_limit, periodic_reset}: a budget in USD, for the life of the key
// or in each period. given is false if the field is absent; the budget is nil if it is null.
func readUsageLimits(f *form) (b *budget.Budget, given bool) {
	if !f.Given("usage_limits") {
		return nil, false
	}
	v, ok := f.Take("usage_limits", false, usageLimitsInput{})
	if !ok {
		return nil, true
	}
	if !v.IsObject() {
		f.Wrong("usage_limits", `must be an object such as {"type": "cost", "credit_limit": 10, "periodic_reset": "monthly"}`)
		return nil, true
	}
	in := action.Inside(v)
	if kind := in.OneOf("type", "cost", "tokens"); kind == "tokens" {
		in.Wrong("type", "must be cost: tokens are limited by rate_limits")
	}
	b = &budget.Budget{Period: readPeriodicReset(in)}
	limit, ok := nano(in, "credit_limit", true)
	if b.Limit = limit; ok && limit == 0 {
		in.Wrong("credit_limit", "must be above 0; to stop all calls of a key, disable it")
	}
	in.Take("next_usage_reset_at", false) // follows from the period
	in.Idle(": a budget begins anew each day, week or month, see periodic_reset", "periodic_reset_days")
	in.Idle(": POST /v1/alert-targets names who hears of each budget", "alert_threshold")
	f.Close("usage_limits", in)
	return b, true
}

// readPeriodicReset reads the period of a budget in Portkey's words.
func readPeriodicReset(f *form) budget.Period {
	word := f.OneOf("periodic_reset", "daily", "weekly", "monthly")
	for period, known := range portkeyPeriods {
		if word == known {
			return period
		}
	}
	return budget.Life
}

// usdOf writes the amount of a budget as the forms read it; "" for nil.
func usdOf(b *budget.Budget) string {
	if b == nil {
		return ""
	}
	return gateway.FormatUSD(b.Limit)
}
