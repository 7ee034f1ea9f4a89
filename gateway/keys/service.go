package keys

import (
	"context"
	"errors"
	"sync"
	"sync/atomic"
	"time"

	"github.com/sluicegate/sluice/gateway"
)

// Config is what the server's file and the other packages say.
type Config struct {
	// Redact is the default policy of every workspace.
	Redact gateway.RedactPolicy
	// Vendor gives the canonical id of a provider; nil accepts every id as it is.
	Vendor func(id string) (canonical string, ok bool)
	// CheckAddress refuses base URLs that the admin API may not set; nil accepts all.
	CheckAddress func(url string) error
	// Patience is how long a call waits for money that calls in flight hold. Default 5 s.
	Patience time.Duration
	Now      func() time.Time
}

// Service answers who may call. Authenticate, Meter, VirtualKey and VirtualKeys never
// touch the store (but for reservations of keys with a budget). All else writes through
// it, one change at a time.
type Service struct {
	store  Store
	cipher *Cipher
	cfg    Config
	ledger *ledger

	book  atomic.Pointer[book] // nil until Load
	write sync.Mutex           // serialises changes; guards what follows

	recovered bool
	spent     map[string]int64    // by API key id, as Recover found it
	accounts  map[string]*account // by API key id
}

// New makes a service. It refuses every call until Bootstrap or Load has read the store.
func New(store Store, cipher *Cipher, cfg Config) *Service {
	if cfg.Now == nil {
		cfg.Now = time.Now
	}
	if cfg.Vendor == nil {
		cfg.Vendor = func(id string) (string, bool) { return id, id != "" }
	}
	if cfg.CheckAddress == nil {
		cfg.CheckAddress = func(string) error { return nil }
	}
	if cfg.Patience == 0 {
		cfg.Patience = 5 * time.Second
	}
	return &Service{store: store, cipher: cipher, cfg: cfg, ledger: newLedger(store), accounts: map[string]*account{}}
}

// Load reads the store anew. A wrong master key is an error that says so.
func (s *Service) Load(ctx context.Context) error {
	s.write.Lock()
	defer s.write.Unlock()
	return s.reload(ctx)
}

// reload replaces the picture. The caller holds write.
func (s *Service) reload(ctx context.Context) error {
	if !s.recovered {
		spent, err := s.store.Recover(ctx)
		if err != nil {
			return internal("keys.Load", "The spending of API keys cannot be read.", err)
		}
		s.spent, s.recovered = spent, true
	}
	b, err := s.read(ctx)
	if err != nil {
		return err
	}
	b.generation = 1
	if before := s.book.Load(); before != nil {
		b.generation = before.generation + 1
	}
	s.book.Store(b)
	return nil
}

// Close posts what the ledger still holds. Calls that want to reserve are refused from
// now on.
func (s *Service) Close(ctx context.Context) error { return s.ledger.close(ctx) }

func internal(op, public string, err error) error {
	var e *gateway.Error
	if errors.As(err, &e) {
		return e
	}
	return &gateway.Error{Op: op, Kind: gateway.Internal, Public: public, Err: err}
}

func isKind(err error, k gateway.Kind) bool {
	var e *gateway.Error
	return errors.As(err, &e) && e.Kind == k
}
