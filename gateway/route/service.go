package route

import (
	"context"
	"sync/atomic"
	"time"

	"github.com/sluicegate/sluice/gateway/route/document"
)

// Config configures a Service. Routing needs Keys; saved configs need Configs; Validate
// needs neither. Each func may be nil: its rule is then not checked.
type Config struct {
	Rules   document.Rules // of configs
	Configs Store
	Keys    Directory

	// Keyless reports whether a vendor needs no credential. "mock" never needs one.
	Keyless func(vendor string) bool
	// LocalAddress returns the address of a vendor that runs on the server's own machine, "" for others.
	// Who may call the server need not be who may use that.
	LocalAddress func(vendor string) string
	// TakesField reports whether a vendor is a gateway itself and takes a field of the body
	// that is meant for one, such as "models". nil: none does.
	TakesField func(vendor, field string) bool
	// ModelVendors lists the vendors that a bare model name is known from, the model's maker
	// first. nil: none is known.
	ModelVendors func(model string) []string
	// SurfaceVendor returns the vendor whose format has this name, "" if there is none.
	SurfaceVendor func(dialect string) string
	// TrustedAddress reports whether the server's file trusts the host of rawURL. A virtual
	// key's credential is sent to a caller's custom_host only if it is trusted.
	TrustedAddress func(rawURL string) bool
	// PricedModels lists a vendor's models for GET /v1/models.
	PricedModels func(vendor string) []string
	// PromptConfig returns the slug of a prompt template's config, "" if it has none.
	PromptConfig func(ctx context.Context, workspace, prompt string) (slug string, err error)

	Now func() time.Time // nil: time.Now; for tests
}

func (s *Config) keyless(vendor string) bool {
	return vendor == document.Mock || s.Keyless != nil && s.Keyless(vendor)
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
