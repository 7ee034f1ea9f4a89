package cache_test

import (
	"context"
	"errors"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/sluicegate/sluice/cache"
	"github.com/sluicegate/sluice/gateway"
)

// told keeps what a cache tells other processes.
type told struct {
	mu       sync.Mutex
	messages [][]byte
	err      error
}

func (t *told) send(_ context.Context, message []byte) error {
	t.mu.Lock()
	defer t.mu.Unlock()
	if t.err == nil {
		t.messages = append(t.messages, message)
	}
	return t.err
}

// apply gives another process all that was told, twice.
func (t *told) apply(test *testing.T, to *rig) {
	test.Helper()
	t.mu.Lock()
	defer t.mu.Unlock()
	for range 2 {
		for _, message := range t.messages {
			if err := to.cache.ApplyRemoval(context.Background(), message); err != nil {
				test.Error(err)
			}
		}
	}
}

// replicas are two processes that have stored the answers to the same questions.
func replicas(t *testing.T, questions ...string) (one, other *rig, said *told) {
	said = &told{}
	one, other = newRig(t, func(c *cache.Config) { c.Broadcast = said.send }), newRig(t, nil)
	for _, text := range questions {
		one.ask(chat(text))
		other.ask(chat(text))
	}
	return one, other, said
}

// TestPurgeReachesReplicas holds that a purge removes what other processes have stored so far, and
// not what they store later.
func TestPurgeReachesReplicas(t *testing.T) {
	one, other, said := replicas(t, question, "Who wrote Hamlet?")
	if n, err := one.cache.Purge(context.Background(), "w1", cache.PurgeFilter{All: true}); n != 2 || err != nil {
		t.Fatal(n, err)
	}
	other.clock.Add(time.Second)
	other.ask(chat("Who painted Guernica?"))
	said.apply(t, other)
	for text, hit := range map[string]bool{"Who wrote Hamlet?": false, rewording: false, "Who painted Guernica?": true} {
		if f, _ := other.ask(chat(text)); f.Cache.Status.Hit() != hit {
			t.Errorf("%q: %+v", text, f.Cache)
		}
	}
	for _, message := range said.messages {
		if strings.Contains(string(message), "w1") {
			t.Errorf("the message tells the workspace: %s", message)
		}
	}
}

// TestRefreshReachesReplicas holds that an answer which was asked for anew is no longer served by
// other processes, for any wording.
func TestRefreshReachesReplicas(t *testing.T) {
	one, other, said := replicas(t, question, "Who wrote Hamlet?")
	one.ask(chat(rewording), func(ex *gateway.Exchange) { ex.Envelope.CacheRefresh = true })
	if err := one.cache.Close(context.Background()); err != nil { // tells what waits
		t.Fatal(err)
	}
	said.apply(t, other)
	for text, hit := range map[string]bool{question: false, "Who wrote Hamlet?": true} {
		if f, _ := other.ask(chat(text)); f.Cache.Status.Hit() != hit {
			t.Errorf("%q: %+v", text, f.Cache)
		}
	}
}

// TestPurgeThatCannotBeTold holds that a purge says so if other processes go on serving.
func TestPurgeThatCannotBeTold(t *testing.T) {
	one, _, said := replicas(t, question)
	said.err = errors.New("the database is away")
	n, err := one.cache.Purge(context.Background(), "w1", cache.PurgeFilter{All: true})
	if e := gateway.AsError(err); n != 1 || e == nil || e.Kind != gateway.Unavailable || !strings.Contains(e.Public, "replicas") {
		t.Errorf("%d removed, %v", n, err)
	}
	if err := one.cache.ApplyRemoval(context.Background(), []byte(`{"workspace":"?"}`)); err == nil {
		t.Error("a message that cannot be read is applied")
	}
}
