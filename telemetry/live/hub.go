// Package live hands new exchanges to those who watch them.
//
// A [Hub] is a telemetry.Exporter: the recorder gives it each record as it is written. It passes a
// record to every listener whose query matches and waits for none: what does not fit a listener's
// queue is dropped and counted for it. Records have no bodies. A hub knows the exchanges of its own
// process only.
package live

import (
	"context"
	"sync"
	"sync/atomic"

	"github.com/sluicegate/sluice/gateway"
	"github.com/sluicegate/sluice/telemetry"
)

// Bounds of a hub.
const (
	MaxListeners          = 64
	MaxListenersPerMember = 8
	queued                = 256 // records that wait for one listener
)

// Hub passes records on. Its zero value is ready for use.
type Hub struct {
	mu        sync.Mutex
	listeners map[*Listener]bool
	closed    bool
}

// Listener gets the records that match one query.
type Listener struct {
	hub     *Hub
	query   telemetry.Query
	member  string
	records chan *telemetry.Record
	dropped atomic.Uint64
}

// Listen begins to listen. The query's cursor and limit have no meaning. member is who listens. More
// listeners than the bounds allow are a RateLimited error; a closed hub is an Unavailable one.
func (h *Hub) Listen(q telemetry.Query, member string) (*Listener, error) {
	const op = "live.Listen"
	if err := q.Check(); err != nil {
		return nil, err
	}
	h.mu.Lock()
	defer h.mu.Unlock()
	own := 0
	for l := range h.listeners {
		if l.member == member {
			own++
		}
	}
	switch {
	case h.closed:
		return nil, &gateway.Error{Op: op, Kind: gateway.Unavailable, Public: "The server is shutting down."}
	case len(h.listeners) >= MaxListeners || own >= MaxListenersPerMember:
		return nil, &gateway.Error{Op: op, Kind: gateway.RateLimited, Public: "Too many watch the logs now. End another listener first."}
	}
	l := &Listener{hub: h, query: q, member: member, records: make(chan *telemetry.Record, queued)}
	if h.listeners == nil {
		h.listeners = map[*Listener]bool{}
	}
	h.listeners[l] = true
	return l, nil
}

// Export implements telemetry.Exporter.
func (h *Hub) Export(rs []*telemetry.Record) {
	h.mu.Lock()
	defer h.mu.Unlock()
	for l := range h.listeners {
		for _, r := range rs {
			if !l.query.Match(r) {
				continue
			}
			select {
			case l.records <- r:
			default:
				l.dropped.Add(1)
			}
		}
	}
}

// Close ends all listeners, and refuses new ones.
func (h *Hub) Close() {
	h.mu.Lock()
	defer h.mu.Unlock()
	h.closed = true
	for l := range h.listeners {
		close(l.records)
	}
	h.listeners = nil
}

// Next waits for a record; nil if ctx or the hub has ended, which ended tells.
func (l *Listener) Next(ctx context.Context) (r *telemetry.Record, ended bool) {
	select {
	case r, open := <-l.records:
		return r, !open
	case <-ctx.Done():
		return nil, false
	}
}

// Dropped returns how many records were dropped since the last call.
func (l *Listener) Dropped() uint64 { return l.dropped.Swap(0) }

// Close ends the listener.
func (l *Listener) Close() {
	l.hub.mu.Lock()
	defer l.hub.mu.Unlock()
	delete(l.hub.listeners, l)
}
