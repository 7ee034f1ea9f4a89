package listen

import (
	"log/slog"
	"net"
	"net/netip"
	"sync"
	"time"
)

// limited is a listener that closes connections over the limits. Connections of trusted
// proxies count in all, but not for their address: that is the address of many callers.
type limited struct {
	net.Listener
	limits  Limits
	proxies []netip.Prefix
	log     *slog.Logger

	mu        sync.Mutex
	open      int
	byAddress map[netip.Addr]int
	warned    time.Time // when a refused connection was logged last
}

func newLimited(l net.Listener, limits Limits, proxies []netip.Prefix, log *slog.Logger) *limited {
	return &limited{Listener: l, limits: limits, proxies: proxies, log: log, byAddress: map[netip.Addr]int{}}
}

// Accept implements net.Listener.
func (l *limited) Accept() (net.Conn, error) {
	for {
		c, err := l.Listener.Accept()
		if err != nil {
			return nil, err
		}
		address := Client(peer(c.RemoteAddr()))
		if within(l.proxies, peer(c.RemoteAddr())) {
			address = netip.Addr{}
		}
		if reason := l.admit(address); reason != "" {
			l.refused(reason)
			c.Close()
			continue
		}
		return &conn{Conn: c, stall: l.limits.WriteStall, closed: func() { l.dismiss(address) }}, nil
	}
}

// admit counts a connection, or says which limit it is over.
func (l *limited) admit(address netip.Addr) (over string) {
	l.mu.Lock()
	defer l.mu.Unlock()
	switch {
	case l.open >= l.limits.Connections:
		return "limits.connections"
	case address.IsValid() && l.byAddress[address] >= l.limits.PerAddress:
		return "limits.per_address"
	}
	l.open++
	if address.IsValid() {
		l.byAddress[address]++
	}
	return ""
}

func (l *limited) dismiss(address netip.Addr) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.open--
	if !address.IsValid() {
		return
	}
	if l.byAddress[address]--; l.byAddress[address] == 0 {
		delete(l.byAddress, address)
	}
}

// refused logs a refused connection, at most one each minute.
func (l *limited) refused(limit string) {
	l.mu.Lock()
	now := time.Now()
	quiet := now.Sub(l.warned) < time.Minute
	if !quiet {
		l.warned = now
	}
	l.mu.Unlock()
	if !quiet && l.log != nil {
		l.log.Warn("connections are refused", "limit", limit)
	}
}
