package httpapi

import (
	"net/netip"
	"sync"
	"time"

	"github.com/sluicegate/sluice/gateway"
	"github.com/sluicegate/sluice/internal/httpapi/listen"
)

// inFlight counts the requests of each client address that are being answered. One connection
// may carry many of them: HTTP/2, or a proxy in front.
type inFlight struct {
	limit    int
	mu       sync.Mutex
	requests map[netip.Addr]int
}

// enter counts a request until done is called.
func (f *inFlight) enter(client string) (done func(), err error) {
	address := listen.Client(client)
	if !address.IsValid() {
		return func() {}, nil
	}
	f.mu.Lock()
	defer f.mu.Unlock()
	if f.requests[address] >= f.limit {
		return nil, &gateway.Error{Op: "httpapi.limitRequests", Kind: gateway.RateLimited, Code: "too_many_requests", RetryAfter: time.Second,
			Public: "Too many requests of this address are in flight."}
	}
	f.requests[address]++
	return func() { f.leave(address) }, nil
}

func (f *inFlight) leave(address netip.Addr) {
	f.mu.Lock()
	defer f.mu.Unlock()
	if f.requests[address]--; f.requests[address] == 0 {
		delete(f.requests, address)
	}
}
