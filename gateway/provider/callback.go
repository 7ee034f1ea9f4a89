package provider

import (
	"net/http"

	"github.com/sluicegate/sluice/gateway"
	"github.com/sluicegate/sluice/gateway/provider/address"
)

// Callback sends a request to an address that is no provider's, such as a webhook: without a proxy,
// and without following redirects. Unless trusted, the rules of [address.Check] hold for it, and for
// what its name resolves to. The caller bounds the time by the request's context.
func (c *Client) Callback(r *http.Request, trusted bool) (*http.Response, error) {
	transport := c.direct
	if !trusted {
		listed, err := address.Trusted(r.URL.String(), c.cfg.TrustedHosts)
		if err != nil {
			return nil, err
		}
		if !listed {
			transport = c.publicOnly
		}
	}
	resp, err := transport.RoundTrip(r)
	if err != nil {
		return nil, &gateway.Error{Op: "provider.Callback", Kind: gateway.BadUpstream, Public: "The address cannot be reached.", Err: err}
	}
	return resp, nil
}
