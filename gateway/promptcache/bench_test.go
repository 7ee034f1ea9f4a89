package promptcache_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/sluicegate/sluice/gateway"
	"github.com/sluicegate/sluice/gateway/dialect/anthropic"
	"github.com/sluicegate/sluice/gateway/gatewaytest"
	"github.com/sluicegate/sluice/gateway/promptcache"
)

// BenchmarkObserve measures what a call costs: an agent's of 90 KB, and a short question. In
// "same" no stage changed the body, in "redacted" each of two copied it.
func BenchmarkObserve(b *testing.B) {
	for _, size := range []struct {
		name string
		body string
	}{{"agent", agentBody(90)}, {"question", `{"model":"m","max_tokens":9,"messages":[{"role":"user","content":"` + strings.Repeat("Why is the sky blue? ", 40) + `"}]}`}} {
		for _, copied := range []bool{false, true} {
			b.Run(fmt.Sprintf("%s/copied=%v", size.name, copied), func(b *testing.B) {
				s := promptcache.New(promptcache.Config{})
				ex := gatewaytest.Exchange(b, "", gatewaytest.WithTarget(&gateway.Target{Provider: "anthropic"}))
				req := request(b, size.body)
				ex.Request, ex.Facts.Received, ex.Facts.RedactedRequest = req, req, req
				if copied {
					ex.Facts.RedactedRequest, ex.Request = request(b, size.body), request(b, size.body)
				}
				b.SetBytes(int64(len(size.body)))
				b.ReportAllocs()
				for b.Loop() {
					s.Observe(ex, anthropic.Dialect{}, ex.Request.Raw)
				}
			})
		}
	}
}

func request(tb testing.TB, body string) *gateway.Request {
	r, err := anthropic.NewRequest(gateway.OpChat, []byte(body))
	if err != nil {
		tb.Fatal(err)
	}
	return r
}

// agentBody is a conversation of an agent, of about so many KiB.
func agentBody(kib int) string {
	var tools, messages []string
	for i := range 12 {
		tools = append(tools, fmt.Sprintf(`{"name":"tool_%d","description":%q,"input_schema":{"type":"object","properties":{"path":{"type":"string","description":"A path."},"lines":{"type":"array","items":{"type":"number"}}},"required":["path"]}}`, i, strings.Repeat("Reads a file.\nUse it with care. ", 80)))
	}
	size := 0
	for i := 0; size < (kib-35)<<10; i++ {
		turn := fmt.Sprintf(`{"role":"assistant","content":[{"type":"thinking","thinking":"I look.","signature":%q},{"type":"tool_use","id":"t%d","name":"tool_1","input":{"path":"main.go","lines":[1,2]}}]},{"role":"user","content":[{"type":"tool_result","tool_use_id":"t%d","content":%q}]}`,
			strings.Repeat("c2ln", 80), i, i, strings.Repeat("func main() {\n\tprintln(\"hello\")\n}\n", 40))
		messages = append(messages, turn)
		size += len(turn)
	}
	return `{"model":"m","max_tokens":32000,"tools":[` + strings.Join(tools, ",") + `],"system":[{"type":"text","text":"You are an agent."}],"messages":[{"role":"user","content":"Do it."},` + strings.Join(messages, ",") + `]}`
}
