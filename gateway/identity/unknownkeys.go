package identity

import (
	"net/netip"
	"sync"
	"time"
)

// Limits of unknown keys. Config.UnknownKeys is how many an address may present within
// unknownPeriod before it has to wait.
const (
	unknownPeriod = time.Minute // begins with the first of them
	unknownTable  = 10_000      // addresses that are remembered
)

// longKey is the length in bytes from which on a key that an operator chose is taken to be random
// text that cannot be found by trying.
const longKey = 32

// unknownCounter counts the unknown API keys that each address presents. An IPv6 network of 64
// bits counts as one address, since one subscriber has all of it.
type unknownCounter struct {
	most int // within one period

	mu   sync.Mutex
	seen map[netip.Prefix]unknownCount
}

type unknownCount struct {
	keys  int
	until time.Time // end of the period
}

func networkOf(a netip.Addr) netip.Prefix {
	a = a.Unmap()
	bits := a.BitLen()
	if a.Is6() {
		bits = 64
	}
	p, _ := a.WithZone("").Prefix(bits) // the zero address has the zero prefix
	return p
}

// wait is how long the address has to wait, 0 if it need not.
func (u *unknownCounter) wait(from netip.Addr, now time.Time) time.Duration {
	u.mu.Lock()
	defer u.mu.Unlock()
	c := u.seen[networkOf(from)]
	if c.keys < u.most || !now.Before(c.until) {
		return 0
	}
	return c.until.Sub(now)
}

// add counts one unknown key.
func (u *unknownCounter) add(from netip.Addr, now time.Time) {
	u.mu.Lock()
	defer u.mu.Unlock()
	network := networkOf(from)
	c, known := u.seen[network]
	if !known && len(u.seen) >= unknownTable {
		for any := range u.seen { // an attacker with that many addresses is not stopped by counting
			delete(u.seen, any)
			break
		}
	}
	if u.seen == nil {
		u.seen = map[netip.Prefix]unknownCount{}
	}
	if !now.Before(c.until) {
		c = unknownCount{until: now.Add(unknownPeriod)}
	}
	c.keys++
	u.seen[network] = c
}
