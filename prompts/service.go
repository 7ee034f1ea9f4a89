package prompts

import (
	"context"
	"crypto/rand"
	"sync"
	"time"

	"github.com/oklog/ulid/v2"

	"github.com/sluicegate/sluice/gateway"
)

// Settings are what a Service is made of.
type Settings struct {
	Store Store
	// Resolve gives the targets of a model that a template names, where neither the call
	// nor its config names any. It is package route's, wired in internal/app.
	Resolve func(ctx context.Context, ex *gateway.Exchange, model string) (*gateway.Plan, error)
	// Translate writes a chat request in OpenAI's format, which templates are written in,
	// in another format. It is package dialect's, wired in internal/app. nil: callers speak
	// OpenAI's format only.
	Translate func(to gateway.Dialect, chat []byte) ([]byte, error)
	Now       func() time.Time // nil: time.Now
}

// Service renders prompts and keeps them. Safe for concurrent use; it owns no goroutine.
type Service struct {
	store     Store
	resolve   func(ctx context.Context, ex *gateway.Exchange, model string) (*gateway.Plan, error)
	translate func(to gateway.Dialect, chat []byte) ([]byte, error)
	now       func() time.Time
	spaces    sync.Map // workspace id → *space
}

// New makes a Service. Nothing is read until the first call.
func New(set Settings) *Service {
	if set.Now == nil {
		set.Now = time.Now
	}
	if set.Translate == nil {
		set.Translate = func(_ gateway.Dialect, chat []byte) ([]byte, error) { return chat, nil }
	}
	return &Service{store: set.Store, resolve: set.Resolve, translate: set.Translate, now: set.Now}
}

func (s *Service) newID() string {
	return "pp-" + ulid.MustNew(ulid.Timestamp(s.now()), rand.Reader).String()
}
