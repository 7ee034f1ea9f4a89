package app

import (
	"context"
	"net"
	"net/http"
	"testing"
	"time"

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
