package credential

import (
	"context"
	"maps"
	"slices"
	"strconv"
	"time"

	"github.com/sluicegate/sluice/gateway"
)

// VirtualKeyChange lists what changes of a virtual key; nil leaves it as it is. A key keeps its name,
// its provider and its workspace.
type VirtualKeyChange struct {
	Note      *string
	BaseURL   *string // "" = the vendor's
	Models    *[]string
	Prices    *gateway.Prices
	MaxOutput *map[string]int64
	Formats   *gateway.Formats
	Settings  *gateway.ProviderSettings
	ExpiresAt *time.Time // zero = never

	// Credential replaces the credential named "default"; empty leaves it.
	Credential gateway.Secret
	// Credentials replaces the further ones; nil leaves them. One without a value keeps the value that
	// the credential of its name has.
	Credentials []NewCredential
}

const maxNoteBytes = 2000

// UpdateVirtualKey changes a virtual key.
func (s *Service) UpdateVirtualKey(ctx context.Context, by *gateway.Principal, ref string, to VirtualKeyChange) (VirtualKeyInfo, error) {
	const op = "credential.UpdateVirtualKey"
	s.write.Lock()
	defer s.write.Unlock()
	e, err := s.changeable(ctx, op, by, ref, gateway.VirtualKeysUpdate)
	if err != nil {
		return VirtualKeyInfo{}, err
	}
	k, err := s.changed(op, e.stored, to)
	if err != nil {
		return VirtualKeyInfo{}, err
	}
	if err := s.checkChangedAccount(op, k, to); err != nil {
		return VirtualKeyInfo{}, err
	}
	if leadsElsewhere(e.stored, k) && slices.ContainsFunc(k.Credentials, func(c StoredCredential) bool { return c.Reference != "" }) {
		if err := gateway.Require(op, by, gateway.VirtualKeysReference); err != nil {
			return VirtualKeyInfo{}, err
		}
	}
	given := NewVirtualKey{Credential: to.Credential, Credentials: to.Credentials}
	if len(given.references("")) > 0 {
		if err := gateway.Require(op, by, gateway.VirtualKeysReference); err != nil {
			return VirtualKeyInfo{}, err
		}
		if err := s.checkReferences(ctx, op, "", given); err != nil {
			return VirtualKeyInfo{}, err
		}
	}
	if err := s.put(ctx, k); err != nil {
		return VirtualKeyInfo{}, err
	}
	return s.info(s.snapshot.Load().entries[k.ID]), nil
}

// leadsElsewhere reports whether a change may send the credentials of a key to another place. What a
// reference leads to, such as the identity of the server in its cloud, is worth more than the key, so
// that only those may move it who may refer to it.
func leadsElsewhere(from, to VirtualKey) bool {
	return from.BaseURL != to.BaseURL || !maps.Equal(from.Formats, to.Formats) || !maps.Equal(from.Settings, to.Settings)
}

// changed is a key after a change.
func (s *Service) changed(op string, k VirtualKey, to VirtualKeyChange) (VirtualKey, error) {
	n := NewVirtualKey{Name: k.Name, Provider: k.Provider, Credential: gateway.NewSecret("none"), // the stored ones are replaced below
		Note: with(k.Note, to.Note), BaseURL: with(k.BaseURL, to.BaseURL), Models: with(k.Models, to.Models), Prices: with(k.Prices, to.Prices),
		MaxOutput: with(k.MaxOutput, to.MaxOutput), Formats: with(k.Formats, to.Formats), Settings: with(k.Settings, to.Settings), ExpiresAt: with(k.ExpiresAt, to.ExpiresAt)}
	out, err := s.checkNew(op, "", n)
	if err != nil {
		return VirtualKey{}, err
	}
	if to.ExpiresAt != nil {
		if err := s.checkExpiry(op, "", n); err != nil {
			return VirtualKey{}, err
		}
	}
	if err := s.checkAddresses(NewVirtualKey{BaseURL: with("", to.BaseURL), Formats: with(nil, to.Formats), Settings: with(nil, to.Settings)}); err != nil {
		return VirtualKey{}, err
	}
	out.ID, out.Workspace, out.Disabled, out.CreatedAt = k.ID, k.Workspace, k.Disabled, k.CreatedAt
	out.Credentials, err = s.changedCredentials(op, k, to)
	return out, err
}

// with is the new value, or the present one if there is none.
func with[T any](present T, to *T) T {
	if to == nil {
		return present
	}
	return *to
}

// changedCredentials are the credentials of a key after a change.
func (s *Service) changedCredentials(op string, k VirtualKey, to VirtualKeyChange) ([]StoredCredential, error) {
	if to.Credential.Empty() && to.Credentials == nil {
		return k.Credentials, nil
	}
	stored := map[string]StoredCredential{}
	for _, c := range k.Credentials {
		stored[c.Name] = c
	}
	n := NewVirtualKey{Credential: to.Credential, Credentials: slices.Clone(to.Credentials)}
	_, hasDefault := stored[DefaultCredential]
	keepDefault := to.Credential.Empty() && hasDefault
	if keepDefault {
		n.Credential = gateway.NewSecret("none")
	}
	if to.Credentials == nil {
		for _, c := range k.Credentials {
			if c.Name != DefaultCredential {
				n.Credentials = append(n.Credentials, NewCredential{Name: c.Name, Weight: c.Weight})
			}
		}
	}
	kept := map[string]bool{DefaultCredential: keepDefault}
	for i := range n.Credentials {
		c := &n.Credentials[i]
		if !c.Credential.Empty() {
			continue
		}
		if _, known := stored[c.Name]; !known {
			field := "credentials[" + strconv.Itoa(i) + "].api_key"
			return nil, gateway.InvalidField(op, field, "The field '"+field+"' is missing: the virtual key has no credential '"+c.Name+"' yet.")
		}
		kept[c.Name], c.Credential = true, gateway.NewSecret("none")
	}
	out, e := checkCredentials(op, "", n)
	if e != nil {
		return nil, e
	}
	given := n.credentials()
	for i := range out {
		c := &out[i]
		switch {
		case kept[c.Name]:
			c.Reference, c.Sealed = stored[c.Name].Reference, stored[c.Name].Sealed
		case c.Reference == "":
			c.Sealed = s.sealed(k.ID, given[i])
		}
	}
	return out, nil
}
