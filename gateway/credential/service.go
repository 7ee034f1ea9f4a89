package credential

import (
	"context"
	"errors"
	"log/slog"
	"slices"
	"sync"
	"sync/atomic"
	"time"

	"github.com/sluicegate/sluice/gateway"
	"github.com/sluicegate/sluice/gateway/credential/seal"
)

// Config holds the settings of a Service.
type Config struct {
	// Vendor returns the canonical id of a provider. Default: every id but "" is accepted.
	Vendor func(id string) (canonical string, ok bool)
	// CheckSettings returns the first setting that a provider does not take, and what is wrong with it:
	// it completes "The field …". problem is "" if there is none. Default: all are good.
	CheckSettings func(provider string, settings gateway.ProviderSettings) (name, problem string)
	// Missing returns the first field that a key lacks whose calls it cannot do without, and what it is:
	// it completes "The field …". It is asked with each credential; an empty one is not known here.
	// Default: nothing is missing.
	Missing func(key gateway.VirtualKey) (field, problem string)
	// CheckAddress refuses base URLs that the admin API may not set. Default: none is refused.
	CheckAddress func(url string) error
	// Test calls the provider of a key with one of its credentials; it keeps to the deadline of ctx.
	// nil: no key can be tested.
	Test func(ctx context.Context, key gateway.VirtualKey, c gateway.Credential) gateway.CredentialTest
	// Sources read the credentials that references lead to, by scheme.
	Sources map[string]Source
	// SourceOutage is how long the last value of a source that fails is used. Default: 1 h.
	SourceOutage time.Duration
	Log          *slog.Logger // default: nothing is logged
	Now          func() time.Time
}

// Workspaces finds workspaces. The service of package identity implements it.
type Workspaces interface {
	// FindWorkspace finds a workspace by id or name.
	FindWorkspace(ref string) (id, name string, ok bool)
	// WorkspaceNamed returns the id of a workspace, and creates it if there is none with
	// this name. "" is the default workspace.
	WorkspaceNamed(ctx context.Context, name string) (id string, err error)
}

// Service resolves and administers virtual keys. Safe for concurrent use. Reads use the
// snapshot alone; changes are made one at a time.
type Service struct {
	store      Store
	cipher     *seal.Cipher
	workspaces Workspaces
	cfg        Config

	snapshot atomic.Pointer[snapshot] // nil until Load

	references *references

	write   sync.Mutex // serialises changes; guards stale and healths
	stale   bool       // a write failed with an unknown outcome: the snapshot may be behind the store
	healths map[healthPlace]*health

	stop    context.CancelFunc // nil until Start
	running sync.WaitGroup
}

// New makes a service. It knows no virtual key until Load has read the store.
func New(store Store, cipher *seal.Cipher, workspaces Workspaces, cfg Config) *Service {
	if cfg.Vendor == nil {
		cfg.Vendor = func(id string) (string, bool) { return id, id != "" }
	}
	if cfg.CheckAddress == nil {
		cfg.CheckAddress = func(string) error { return nil }
	}
	if cfg.CheckSettings == nil {
		cfg.CheckSettings = func(string, gateway.ProviderSettings) (string, string) { return "", "" }
	}
	if cfg.Missing == nil {
		cfg.Missing = func(gateway.VirtualKey) (string, string) { return "", "" }
	}
	if cfg.Now == nil {
		cfg.Now = time.Now
	}
	if cfg.SourceOutage <= 0 {
		cfg.SourceOutage = time.Hour
	}
	return &Service{store: store, cipher: cipher, workspaces: workspaces, cfg: cfg, healths: map[healthPlace]*health{},
		references: &references{sources: cfg.Sources, outage: cfg.SourceOutage, clock: cfg.Now, kept: map[string]*reading{}, log: cfg.Log}}
}

// Load reads the whole store into a new snapshot.
func (s *Service) Load(ctx context.Context) error {
	s.write.Lock()
	defer s.write.Unlock()
	return s.load(ctx)
}

func (s *Service) load(ctx context.Context) error {
	rows, err := s.store.VirtualKeys(ctx)
	if err != nil {
		var e *gateway.Error
		if errors.As(err, &e) {
			return e
		}
		return &gateway.Error{Op: "credential.Load", Kind: gateway.Internal, Public: "The virtual keys cannot be read.", Err: err}
	}
	s.readReferences(ctx, nil, rows...)
	entries := make(map[string]*entry, len(rows))
	for _, k := range rows {
		entries[k.ID] = s.open(k)
	}
	s.publish(entries)
	s.stale = false
	return nil
}

// publish makes a snapshot of entries the current one. The caller holds write.
func (s *Service) publish(entries map[string]*entry) {
	generation := uint64(1)
	if before := s.snapshot.Load(); before != nil {
		generation = before.generation + 1
	}
	for at := range s.healths { // of keys and values that are gone
		if e := entries[at.virtualKey]; e == nil || !e.has(at) {
			delete(s.healths, at)
		}
	}
	s.snapshot.Store(newSnapshot(generation, entries, s.cfg.Now()))
}

// has reports whether the entry has the credential.
func (e *entry) has(at healthPlace) bool {
	for i := range e.pool.members {
		if m := &e.pool.members[i]; m.Name == at.name && m.Fingerprint == at.fingerprint {
			return true
		}
	}
	return false
}

// current returns the snapshot, nil before Load. One in which a key has expired since is replaced.
func (s *Service) current() *snapshot {
	v := s.snapshot.Load()
	if v == nil || v.until.IsZero() || s.cfg.Now().Before(v.until) {
		return v
	}
	s.write.Lock()
	defer s.write.Unlock()
	if v = s.snapshot.Load(); !v.until.IsZero() && !s.cfg.Now().Before(v.until) {
		s.publish(v.entries)
	}
	return s.snapshot.Load()
}

// loaded returns the snapshot for reading.
func (s *Service) loaded(op string) (*snapshot, error) {
	if v := s.snapshot.Load(); v != nil {
		return v, nil
	}
	return nil, &gateway.Error{Op: op, Kind: gateway.Unavailable, Public: "Sluice is starting."}
}

// beginChange returns the snapshot that a change starts from. It is read anew if an earlier
// write failed with an unknown outcome. The caller holds write.
func (s *Service) beginChange(ctx context.Context, op string) (*snapshot, error) {
	if s.stale {
		if err := s.load(ctx); err != nil {
			return nil, err
		}
	}
	return s.loaded(op)
}

// put writes a key to the store, then to the snapshot. The caller holds write.
func (s *Service) put(ctx context.Context, k VirtualKey) error {
	k.Credentials = slices.Clone(k.Credentials)
	for i := range k.Credentials { // what is in memory may still be sealed with an earlier master key
		if c := &k.Credentials[i]; c.Reference == "" {
			table, row, column := place(k.ID, c.Name)
			c.Sealed = s.cipher.Current(table, row, column, c.Sealed)
		}
	}
	if err := s.store.PutVirtualKey(ctx, k); err != nil {
		return s.failedWrite(err)
	}
	entries := s.snapshot.Load().clonedEntries()
	delete(entries, k.ID)
	s.readReferences(ctx, entries, k)
	entries[k.ID] = s.open(k)
	s.publish(entries)
	return nil
}

// remove deletes a key from the store, then from the snapshot. The caller holds write.
func (s *Service) remove(ctx context.Context, id string) error {
	if err := s.store.DeleteVirtualKey(ctx, id); err != nil {
		return s.failedWrite(err)
	}
	entries := s.snapshot.Load().clonedEntries()
	delete(entries, id)
	s.publish(entries)
	return nil
}

// failedWrite marks the snapshot as stale unless the store has refused the write: after any
// other failure, such as a lost connection, the write may have happened all the same.
func (s *Service) failedWrite(err error) error {
	var e *gateway.Error
	if !errors.As(err, &e) || e.Kind != gateway.NotFound && e.Kind != gateway.Conflict {
		s.stale = true
	}
	return err
}
