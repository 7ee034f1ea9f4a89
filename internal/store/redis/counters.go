// Package redisstore counts rate limits in Redis or Valkey, so that all replicas share them. It
// implements limit.Counters.
//
// One script takes all claims of a call, or none. The server's clock is the clock. All keys have
// one hash tag, so that a cluster keeps them in one slot: the script needs that.
//
// A lease of a call that runs is renewed by the process that runs it; a lease of a process that
// was killed runs out. [Counters] own the goroutine that renews; Close ends it, and closes the
// connections.
//
// The package is not named redis like its folder, because its files use that client.
package redisstore

import (
	"context"
	_ "embed"
	"errors"
	"fmt"
	"maps"
	"net/url"
	"slices"
	"strconv"
	"sync"
	"time"

	"github.com/redis/go-redis/v9"

	"github.com/sluicegate/sluice/gateway/limit"
)

// keyPrefix begins every key.
const keyPrefix = "{sluice}:limit:"

//go:embed counters.lua
var script string

// Counters keep what was taken of limits on a server. Safe for concurrent use.
type Counters struct {
	client *redis.Client
	script *redis.Script

	mu     sync.Mutex
	leases map[[2]string]limit.Claim // that this process holds, by counter and id

	stop    context.CancelFunc
	renewed sync.WaitGroup
}

// Open connects to the server at address: redis://[user:password@]host:port[/database], or rediss://
// for TLS. It does not wait for the server: whoever counts without it decides that.
func Open(address string) (*Counters, error) {
	options, err := redis.ParseURL(address)
	if err != nil {
		return nil, fmt.Errorf("redisstore.Open: the URL of the counters is not redis://host:port: %w", withoutURL(err))
	}
	options.MaxRetries = -1              // whoever counts without the server does not wait for it
	options.ContextTimeoutEnabled = true // the caller's deadline bounds reading and writing
	ctx, stop := context.WithCancel(context.Background())
	c := &Counters{client: redis.NewClient(options), script: redis.NewScript(script), leases: map[[2]string]limit.Claim{}, stop: stop}
	c.renewed.Go(func() { c.renew(ctx) })
	return c, nil
}

// Close ends the renewing and closes the connections.
func (c *Counters) Close() error {
	c.stop()
	c.renewed.Wait()
	return c.client.Close()
}

// Ping reports whether the server answers.
func (c *Counters) Ping(ctx context.Context) error { return c.client.Ping(ctx).Err() }

// Take implements limit.Counters.
func (c *Counters) Take(ctx context.Context, claims []limit.Claim) ([]limit.State, error) {
	keys, args := make([]string, len(claims)), arguments("take", len(claims))
	for i, k := range claims {
		keys[i], args = keyPrefix+k.Counter, append(args, k.Amount, k.Limit, k.Period.Microseconds(), k.Lease)
	}
	answer, err := c.script.Run(ctx, c.client, keys, args...).Slice()
	if err != nil {
		return nil, err
	}
	if len(answer) != 2*len(claims) {
		return nil, fmt.Errorf("redisstore.Take: %d values for %d claims", len(answer), len(claims))
	}
	states, refused := make([]limit.State, len(claims)), false
	for i, k := range claims {
		full := answer[2*i] == int64(1)
		text, _ := answer[2*i+1].(string)
		count, err := strconv.ParseFloat(text, 64)
		if err != nil {
			return nil, fmt.Errorf("redisstore.Take: %w", err)
		}
		if states[i] = limit.RateState(k, count, full); k.Period == 0 {
			states[i] = limit.LeaseState(k, int64(count), full)
		}
		refused = refused || full
	}
	if !refused {
		c.hold(claims)
	}
	return states, nil
}

// Settle implements limit.Counters.
func (c *Counters) Settle(ctx context.Context, settlements []limit.Settlement) error {
	keys, args := make([]string, len(settlements)), arguments("settle", len(settlements))
	c.mu.Lock()
	for i, s := range settlements {
		keys[i], args = keyPrefix+s.Counter, append(args, s.Amount, s.Limit, s.Period.Microseconds(), s.Lease)
		delete(c.leases, [2]string{s.Counter, s.Lease})
	}
	c.mu.Unlock()
	return c.script.Run(ctx, c.client, keys, args...).Err()
}

// arguments begins those of the script for n claims.
func arguments(mode string, n int) []any {
	return append(make([]any, 0, 2+4*n), mode, limit.LeaseLifetime.Milliseconds())
}

// hold notes the leases among claims.
func (c *Counters) hold(claims []limit.Claim) {
	c.mu.Lock()
	defer c.mu.Unlock()
	for _, k := range claims {
		if k.Period == 0 {
			c.leases[[2]string{k.Counter, k.Lease}] = k
		}
	}
}

// renew renews all leases three times in their lifetime.
func (c *Counters) renew(ctx context.Context) {
	tick := time.NewTicker(limit.LeaseLifetime / 3)
	defer tick.Stop()
	for {
		select {
		case <-ctx.Done():
			return
		case <-tick.C:
			c.renewAll(ctx)
		}
	}
}

// renewAtOnce bounds the leases of one call of the script.
const renewAtOnce = 500

// renewAll lets each lease last its whole lifetime again, by the server's clock. A server that does not
// answer keeps it until it runs out.
func (c *Counters) renewAll(ctx context.Context) {
	c.mu.Lock()
	held := slices.Collect(maps.Values(c.leases))
	c.mu.Unlock()
	ctx, cancel := context.WithTimeout(ctx, limit.LeaseLifetime/6)
	defer cancel()
	for part := range slices.Chunk(held, renewAtOnce) {
		keys, args := make([]string, len(part)), arguments("renew", len(part))
		for i, k := range part {
			keys[i], args = keyPrefix+k.Counter, append(args, k.Amount, k.Limit, k.Period.Microseconds(), k.Lease)
		}
		_ = c.script.Run(ctx, c.client, keys, args...).Err() // tried again before they run out
	}
}

// withoutURL takes the URL out of an error, because it may hold a password.
func withoutURL(err error) error {
	var bad *url.Error
	if errors.As(err, &bad) {
		return bad.Err
	}
	return err
}
