package e2e

import (
	"fmt"
	"net/http"
	"strings"
	"testing"

	"github.com/tidwall/gjson"

	"github.com/sluicegate/sluice/gateway/gatewaytest"
	"github.com/sluicegate/sluice/internal/store/postgrestest"
)

// painted are questions about one thing. The rules of the built-in embedder let each be served with the
// answer to another.
var painted = []string{
	"How do I paint the wooden garden door?", "Tell me how I can paint the wooden garden door",
	"Please, how can I paint a wooden garden door?", "And how do I paint my wooden garden door then?",
}

// painting asks a question under a promise. Without keep the answer is not stored.
func (s *server) painting(text, maxError string, keep bool) reply {
	s.t.Helper()
	body := fmt.Sprintf(`{"model":"@up/painter","messages":[{"role":"user","content":%q}]`, text)
	if !keep {
		body += `,"cache":{"no-store":true}`
	}
	r := s.post(chat, body+"}", "X-Sluice-Config", `{"cache":{"mode":"guarded","max_error":"`+maxError+`"}}`)
	if r.StatusCode != http.StatusOK {
		s.t.Fatalf("%d %s", r.StatusCode, r.body)
	}
	return r
}

// agreement returns what the neighbours of a question are thought to have in common: 1 if their answers
// are known to be one.
func (s *server) agreement(text string) (least float64) {
	s.t.Helper()
	r := s.post("/v1/cache/explain", fmt.Sprintf(`{"text":%q,"model":"@up/painter","config":{"cache":{"mode":"guarded","max_error":"1%%"}}}`, text))
	if r.StatusCode != http.StatusOK || r.json("neighbours.#").Int() < 2 {
		s.t.Fatalf("%d %s", r.StatusCode, r.body)
	}
	least = 1
	for _, n := range r.json("neighbours").Array() {
		n.Get("features").ForEach(func(_, f gjson.Result) bool {
			if f.Get("feature").String() == "agreement of neighbours" {
				least = min(least, f.Get("value").Num)
			}
			return true
		})
	}
	return least
}

// TestReplicasShareLinks: two servers with one database, each with its own memory. Both have two answers to
// one question that differ; one server finds both to be the same as a third, and the other server then
// serves a question that it would not have served before.
func TestReplicasShareLinks(t *testing.T) {
	up := gatewaytest.NewUpstream()
	t.Cleanup(up.Close)
	dsn := postgrestest.Database(t)
	config := "\nvirtual_keys:\n  - {name: up, provider: openai, base_url: " + up.URL() + "/v1, api_key: none}\ncache: {semantic: {embedder: builtin}}\n"
	a, b := replica(t, dsn, config), replica(t, dsn, config)
	a.launch()
	b.launch()
	answer := func(more string) {
		up.Set("painter", gatewaytest.Reply{Pieces: []string{"Take a soft brush and paint all of the wood twice over" + more}})
	}
	const nothing = "0.01%" // is served to near questions
	for i, more := range []string{" outside", " inside"} {
		answer(more)
		for _, s := range []*server{a, b} {
			s.painting(painted[i], nothing, true)
		}
	}
	answer("")
	const promise = "0.3%" // an answer is served from a probability of .955 on
	served := func(s *server) bool {
		return s.painting(painted[3], promise, false).Header.Get("X-Sluice-Cache-Status") == "SEMANTIC HIT"
	}
	before := b.agreement(painted[3])
	for range 3 {
		if served(b) {
			t.Fatal("the other server serves a question before anybody learnt that its neighbours agree")
		}
	}
	if r := a.painting(painted[2], nothing, true); strings.HasSuffix(r.Header.Get("X-Sluice-Cache-Status"), "HIT") {
		t.Fatalf("served: %s", r.Header.Get("X-Sluice-Cache-Status"))
	}
	eventually(t, "the other server knows that two of its answers are one", func() bool { return b.agreement(painted[3]) == 1 })
	t.Logf("agreement of the neighbours: %.2f before, 1 after", before)
	eventually(t, "it serves the question", func() bool { return served(b) }) // one such question in some is asked anew, to compare
}
