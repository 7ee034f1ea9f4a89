// Package auth signs requests to vendors. Signing is a separate step after the codec, so
// codecs are pure and get no credential. It is the last step, so a signature covers the
// complete request. A Signer writes the credential only into the request's headers.
package auth

import (
	"context"
	"net/http"

	"github.com/sluicegate/sluice/gateway"
)

// Signer adds a credential to a request. ctx limits the time to fetch a token, if the scheme
// needs one.
type Signer interface {
	Sign(ctx context.Context, r *http.Request, credential gateway.Secret) error
}

// Bearer sends "Authorization: Bearer …".
type Bearer struct{}

// Sign implements Signer.
func (Bearer) Sign(_ context.Context, r *http.Request, credential gateway.Secret) error {
	r.Header.Set("Authorization", "Bearer "+credential.Reveal())
	return nil
}

// Header sends the bare credential in the header with this name.
type Header string

// Sign implements Signer.
func (h Header) Sign(_ context.Context, r *http.Request, credential gateway.Secret) error {
	r.Header.Set(string(h), credential.Reveal())
	return nil
}
