// Package qdranttest is a fake Qdrant for tests: a gRPC server in this process, built on the
// service stubs of the Qdrant client module, with exact search. It behaves like Qdrant 1.18,
// surprises included: it stores a NaN, an empty filter deletes everything, and a stale
// optimistic update returns Completed. Calls that the cache's adapter does not make return
// Unimplemented. Points live in the memory of their Server.
package qdranttest

import (
	"context"
	"net"
	"strings"
	"sync"
	"time"

	"github.com/qdrant/go-client/qdrant"
	"google.golang.org/grpc"
	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/status"
)

// Server is one server. It owns the goroutine that serves; Close waits for it.
type Server struct {
	grpc     *grpc.Server
	listener net.Listener
	ended    chan struct{}

	mu          sync.Mutex
	collections map[string]*collection
	aliases     map[string]string
	calls       map[string]int
	fault       func(method string) error
	delay       time.Duration
}

// New starts a server on a free port of the loopback interface.
func New() (*Server, error) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return nil, err
	}
	s := &Server{listener: l, ended: make(chan struct{}), collections: map[string]*collection{}, aliases: map[string]string{}, calls: map[string]int{}}
	s.grpc = grpc.NewServer(grpc.UnaryInterceptor(s.intercept))
	qdrant.RegisterQdrantServer(s.grpc, health{})
	qdrant.RegisterCollectionsServer(s.grpc, &collections{s: s})
	qdrant.RegisterPointsServer(s.grpc, &points{s: s})
	go func() {
		defer close(s.ended)
		_ = s.grpc.Serve(l) // ends with Close
	}()
	return s, nil
}

// URL returns the server's address.
func (s *Server) URL() string { return "http://" + s.listener.Addr().String() }

// Close stops the server and waits for it.
func (s *Server) Close() {
	s.grpc.Stop()
	<-s.ended
}

// Fail makes every call return f's error, if it has one. The method reads like
// "Points/Upsert". nil switches it off.
func (s *Server) Fail(f func(method string) error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.fault = f
}

// Slow delays every call.
func (s *Server) Slow(d time.Duration) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.delay = d
}

// Calls returns how often a method was called.
func (s *Server) Calls(method string) int {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.calls[method]
}

// Payloads returns every payload of every point as text, for tests that search it for plain
// text.
func (s *Server) Payloads() string {
	s.mu.Lock()
	defer s.mu.Unlock()
	var b strings.Builder
	for _, c := range s.collections {
		for _, p := range c.points {
			for k, v := range p.payload {
				b.WriteString(k + "=" + v.String() + "\n")
			}
		}
	}
	return b.String()
}

func (s *Server) intercept(ctx context.Context, req any, info *grpc.UnaryServerInfo, next grpc.UnaryHandler) (any, error) {
	method := strings.TrimPrefix(info.FullMethod, "/qdrant.")
	s.mu.Lock()
	s.calls[method]++
	fault, delay := s.fault, s.delay
	s.mu.Unlock()
	if delay > 0 {
		select {
		case <-time.After(delay):
		case <-ctx.Done():
			return nil, status.FromContextError(ctx.Err()).Err()
		}
	}
	if fault != nil {
		if err := fault(method); err != nil {
			return nil, err
		}
	}
	return next(ctx, req)
}

// find resolves a name or alias. The caller holds the lock.
func (s *Server) find(name string) (*collection, error) {
	if to, ok := s.aliases[name]; ok {
		name = to
	}
	if c := s.collections[name]; c != nil {
		return c, nil
	}
	return nil, status.Errorf(codes.NotFound, "Not found: Collection `%s` doesn't exist!", name)
}

type health struct {
	qdrant.UnimplementedQdrantServer
}

func (health) HealthCheck(context.Context, *qdrant.HealthCheckRequest) (*qdrant.HealthCheckReply, error) {
	return &qdrant.HealthCheckReply{Title: "qdrant - vector search engine", Version: "1.18.2"}, nil
}
