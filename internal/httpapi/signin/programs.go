package signin

import (
	"net/http"

	"github.com/sluicegate/sluice/gateway"
	"github.com/sluicegate/sluice/internal/httpapi"
	"github.com/sluicegate/sluice/internal/httpapi/errorformat"
)

// deviceRoutes are those by which a program asks, and a person lets it in.
func (h *handlers) deviceRoutes() []httpapi.Route {
	html := []string{"text/html"}
	return []httpapi.Route{
		{Method: http.MethodPost, Path: "/v1/auth/device", Need: gateway.SignIn, Audit: httpapi.AuditDenied("device.start"), Handle: h.startDevice, Errors: errorformat.OAuth{},
			About: httpapi.Description{Summary: "Lets a program ask to be let in; a form with an optional scope", Answer: deviceStarted{}}},
		{Method: http.MethodPost, Path: "/v1/auth/device/token", Need: gateway.SignIn, Audit: httpapi.AuditDenied("session.token"), Handle: h.token, Errors: errorformat.OAuth{},
			About: httpapi.Description{Summary: "Exchanges a device code or a refresh token for a token; a form", Answer: issued{}}},
		{Method: http.MethodGet, Path: "/v1/auth/device", Need: gateway.SessionsOwn, Audit: httpapi.AuditDenied("device.get"), Handle: h.showDevice,
			About: httpapi.Description{Summary: "Tells which program shows a user code", Query: []httpapi.Field{{Name: "user_code"}}, Answer: waiting{}}},
		{Method: http.MethodPost, Path: "/v1/auth/device/approve", Need: gateway.SessionsOwn, Audit: httpapi.AuditEvery("device.decide"), Handle: h.approveDevice,
			About: httpapi.Description{Summary: "Lets a program in, or refuses it", Body: answerToDevice{}, Answer: decided{}}},
		{Method: http.MethodGet, Path: "/device", Need: gateway.SignIn, Audit: httpapi.AuditDenied("device.get"), Handle: h.devicePage,
			About: httpapi.Description{Summary: "Shows the page on which people let programs in", Query: []httpapi.Field{{Name: "user_code"}}, Types: html}},
		{Method: http.MethodPost, Path: "/device", Need: gateway.SignIn, Audit: httpapi.AuditDenied("device.decide"), Handle: h.decideOnPage,
			About: httpapi.Description{Summary: "Takes the form of that page", Types: html}},
		{Method: http.MethodPost, Path: "/device/sign-in", Need: gateway.SignIn, Audit: httpapi.AuditEvery("session.create"), Handle: h.signInOnPage,
			About: httpapi.Description{Summary: "Signs in on that page", Types: html}},
	}
}

// oauthRoutes are the same at the places where programs look for OAuth 2.0.
func (h *handlers) oauthRoutes() []httpapi.Route {
	return []httpapi.Route{
		{Method: http.MethodGet, Path: "/.well-known/oauth-authorization-server", Need: gateway.SignIn, Audit: httpapi.AuditDenied("session.metadata"), Handle: h.metadata, Errors: errorformat.OAuth{},
			About: httpapi.Description{Summary: "Tells programs where they sign in (RFC 8414)", Answer: serverMetadata{}}},
		{Method: http.MethodPost, Path: "/oauth/device_authorization", Need: gateway.SignIn, Audit: httpapi.AuditDenied("device.start"), Handle: h.startDevice, Errors: errorformat.OAuth{},
			About: httpapi.Description{Summary: "Lets a program ask to be let in; a form with an optional scope (RFC 8628)", Answer: deviceStarted{}}},
		{Method: http.MethodPost, Path: "/oauth/token", Need: gateway.SignIn, Audit: httpapi.AuditDenied("session.token"), Handle: h.token, Errors: errorformat.OAuth{},
			About: httpapi.Description{Summary: "Exchanges a device code or a refresh token for a token; a form (RFC 6749)", Answer: issued{}}},
		{Method: http.MethodPost, Path: "/oauth/revoke", Need: gateway.SignIn, Audit: httpapi.AuditDenied("session.delete"), Handle: h.revokeToken, Errors: errorformat.OAuth{},
			About: httpapi.Description{Summary: "Ends the session of a token; a form (RFC 7009)", Answer: struct{}{}}},
	}
}

// answerToDevice is the body of a decision.
type answerToDevice struct {
	UserCode string `json:"user_code"`
	Approve  *bool  `json:"approve,omitempty"` // left out: true
	APIKey   string `json:"api_key,omitempty"` // id or name; left out: the only one
}

// decided answers a decision.
type decided struct {
	Object   string `json:"object"`
	Approved bool   `json:"approved"`
}
