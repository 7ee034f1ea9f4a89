package provider

import (
	"context"
	"net/http"

	"github.com/sluicegate/sluice/gateway"
	"github.com/sluicegate/sluice/gateway/provider/address"
	"github.com/sluicegate/sluice/gateway/provider/auth"
	"github.com/sluicegate/sluice/gateway/provider/auth/aws"
	"github.com/sluicegate/sluice/gateway/provider/auth/entra"
	"github.com/sluicegate/sluice/gateway/provider/auth/google"
	"github.com/sluicegate/sluice/gateway/provider/settings"
	"github.com/sluicegate/sluice/gateway/provider/vendor"
)

// signers are the signers that keep tokens.
type signers struct {
	google google.Signer
	entra  entra.Signer
	aws    aws.Signer
}

// signer returns the signer for a format of a vendor. Anthropic and Google take their own header in
// their own format only.
func (c *Client) signer(v *vendor.Vendor, format string, call *auth.Call) auth.Signer {
	switch {
	case v.Scheme == vendor.SchemeAWS:
		return &c.signers.aws
	case v.Scheme == vendor.SchemeEntra && entra.Signs(call):
		return &c.signers.entra
	case v.Scheme == vendor.SchemeGoogle:
		return &c.signers.google
	case v.Format != vendor.FormatOpenAI && v.Format != vendor.FormatByModel && format != v.OwnFormat(""):
		return auth.Bearer{}
	}
	return keySigner(v)
}

// keySigner returns the signer that puts the credential into the vendor's header.
func keySigner(v *vendor.Vendor) auth.Signer {
	if v.CredentialHeader != "" {
		return auth.Header(v.CredentialHeader)
	}
	return auth.Bearer{}
}

// sign signs a call of t in a format. body is what is sent.
func (c *Client) sign(ctx context.Context, r *http.Request, v *vendor.Vendor, t *gateway.Target, format string, body []byte) error {
	return c.signFor(ctx, r, v, t, format, body, "")
}

// signFor is sign for a service of the vendor's cloud.
func (c *Client) signFor(ctx context.Context, r *http.Request, v *vendor.Vendor, t *gateway.Target, format string, body []byte, service string) error {
	call := c.signing(v, t, body)
	call.Service = service
	if at := call.Settings[settings.TokenURL.Name]; at != "" && !call.Operator {
		if _, err := address.Trusted(at, c.cfg.TrustedHosts); err != nil {
			e := *gateway.AsError(err)
			e.Param = "settings.token_url" // the rule is shared with custom hosts
			return &e
		}
	}
	return c.signer(v, format, call).Sign(ctx, r, call)
}

// signing is what the signer of a call of t needs to know. body is what is sent.
func (c *Client) signing(v *vendor.Vendor, t *gateway.Target, body []byte) *auth.Call {
	name := "the credential of the call"
	if t.VirtualKey != "" {
		name = "the virtual key '" + t.VirtualKey + "'"
		if t.CredentialName != "" {
			name = "the credential '" + t.CredentialName + "' of " + name
		}
	}
	operator := t.VirtualKey != "" && !t.CheckFormats
	given := gateway.ProviderSettings{}
	for _, s := range v.Takes() {
		if value := v.Setting(t, s); value != "" {
			given[s.Name] = value
		}
	}
	return &auth.Call{Credential: t.Credential, Name: name, Settings: given, Operator: operator, Body: body, Tokens: tokenTransport{c, !operator && given[settings.TokenURL.Name] != ""}}
}

// tokenTransport carries calls to servers that give tokens.
type tokenTransport struct {
	c       *Client
	checked bool // somebody else than the operator chose the address
}

// RoundTrip implements http.RoundTripper.
func (t tokenTransport) RoundTrip(r *http.Request) (*http.Response, error) {
	trusted := true
	if t.checked {
		var err error
		if trusted, err = address.Trusted(r.URL.String(), t.c.cfg.TrustedHosts); err != nil {
			return nil, err
		}
	}
	transport, err := t.c.transport(r, t.checked, trusted)
	if err != nil {
		return nil, err
	}
	return transport.RoundTrip(r)
}
