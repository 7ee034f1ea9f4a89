package provider

import (
	"context"
	"net/http"
	"net/http/httptest"
	"testing"
	"time"

	"github.com/coder/websocket"

	"github.com/sluicegate/sluice/gateway"
)

// sessionVendor is a vendor of sessions over the network. It notes the head of the last request.
type sessionVendor struct {
	*httptest.Server
	head http.Header
	uri  string
}

// start serves each session by serve, unless refuse answers the request itself.
func (s *sessionVendor) start(t *testing.T, refuse func(w http.ResponseWriter) bool, serve func(ctx context.Context, conn *websocket.Conn)) {
	s.Server = httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		s.head, s.uri = r.Header, r.URL.RequestURI()
		if refuse != nil && refuse(w) {
			return
		}
		conn, err := websocket.Accept(w, r, nil)
		if err != nil {
			return
		}
		defer conn.CloseNow()
		serve(r.Context(), conn)
	}))
	t.Cleanup(s.Close)
}

// open opens a session of req at a target.
func (s *sessionVendor) open(t *testing.T, target gateway.Target, req *gateway.Request) (*gateway.Exchange, gateway.Stream, error) {
	t.Helper()
	c := New(Config{})
	t.Cleanup(func() { c.Close() })
	ex := &gateway.Exchange{Target: &target, Request: req, Envelope: &gateway.Envelope{Header: http.Header{}}, Facts: &gateway.Facts{}}
	ctx, cancel := context.WithTimeout(t.Context(), 30*time.Second)
	t.Cleanup(cancel)
	stream, err := c.Handler()(ctx, ex)
	if err == nil {
		t.Cleanup(func() { stream.Close() })
	}
	return ex, stream, err
}
