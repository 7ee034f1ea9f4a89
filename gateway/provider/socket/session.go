// Package socket is the vendor's end of a realtime session: one WebSocket connection that one
// goroutine reads, as the session's answer, while others send.
//
// The vendor's events pass unchanged. The session owns its connection and starts no goroutine;
// Close, or the end of the context that it was opened with, ends both directions.
package socket

import (
	"context"
	"errors"
	"io"
	"strings"
	"sync"
	"time"

	"github.com/sluicegate/sluice/gateway"
	"github.com/sluicegate/sluice/gateway/dialect/vendorerror"
	"github.com/sluicegate/sluice/internal/jsonx"
)

// sendTime bounds how long the vendor may take an event.
const sendTime = 30 * time.Second

// API is what the events of a session are.
type API struct {
	Dialect gateway.Dialect
	Tally   Tally
	// Cancel is the caller's event that cancels a response which is being written. nil: there is none,
	// and the end of a session does not wait for what its last response used.
	Cancel []byte
	Permit func(event []byte) error // refuses an event of the caller's
}

// Tally counts what a session uses. It is safe for concurrent use.
type Tally interface {
	Sent(event []byte)         // by the caller
	Received(c *gateway.Chunk) // from the vendor; it sets Usage and Cost
	Writing() bool             // a response is being written
	End() gateway.Chunk        // the last chunk, without an event
}

// Session implements gateway.Stream and gateway.RealtimeVendor.
type Session struct {
	API
	ctx    context.Context
	cancel context.CancelFunc
	conn   Conn

	ended bool  // the last chunk was handed on
	err   error // that ends the answer

	mu       sync.Mutex
	ending   bool // the caller has ended the session
	code     int  // with which the vendor has closed it
	reason   string
	answered chan struct{} // closed when no response is written any more, once ending
}

// New makes a session of a connection. ctx ends it.
func New(ctx context.Context, conn Conn, api API) *Session {
	s := &Session{API: api, conn: conn, answered: make(chan struct{})}
	s.ctx, s.cancel = context.WithCancel(ctx)
	return s
}

// Send implements gateway.RealtimeVendor.
func (s *Session) Send(ctx context.Context, event []byte) error {
	if err := s.Permit(event); err != nil {
		return err
	}
	s.Tally.Sent(event)
	ctx, cancel := context.WithTimeout(ctx, sendTime)
	defer cancel()
	if err := s.conn.Write(ctx, event); err != nil {
		return vendorerror.Broken("socket.Send", "The provider takes no more events of this session.", err)
	}
	return nil
}

// Begin sends the message that sets the session up, of an API that has one.
func (s *Session) Begin(ctx context.Context, message []byte) error {
	ctx, cancel := context.WithTimeout(ctx, sendTime)
	defer cancel()
	if err := s.conn.Write(ctx, message); err != nil {
		return vendorerror.Broken("socket.Begin", "The provider ended the session before it began.", err)
	}
	return nil
}

// End implements gateway.RealtimeVendor.
func (s *Session) End(ctx context.Context) {
	s.mu.Lock()
	s.ending = true
	s.mu.Unlock()
	if s.Cancel != nil && s.Tally.Writing() && s.conn.Write(ctx, s.Cancel) == nil {
		select {
		case <-s.answered:
		case <-ctx.Done():
		case <-s.ctx.Done():
		}
	}
	_ = s.conn.Close() // what matters is that it is closed
	s.cancel()
}

// Closed implements gateway.RealtimeVendor.
func (s *Session) Closed() (code int, reason string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.code, s.reason
}

// Next implements gateway.Stream.
func (s *Session) Next() (gateway.Chunk, error) {
	if s.err != nil {
		return s.last()
	}
	message, err := s.conn.Read(s.ctx)
	switch {
	case err != nil:
		s.err = s.endOf(err)
		return s.last()
	case len(message) == 0 || message[0] != '{' || !jsonx.Valid(message):
		s.err = vendorerror.Broken("socket.Next", "The provider sent something in this session that is no event.", nil)
		return s.last()
	}
	c := gateway.Chunk{Raw: message, Dialect: s.Dialect}
	s.Tally.Received(&c)
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.ending && !s.Tally.Writing() {
		select {
		case <-s.answered:
		default:
			close(s.answered)
		}
	}
	return c, nil
}

// last hands on the last chunk, and then the error.
func (s *Session) last() (gateway.Chunk, error) {
	if s.ended {
		return gateway.Chunk{}, s.err
	}
	s.ended = true
	return s.Tally.End(), nil
}

// endOf is the error that a failure to read ends the answer with: io.EOF if one side ended the
// session as it should.
func (s *Session) endOf(err error) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	var closed *Closed
	if errors.As(err, &closed) {
		s.code, s.reason = closed.Code, strings.ToValidUTF8(closed.Reason, "\uFFFD")
	}
	var broken *gateway.Error
	switch {
	case s.ending || s.code == CodeNormal || s.code == CodeGoingAway:
		return io.EOF
	case errors.As(err, &broken):
		return broken
	case s.ctx.Err() != nil:
		return &gateway.Error{Op: "socket.Next", Kind: gateway.Cancelled, Public: "The session was closed.", Err: context.Cause(s.ctx)}
	}
	return vendorerror.Broken("socket.Next", "The provider broke the session off.", err)
}

// Close implements gateway.Stream.
func (s *Session) Close() error {
	s.cancel()
	_ = s.conn.CloseNow() // it may be closed already
	return nil
}
