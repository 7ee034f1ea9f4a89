package provider

import (
	"context"
	"io"
	"testing"
	"time"

	"github.com/sluicegate/sluice/gateway"
	"github.com/sluicegate/sluice/gateway/gatewaytest"
)

func TestCallerGoesAway(t *testing.T) {
	r := newRig(t, Config{})
	for _, vendor := range bothFormats {
		before := r.up.Cancelled()
		ctx, cancel := context.WithCancel(context.Background())
		s, err := r.ask(ctx, vendor, chat("fault-stall:6", true))
		if err != nil {
			t.Fatal(err)
		}
		go cancelOnceOpen(r, cancel)
		_, err = gatewaytest.Collect(s)
		if e := gateway.AsError(err); e == nil || e.Kind != gateway.Cancelled {
			t.Errorf("%s: cancelled in the stream: %v", vendor, err)
		}
		for _, stream := range []bool{false, true} {
			ctx, cancel = context.WithCancel(context.Background())
			go cancelOnceOpen(r, cancel)
			if _, err = r.ask(ctx, vendor, chat("fault-stall", stream)); gateway.AsError(err).Kind != gateway.Cancelled {
				t.Errorf("%s: cancelled before the first chunk: %v", vendor, err)
			}
		}
		if !r.up.WaitIdle(2*time.Second) || r.up.Cancelled() != before+3 {
			t.Errorf("%s: upstream still has %d calls, %d cancelled", vendor, r.up.Open(), r.up.Cancelled()-before)
		}
	}
}

// cancelOnceOpen cancels shortly after the upstream received a call.
func cancelOnceOpen(r *rig, cancel func()) {
	for range 500 {
		if r.up.Open() > 0 {
			break
		}
		time.Sleep(2 * time.Millisecond)
	}
	time.Sleep(20 * time.Millisecond)
	cancel()
}

func TestCloseUnblocksNext(t *testing.T) {
	r := newRig(t, Config{})
	s, err := r.ask(context.Background(), "openai", chat("fault-stall:3", true))
	if err != nil {
		t.Fatal(err)
	}
	done := make(chan error)
	go func() {
		for {
			if _, err := s.Next(); err != nil {
				done <- err
				return
			}
		}
	}()
	time.Sleep(20 * time.Millisecond)
	s.Close()
	s.Close()
	select {
	case err := <-done:
		if err == io.EOF {
			t.Error("a closed stream must not look as if it had ended")
		}
	case <-time.After(2 * time.Second):
		t.Fatal("Next still blocks")
	}
	if !r.up.WaitIdle(2 * time.Second) {
		t.Error("the call upstream is still open")
	}
}

func TestTimeouts(t *testing.T) {
	r := newRig(t, Config{IdleStream: 40 * time.Millisecond})
	got, err := r.answer("openai", chat("fault-stall:3", true))
	if e := gateway.AsError(err); e == nil || e.Kind != gateway.Timeout || e.Code != "stream_idle_timeout" || got.Choices[0].Text() == "" {
		t.Errorf("idle stream: %v", err)
	}
	patient := newRig(t, Config{IdleStream: 500 * time.Millisecond})
	if _, err := patient.answer("openai", chat("fault-delay-between:100ms", true)); err != nil {
		t.Errorf("a slow stream that is never idle for long: %v", err)
	}
	ctx, cancel := context.WithTimeout(context.Background(), 20*time.Millisecond)
	defer cancel()
	if _, err := r.ask(ctx, "openai", chat("fault-stall", false)); gateway.AsError(err).Kind != gateway.Timeout {
		t.Errorf("the attempt's own deadline: %v", err)
	}
	cause := &gateway.Error{Op: "route", Kind: gateway.Timeout, Public: "request_timeout"}
	by, stop := context.WithCancelCause(context.Background())
	time.AfterFunc(20*time.Millisecond, func() { stop(cause) })
	if _, err := r.ask(by, "openai", chat("fault-stall", true)); gateway.AsError(err).Public != "request_timeout" {
		t.Errorf("Router's cause: %v", err)
	}
	if !r.up.WaitIdle(2 * time.Second) {
		t.Error("calls are still open upstream")
	}
}

func TestChunkOutlivesCloseOfAnother(t *testing.T) {
	r := newRig(t, Config{})
	s, err := r.ask(context.Background(), "openai", chat("fault-stall:4", true))
	if err != nil {
		t.Fatal(err)
	}
	var last gateway.Chunk
	for range 3 {
		if last, err = s.Next(); err != nil {
			t.Fatal(err)
		}
	}
	before := string(last.Raw)
	s.Close() // e.g. by the watcher of a connection, while the last chunk is being written
	for range 5 {
		if _, err := r.answer("openai", chat("another", true)); err != nil {
			t.Fatal(err)
		}
	}
	if string(last.Raw) != before {
		t.Errorf("the chunk was overwritten: %s", last.Raw)
	}
}
