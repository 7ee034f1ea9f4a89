// Package token keeps the tokens that clouds give for credentials. A token is fetched by the first
// call that needs it and again before it expires, once for all calls that wait. The credential
// itself is not kept: tokens are found by a hash of it.
package token

import (
	"context"
	"crypto/sha256"
	"maps"
	"sync"
	"time"

	"github.com/sluicegate/sluice/gateway"
)

// Token is what a cloud gives for a credential.
type Token[T any] struct {
	Value   T
	Expires time.Time // zero = it does not expire
}

const (
	// margin is the time before its end at which a token is fetched again.
	margin = 5 * time.Minute
	// fetchTimeout limits one fetch.
	fetchTimeout = 10 * time.Second
	// firstPause is the time between a fetch that failed and the next one. It doubles with each failure
	// up to longestPause, so that callers do not overrun the server that gives tokens.
	firstPause   = time.Second
	longestPause = 30 * time.Second
	maxKept      = 4096
)

// Cache keeps tokens of one kind. The zero value is ready. It is safe for concurrent use.
type Cache[T any] struct {
	Now func() time.Time // nil = time.Now

	mu   sync.Mutex
	kept map[[sha256.Size]byte]*slot[T]
}

// slot is the token of one credential.
type slot[T any] struct {
	turn   chan struct{} // holds one element: who takes it may use the fields below
	token  Token[T]
	have   bool
	err    error
	failed int       // fetches in a row
	next   time.Time // of the next fetch after one that failed
	got    time.Time // when the token came
	used   time.Time // guarded by Cache.mu
}

// Key returns the key of a credential and what else a token depends on.
func Key(credential gateway.Secret, more ...string) [sha256.Size]byte {
	h := sha256.New()
	for _, s := range append(more, credential.Reveal()) {
		sum := sha256.Sum256([]byte(s))
		h.Write(sum[:])
	}
	if credential.IsServerIdentity() {
		h.Write([]byte{1})
	}
	return [sha256.Size]byte(h.Sum(nil))
}

// Get returns the token of a key. While a token that is about to expire cannot be fetched again, it
// is used to its end.
func (c *Cache[T]) Get(ctx context.Context, key [sha256.Size]byte, fetch func(context.Context) (Token[T], error)) (T, error) {
	s := c.slot(key)
	var none T
	select {
	case <-s.turn:
	case <-ctx.Done():
		return none, ctx.Err()
	}
	defer func() { s.turn <- struct{}{} }()
	now := c.now()
	if s.have && (s.token.Expires.IsZero() || now.Before(s.token.Expires.Add(-min(margin, s.life()/5)))) {
		return s.token.Value, nil
	}
	if now.Before(s.next) {
		return s.last(now)
	}
	ctx, cancel := context.WithTimeout(ctx, fetchTimeout)
	defer cancel()
	t, err := fetch(ctx)
	if err == nil {
		s.token, s.have, s.err, s.failed, s.got = t, true, nil, 0, now
		return t.Value, nil
	}
	if context.Cause(ctx) != context.DeadlineExceeded && ctx.Err() != nil { // the caller left; that says nothing of the server
		return none, err
	}
	s.err, s.next = err, now.Add(min(firstPause<<min(s.failed, 10), longestPause))
	s.failed++
	return s.last(now)
}

// life is how long the token was good when it was fetched.
func (s *slot[T]) life() time.Duration { return s.token.Expires.Sub(s.got) }

// last is the token that is kept while it is good, else the last error.
func (s *slot[T]) last(now time.Time) (T, error) {
	if s.have && now.Before(s.token.Expires) {
		return s.token.Value, nil
	}
	var none T
	return none, s.err
}

func (c *Cache[T]) now() time.Time {
	if c.Now == nil {
		return time.Now()
	}
	return c.Now()
}

func (c *Cache[T]) slot(key [sha256.Size]byte) *slot[T] {
	c.mu.Lock()
	defer c.mu.Unlock()
	s := c.kept[key]
	if s == nil {
		if c.kept == nil {
			c.kept = map[[sha256.Size]byte]*slot[T]{}
		}
		if len(c.kept) >= maxKept {
			oldest := c.now()
			for _, other := range c.kept {
				if other.used.Before(oldest) {
					oldest = other.used
				}
			}
			maps.DeleteFunc(c.kept, func(_ [sha256.Size]byte, other *slot[T]) bool { return !other.used.After(oldest) })
		}
		s = &slot[T]{turn: make(chan struct{}, 1)}
		s.turn <- struct{}{}
		c.kept[key] = s
	}
	s.used = c.now()
	return s
}
