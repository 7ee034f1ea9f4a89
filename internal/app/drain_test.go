package app

import (
	"context"
	"errors"
	"log/slog"
	"net"
	"net/http"
	"net/http/httptest"
	"testing"
	"time"

	"github.com/sluicegate/sluice/gateway"
	"github.com/sluicegate/sluice/internal/config"
	"github.com/sluicegate/sluice/internal/httpapi/listen"
)

// TestDrainLeavesTimeToClose: an answer that outlasts its time is cut, and the parts still get time
// to write what they have queued: with a context that had ended, settlements would be lost.
func TestDrainLeavesTimeToClose(t *testing.T) {
	begun := make(chan struct{})
	server, err := listen.New(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) {
		close(begun)
		<-r.Context().Done()
	}), listen.Config{})
	if err != nil {
		t.Fatal(err)
	}
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	served := make(chan error, 1)
	go func() { served <- server.Serve(listener) }()
	go func() {
		if res, err := http.Get("http://" + listener.Addr().String()); err == nil {
			res.Body.Close()
		}
	}()
	<-begun
	a, left := &app{}, time.Duration(0)
	a.onClose(func(ctx context.Context) error {
		deadline, _ := ctx.Deadline()
		left = time.Until(deadline)
		return ctx.Err()
	})
	if err := a.drain(t.Context(), server, 20*time.Millisecond); err == nil {
		t.Error("nobody is told of the answer that was cut")
	}
	if left < closeTime/2 || left > closeTime {
		t.Errorf("a part has %v to close", left)
	}
	<-served
}

// TestLeave: a server that got the signal to end is not ready at once, and serves everything else until
// the delay has passed or the listener has failed.
func TestLeave(t *testing.T) {
	cfg := config.Default()
	cfg.DataDir = t.TempDir()
	a, err := newApp(t.Context(), cfg, environment{apiKey: gateway.NewSecret(ownersKey)}, slog.New(slog.DiscardHandler))
	if err != nil {
		t.Fatal(err)
	}
	defer func() {
		if err := a.close(context.Background()); err != nil {
			t.Error(err)
		}
	}()
	status := func(path string) int {
		t.Helper()
		w := httptest.NewRecorder()
		a.handler.ServeHTTP(w, httptest.NewRequest(http.MethodGet, path, nil))
		return w.Code
	}
	if got := status("/readyz"); got != http.StatusOK {
		t.Fatalf("before: %d", got)
	}
	listener, left := make(chan error), make(chan error)
	go func() { left <- a.leave(time.Hour, listener) }()
	for deadline := time.Now().Add(time.Minute); status("/readyz") == http.StatusOK; time.Sleep(time.Millisecond) {
		if time.Now().After(deadline) {
			t.Fatal("it is still ready")
		}
	}
	for path, want := range map[string]int{"/readyz": 503, "/health/readiness": 503, "/healthz": 200, "/metrics": 200} {
		if got := status(path); got != want {
			t.Errorf("%s: %d, want %d", path, got, want)
		}
	}
	select {
	case err := <-left:
		t.Errorf("it has left before its time: %v", err)
	default:
	}
	failed := errors.New("the listener failed")
	listener <- failed
	if err := <-left; !errors.Is(err, failed) {
		t.Errorf("%v", err)
	}
	if err := a.leave(0, listener); err != nil {
		t.Error(err)
	}
}
