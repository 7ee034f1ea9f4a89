package credential

import (
	"maps"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/oklog/ulid/v2"

	"github.com/sluicegate/sluice/gateway"
)

// NewVirtualKey describes the virtual key that an admin or the server's file wants.
type NewVirtualKey struct {
	Name      string
	Workspace string // id or name; "" = the admin's own. In the file: name; "" = the default workspace
	Provider  string
	Note      string // of any text
	// Credential is the credential named "default", or a reference to it; see ReadAPIKey.
	Credential  gateway.Secret
	Credentials []NewCredential // further ones
	BaseURL     string
	Models      []string // nil = all
	Prices      gateway.Prices
	MaxOutput   map[string]int64 // model → most output tokens of one answer; "*" for all others
	Formats     gateway.Formats  // that the server offers; empty = the vendor's
	Settings    gateway.ProviderSettings
	ExpiresAt   time.Time // zero = never
}

// NewCredential is one of several credentials of a virtual key.
type NewCredential struct {
	Name       string
	Credential gateway.Secret // or a reference; see ReadAPIKey
	Weight     int            // 0 = 1
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
	credentials, e := checkCredentials(op, at, n)
	if e != nil {
		return VirtualKey{}, e
	}
	if n.Models != nil && len(n.Models) == 0 {
		return VirtualKey{}, gateway.InvalidField(op, at+"models", "The field '"+at+"models' is an empty list, which would allow no model. Leave it out to allow all.")
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
	if len(n.Note) > maxNoteBytes {
		return VirtualKey{}, gateway.InvalidField(op, at+"note", "The field '"+at+"note' is longer than "+strconv.Itoa(maxNoteBytes)+" bytes.")
	}
	for model, p := range n.Prices {
		if _, err := gateway.NewPrice(p.Parts()); err != nil || model == "" {
			return VirtualKey{}, gateway.InvalidField(op, at+"prices", "The field '"+at+"prices' needs amounts from 0 to 1000000 USD, of a million tokens or of a piece, for '"+model+"'.")
		}
	}
	for _, f := range n.Formats.Names() {
		if !slices.Contains(gateway.FormatNames(), f) {
			return VirtualKey{}, gateway.InvalidField(op, at+"formats", "The field '"+at+"formats' must list some of "+strings.Join(gateway.FormatNames(), ", ")+".")
		}
	}
	if name, problem := s.cfg.CheckSettings(provider, n.Settings); problem != "" {
		field := strings.TrimSuffix(at+"settings."+name, ".")
		return VirtualKey{}, gateway.InvalidField(op, field, "The field '"+field+"' "+problem+".")
	}
	now := s.cfg.Now().UTC()
	return VirtualKey{ID: ulid.Make().String(), Name: n.Name, Provider: provider, Note: n.Note, BaseURL: n.BaseURL, Credentials: credentials, ExpiresAt: utc(n.ExpiresAt), Models: slices.Clone(n.Models), Prices: maps.Clone(n.Prices), MaxOutput: maps.Clone(n.MaxOutput), Formats: maps.Clone(n.Formats), Settings: maps.Clone(n.Settings),
		CreatedAt: now, UpdatedAt: now}, nil
}

// checkExpiry refuses a key that would be born expired.
func (s *Service) checkExpiry(op, at string, n NewVirtualKey) error {
	if n.ExpiresAt.IsZero() || n.ExpiresAt.After(s.cfg.Now()) {
		return nil
	}
	return gateway.InvalidField(op, at+"expires_at", "The field '"+at+"expires_at' is in the past: "+n.ExpiresAt.UTC().Format(time.RFC3339)+".")
}

// seal seals the credentials of n for the key k, which checkNew made of n.
func (s *Service) seal(k *VirtualKey, n NewVirtualKey) {
	given := n.credentials()
	for i := range k.Credentials {
		c := &k.Credentials[i]
		if c.Reference == "" {
			c.Sealed = s.sealed(k.ID, given[i])
		}
	}
}

// sealed is the sealed value of a credential of the key with an id.
func (s *Service) sealed(id string, c NewCredential) []byte {
	_, value, _ := ReadAPIKey(c.Credential.Reveal())
	table, row, column := place(id, c.Name)
	return s.cipher.Seal(table, row, column, value)
}

// utc keeps the zero time, which means never.
func utc(t time.Time) time.Time {
	if t.IsZero() {
		return time.Time{}
	}
	return t.UTC()
}
