package router

import (
	"context"
	"math/rand/v2"
	"time"

	"github.com/sluicegate/sluice/gateway"
	"github.com/sluicegate/sluice/gateway/breaker"
	"github.com/sluicegate/sluice/gateway/route/ranking"
)

// Config configures a router. Every field may be zero.
type Config struct {
	// ServerAddress returns the host that a target is called at, for the attempt's record.
	ServerAddress func(*gateway.Target) string
	// Session names the session that a call belongs to, or the prompt that the provider may have
	// cached; 0 = neither. Calls of one session use the same credential of a virtual key.
	Session func(*gateway.Exchange) uint64
	// Ranker orders the targets of the modes cheapest and fastest, and measures them. nil: a new one, which
	// knows no prices.
	Ranker *ranking.Ranker
	// FirstChunkTimeout limits the wait for the first chunk if no request_timeout is set. 0
	// means 120 s.
	FirstChunkTimeout time.Duration

	// Breakers are the circuit breakers of targets. nil: the router has its own.
	Breakers *breaker.Registry

	// For tests.
	Now   func() time.Time
	Sleep func(ctx context.Context, d time.Duration) error
	Rand  func() float64 // in [0, 1)
}

// router is a Config with its defaults.
type router struct {
	Config
	since func(time.Time) time.Duration
}

func newRouter(set Config) *router {
	r := &router{Config: set}
	r.since = func(t time.Time) time.Duration { return set.Now().Sub(t) }
	if r.FirstChunkTimeout <= 0 {
		r.FirstChunkTimeout = 120 * time.Second
	}
	if r.Now == nil {
		r.Now, r.since = time.Now, time.Since // reads the monotonic clock only
	}
	if r.Breakers == nil {
		r.Breakers = breaker.NewRegistry(nil)
	}
	if r.Sleep == nil {
		r.Sleep = sleepContext
	}
	if r.Rand == nil {
		r.Rand = rand.Float64
	}
	if r.Ranker == nil {
		r.Ranker = ranking.New(ranking.Config{Now: r.Now, Rand: r.Rand})
	}
	return r
}

func sleepContext(ctx context.Context, d time.Duration) error {
	t := time.NewTimer(d)
	defer t.Stop()
	select {
	case <-ctx.Done():
		return ctx.Err()
	case <-t.C:
		return nil
	}
}
