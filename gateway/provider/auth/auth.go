// Package auth signs calls of vendors. Signing comes after the codec, so that a codec stays
// pure and knows no credential; it comes last, so that a signature covers what is sent. A
// Signer writes the credential into the request's headers and nowhere else.
package auth

import (
	"context"
	"net/http"

	"github.com/sluicegate/sluice/gateway"
)

// Signer puts a credential on a call. ctx bounds the fetching of a token, where the scheme
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

// Header sends the bare credential in the header of this name.
type Header string

// Sign implements Signer.
func (h Header) Sign(_ context.Context, r *http.Request, credential gateway.Secret) error {
	r.Header.Set(string(h), credential.Reveal())
	return nil
}
