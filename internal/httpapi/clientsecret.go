package httpapi

import (
	"net/http"
	"strings"

	"github.com/sluicegate/sluice/gateway"
	"github.com/sluicegate/sluice/gateway/clientsecret"
)

// grantHeaders are the headers that a client secret brings along from the call that issued it.
var grantHeaders = []spelled{hConfig, hVirtualKey, hProvider, hMetadata}

// Grant is what the caller's client secret stands for; nil: the caller has an API key.
func (c *Call) Grant() *clientsecret.Grant { return c.grant }

// GrantHeader are the headers of this call that a client secret which it issues brings along.
func (c *Call) GrantHeader() map[string]string {
	out := map[string]string{}
	for _, name := range grantHeaders {
		if v := c.headers.value(name); v != "" {
			out[name.own] = v
		}
	}
	return out
}

// redeem asks what the caller's client secret stands for. Of the headers that are for Sluice, those of the
// secret take the place of the caller's: who has a secret chooses nothing but what is said.
func (c *Call) redeem() (*gateway.Principal, error) {
	secrets := c.server.settings.Secrets
	elsewhere := &gateway.Error{Op: "httpapi.redeem", Kind: gateway.Unauthorized, Code: "invalid_client_secret",
		Public: "A client secret opens realtime sessions of the API that issued it, and nothing else."}
	if c.takesSecrets == "" || secrets == nil {
		return nil, elsewhere
	}
	p, grant, err := secrets.Redeem(c.Context(), c.apiKey, c.ClientIP())
	if err != nil {
		return nil, err
	}
	if grant.API != c.takesSecrets {
		return nil, elsewhere
	}
	c.grant, c.credential = grant, gateway.Secret{}
	head := c.Request().Header
	for name := range head {
		canonical := http.CanonicalHeaderKey(name)
		if strings.HasPrefix(canonical, native) || strings.HasPrefix(canonical, alias) {
			delete(head, name)
		}
	}
	for name, value := range grant.Header {
		head.Set(name, value)
	}
	return p, nil
}
