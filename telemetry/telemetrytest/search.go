package telemetrytest

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/sluicegate/sluice/telemetry"
	"github.com/sluicegate/sluice/telemetry/listing"
	"github.com/sluicegate/sluice/telemetry/search"
)

// vocabulary are words of generated texts, as callers may write them in JSON.
var vocabulary = []string{"Refund", "退款申请", "größer", `caf\u00e9`, "o'hara", `say \"no\"`, "order-4711", `two\nlines`, "100%", "_", "[EMAIL_1]"}

// spoken makes records whose bodies have texts.
func (g *Generator) spoken(n int) []*telemetry.Record {
	var out []*telemetry.Record
	for range n {
		r := g.Record()
		if r.Body != telemetry.BodyNone {
			r.Request = fmt.Appendf(nil, `{"model":"gpt-5","messages":[{"role":"user","content":"%s %s"}]}`, pick(g, vocabulary...), pick(g, vocabulary...))
			r.Response = fmt.Appendf(nil, `{"choices":[{"message":{"content":"%s"}}],"n":4711}`, pick(g, vocabulary...))
		}
		if r.Error != nil {
			r.Error.Message = "It failed because of " + pick(g, "a timeout", "the quota") + "."
		}
		out = append(out, r)
	}
	return out
}

// searches compares what is found with the definition, in pages.
func searches(t *testing.T, s telemetry.Store) {
	all := NewGenerator(15, Begin()).spoken(120)
	for i := 0; i < len(all); i += 40 {
		if err := s.Write(t.Context(), &telemetry.Batch{ID: fmt.Sprint("spoken", i), Rows: all[i : i+40]}); err != nil {
			t.Fatal(err)
		}
	}
	Newest(all)
	found := map[string]int{}
	for _, text := range []string{"refund", "REFUND order", "款申", "GRÖSSER", "Größer", "café", "O'HARA", `"no"`, "4711", "two lines", "100%", "_", "email_1", "timeout", "gpt quota", "content", "nowhere", `%`, `\`} {
		words, err := telemetry.ParseWords(text)
		if err != nil {
			t.Fatal(err)
		}
		queries := []telemetry.Query{{Scope: listing.AllWorkspaces(), Limit: 1000}}
		if text == "refund" {
			queries = append(queries, telemetry.Query{Scope: listing.AllWorkspaces(), Limit: 7}, telemetry.Query{Scope: listing.Workspace("ws1"), Member: []string{"m1"}, Status: []int{2}, Limit: 10}, telemetry.Query{Scope: listing.Workspace("nobody's")})
		}
		for _, q := range queries {
			var want, got []*telemetry.Record
			for _, r := range all {
				if q.Match(r) && words.In(r) {
					want = append(want, listed(r))
				}
			}
			for searcher := search.New(s); ; {
				p, err := searcher.Logs(t.Context(), q, words)
				if err != nil {
					t.Fatal(err)
				}
				got = append(got, p.Records...)
				if q.Cursor = p.Next; q.Cursor == "" {
					break
				}
			}
			if d := Same(want, got); d != "" {
				t.Fatalf("%q in %+v: want %d, got %d: %s", text, q, len(want), len(got), d)
			}
			found[text] += len(got)
		}
	}
	var none []string
	for text, n := range found {
		if n == 0 {
			none = append(none, text)
		}
	}
	slices.Sort(none)
	if got := strings.Join(none, ", "); got != `GRÖSSER, \, content, nowhere` {
		t.Errorf("nothing has %s", got)
	}
}
