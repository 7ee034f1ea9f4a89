package route

import (
	"context"
	"math/rand/v2"
	"slices"
	"time"

	"github.com/sluicegate/sluice/gateway"
)

// Settings is what a Service works with. Keys is needed to route, Configs for saved
// configs; a Service that only validates needs neither. The funcs may be nil: then that
// rule is not checked.
type Config struct {
	Configs Store
	Keys    Directory

	// Vendor maps a provider id, aliases included, to its canonical spelling.
	Vendor func(id string) (canonical string, ok bool)
	// Keyless reports a vendor that is called without a credential. "mock" always is.
	Keyless func(vendor string) bool
	// Host is the server address that a target is called at, for the attempt's record.
	ServerAddress func(*gateway.Target) string
	// CheckAddress is the rule for custom_host.
	CheckAddress func(rawURL string) error
	// Trusted reports an address on a host that the server's own file trusts: only there
	// may a caller send a virtual key's credential.
	TrustedAddress func(rawURL string) bool
	// CheckGuardrail validates one guardrail.
	CheckGuardrail func(gateway.GuardrailSpec) error
	// Entities are the names that "redact" may list; empty: any.
	Entities []string
	// Priced lists a vendor's models for GET /v1/models.
	PricedModels func(vendor string) []string
	// PromptConfig gives the slug of the config that a prompt template carries, "" if none.
	PromptConfig func(ctx context.Context, workspace, prompt string) (slug string, err error)

	// DefaultFirstByte bounds the wait for the first chunk where no request_timeout does.
	FirstChunkTimeout time.Duration

	// For tests.
	Now   func() time.Time
	Sleep func(ctx context.Context, d time.Duration) error
	Rand  func() float64 // [0, 1)
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

// Service routes. It is safe for concurrent use and starts no goroutine.
type Service struct {
	cfg          Config
	saved        *savedConfigs
	requestPlans requestPlans
	inline       *inlineConfigs
	// The generation of set.Keys; 0 where it has none.
	generation func() uint64
	since      func(time.Time) time.Duration
}

// New makes a Service.
func New(set Config) *Service {
	if set.FirstChunkTimeout <= 0 {
		set.FirstChunkTimeout = 120 * time.Second
	}
	since := func(t time.Time) time.Duration { return set.Now().Sub(t) }
	if set.Now == nil {
		set.Now, since = time.Now, time.Since // which does not ask what day it is
	}
	if set.Sleep == nil {
		set.Sleep = sleepContext
	}
	if set.Rand == nil {
		set.Rand = rand.Float64
	}
	s := &Service{cfg: set, saved: newSavedConfigs(), inline: newInlineConfigs(), generation: func() uint64 { return 0 }, since: since}
	if keys, ok := set.Keys.(Generational); ok {
		s.generation = keys.Generation
	}
	return s
}

func sleepContext(ctx context.Context, d time.Duration) error {
	t := time.NewTimer(d)
	defer t.Stop()
	select {
	case <-ctx.Done():
		return ctx.Err()
	case <-t.C:
		return nil
	}
}
