package httpapi

import (
	"github.com/sluicegate/sluice/gateway"
	"github.com/sluicegate/sluice/gateway/clientsecret"
	"github.com/sluicegate/sluice/internal/httpapi/header"
)

// Grant is what the caller's client secret stands for; nil: the caller has an API key.
func (c *Call) Grant() *clientsecret.Grant { return c.grant }

// GrantHeader are the headers of this call that a client secret which it issues brings along.
func (c *Call) GrantHeader() map[string]string { return c.headers.Grant() }

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
	header.SetGrant(c.Request().Header, grant.Header)
	return p, nil
}
