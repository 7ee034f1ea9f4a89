package session

import (
	"cmp"
	"context"
	"slices"
	"sync"
	"time"

	"github.com/oklog/ulid/v2"

	"github.com/sluicegate/sluice/gateway"
)

// Limits of sessions.
const (
	Lifetime    = 12 * time.Hour
	maxSessions = 20 // of one member
)

// Config holds the settings of a Service.
type Config struct {
	Lifetime time.Duration    // 0 = Lifetime
	Shared   bool             // other processes change the store: it is read again each second
	Now      func() time.Time // nil = time.Now
}

// Service opens, finds and revokes sessions. Safe for concurrent use.
type Service struct {
	store Store
	cfg   Config

	write sync.Mutex // serialises changes
	mu    sync.RWMutex
	byID  map[string]*Session
	hash  map[Hash]*Session
	read  time.Time // when the store was read
}

// staleAfter is how old the index of a shared store gets.
const staleAfter = time.Second

// Open reads the sessions of the store, and deletes those that have ended.
func Open(ctx context.Context, store Store, cfg Config) (*Service, error) {
	if cfg.Lifetime <= 0 {
		cfg.Lifetime = Lifetime
	}
	if cfg.Now == nil {
		cfg.Now = time.Now
	}
	s := &Service{store: store, cfg: cfg, byID: map[string]*Session{}, hash: map[Hash]*Session{}}
	if err := s.load(ctx); err != nil {
		return nil, err
	}
	return s, s.makeRoom(ctx, "")
}

// load reads the store into a new index.
func (s *Service) load(ctx context.Context) error {
	at := s.cfg.Now()
	all, err := s.store.Sessions(ctx)
	if err != nil {
		return err
	}
	byID, hash := make(map[string]*Session, len(all)), make(map[Hash]*Session, len(all))
	for _, x := range all {
		byID[x.ID], hash[x.Hash] = &x, &x
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	s.byID, s.hash, s.read = byID, hash, at
	return nil
}

// refresh reads a shared store again where the index is old.
func (s *Service) refresh(ctx context.Context) error {
	if !s.cfg.Shared {
		return nil
	}
	s.write.Lock()
	defer s.write.Unlock()
	s.mu.RLock()
	fresh := s.cfg.Now().Sub(s.read) < staleAfter
	s.mu.RUnlock()
	if fresh {
		return nil
	}
	return s.load(ctx)
}

func (s *Service) ended(x *Session) bool { return !s.cfg.Now().Before(x.ExpiresAt) }

func (s *Service) put(x Session) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.byID[x.ID], s.hash[x.Hash] = &x, &x
}

// Create makes a session. x has the member, the workspace and how it signed in. The token is
// returned here and never again.
func (s *Service) Create(ctx context.Context, x Session) (Session, gateway.Secret, error) {
	s.write.Lock()
	defer s.write.Unlock()
	if err := s.makeRoom(ctx, x.Member); err != nil {
		return Session{}, gateway.Secret{}, err
	}
	token := newToken()
	now := s.cfg.Now().UTC()
	x.ID, x.Hash, x.CreatedAt, x.ExpiresAt = ulid.Make().String(), hashOf(token), now, now.Add(s.cfg.Lifetime)
	if err := s.store.PutSession(ctx, x); err != nil {
		return Session{}, gateway.Secret{}, err
	}
	s.put(x)
	return x, token, nil
}

// makeRoom deletes the ended sessions of all members, and a member's oldest ones that are too
// many. The caller holds write.
func (s *Service) makeRoom(ctx context.Context, member string) error {
	var drop []Session
	s.mu.RLock()
	for _, x := range s.byID {
		if s.ended(x) {
			drop = append(drop, *x)
		}
	}
	s.mu.RUnlock()
	if own := s.List(member); len(own) >= maxSessions {
		drop = append(drop, own[maxSessions-1:]...)
	}
	for _, x := range drop {
		if err := s.remove(ctx, x.ID); err != nil {
			return err
		}
	}
	return nil
}

// remove deletes a session. The caller holds write.
func (s *Service) remove(ctx context.Context, id string) error {
	if err := s.store.DeleteSession(ctx, id); err != nil && gateway.AsError(err).Kind != gateway.NotFound {
		return err
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	if x := s.byID[id]; x != nil {
		delete(s.hash, x.Hash)
		delete(s.byID, id)
	}
	return nil
}

// Find finds the session of a token that has not ended. The map compares hashes, so its timing
// tells nothing about any token. Where a shared store does not answer, nobody has signed in.
func (s *Service) Find(ctx context.Context, token gateway.Secret) (Session, bool) {
	if !HasToken(token) || s.refresh(ctx) != nil {
		return Session{}, false
	}
	s.mu.RLock()
	defer s.mu.RUnlock()
	x := s.hash[hashOf(token)]
	if x == nil || s.ended(x) {
		return Session{}, false
	}
	return *x, true
}

// List lists the sessions of a member that have not ended, newest first.
func (s *Service) List(member string) []Session {
	s.mu.RLock()
	defer s.mu.RUnlock()
	out := []Session{}
	for _, x := range s.byID {
		if x.Member == member && !s.ended(x) {
			out = append(out, *x)
		}
	}
	slices.SortFunc(out, func(a, b Session) int { return cmp.Compare(b.ID, a.ID) })
	return out
}

// Revoke ends a session of a member. One of somebody else is absent.
func (s *Service) Revoke(ctx context.Context, member, id string) error {
	s.write.Lock()
	defer s.write.Unlock()
	s.mu.RLock()
	x := s.byID[id]
	s.mu.RUnlock()
	if x == nil || x.Member != member {
		return &gateway.Error{Op: "session.Revoke", Kind: gateway.NotFound, Param: "id", Public: "There is no session '" + id + "'."}
	}
	return s.remove(ctx, id)
}

// RevokeAll ends all sessions of a member.
func (s *Service) RevokeAll(ctx context.Context, member string) error {
	s.write.Lock()
	defer s.write.Unlock()
	for _, x := range s.List(member) {
		if err := s.remove(ctx, x.ID); err != nil {
			return err
		}
	}
	return nil
}
