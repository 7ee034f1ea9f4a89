// Package auth signs requests to vendors. Signing is a separate step after the codec, so
// codecs are pure and get no credential. It is the last step, so a signature covers the
// complete request. A Signer writes the credential only into the request's headers.
package auth

import (
	"context"
	"net/http"

	"github.com/sluicegate/sluice/gateway"
)

// Call is what a signer needs to know beside the request.
type Call struct {
	Credential gateway.Secret
	// Name names the credential in errors: "the credential 'default' of the virtual key 'vertex'".
	Name     string
	Settings gateway.ProviderSettings // of the virtual key, with the vendor's defaults
	// Operator is true if the operator of the server chose the credential: it may then name files and
	// servers.
	Operator bool
	Body     []byte // of the request
	Service  string // of the cloud that is called, as the signature names it; "" = the signer's own
	// Tokens carries calls to the server that gives tokens. It holds to the address rules.
	Tokens http.RoundTripper
}

// Signer adds a credential to a request. ctx limits the time to fetch a token, if the scheme
// needs one.
type Signer interface {
	Sign(ctx context.Context, r *http.Request, c *Call) error
}

// Bearer sends "Authorization: Bearer …".
type Bearer struct{}

// Sign implements Signer.
func (Bearer) Sign(_ context.Context, r *http.Request, c *Call) error {
	r.Header.Set("Authorization", "Bearer "+c.Credential.Reveal())
	return nil
}

// Header sends the bare credential in the header with this name.
type Header string

// Sign implements Signer.
func (h Header) Sign(_ context.Context, r *http.Request, c *Call) error {
	r.Header.Set(string(h), c.Credential.Reveal())
	return nil
}
