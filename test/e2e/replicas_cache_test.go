package e2e

import (
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/sluicegate/sluice/cache/qdrant/qdranttest"
	"github.com/sluicegate/sluice/internal/store/postgrestest"
	"github.com/sluicegate/sluice/internal/store/redis/redistest"
)

// eventually polls until something holds.
func eventually(t *testing.T, what string, holds func() bool) {
	t.Helper()
	for deadline := time.Now().Add(30 * time.Second); !holds(); time.Sleep(50 * time.Millisecond) {
		if time.Now().After(deadline) {
			t.Fatalf("not within 30 s: %s", what)
		}
	}
}

// cached asks through the semantic cache. Without keep the answer is not stored.
func (s *server) cached(text string, keep bool) reply {
	s.t.Helper()
	body := `{"model":"mock/echo","messages":[{"role":"user","content":"` + text + `"}]`
	if !keep {
		body += `,"cache":{"no-store":true}`
	}
	r := s.post(chat, body+"}", "X-Sluice-Cache", "semantic")
	if r.StatusCode != http.StatusOK {
		s.t.Fatalf("%d %s", r.StatusCode, r.body)
	}
	return r
}

// TestReplicasShareTheCache: two servers with one database, one Qdrant and one Redis. What one stores
// the other serves, what one learns the other knows, and what one purges the other serves no more, and
// Redis has no longer.
func TestReplicasShareTheCache(t *testing.T) {
	vectors, err := qdranttest.New()
	if err != nil {
		t.Fatal(err)
	}
	defer vectors.Close()
	dsn, answers := postgrestest.Database(t), redistest.URL(t)
	before := redistest.Keys(t, answers, "sluice:answer:*")
	config := `
cache:
  answers: {store: redis, url: "` + answers + `", over: 1KiB}
  semantic: {index: qdrant, embedder: builtin, qdrant: {url: "` + vectors.URL() + `"}}
`
	a, b := replica(t, dsn, config), replica(t, dsn, config)
	a.launch()
	b.launch()
	const short, long = "Why is the sky so blue in summer?", "Who painted the ceiling of the chapel"
	words := long + strings.Repeat(" and why did it take so many years", 60) + "?"
	stored := map[string]string{short: a.cached(short, true).Header.Get("X-Sluice-Request-Id"), words: a.cached(words, true).Header.Get("X-Sluice-Request-Id")}
	for text, origin := range stored {
		var id string
		eventually(t, "the other replica serves what the first stored", func() bool {
			r := b.cached(text, false)
			id = r.Header.Get("X-Sluice-Request-Id")
			return r.Header.Get("X-Sluice-Cache-Status") == "SEMANTIC HIT"
		})
		if row := b.logged(id); row.Get("cache.origin_request_id").String() != origin {
			t.Errorf("%.40s: %s, want the answer of %s", text, row.Get("cache"), origin)
		}
	}
	if p := vectors.Payloads(); strings.Contains(p, "sky") || len(p) > 8<<10 {
		t.Errorf("%d bytes of payload, or readable ones", len(p))
	}
	if n := len(redistest.Keys(t, answers, "sluice:answer:*")) - len(before); n != 1 {
		t.Errorf("%d answers in Redis, want the large one", n)
	}
	if r := a.post("/v1/cache/purge", `{"all":true}`); r.StatusCode != http.StatusOK {
		t.Fatalf("%d %s", r.StatusCode, r.body)
	}
	for text := range stored {
		eventually(t, "the other replica serves no more what the first purged", func() bool {
			return !strings.HasSuffix(b.cached(text, false).Header.Get("X-Sluice-Cache-Status"), "HIT")
		})
	}
	eventually(t, "Redis has the purged answer no longer", func() bool { return len(redistest.Keys(t, answers, "sluice:answer:*")) == len(before) })
}
