package guardrails

import (
	"crypto/hmac"
	"crypto/rand"
	"crypto/sha256"
	"encoding/hex"
	"sync"
	"sync/atomic"
	"time"

	"github.com/sluicegate/sluice/gateway"
	"github.com/sluicegate/sluice/guardrails/checks"
	"github.com/sluicegate/sluice/guardrails/pii"
)

// Settings are what the operator may choose.
type Settings struct {
	// Key makes pseudonyms; one installation uses one key, so that they stay comparable.
	// Empty: a random key, and pseudonyms differ after each start.
	Key []byte
	// Known gives the credentials that this installation holds: the same slice until one
	// changes. With redaction on they are replaced like the entity "secret", and Cleanse
	// always replaces them. Nil: none.
	Known func() []gateway.Secret
	// Timeout bounds one check; 0 means five seconds.
	Timeout time.Duration
}

// Service holds compiled guardrails and scanners. It is safe for concurrent use.
type Service struct {
	key     []byte
	timeout time.Duration
	full    *pii.Scanner // every entity
	known   func() []gateway.Secret
	keys    atomic.Pointer[held]
	table   []checks.Entry

	mu       sync.RWMutex
	scanners map[string]*pii.Scanner // by entity names, joined
	compiled map[string]*guardrail   // by id and version

	late sync.WaitGroup // checks that were given up and still run
}

// New returns a service; it starts nothing.
func New(cfg Settings) *Service {
	s := &Service{key: cfg.Key, timeout: cfg.Timeout, known: cfg.Known, table: checks.Table,
		scanners: map[string]*pii.Scanner{}, compiled: map[string]*guardrail{}}
	if len(s.key) == 0 {
		s.key = make([]byte, 32)
		_, _ = rand.Read(s.key) // crypto/rand.Read does not fail
	}
	if s.timeout <= 0 {
		s.timeout = 5 * time.Second
	}
	s.keys.Store(newHeld(nil))
	s.full, _ = pii.New(pii.Entities()...) // its own names are known
	return s
}

// maxKept bounds the compiled guardrails, and the scanners, that are kept.
const maxKept = 1024

// scanner gives the scanner for a policy's entities. Credentials are always among them:
// nobody means to send one to a model.
func (s *Service) scanner(entities []string) (*pii.Scanner, error) {
	var room [96]byte
	name := room[:0]
	for _, e := range entities {
		name = append(append(name, e...), ',')
	}
	s.mu.RLock()
	sc := s.scanners[string(name)]
	s.mu.RUnlock()
	if sc != nil {
		return sc, nil
	}
	sc, err := pii.New(append([]string{"secret"}, entities...)...)
	if err != nil {
		return nil, err
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	if len(s.scanners) >= maxKept {
		clear(s.scanners)
	}
	s.scanners[string(name)] = sc
	return sc, nil
}

// Pseudonym gives a keyed stand-in for s, "pseudo_" and 16 hex digits, when any entity is
// found in it, else s itself.
func (s *Service) Pseudonym(text string) string {
	if len(s.held().find(nil, s.full, "", text)) == 0 {
		return text
	}
	mac := hmac.New(sha256.New, s.key)
	mac.Write([]byte(text))
	return "pseudo_" + hex.EncodeToString(mac.Sum(nil)[:8])
}

// Close waits for checks that were given up after their timeout.
func (s *Service) Close() { s.late.Wait() }
