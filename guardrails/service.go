package guardrails

import (
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
	// replace them like the entity "secret". Nil: none.
	Known func() []gateway.Secret
	// Timeout bounds one check; 0 means five seconds.
	Timeout time.Duration
}

// Service makes the stages of this package. It holds the detector and the compiled
// guardrails, and is safe for concurrent use.
type Service struct {
	*redact.Detector

	timeout time.Duration
	table   []checks.Entry

	mu       sync.RWMutex
	compiled map[string]*guardrail // by id and version

	running sync.WaitGroup // checks in goroutines, also those that timed out
}

// New returns a service. It starts no goroutine.
func New(cfg Config) *Service {
	s := &Service{Detector: redact.NewDetector(cfg.Key, cfg.Known), timeout: cfg.Timeout, table: checks.Table,
		compiled: map[string]*guardrail{}}
	if s.timeout <= 0 {
		s.timeout = 5 * time.Second
	}
	return s
}

// Close waits for the checks that still run, also those that timed out.
func (s *Service) Close() { s.running.Wait() }
