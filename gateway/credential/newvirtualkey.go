package credential

import (
	"maps"
	"slices"
	"strings"

	"github.com/oklog/ulid/v2"

	"github.com/sluicegate/sluice/gateway"
)

// NewVirtualKey describes the virtual key that an admin or the server's file wants.
type NewVirtualKey struct {
	Name       string
	Workspace  string // id or name; "" = the admin's own. In the file: name; "" = the default workspace
	Provider   string
	Credential gateway.Secret
	BaseURL    string
	Models     []string
	Prices     gateway.Prices
	MaxOutput  map[string]int64 // model → most output tokens of one answer; "*" for all others
	Formats    gateway.Formats  // that the server offers; empty = the vendor's
}

// checkNew validates n and makes a key of it, without workspace and credential. Errors name
// fields below the path at: "" or "virtual_keys[0].".
func (s *Service) checkNew(op, at string, n NewVirtualKey) (VirtualKey, error) {
	if e := gateway.CheckName(op, at+"name", n.Name); e != nil {
		return VirtualKey{}, e
	}
	provider, ok := s.cfg.Vendor(n.Provider)
	if !ok {
		return VirtualKey{}, gateway.InvalidField(op, at+"provider", "The field '"+at+"provider' names no provider that Sluice knows: '"+n.Provider+"'.")
	}
	if n.Credential.Empty() || strings.ContainsAny(n.Credential.Reveal(), "\r\n\x00") {
		return VirtualKey{}, gateway.InvalidField(op, at+"api_key", "The field '"+at+"api_key' must hold the provider's API key on one line ('none' if the provider wants none).")
	}
	for i, m := range n.Models {
		if strings.TrimSpace(m) == "" {
			return VirtualKey{}, gateway.InvalidField(op, at+"models", "The field '"+at+"models' holds an empty name.")
		}
		for _, other := range n.Models[:i] {
			if m == other {
				return VirtualKey{}, gateway.InvalidField(op, at+"models", "The field '"+at+"models' names '"+m+"' twice.")
			}
		}
	}
	for model, p := range n.Prices {
		if model == "" || !validPrice(p) {
			return VirtualKey{}, gateway.InvalidField(op, at+"prices", "The field '"+at+"prices' needs amounts from 0 to 1000000 USD per million tokens for '"+model+"'.")
		}
	}
	for _, f := range n.Formats.Names() {
		if !slices.Contains(gateway.FormatNames(), f) {
			return VirtualKey{}, gateway.InvalidField(op, at+"formats", "The field '"+at+"formats' must list some of "+strings.Join(gateway.FormatNames(), ", ")+".")
		}
	}
	now := s.cfg.Now().UTC()
	return VirtualKey{ID: ulid.Make().String(), Name: n.Name, Provider: provider, BaseURL: n.BaseURL, Models: slices.Clone(n.Models), Prices: maps.Clone(n.Prices), MaxOutput: maps.Clone(n.MaxOutput), Formats: maps.Clone(n.Formats),
		CreatedAt: now, UpdatedAt: now}, nil
}

func validPrice(p gateway.Price) bool {
	valid := func(n int64) bool { return n >= 0 && n <= 1_000_000*gateway.NanoPerUSD }
	return valid(p.Input) && valid(p.Output) && (p.CacheRead == nil || valid(*p.CacheRead)) && (p.CacheWrite == nil || valid(*p.CacheWrite))
}

func (s *Service) seal(k *VirtualKey, credential gateway.Secret) {
	k.Credential = s.cipher.Seal(tableVirtualKeys, k.ID, columnCredential, credential)
}
