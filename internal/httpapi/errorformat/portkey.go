package errorformat

import (
	"net/http"

	"github.com/sluicegate/sluice/gateway"
)

// PortkeyAdmin is the envelope of Portkey's admin API, beside OpenAI's
// (https://portkey.ai/docs/api-reference/admin-api/introduction).
type PortkeyAdmin struct{ OpenAI }

type portkeyAdminError struct {
	Success bool             `json:"success"` // false
	Data    portkeyErrorData `json:"data"`
	errorBody
}

type portkeyErrorData struct {
	Message string `json:"message"`
	Code    string `json:"errorCode"`
}

// portkeyCodes are Portkey's codes of failures, by status.
var portkeyCodes = map[int]string{http.StatusBadRequest: "AB01", http.StatusNotFound: "AB02", http.StatusForbidden: "AB03", http.StatusInternalServerError: "AB04",
	http.StatusUnauthorized: "AB05", http.StatusTooManyRequests: "AB06", http.StatusConflict: "AB07", http.StatusPaymentRequired: "AB09"}

// Error implements Format.
func (f PortkeyAdmin) Error(c Call, e *gateway.Error, status int) any {
	body, _ := f.OpenAI.Error(c, e, status).(errorBody)
	return portkeyAdminError{Data: portkeyErrorData{body.Error.Message, portkeyCodes[status]}, errorBody: body}
}
