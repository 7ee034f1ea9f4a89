package credential

import (
	"net/http"
	"strings"
	"time"

	"github.com/sluicegate/sluice/gateway"
)

// Refusal is why a provider refused a credential.
type Refusal string

// The refusals. The first two are of the credential itself; the others end by themselves.
const (
	RefusedUnauthorized Refusal = "unauthorized" // 401: wrong, revoked or expired
	RefusedForbidden    Refusal = "forbidden"    // 403: not for this model, region or address
	RefusedQuota        Refusal = "quota"        // 402, or 429 because its money or quota is spent
	RefusedRate         Refusal = "rate_limit"   // 429: too many calls now
)

// How long a refused credential is set aside where the provider says nothing. Each further refusal
// in a row doubles it, up to maxAside.
var aside = map[Refusal]time.Duration{
	RefusedUnauthorized: 30 * time.Second,
	RefusedForbidden:    10 * time.Second,
	RefusedQuota:        time.Minute,
	RefusedRate:         time.Second,
}

const maxAside = 10 * time.Minute

// refusalOf returns why a provider refused the credential of a call, "" if it did not: it then
// failed for a reason that another credential would not change.
func refusalOf(e *gateway.Error) Refusal {
	if e.Kind != gateway.Upstream || e.Code == gateway.CodeContentPolicy || e.Code == gateway.CodeContextWindow {
		return ""
	}
	switch e.Status {
	case http.StatusUnauthorized:
		return RefusedUnauthorized
	case http.StatusPaymentRequired:
		return RefusedQuota
	case http.StatusForbidden:
		return RefusedForbidden
	case http.StatusTooManyRequests:
		if spent(e) {
			return RefusedQuota
		}
		return RefusedRate
	case http.StatusBadRequest:
		if spent(e) { // Anthropic's status for an account without credits
			return RefusedQuota
		}
	}
	return ""
}

// spent reports whether a provider says that the account has no money or quota left. The message
// "you exceeded your current quota" says nothing: Google sends it for limits of a minute, too.
func spent(e *gateway.Error) bool {
	for _, word := range []string{e.Code, e.Type} {
		switch word {
		case "insufficient_quota", "billing_error", "billing_hard_limit_reached", "billing_not_active", "insufficient_balance":
			return true
		}
	}
	text := strings.ToLower(e.Public)
	return strings.Contains(text, "credit balance is too low") || strings.Contains(text, "insufficient balance") || strings.Contains(text, "insufficient credits")
}

// asideFor is how long a credential is set aside after its nth refusal in a row.
func asideFor(why Refusal, n int, retryAfter time.Duration) time.Duration {
	if retryAfter > 0 {
		return min(retryAfter, maxAside)
	}
	return min(aside[why]<<min(n-1, 10), maxAside)
}
