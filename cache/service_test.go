package cache_test

import (
	"bytes"
	"context"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/sluicegate/sluice/cache"
	"github.com/sluicegate/sluice/cache/cachetest"
	"github.com/sluicegate/sluice/cache/embed"
	"github.com/sluicegate/sluice/cache/qdrant"
	"github.com/sluicegate/sluice/cache/qdrant/qdranttest"
	"github.com/sluicegate/sluice/gateway"
)

func TestSettings(t *testing.T) {
	good := cache.Config{Key: gateway.NewSecret(strings.Repeat("k", 32))}
	for want, change := range map[string]func(*cache.Config){
		"32 bytes":   func(s *cache.Config) { s.Key = gateway.NewSecret("short") },
		"both":       func(s *cache.Config) { s.Embedder = embed.Builtin{} },
		"max_answer": func(s *cache.Config) { s.MaxAnswer = -1 },
	} {
		s := good
		change(&s)
		if _, err := cache.New(s); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%s: %v", want, err)
		}
	}
}

func TestSnapshot(t *testing.T) {
	file := filepath.Join(t.TempDir(), "cache.snapshot")
	at := func(s *cache.Config) { s.File = file }
	r := newRig(t, at)
	r.up.output = []gateway.Verdict{{Guardrail: "g", Action: gateway.ActionFlag, Checks: []gateway.CheckResult{{ID: "c"}}}}
	r.ask(chat("Why is the zanzibar sky blue?"))
	r.ask(`{"model":"m","input":"zanzibar"}`)
	if err := r.cache.Close(context.Background()); err != nil {
		t.Fatal(err)
	}
	raw, err := os.ReadFile(file)
	if err != nil || bytes.Contains(raw, []byte("zanzibar")) || bytes.Contains(raw, []byte("answer")) {
		t.Fatalf("snapshot: %v, or readable", err)
	}
	for text, want := range map[string]string{
		"Why is the zanzibar sky blue?": "HIT exact", "why is the zanzibar sky blue": "SEMANTIC HIT alias", "Tell me why the zanzibar sky is blue": "SEMANTIC HIT semantic",
	} {
		r := newRig(t, at)
		if err := r.cache.Warning(); err != nil {
			t.Fatal(err)
		}
		f, _ := r.ask(chat(text))
		if outcome(f) != want || len(f.Output) != 1 || len(f.Output[0].Checks) != 1 || f.Cost.Saved != 4200 || f.Usage.Input != 9 {
			t.Errorf("%q: %s %+v %+v", text, outcome(f), f.Output, f.Cost)
		}
	}
	later := newRig(t, func(s *cache.Config) {
		s.File = file
		s.Now = func() time.Time { return cachetest.NewClock().Now().Add(8 * 24 * time.Hour) }
	})
	if st := later.cache.Stats(); st.Entries != 0 {
		t.Errorf("%d expired entries came back", st.Entries)
	}
	entries, _ := os.ReadDir(filepath.Dir(file))
	if len(entries) != 1 {
		t.Errorf("files left behind: %v", entries)
	}
}

// TestDamagedSnapshot cuts a snapshot and flips its bits at many places. The cache says
// so, and uses what stands before the damage.
func TestDamagedSnapshot(t *testing.T) {
	dir := t.TempDir()
	file := filepath.Join(dir, "cache.snapshot")
	r := newRig(t, func(s *cache.Config) { s.File = file })
	r.ask(chat("Why is the sky blue?"))
	r.cache.Close(context.Background())
	good, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	start := func(raw []byte, key string) (*cache.Service, error) {
		if err := os.WriteFile(file, raw, 0o600); err != nil {
			t.Fatal(err)
		}
		return cache.New(cache.Config{Key: gateway.NewSecret(strings.Repeat(key, 32)), File: file, Now: r.clock.Now})
	}
	check := func(what string, at int, raw []byte, key string) {
		s, err := start(raw, key)
		if err != nil {
			t.Fatal(err)
		}
		defer s.Close(context.Background())
		if st := s.Stats(); s.Warning() == nil || st.Entries > 1 || key != "k" && st.Entries != 0 {
			t.Errorf("%s at %d: warning %v, %d entries", what, at, s.Warning(), st.Entries)
		}
	}
	for at := 0; at < len(good); at += 53 {
		check("cut", at, good[:at], "k")
		bad := bytes.Clone(good)
		bad[at] ^= 0x40
		check("flipped", at, bad, "k")
	}
	check("other key", 0, good, "j")
	s, err := start(good, "k")
	if err != nil || s.Warning() != nil || s.Stats().Entries != 1 {
		t.Errorf("the good one: %v", err)
	}
	s.Close(context.Background())
}

func TestUnwritableSnapshot(t *testing.T) {
	s, err := cache.New(cache.Config{Key: gateway.NewSecret(strings.Repeat("k", 32)), File: filepath.Join(t.TempDir(), "no", "such", "dir")})
	if err != nil {
		t.Fatal(err)
	}
	if _, err := s.Purge(context.Background(), "w", cache.PurgeFilter{All: true}); err != nil { // something to save
		t.Fatal(err)
	}
	var e *gateway.Error
	if err := s.Close(context.Background()); !errors.As(err, &e) {
		t.Errorf("%v", err)
	}
}

func TestPurge(t *testing.T) {
	r := newRig(t, nil)
	other := func(ex *gateway.Exchange) { ex.Principal = &gateway.Principal{Workspace: "w2"} }
	r.ask(chat("Why is the sky blue?"))
	r.ask(chat("Why is the sky blue?"), other)
	waiting := r.exchange(chat("Who wrote Hamlet?")) // began before the purge
	s, err := r.chain(context.Background(), waiting)
	if err != nil {
		t.Fatal(err)
	}
	if n, err := r.cache.Purge(context.Background(), "w1", cache.PurgeFilter{All: true}); n != 1 || err != nil {
		t.Fatal(n, err)
	}
	for _, err = s.Next(); err == nil; _, err = s.Next() {
	}
	s.Close()
	if waiting.Facts.Cache.Stored {
		t.Error("an answer to a question from before the purge was stored after it")
	}
	for _, text := range []string{"Why is the sky blue?", "Who wrote Hamlet?"} {
		r.clock.Add(time.Second)
		if f, _ := r.ask(chat(text)); f.Cache.Status.Hit() {
			t.Errorf("%q survived the purge", text)
		}
	}
	if f, _ := r.ask(chat("Why is the sky blue?"), other); outcome(f) != "HIT exact" {
		t.Error("the other workspace was purged too")
	}
}

// remote returns a rig whose index is a fake Qdrant.
func remote(t *testing.T, s *qdranttest.Server, change func(*cache.Config)) *rig {
	t.Helper()
	ck := cachetest.NewClock()
	r := newRig(t, func(set *cache.Config) {
		set.Now, set.IndexTimeout = ck.Now, 5*time.Second
		if change != nil {
			change(set)
		}
		index := qdrant.Config{URL: s.URL(), Model: embed.Builtin{}.Model(), Dim: embed.Builtin{}.Dim(), Now: ck.Now}
		if removing, ok := set.Bodies.(cache.Removing); ok {
			index.Freed = removing.Remove
		}
		x, err := qdrant.New(index)
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() { x.Close() }) // after the service's
		set.Index = x
	})
	r.clock = ck
	return r
}

func double(t *testing.T) *qdranttest.Server {
	t.Helper()
	s, err := qdranttest.New()
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(s.Close)
	return s
}

// TestReplicas stores on one replica and hits on another, which has nothing but Qdrant
// and the key in common with it; a third with another key sees nothing.
func TestReplicas(t *testing.T) {
	s := double(t)
	a := remote(t, s, nil)
	a.up.output = []gateway.Verdict{{Guardrail: "g", Action: gateway.ActionFlag}}
	_, want := a.ask(chat("Why is the zanzibar sky blue?"))
	a.ask(chat("Who wrote [EMAIL_1]?"))
	if err := a.cache.Close(context.Background()); err != nil { // drains the queue
		t.Fatal(err)
	}
	if p := s.Payloads(); p == "" || strings.Contains(p, "zanzibar") || strings.Contains(p, "EMAIL") || strings.Contains(p, "w1\n") {
		t.Errorf("payloads tell something, or nothing is there: %.200s", p)
	}
	b := remote(t, s, nil)
	f, got := b.ask(chat("Please tell me why the zanzibar sky is blue"))
	if outcome(f) != "SEMANTIC HIT semantic" || string(got.Body()) != string(want.Body()) || f.Cost.Saved != 4200 || len(f.Output) != 1 || b.up.calls != 0 {
		t.Fatalf("%+v\n%s", f.Cache, got.Body())
	}
	if f, _ = b.ask(chat("Why is the zanzibar sky blue?")); outcome(f) != "HIT exact" { // now in memory
		t.Errorf("%+v", f.Cache)
	}
	c := remote(t, s, func(set *cache.Config) { set.Key = gateway.NewSecret(strings.Repeat("j", 32)) })
	if f, _ = c.ask(chat("Why is the zanzibar sky blue?")); f.Cache.Status.Hit() {
		t.Error("another installation's answer was served")
	}
	if _, err := b.cache.Purge(context.Background(), "w1", cache.PurgeFilter{All: true}); err != nil {
		t.Fatal(err)
	}
	d := remote(t, s, nil)
	if f, _ = d.ask(chat("Why is the zanzibar sky blue?")); f.Cache.Status.Hit() {
		t.Error("purged, and still served")
	}
}

// TestIsolationInIndex asks a shared index from other scopes, with nothing in memory.
func TestIsolationInIndex(t *testing.T) {
	s := double(t)
	a := remote(t, s, nil)
	a.ask(chat("Why is the sky blue?"))
	a.cache.Close(context.Background())
	b := remote(t, s, nil)
	for _, change := range []func(*gateway.Exchange){
		func(ex *gateway.Exchange) { ex.Principal = &gateway.Principal{Workspace: "w2"} },
		func(ex *gateway.Exchange) { ex.Envelope.CacheScoped, ex.Envelope.CacheNamespace = true, "n" },
	} {
		if f, _ := b.ask(chat("Why is the sky blue?"), change); f.Cache.Status.Hit() {
			t.Error("served across a boundary")
		}
	}
}
