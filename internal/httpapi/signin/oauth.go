package signin

import (
	"net/http"
	"net/url"

	"github.com/sluicegate/sluice/gateway"
	"github.com/sluicegate/sluice/internal/httpapi"
)

func oauthRefusal(op, code, public string) error {
	return &gateway.Error{Op: op, Kind: gateway.Invalid, Code: code, Public: public}
}

// form reads the parameters of a request. Unknown ones are ignored, as RFC 6749 wants.
func form(c *httpapi.Call) (url.Values, error) {
	const op = "signin.form"
	raw, err := c.Body()
	if err != nil {
		return nil, err
	}
	values, err := url.ParseQuery(string(raw))
	if err != nil {
		return nil, oauthRefusal(op, "invalid_request", "The body must be application/x-www-form-urlencoded.")
	}
	for name, v := range values {
		if len(v) > 1 {
			return nil, &gateway.Error{Op: op, Kind: gateway.Invalid, Code: "invalid_request", Param: gateway.Clip(name, 100), Public: "The parameter '" + gateway.Clip(name, 100) + "' appears twice."}
		}
	}
	return values, nil
}

// serverMetadata tells programs where they sign in (RFC 8414).
type serverMetadata struct {
	Issuer        string   `json:"issuer"`
	Device        string   `json:"device_authorization_endpoint"`
	Token         string   `json:"token_endpoint"`
	Revocation    string   `json:"revocation_endpoint"`
	Grants        []string `json:"grant_types_supported"`
	ResponseTypes []string `json:"response_types_supported"`
	Scopes        []string `json:"scopes_supported"`
	ClientAuth    []string `json:"token_endpoint_auth_methods_supported"`
}

func (h *handlers) metadata(c *httpapi.Call) error {
	c.SetHeader("Cache-Control", "no-store")
	base := c.Origin()
	return c.SendJSON(http.StatusOK, serverMetadata{Issuer: base, Device: base + "/oauth/device_authorization", Token: base + "/oauth/token", Revocation: base + "/oauth/revoke",
		Grants: []string{grantDevice, grantRefresh}, ResponseTypes: []string{}, Scopes: []string{"inference", "admin"}, ClientAuth: []string{"none"}})
}
