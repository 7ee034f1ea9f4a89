package local

import (
	"context"

	"github.com/sluicegate/sluice/gateway"
	"github.com/sluicegate/sluice/gateway/credential"
)

// Identity is the identity that the server itself has in a cloud: identity:default. The call's
// signer asks the cloud for it.
type Identity struct{}

// Read implements credential.Source.
func (Identity) Read(context.Context, string) (credential.Value, error) {
	return credential.Value{Secret: gateway.ServerIdentity}, nil
}
