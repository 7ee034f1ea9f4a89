package session

import (
	"context"
	"crypto/subtle"
	"errors"
	"strings"

	"github.com/sluicegate/sluice/gateway"
)

// CreateRenewable makes a session of a device: its token is short, and renewed for a week. x is as
// for Create.
func (s *Service) CreateRenewable(ctx context.Context, x Session) (Session, Tokens, error) {
	now := s.cfg.Now().UTC()
	tokens := Tokens{newToken(Prefix), newToken(RefreshPrefix)}
	x.Hash, x.ExpiresAt = hashOf(tokens.Access), now.Add(tokenLifetime)
	x.Refresh = Refresh{Hash: hashOf(tokens.Refresh), Until: now.Add(renewableLifetime)}
	x, err := s.create(ctx, x, now)
	return x, tokens, err
}

// Renew gives a session new tokens for its refresh token. One that was used before ends the
// session. Both are gateway.Unauthorized, as is a token that nobody has.
func (s *Service) Renew(ctx context.Context, token gateway.Secret) (Session, Tokens, error) {
	const op = "session.Renew"
	refused := &gateway.Error{Op: op, Kind: gateway.Unauthorized, Code: "invalid_grant", Public: "The refresh token is unknown, used, or has ended. Sign in again."}
	if !strings.HasPrefix(token.Reveal(), RefreshPrefix) {
		return Session{}, Tokens{}, refused
	}
	hash := hashOf(token)
	found, err := s.lookUp(ctx, func(i *index) *Session { return i.refresh[hash] })
	if err != nil {
		return Session{}, Tokens{}, err
	}
	if found == nil {
		return Session{}, Tokens{}, refused
	}
	s.write.Lock()
	defer s.write.Unlock()
	s.mu.RLock()
	found = s.index.byID[found.ID] // as it is now: another call may have renewed it
	s.mu.RUnlock()
	now := s.cfg.Now().UTC()
	switch {
	case found == nil || !now.Before(found.Refresh.Until):
		return Session{}, Tokens{}, refused
	case subtle.ConstantTimeCompare(found.Refresh.Hash[:], hash[:]) != 1:
		return Session{}, Tokens{}, errors.Join(refused, s.remove(ctx, found.ID))
	}
	x, tokens := *found, Tokens{newToken(Prefix), newToken(RefreshPrefix)}
	x.Refresh = Refresh{Hash: hashOf(tokens.Refresh), Until: x.Refresh.Until, At: now, Used: hash, Replaced: x.Hash}
	x.Hash, x.ExpiresAt = hashOf(tokens.Access), now.Add(tokenLifetime)
	if err := s.store.RenewSession(ctx, x, hash); err != nil {
		if gateway.AsError(err).Kind == gateway.Conflict { // another process has renewed it with the same token
			return Session{}, Tokens{}, errors.Join(refused, s.remove(ctx, x.ID))
		}
		return Session{}, Tokens{}, err
	}
	s.put(x)
	return x, tokens, nil
}

// RevokeToken ends the session of a token or a refresh token (RFC 7009). One that nobody has is
// no error. ended is the session, the zero value if there was none.
func (s *Service) RevokeToken(ctx context.Context, token gateway.Secret) (ended Session, err error) {
	hash := hashOf(token)
	x, err := s.lookUp(ctx, func(i *index) *Session {
		if x := i.refresh[hash]; x != nil {
			return x
		}
		return i.token[hash]
	})
	if err != nil || x == nil {
		return Session{}, err
	}
	s.write.Lock()
	defer s.write.Unlock()
	return *x, s.remove(ctx, x.ID)
}
