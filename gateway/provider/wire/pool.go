package wire

import (
	"sync"
	"time"
)

// pool holds the idle connections, per host the one used last on top. One timer, armed
// while there are any, drops those that nobody came for.
type pool struct {
	perHost, all int
	keep         time.Duration

	mu     sync.Mutex
	idle   map[host]*stack
	total  int
	timer  *time.Timer
	closed bool
	sweeps sync.WaitGroup
}

type stack struct{ conns []*conn }

// take gives the connection of h that was used last, nil if there is none.
func (p *pool) take(h host) *conn {
	p.mu.Lock()
	defer p.mu.Unlock()
	s := p.idle[h]
	if s == nil || len(s.conns) == 0 {
		return nil
	}
	n := len(s.conns) - 1
	cn := s.conns[n]
	s.conns[n] = nil
	s.conns = s.conns[:n]
	p.total--
	return cn
}

// put keeps cn for its host; false: there is no room.
func (p *pool) put(cn *conn) bool {
	cn.since = time.Now()
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.closed || p.total >= p.all {
		return false
	}
	s := p.idle[cn.host]
	if s == nil {
		s = &stack{}
		p.idle[cn.host] = s
	}
	if len(s.conns) >= p.perHost {
		return false
	}
	s.conns = append(s.conns, cn)
	p.total++
	if p.timer == nil {
		p.arm(p.keep)
	}
	return true
}

// arm sets the timer. Whoever stops it in time takes its place among the sweeps.
func (p *pool) arm(d time.Duration) {
	p.sweeps.Add(1)
	p.timer = time.AfterFunc(d, p.sweep)
}

// sweep drops what has been idle for too long, and hosts without connections.
func (p *pool) sweep() {
	defer p.sweeps.Done()
	p.mu.Lock()
	var old []*conn
	limit := time.Now().Add(-p.keep)
	for h, s := range p.idle {
		n := 0
		for n < len(s.conns) && !s.conns[n].since.After(limit) {
			n++
		}
		old = append(old, s.conns[:n]...)
		if n == len(s.conns) {
			delete(p.idle, h)
			continue
		}
		kept := copy(s.conns, s.conns[n:])
		clear(s.conns[kept:])
		s.conns = s.conns[:kept]
	}
	p.total -= len(old)
	p.timer = nil
	if p.total > 0 && !p.closed {
		p.arm(max(p.keep/4, time.Millisecond))
	}
	p.mu.Unlock()
	for _, cn := range old {
		cn.retire()
	}
}

func (p *pool) close() {
	p.mu.Lock()
	p.closed = true
	if p.timer != nil && p.timer.Stop() {
		p.sweeps.Done()
	}
	p.timer = nil
	idle := p.idle
	p.idle, p.total = nil, 0
	p.mu.Unlock()
	for _, s := range idle {
		for _, cn := range s.conns {
			cn.retire()
		}
	}
	p.sweeps.Wait()
}
