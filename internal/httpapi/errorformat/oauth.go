package errorformat

import (
	"net/http"
	"slices"

	"github.com/sluicegate/sluice/gateway"
)

// OAuth is the envelope of OAuth 2.0 (RFC 6749, section 5.2).
type OAuth struct{}

type oauthError struct {
	Error       string `json:"error"`
	Description string `json:"error_description"`
}

// oauthCodes are the codes that clients of OAuth know.
var oauthCodes = []string{"invalid_request", "invalid_grant", "invalid_scope", "unsupported_grant_type", "authorization_pending", "slow_down", "expired_token", "access_denied"}

// Error implements Format.
func (OAuth) Error(_ Call, e *gateway.Error, status int) any {
	code := "invalid_request"
	switch {
	case slices.Contains(oauthCodes, e.Code):
		code = e.Code
	case e.Kind == gateway.RateLimited:
		code = "slow_down"
	case status == http.StatusServiceUnavailable:
		code = "temporarily_unavailable"
	case status >= http.StatusInternalServerError:
		code = "server_error"
	}
	return oauthError{code, e.Public}
}

// StreamError implements Format.
func (f OAuth) StreamError(c Call, e *gateway.Error, status int) any {
	return f.Error(c, e, status)
}
