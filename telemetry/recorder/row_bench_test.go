package recorder_test

import (
	"context"
	"fmt"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/sluicegate/sluice/gateway"
	"github.com/sluicegate/sluice/gateway/dialect/openai"
	"github.com/sluicegate/sluice/guardrails"
	"github.com/sluicegate/sluice/telemetry"
	"github.com/sluicegate/sluice/telemetry/recorder"
	"github.com/sluicegate/sluice/telemetry/sqlite"
)

// BenchmarkRow measures a prompt call of 1 KB with the real detector, with and without the store.
func BenchmarkRow(b *testing.B) {
	for _, kept := range []bool{false, true} {
		b.Run(fmt.Sprint("stored=", kept), func(b *testing.B) {
			guards := guardrails.New(guardrails.Config{Key: []byte("0123456789abcdef0123456789abcdef")})
			defer guards.Close()
			var w telemetry.Writer = &discard{}
			if kept {
				s, err := sqlite.Open(b.Context(), b.TempDir()+"/t.db")
				if err != nil {
					b.Fatal(err)
				}
				defer s.Close()
				w = s
			}
			r, err := recorder.New(recorder.Config{Writer: w, Cleanse: guards.Cleanse, Pseudonym: guards.Pseudonym})
			if err != nil {
				b.Fatal(err)
			}
			exchanges := make([]*gateway.Exchange, b.N)
			for i := range exchanges {
				exchanges[i] = promptCall(i)
			}
			b.ReportAllocs()
			before := cpu(b)
			b.ResetTimer()
			for _, ex := range exchanges {
				r.Ended(ex, nil)
			}
			if err := r.Close(context.Background()); err != nil { // belongs to it: the rows are written here
				b.Fatal(err)
			}
			b.ReportMetric(float64(cpu(b)-before)/float64(b.N), "cpu-ns/row")
		})
	}
}

// cpu returns the CPU time of the process.
func cpu(b *testing.B) time.Duration {
	var u syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &u); err != nil {
		b.Fatal(err)
	}
	return time.Duration(u.Utime.Nano() + u.Stime.Nano())
}

// promptCall is a call of a template that ended, with every stage on and a text of its own.
func promptCall(i int) *gateway.Exchange {
	letter := fmt.Sprintf("%s Please write to [EMAIL_1] about %x.", strings.Repeat("The quick brown fox jumps over the lazy dog, again. ", 16), i)
	ex := exchange(`{"temperature":0.2,"stream":false,"variables":{"letter":"` + letter + `"}}`)
	ex.Envelope.Metadata = map[string]string{"team": "red", "_user": "user-17"}
	rendered, err := openai.NewRequest(gateway.OpChat, []byte(`{"model":"@local/gpt-4o-mini","messages":[{"role":"system","content":"You are a helpful assistant."},{"role":"user","content":"`+letter+`"}],"temperature":0.2,"max_tokens":256}`))
	if err != nil {
		panic(err)
	}
	f := ex.Facts
	f.RedactedRequest = ex.Request
	f.Prompt = &gateway.PromptFact{ID: "01JABCDEFGHJKMNPQRSTVWXYZ3", Slug: "answer", Version: 1, Rendered: rendered}
	f.Redacted = []gateway.EntityHits{{Entity: "email", Count: 1}}
	f.Principal = &gateway.Principal{Workspace: "01JABCDEFGHJKMNPQRSTVWXYZ0", WorkspaceRef: "default", Member: "01JABCDEFGHJKMNPQRSTVWXYZ1", MemberRef: "owner", APIKey: "01JABCDEFGHJKMNPQRSTVWXYZ2", APIKeyName: "first"}
	f.Answer = &gateway.Response{}
	f.Answer.Fold(gateway.Chunk{Form: gateway.FormBody, Raw: []byte(`{"id":"chatcmpl-123456789","object":"chat.completion","created":1763820000,"model":"gpt-4o-mini-2026","choices":[{"index":0,"message":{"role":"assistant","content":"` +
		strings.Repeat("It did so, and nobody minded. ", 10) + `"},"finish_reason":"stop"}],"usage":{"prompt_tokens":230,"completion_tokens":60,"total_tokens":290}}`)})
	f.Usage, f.Cost = &gateway.Usage{Input: 230, Output: 60}, gateway.Cost{Nano: 70_500, Known: true, Price: "openai/gpt-4o-mini@2026-08-01"}
	f.Cache = gateway.CacheFact{Status: gateway.CacheSemanticMiss, Similarity: .61, Threshold: .95, Namespace: "ns", Stored: true}
	f.Attempts = []gateway.Attempt{{Target: "config", Provider: "openai", VirtualKey: "local", Model: "gpt-4o-mini", Host: "127.0.0.1:9100", Start: ex.Start,
		FirstChunk: time.Millisecond, Duration: 2 * time.Millisecond, Status: 200, Usage: f.Usage, Served: "gpt-4o-mini-2026", ResponseID: "chatcmpl-123456789", Finish: "stop"}}
	for j, n := range []string{"envelope", "authenticate", "configure", "redact", "prompt", "guard", "cache", "meter", "router"} {
		f.Timing = append(f.Timing, gateway.StageTime{Name: n, Start: time.Duration(j) * time.Microsecond, Incl: time.Millisecond, Entered: true})
	}
	return ex
}
