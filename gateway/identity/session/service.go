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

	renewableLifetime = 7 * 24 * time.Hour // of a session whose token is renewed
	tokenLifetime     = time.Hour          // of such a token
	overlap           = 2 * time.Minute    // a replaced token stays good, for calls that were under way
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
	index index
	read  time.Time // when the store was read
}

// staleAfter is how old the index of a shared store gets. A token that it does not have may be of a
// session that another process has opened just now: then it gets no older than unknownAfter.
const (
	staleAfter   = time.Second
	unknownAfter = 100 * time.Millisecond
)

// Open reads the sessions of the store, and deletes those that have ended.
func Open(ctx context.Context, store Store, cfg Config) (*Service, error) {
	if cfg.Lifetime <= 0 {
		cfg.Lifetime = Lifetime
	}
	if cfg.Now == nil {
		cfg.Now = time.Now
	}
	s := &Service{store: store, cfg: cfg, index: newIndex(nil)}
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
	s.mu.Lock()
	defer s.mu.Unlock()
	s.index, s.read = newIndex(all), at
	return nil
}

// refresh reads a shared store again where the index is older than most.
func (s *Service) refresh(ctx context.Context, most time.Duration) error {
	if !s.cfg.Shared {
		return nil
	}
	s.write.Lock()
	defer s.write.Unlock()
	s.mu.RLock()
	fresh := s.cfg.Now().Sub(s.read) < most
	s.mu.RUnlock()
	if fresh {
		return nil
	}
	return s.load(ctx)
}

// ended reports whether neither the token nor the refresh token is good any more.
func (s *Service) ended(x *Session) bool {
	now := s.cfg.Now()
	return !now.Before(x.ExpiresAt) && !now.Before(x.Refresh.Until)
}

func (s *Service) put(x Session) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.index.remove(x.ID)
	s.index.put(x)
}

// Create makes a session. x has the member, the workspace and how it signed in. The token is
// returned here and never again.
func (s *Service) Create(ctx context.Context, x Session) (Session, gateway.Secret, error) {
	token, now := newToken(Prefix), s.cfg.Now().UTC()
	x.Hash, x.ExpiresAt = hashOf(token), now.Add(s.cfg.Lifetime)
	x, err := s.create(ctx, x, now)
	return x, token, err
}

func (s *Service) create(ctx context.Context, x Session, now time.Time) (Session, error) {
	s.write.Lock()
	defer s.write.Unlock()
	if err := s.makeRoom(ctx, x.Member); err != nil {
		return Session{}, err
	}
	x.ID, x.CreatedAt = ulid.Make().String(), now
	if err := s.store.PutSession(ctx, x); err != nil {
		return Session{}, err
	}
	s.put(x)
	return x, nil
}

// makeRoom deletes the ended sessions of all members, and a member's oldest ones that are too
// many. The caller holds write.
func (s *Service) makeRoom(ctx context.Context, member string) error {
	var drop []Session
	s.mu.RLock()
	for _, x := range s.index.byID {
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
	s.index.remove(id)
	return nil
}

// Find finds the session of a token that has not ended. The map compares hashes, so its timing
// tells nothing about any token. Where a shared store does not answer, nobody has signed in.
func (s *Service) Find(ctx context.Context, token gateway.Secret) (Session, bool) {
	if !HasToken(token) {
		return Session{}, false
	}
	hash := hashOf(token)
	x, err := s.lookUp(ctx, func(i *index) *Session { return i.token[hash] })
	now := s.cfg.Now()
	switch {
	case err != nil || x == nil:
		return Session{}, false
	case x.Hash == hash:
		return *x, now.Before(x.ExpiresAt)
	}
	return *x, now.Before(x.Refresh.At.Add(overlap))
}

// lookUp finds a session in the index, which is read again where it may be behind the store.
func (s *Service) lookUp(ctx context.Context, find func(*index) *Session) (*Session, error) {
	for _, most := range []time.Duration{staleAfter, unknownAfter} {
		if err := s.refresh(ctx, most); err != nil {
			return nil, err
		}
		s.mu.RLock()
		x := find(&s.index)
		s.mu.RUnlock()
		if x != nil {
			return x, nil
		}
	}
	return nil, nil
}

// List lists the sessions of a member that have not ended, newest first.
func (s *Service) List(member string) []Session {
	s.mu.RLock()
	defer s.mu.RUnlock()
	out := []Session{}
	for _, x := range s.index.byID {
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
	x := s.index.byID[id]
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
