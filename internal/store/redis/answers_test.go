package redisstore_test

import (
	"bytes"
	"context"
	"log/slog"
	"testing"
	"time"

	redisstore "github.com/sluicegate/sluice/internal/store/redis"
	"github.com/sluicegate/sluice/internal/store/redis/redistest"
)

func openAnswers(t *testing.T, server *redistest.Server) *redisstore.Answers {
	a, err := redisstore.OpenAnswers(server.URL, slog.New(slog.DiscardHandler))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = a.Close(context.Background()) })
	return a
}

// TestAnswers runs against a real server: what one process puts another gets, until it expires, and
// a server that is down is an error in time.
func TestAnswers(t *testing.T) {
	server := redistest.Start(t)
	one, other := openAnswers(t, server), openAnswers(t, server)
	body := bytes.Repeat([]byte("\x00\xffanswer"), 100_000)
	if err := one.Put(t.Context(), "a", body, time.Now().Add(time.Hour)); err != nil {
		t.Fatal(err)
	}
	if got, err := other.Get(t.Context(), "a", time.Time{}); err != nil || !bytes.Equal(got, body) {
		t.Errorf("%d bytes, %v", len(got), err)
	}
	if got, err := other.Get(t.Context(), "b", time.Time{}); err != nil || got != nil {
		t.Errorf("an answer that nobody put: %q, %v", got, err)
	}
	if err := one.Put(t.Context(), "past", body, time.Now().Add(-time.Second)); err != nil {
		t.Error(err)
	}
	if err := one.Put(t.Context(), "soon", body, time.Now().Add(50*time.Millisecond)); err != nil {
		t.Error(err)
	}
	for deadline := time.Now().Add(30 * time.Second); ; time.Sleep(20 * time.Millisecond) {
		soon, err := other.Get(t.Context(), "soon", time.Time{})
		past, pastErr := other.Get(t.Context(), "past", time.Time{})
		if err != nil || pastErr != nil || past != nil {
			t.Fatalf("%v, %v, %d bytes", err, pastErr, len(past))
		}
		if soon == nil {
			break
		}
		if time.Now().After(deadline) {
			t.Fatal("what expired is still there")
		}
	}
	server.Stop()
	if _, err := other.Get(t.Context(), "a", time.Time{}); err == nil {
		t.Error("a server that is down has answers")
	}
}

func TestAnswersAddress(t *testing.T) {
	if _, err := redisstore.OpenAnswers("http://user:secret@h", nil); err == nil || bytes.Contains([]byte(err.Error()), []byte("secret")) {
		t.Errorf("%v", err)
	}
}

// TestAnswersAreRemoved runs against a real server: an answer that was purged is gone within seconds, and
// no other one; while the server is down removals wait, and closing makes the last ones.
func TestAnswersAreRemoved(t *testing.T) {
	server := redistest.Start(t)
	a, other := openAnswers(t, server), openAnswers(t, server)
	expires := time.Now().Add(time.Hour)
	put := func(names ...string) {
		for _, name := range names {
			if err := a.Put(t.Context(), name, []byte("answer"), expires); err != nil {
				t.Fatal(err)
			}
		}
	}
	removed := func(want uint64) {
		t.Helper()
		for deadline := time.Now().Add(30 * time.Second); ; time.Sleep(20 * time.Millisecond) {
			n, refused, dropped := a.Removed()
			if n == want && refused+dropped == 0 {
				return
			}
			if time.Now().After(deadline) {
				t.Fatalf("%d removed, %d refused, %d dropped", n, refused, dropped)
			}
		}
	}
	gone := func(name string, want bool) {
		t.Helper()
		if got, err := other.Get(t.Context(), name, expires); err != nil || (got == nil) != want {
			t.Errorf("%s: %q %v", name, got, err)
		}
	}
	put("a", "b", "kept")
	for _, name := range []string{"a", "", "b", "unknown"} {
		a.Remove(name, expires)
	}
	removed(3)
	gone("a", true)
	gone("b", true)
	gone("kept", false)

	server.Stop()
	a.Remove("c", expires)
	time.Sleep(1500 * time.Millisecond) // one attempt fails
	server.Resume()
	put("c", "d")
	removed(4)
	gone("c", true)
	a.Remove("d", expires)
	if err := a.Close(t.Context()); err != nil {
		t.Fatal(err)
	}
	gone("d", true)
}
