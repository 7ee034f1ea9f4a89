package prompts

import (
	"context"
	"crypto/rand"
	"sync"
	"time"

	"github.com/oklog/ulid/v2"

	"github.com/sluicegate/sluice/gateway"
)

// Config configures a Service.
type Config struct {
	Store Store
	// Resolve chooses the targets for the model of a template, if neither the call nor its
	// config names any. It is route.Service.Resolve, passed by internal/app.
	Resolve func(ctx context.Context, ex *gateway.Exchange, model string) (*gateway.Plan, error)
	// Translate converts a chat request from OpenAI's format, in which templates are
	// written, to another dialect. It is dialect's function, passed by internal/app. nil:
	// all callers use OpenAI's format.
	Translate func(to gateway.Dialect, chat []byte) ([]byte, error)
	Now       func() time.Time // nil: time.Now
}

// Service stores and renders prompts. It is safe for concurrent use and starts no goroutine.
type Service struct {
	store     Store
	resolve   func(ctx context.Context, ex *gateway.Exchange, model string) (*gateway.Plan, error)
	translate func(to gateway.Dialect, chat []byte) ([]byte, error)
	now       func() time.Time
	slots     sync.Map // workspace id → *cacheSlot
}

// New returns a Service. It reads nothing from the store until the first call.
func New(set Config) *Service {
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
