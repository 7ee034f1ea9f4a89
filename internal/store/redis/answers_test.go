package redisstore_test

import (
	"bytes"
	"testing"
	"time"

	redisstore "github.com/sluicegate/sluice/internal/store/redis"
	"github.com/sluicegate/sluice/internal/store/redis/redistest"
)

// TestAnswers runs against a real server: what one process puts another gets, until it expires, and
// a server that is down is an error in time.
func TestAnswers(t *testing.T) {
	server := redistest.Start(t)
	open := func() *redisstore.Answers {
		a, err := redisstore.OpenAnswers(server.URL)
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() { _ = a.Close() })
		return a
	}
	one, other := open(), open()
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
	if _, err := redisstore.OpenAnswers("http://user:secret@h"); err == nil || bytes.Contains([]byte(err.Error()), []byte("secret")) {
		t.Errorf("%v", err)
	}
}
