package http1

import (
	"net/http"
	"time"

	"github.com/sluicegate/sluice/gateway/socket"
)

// round is how often all connections are looked at.
const round = 100 * time.Millisecond

// watch is the server's clock and the one that ends what takes too long. It lives until the
// server is closed and has no connections any more.
func (s *Server) watch() {
	defer close(s.watched)
	tick := time.NewTicker(round)
	defer tick.Stop()
	for {
		select {
		case now := <-tick.C:
			s.stamp(now)
			s.look(s.rounds.Add(1))
		case <-s.changed:
		}
		if s.over() {
			return
		}
	}
}

func (s *Server) over() bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.closing.Load() && len(s.conns) == 0
}

// look ends connections that have waited too long, and the contexts of requests whose
// caller has gone.
func (s *Server) look(now int64) {
	s.mu.Lock()
	defer s.mu.Unlock()
	for c := range s.conns {
		at := c.place.Load()
		age := time.Duration(now-at.since()) * round
		switch at.state() {
		case idle:
			if s.Idle > 0 && age > s.Idle {
				c.endIf(at)
			}
		case reading:
			if s.Head > 0 && age > s.Head {
				c.endIf(at)
			}
		case serving:
			if age >= round && socket.HungUp(c.rwc) {
				c.cancel()
			}
		}
	}
}

// stamp writes the Date header of the answers to come.
func (s *Server) stamp(now time.Time) {
	line := []byte("Date: ")
	line = now.UTC().AppendFormat(line, http.TimeFormat)
	line = append(line, '\r', '\n')
	s.date.Store(&line)
}
