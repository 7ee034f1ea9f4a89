// Package local reads the credentials that references of virtual keys lead to on the server's own
// machine: environment variables and files.
package local

import (
	"context"

	"github.com/sluicegate/sluice/gateway"
	"github.com/sluicegate/sluice/gateway/credential"
)

// Env reads environment variables: env:NAME. The value is that of the process's start.
type Env func(name string) (string, bool)

// Read implements credential.Source.
func (e Env) Read(_ context.Context, name string) (credential.Value, error) {
	text, ok := e(name)
	if !ok || text == "" {
		return credential.Value{}, unavailable("local.Env", "the environment variable is not set.", nil)
	}
	return credential.Value{Secret: gateway.NewSecret(text)}, nil
}

func unavailable(op, public string, err error) error {
	return &gateway.Error{Op: op, Kind: gateway.Unavailable, Public: public, Err: err}
}
