// Package access is what one API key may do and use, within what the role of its member allows.
//
// [Rules] stand on a key: scopes, models, virtual keys, addresses and what is set on every call. Check
// brings them into the form that is stored and refuses what cannot be meant, in the caller's field names.
// A scope is a permission of the gateway's table or one of Portkey's names for it ([ScopeNamed]). A key
// with scopes cannot make one that may do more than itself ([CheckScopes]).
package access

import (
	"fmt"
	"net/netip"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/sluicegate/sluice/gateway"
)

// Rules limits what an API key may do and use, within what the role of its member allows. The
// zero value limits nothing.
type Rules struct {
	Scopes       []gateway.Permission `json:"scopes,omitempty"`        // nil = all that the role allows
	Models       []string             `json:"models,omitempty"`        // see gateway.ModelRules; nil = all
	VirtualKeys  []string             `json:"virtual_keys,omitempty"`  // names; nil = all
	Addresses    []netip.Prefix       `json:"addresses,omitempty"`     // of callers; nil = all
	ModelAliases map[string]string    `json:"model_aliases,omitempty"` // what a caller may type for a model
	Metadata     map[string]string    `json:"metadata,omitempty"`      // set on every call, over the caller's
	LockConfig   bool                 `json:"lock_config,omitempty"`   // callers cannot choose another config
	Tags         []string             `json:"tags,omitempty"`
	Title        string               `json:"title,omitempty"` // how the clients of another gateway call the key: a name of any text; "" = its name
	Description  string               `json:"description,omitempty"`
}

// Bounds of the lists of one key.
const (
	MaxListed      = 1000 // entries of one list
	MaxListText    = 256  // bytes of one entry
	maxDescription = 1024
	maxMetadata    = 128 // bytes of a metadata value, as for a caller's
)

// Check refuses what cannot be meant, and brings the lists into the form that is stored. at is the
// path of the key's fields, "" or "api_keys[2].".
func (a *Rules) Check(op, at string) *gateway.Error {
	var scopes []string
	for _, s := range a.Scopes {
		scopes = append(scopes, string(s))
	}
	lists := []struct {
		field string
		list  []string
	}{{"scopes", scopes}, {"models", a.Models}, {"virtual_keys", a.VirtualKeys}, {"tags", a.Tags}}
	for _, l := range lists {
		if len(l.list) > MaxListed {
			return gateway.InvalidField(op, at+l.field, fmt.Sprintf("The field '%s' has more than %d entries.", at+l.field, MaxListed))
		}
		for _, text := range l.list {
			if !Listable(text, MaxListText) {
				return gateway.InvalidField(op, at+l.field, fmt.Sprintf("Each entry of '%s' must have 1 to %d printable characters.", at+l.field, MaxListText))
			}
		}
	}
	a.Scopes = slices.Clone(a.Scopes)
	for i, s := range a.Scopes {
		known, ok := ScopeNamed(s)
		if !ok {
			return gateway.InvalidField(op, at+"scopes", "The field '"+at+"scopes' names the unknown scope '"+string(s)+"'.")
		}
		a.Scopes[i] = known
	}
	if len(a.Addresses) > MaxListed {
		return gateway.InvalidField(op, at+"allowed_ips", fmt.Sprintf("The field '%sallowed_ips' has more than %d entries.", at, MaxListed))
	}
	for field, m := range map[string]map[string]string{"model_aliases": a.ModelAliases, "metadata": a.Metadata} {
		if len(m) > MaxListed {
			return gateway.InvalidField(op, at+field, fmt.Sprintf("The field '%s' has more than %d entries.", at+field, MaxListed))
		}
		for k, v := range m {
			if !Listable(k, MaxListText) || !Listable(v, maxMetadata) {
				return gateway.InvalidField(op, at+field, fmt.Sprintf("Each name and value of '%s' must be printable, and a value have at most %d characters.", at+field, maxMetadata))
			}
		}
	}
	if a.Title != "" && !Listable(a.Title, MaxListText) {
		return gateway.InvalidField(op, at+"name", fmt.Sprintf("The field '%sname' must have 1 to %d printable characters.", at, MaxListText))
	}
	if a.Description != "" && (len(a.Description) > maxDescription || !utf8.ValidString(a.Description)) {
		return gateway.InvalidField(op, at+"description", fmt.Sprintf("The field '%sdescription' must have at most %d bytes.", at, maxDescription))
	}
	a.compact()
	return nil
}

// compact makes empty lists nil, as they come back from the store, and sorts the scopes.
func (a *Rules) compact() {
	a.Models, a.VirtualKeys, a.Tags = nonEmpty(a.Models), nonEmpty(a.VirtualKeys), nonEmpty(a.Tags)
	a.Addresses, a.Scopes = nonEmpty(a.Addresses), nonEmpty(a.Scopes)
	slices.Sort(a.Scopes)
	a.Scopes = slices.Compact(a.Scopes)
	if len(a.ModelAliases) == 0 {
		a.ModelAliases = nil
	}
	if len(a.Metadata) == 0 {
		a.Metadata = nil
	}
}

func nonEmpty[T any](list []T) []T {
	if len(list) == 0 {
		return nil
	}
	return slices.Clone(list)
}

func Listable(text string, most int) bool {
	return text != "" && len(text) <= most && utf8.ValidString(text) && !strings.ContainsFunc(text, func(r rune) bool { return !unicode.IsPrint(r) })
}

// Admits reports whether a call may come from the address. One that is not known comes from
// nowhere that a list could name.
func (a *Rules) Admits(address netip.Addr) bool {
	if len(a.Addresses) == 0 {
		return true
	}
	for _, p := range a.Addresses {
		if p.Contains(address.Unmap()) {
			return true
		}
	}
	return false
}

// ParseAddresses reads addresses and ranges such as 10.0.0.7 and 10.0.0.0/8.
func ParseAddresses(op, param string, list []string) ([]netip.Prefix, error) {
	var out []netip.Prefix
	for _, text := range list {
		p, err := netip.ParsePrefix(text)
		if err != nil {
			address, err := netip.ParseAddr(text)
			if err != nil || address.Zone() != "" {
				return nil, gateway.InvalidField(op, param, "The field '"+param+"' must list IP addresses or ranges such as 10.0.0.0/8, not '"+text+"'.")
			}
			address = address.Unmap()
			p = netip.PrefixFrom(address, address.BitLen())
		}
		out = append(out, p.Masked())
	}
	return out, nil
}
