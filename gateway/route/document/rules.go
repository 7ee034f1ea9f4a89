package document

import (
	"slices"

	"github.com/sluicegate/sluice/gateway"
)

// Rules are what a config is checked by, beside its form. Each func may be nil: its rule is then
// not checked.
type Rules struct {
	// Vendor returns the canonical spelling of a provider id or alias.
	Vendor func(id string) (canonical string, ok bool)
	// CheckAddress returns an error if rawURL is not allowed as custom_host.
	CheckAddress func(rawURL string) error
	// CheckGuardrail validates one guardrail.
	CheckGuardrail func(gateway.GuardrailSpec) error
	// Entities are the names that "redact" may list. Empty allows any name.
	Entities []string
}

// Mock is the built-in vendor that needs neither key nor network.
const Mock = "mock"

// Canonical returns the canonical spelling of a provider id or alias.
func (r *Rules) Canonical(id string) (string, bool) {
	switch {
	case id == Mock:
		return Mock, true
	case r.Vendor == nil:
		return id, id != ""
	}
	return r.Vendor(id)
}

func (r *Rules) entity(name string) bool {
	return len(r.Entities) == 0 || slices.Contains(r.Entities, name)
}
