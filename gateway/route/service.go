package route

import (
	"context"
	"slices"
	"sync/atomic"
	"time"

	"github.com/sluicegate/sluice/gateway"
)

// Config configures a Service. Routing needs Keys; saved configs need Configs; Validate
// needs neither. Each func may be nil: its rule is then not checked.
type Config struct {
	Configs Store
	Keys    Directory

	// Vendor returns the canonical spelling of a provider id or alias.
	Vendor func(id string) (canonical string, ok bool)
	// Keyless reports whether a vendor needs no credential. "mock" never needs one.
	Keyless func(vendor string) bool
	// TakesField reports whether a vendor is a gateway itself and takes a field of the body
	// that is meant for one, such as "models". nil: none does.
	TakesField func(vendor, field string) bool
	// ModelVendors lists the vendors that a bare model name is known from, the model's maker
	// first. nil: none is known.
	ModelVendors func(model string) []string
	// SurfaceVendor returns the vendor whose format has this name, "" if there is none.
	SurfaceVendor func(dialect string) string
	// CheckAddress returns an error if rawURL is not allowed as custom_host.
	CheckAddress func(rawURL string) error
	// TrustedAddress reports whether the server's file trusts the host of rawURL. A virtual
	// key's credential is sent to a caller's custom_host only if it is trusted.
	TrustedAddress func(rawURL string) bool
	// CheckGuardrail validates one guardrail.
	CheckGuardrail func(gateway.GuardrailSpec) error
	// Entities are the names that "redact" may list. Empty allows any name.
	Entities []string
	// PricedModels lists a vendor's models for GET /v1/models.
	PricedModels func(vendor string) []string
	// PromptConfig returns the slug of a prompt template's config, "" if it has none.
	PromptConfig func(ctx context.Context, workspace, prompt string) (slug string, err error)

	Now func() time.Time // nil: time.Now; for tests
}

// mock is the built-in vendor that needs neither key nor network.
const mock = "mock"

func (s *Config) vendor(id string) (string, bool) {
	switch {
	case id == mock:
		return mock, true
	case s.Vendor == nil:
		return id, id != ""
	}
	return s.Vendor(id)
}

func (s *Config) keyless(vendor string) bool {
	return vendor == mock || s.Keyless != nil && s.Keyless(vendor)
}

func (s *Config) entity(name string) bool {
	return len(s.Entities) == 0 || slices.Contains(s.Entities, name)
}

// Service chooses the targets of requests. It is safe for concurrent use and starts no goroutine.
type Service struct {
	cfg          Config
	saved        *savedConfigs
	requestPlans requestPlans
	inline       *inlineConfigs
	// generation returns the generation of cfg.Keys, or 0 if it has none.
	generation func() uint64
	groups     atomic.Pointer[map[string][]Group] // by workspace id
}

// New returns a Service.
func New(set Config) *Service {
	if set.Now == nil {
		set.Now = time.Now
	}
	s := &Service{cfg: set, saved: newSavedConfigs(), inline: newInlineConfigs(), generation: func() uint64 { return 0 }}
	if keys, ok := set.Keys.(Generational); ok {
		s.generation = keys.Generation
	}
	return s
}
