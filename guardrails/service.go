package guardrails

import (
	"context"
	"crypto/sha256"
	"sync"
	"time"

	"github.com/sluicegate/sluice/gateway"
	"github.com/sluicegate/sluice/guardrails/checks"
	"github.com/sluicegate/sluice/guardrails/redact"
)

// Config configures a Service.
type Config struct {
	// Key makes pseudonyms. Installations that share a key make the same ones. Empty: a
	// random key, and pseudonyms change with every start.
	Key []byte
	// Known returns the credentials that this installation stores. Redaction and Cleanse
	// replace them like the entity "secret". It returns the same list until one of them changes.
	// Nil: none.
	Known func() []gateway.Secret
	// Timeout bounds the guardrails of one request or answer together; 0 means five seconds.
	Timeout time.Duration
}

// Service makes the stages of this package. It holds the detector and the compiled
// guardrails, and is safe for concurrent use.
type Service struct {
	*redact.Detector

	timeout time.Duration
	table   []checks.Entry

	mu         sync.RWMutex
	compiled   map[string]*guardrail                  // by id and version
	parameters map[[sha256.Size]byte]*addedParameters // by hash

	running sync.WaitGroup // checks in goroutines, also those that timed out
	closing context.Context
	close   context.CancelFunc
}

// New returns a service. It starts no goroutine.
func New(cfg Config) *Service {
	s := &Service{Detector: redact.NewDetector(cfg.Key, cfg.Known), timeout: cfg.Timeout, table: checks.Table,
		compiled: map[string]*guardrail{}, parameters: map[[sha256.Size]byte]*addedParameters{}}
	s.closing, s.close = context.WithCancel(context.Background())
	if s.timeout <= 0 {
		s.timeout = 5 * time.Second
	}
	return s
}

// closeGrace is how long Close waits for checks to notice that they are cancelled.
const closeGrace = 100 * time.Millisecond

// Close cancels the checks that still run and waits for those that notice. It does not wait
// for one that ignores its context: the work of each was bounded before it began.
func (s *Service) Close() {
	s.close()
	done := make(chan struct{})
	go func() {
		defer close(done)
		s.running.Wait()
	}()
	select {
	case <-done:
	case <-time.After(closeGrace):
	}
}
