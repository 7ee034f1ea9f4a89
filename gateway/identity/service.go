package identity

import (
	"context"
	"errors"
	"sync"
	"sync/atomic"
	"time"

	"github.com/sluicegate/sluice/gateway"
)

// Config holds the settings of a Service.
type Config struct {
	// Redact is the default redaction policy of every workspace.
	Redact gateway.RedactPolicy
	// OrganisationConfig is the slug of the organisation's default config, which the file
	// declares in the workspace gateway.DefaultWorkspace; "" = none.
	OrganisationConfig string
	// Budgets enforces the budgets of API keys. Default: nothing does.
	Budgets Budgets
	// Session finds whose session a token belongs to. Default: there are no sessions.
	Session func(ctx context.Context, token gateway.Secret) (SignedIn, bool)
	// Bearer verifies a token of another issuer. mine is false for what is none. Default: there are
	// none.
	Bearer func(ctx context.Context, presented gateway.Secret) (who Bearer, mine bool, err error)
	// DeviceBudget is the lifetime budget, in nano-USD, of the API keys that DeviceKey makes for
	// members who have none. Default: it makes none.
	DeviceBudget *int64
	// WeakOwnerKey accepts a short owner's key. The caller must have made sure that only this
	// machine reaches the server.
	WeakOwnerKey bool
	// UnknownKeys is how many unknown API keys, or wrong passwords, an address may present within a
	// minute before it has to wait. Default: 20.
	UnknownKeys int
	Now         func() time.Time
}

// Cipher hashes API keys and seals the canary. A sealed value opens only at the table,
// row and column it was sealed for.
type Cipher interface {
	Hash(key gateway.Secret) [32]byte
	Seal(table, row, column string, text gateway.Secret) []byte
	Open(table, row, column string, sealed []byte) (gateway.Secret, error)
}

// Budgets enforces the lifetime budgets of API keys. Amounts are nano-USD; keys are named
// by their ids.
type Budgets interface {
	// SetLimit sets the budget of a key; nil takes it away. What was spent stays spent.
	SetLimit(apiKey string, limit *int64)
	// Remove forgets a deleted key.
	Remove(apiKey string)
	// Spending tells what a key with a budget has spent, and what its calls in flight
	// have reserved.
	Spending(apiKey string) (spent, reserved int64)
	// Closed reports whether a key is closed until its budget is raised: a provider billed it
	// for more than the limits that it was sent allow.
	Closed(apiKey string) bool
}

// Service authenticates callers and administers organisation, workspaces, members, teams and
// API keys. Safe for concurrent use. Reads use the index alone; changes are made one at a time.
type Service struct {
	store  Store
	cipher Cipher
	cfg    Config

	index atomic.Pointer[index] // nil until Load or Bootstrap

	unknown   unknownCounter
	passwords chan struct{} // places for hashing a password

	write sync.Mutex // serialises changes; guards stale
	stale bool       // a write failed with an unknown outcome: the index may be behind the store
}

// New makes a service. It refuses every call until Bootstrap or Load has read the store.
func New(store Store, cipher Cipher, cfg Config) *Service {
	if cfg.Now == nil {
		cfg.Now = time.Now
	}
	if cfg.Budgets == nil {
		cfg.Budgets = noBudgets{}
	}
	if cfg.Session == nil {
		cfg.Session = func(context.Context, gateway.Secret) (SignedIn, bool) { return SignedIn{}, false }
	}
	if cfg.Bearer == nil {
		cfg.Bearer = func(context.Context, gateway.Secret) (Bearer, bool, error) { return Bearer{}, false, nil }
	}
	if cfg.UnknownKeys == 0 {
		cfg.UnknownKeys = 20
	}
	return &Service{store: store, cipher: cipher, cfg: cfg, unknown: unknownCounter{most: cfg.UnknownKeys}, passwords: make(chan struct{}, passwordsAtOnce)}
}

// Load reads the whole store into a new index. A wrong master key is an error that says so.
func (s *Service) Load(ctx context.Context) error {
	s.write.Lock()
	defer s.write.Unlock()
	return s.load(ctx)
}

func (s *Service) load(ctx context.Context) error {
	fresh, err := s.readStore(ctx)
	if err != nil {
		return err
	}
	if before := s.index.Load(); before != nil {
		for _, k := range before.allAPIKeys() {
			if fresh.apiKey(k.ID) == nil {
				s.cfg.Budgets.Remove(k.ID)
			}
		}
	}
	for _, k := range fresh.allAPIKeys() {
		s.cfg.Budgets.SetLimit(k.ID, k.Budget)
	}
	s.index.Store(fresh)
	s.stale = false
	return nil
}

func (s *Service) readStore(ctx context.Context) (*index, error) {
	const op = "identity.Load"
	organisation, err := s.store.Organisation(ctx)
	if err != nil {
		return nil, internal(op, "The organisation cannot be read.", err)
	}
	if err = s.checkCanary(organisation); err != nil {
		return nil, err
	}
	workspaces, err := s.store.Workspaces(ctx)
	if err != nil {
		return nil, internal(op, "The workspaces cannot be read.", err)
	}
	members, err := s.store.Members(ctx)
	if err != nil {
		return nil, internal(op, "The members cannot be read.", err)
	}
	teams, err := s.store.Teams(ctx)
	if err != nil {
		return nil, internal(op, "The teams cannot be read.", err)
	}
	keys, err := s.store.APIKeys(ctx)
	if err != nil {
		return nil, internal(op, "The API keys cannot be read.", err)
	}
	x := newIndex(organisation)
	for _, w := range workspaces {
		x.putWorkspace(w)
	}
	for _, m := range members {
		x.putMember(m)
	}
	for _, t := range teams {
		x.putTeam(t)
	}
	for _, k := range keys {
		x.putAPIKey(k)
	}
	return x, nil
}

// loaded returns the index for reading.
func (s *Service) loaded(op string) (*index, error) {
	if x := s.index.Load(); x != nil {
		return x, nil
	}
	return nil, &gateway.Error{Op: op, Kind: gateway.Unavailable, Public: "Sluice is starting."}
}

// beginChange returns the index that a change starts from. It is read anew if an earlier
// write failed with an unknown outcome. The caller holds write.
func (s *Service) beginChange(ctx context.Context, op string) (*index, error) {
	if s.stale {
		if err := s.load(ctx); err != nil {
			return nil, err
		}
	}
	return s.loaded(op)
}

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

// noBudgets enforces nothing.
type noBudgets struct{}

func (noBudgets) SetLimit(string, *int64)                 {}
func (noBudgets) Remove(string)                           {}
func (noBudgets) Spending(string) (spent, reserved int64) { return 0, 0 }
func (noBudgets) Closed(string) bool                      { return false }
