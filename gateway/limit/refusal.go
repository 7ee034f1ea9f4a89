package limit

import (
	"strconv"

	"github.com/sluicegate/sluice/gateway"
)

// The code and the types of refusals are Portkey's: its clients read them.
const codeRateLimited = "05"

// refusal tells the caller which limit is reached and when to try again.
func refusal(ex *gateway.Exchange, t taken, s State) error {
	r := t.rule
	e := &gateway.Error{Op: "limit.Take", Kind: gateway.RateLimited, Code: codeRateLimited, Type: r.refusalType(), RetryAfter: s.RetryAfter}
	if ex.Target != nil {
		e.Target = ex.Target.Path
	}
	limit := r.describe()
	switch {
	case r.Kind == Concurrency:
		e.RetryAfter, e.Public = retryLease, "The limit of "+limit+" is reached. Try again when one of them has ended."
	case t.claim.Amount > r.Value:
		e.Public = "This call needs about " + strconv.FormatInt(t.claim.Amount, 10) + " tokens, more than the limit of " + limit +
			" ever allows. A shorter input or a smaller max_tokens makes it fit."
	case r.Kind == Tokens:
		e.Public = "This call needs about " + strconv.FormatInt(t.claim.Amount, 10) + " tokens, and " + strconv.FormatInt(s.Remaining, 10) +
			" are left of the limit of " + limit + ". Try again in " + s.RetryAfter.String() + "."
	default:
		e.Public = "The limit of " + limit + " is reached. Try again in " + s.RetryAfter.String() + "."
	}
	return e
}

// describe is the rule in words: "60 requests per minute (limit 'trial')".
func (r *Rule) describe() string {
	words := map[Unit]string{"rps": "second", "rpm": "minute", "rph": "hour", "rpd": "day", "rpw": "week", "rpmonth": "month"}
	text := strconv.FormatInt(r.Value, 10) + " " + map[Kind]string{Requests: "requests", Tokens: "tokens", Concurrency: "requests at the same time"}[r.Kind]
	if r.Unit != "" {
		text += " per " + words[r.Unit]
	}
	switch {
	case r.Owner.Attribute == "api_key":
		text += " of this API key"
	case r.Owner.Attribute == "virtual_key":
		text += " of this virtual key"
	case r.Name != "":
		text += " (limit '" + r.Name + "')"
	}
	return text
}

// refusalType is the type in the error body.
func (r *Rule) refusalType() string {
	switch r.Owner.Attribute {
	case "api_key":
		return "api_key_rate_limit_error"
	case "virtual_key":
		return "virtual_key_rate_limit_error"
	}
	return "rate_limits_policy_exhaust_error"
}
