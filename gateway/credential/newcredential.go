package credential

import (
	"context"
	"fmt"
	"strings"

	"github.com/sluicegate/sluice/gateway"
)

const (
	maxCredentials = 100 // of one virtual key
	maxWeight      = 1000
)

// credentials lists all credentials of n, the default one first.
func (n *NewVirtualKey) credentials() []NewCredential {
	var out []NewCredential
	if !n.Credential.Empty() {
		out = append(out, NewCredential{Name: DefaultCredential, Credential: n.Credential})
	}
	return append(out, n.Credentials...)
}

// field is the path of a credential's field below at.
func (n *NewVirtualKey) field(at string, i int, name string) string {
	if !n.Credential.Empty() {
		if i == 0 {
			return at + "api_key"
		}
		i--
	}
	return fmt.Sprintf("%scredentials[%d].%s", at, i, name)
}

// references lists the references among the credentials, by the path of their field below at.
func (n *NewVirtualKey) references(at string) map[string]string {
	out := map[string]string{}
	for i, c := range n.credentials() {
		if reference, _, _ := ReadAPIKey(c.Credential.Reveal()); reference != "" {
			out[n.field(at, i, "api_key")] = reference
		}
	}
	return out
}

// checkReferences reads the references of n at those sources that are part of this machine: what is
// missing there is a mistake. Vault may be down for a while.
func (s *Service) checkReferences(ctx context.Context, op, at string, n NewVirtualKey) error {
	for field, reference := range n.references(at) {
		if strings.HasPrefix(reference, SchemeVault+":") {
			continue
		}
		if _, err := s.references.ask(ctx, reference); err != nil {
			return &gateway.Error{Op: op, Kind: gateway.Invalid, Param: field, Public: "The field '" + field + "': " + err.Public, Err: err}
		}
	}
	return nil
}

// checkCredentials validates the credentials of n, and makes what is stored of them, except for
// what is sealed.
func checkCredentials(op, at string, n NewVirtualKey) ([]StoredCredential, *gateway.Error) {
	given := n.credentials()
	switch {
	case len(given) == 0:
		return nil, gateway.InvalidField(op, at+"api_key", "The field '"+at+"api_key' must hold the provider's API key on one line ('none' if the provider wants none), or 'credentials' several of them.")
	case len(given) > maxCredentials:
		return nil, gateway.InvalidField(op, at+"credentials", fmt.Sprintf("The field '%scredentials' has more than %d entries.", at, maxCredentials))
	}
	out := make([]StoredCredential, len(given))
	names := map[string]bool{}
	for i, c := range given {
		refuse := func(field, what string) *gateway.Error {
			path := n.field(at, i, field)
			return gateway.InvalidField(op, path, "The field '"+path+"' "+what+".")
		}
		if e := gateway.CheckName(op, n.field(at, i, "name"), c.Name); e != nil {
			return nil, e
		}
		if c.Name == DefaultCredential && (i > 0 || n.Credential.Empty()) {
			return nil, refuse("name", "must not be '"+DefaultCredential+"', which is the name of 'api_key'")
		}
		if names[c.Name] {
			return nil, refuse("name", "names the credential '"+c.Name+"' a second time")
		}
		names[c.Name] = true
		reference, value, problem := ReadAPIKey(c.Credential.Reveal())
		switch {
		case problem != "":
			return nil, refuse("api_key", problem)
		case reference == "" && (value.Empty() || strings.ContainsAny(value.Reveal(), "\r\n\x00")):
			return nil, refuse("api_key", "must hold the provider's API key on one line ('none' if the provider wants none)")
		case c.Weight < 0 || c.Weight > maxWeight:
			return nil, refuse("weight", fmt.Sprintf("must be a whole number from 1 to %d", maxWeight))
		}
		out[i] = StoredCredential{Name: c.Name, Weight: max(c.Weight, 1), Reference: reference}
	}
	return out, nil
}
