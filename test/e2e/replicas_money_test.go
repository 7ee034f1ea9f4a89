package e2e

import (
	"context"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"sync/atomic"
	"syscall"
	"testing"
	"time"

	"github.com/tidwall/gjson"

	"github.com/sluicegate/sluice/gateway"
	"github.com/sluicegate/sluice/internal/store/postgrestest"
)

const replicasConfig = `
virtual_keys:
  - {name: shop, provider: openai, base_url: "UPSTREAM/v1", api_key: sk-shop, formats: [chat],
     prices: {"*": {input: 1, output: 10}}, max_output: {"*": 500}}
api_keys:
  - {name: crowd, key: ` + crowdKey + `, member: ann, budget: 0.05}
  - {name: killed, key: ` + killedKey + `, member: ann, budget: 0.02}
`

const (
	crowdKey  = "sk-sl-crowd-00000000000000000001"
	killedKey = "sk-sl-killed-0000000000000000001"
)

// greedyVendor speaks OpenAI's format. It bills two bytes as a token of input, and all output that
// the body allows. Calls of the user "held" wait until release is closed.
type greedyVendor struct {
	billed  atomic.Int64 // nano-USD
	held    atomic.Int64
	release chan struct{}
}

func (v *greedyVendor) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	raw, _ := io.ReadAll(r.Body)
	body := gjson.ParseBytes(raw)
	if body.Get("user").String() == "held" {
		v.held.Add(1)
		<-v.release
	}
	in, out := int64(len(raw)/2), max(body.Get("max_tokens").Int(), body.Get("max_completion_tokens").Int())
	if strings.HasSuffix(r.URL.Path, "/embeddings") {
		out = 0
	}
	v.billed.Add(in*1_000 + out*10_000)
	usage := fmt.Sprintf(`{"prompt_tokens":%d,"completion_tokens":%d,"total_tokens":%d}`, in, out, in+out)
	switch {
	case strings.HasSuffix(r.URL.Path, "/embeddings"):
		fmt.Fprintf(w, `{"object":"list","model":"first","data":[{"object":"embedding","index":0,"embedding":[0.5]}],"usage":%s}`, usage)
	case body.Get("stream").Bool():
		w.Header().Set("Content-Type", "text/event-stream")
		fmt.Fprintf(w, "data: {\"id\":\"x\",\"object\":\"chat.completion.chunk\",\"created\":1,\"model\":\"first\",\"choices\":[{\"index\":0,\"delta\":{\"role\":\"assistant\",\"content\":\"tok\"},\"finish_reason\":\"stop\"}]}\n\n")
		fmt.Fprintf(w, "data: {\"id\":\"x\",\"object\":\"chat.completion.chunk\",\"created\":1,\"model\":\"first\",\"choices\":[],\"usage\":%s}\n\ndata: [DONE]\n\n", usage)
	default:
		fmt.Fprintf(w, `{"id":"x","object":"chat.completion","created":1,"model":"first","choices":[{"index":0,"message":{"role":"assistant","content":"tok"},"finish_reason":"stop"}],"usage":%s}`, usage)
	}
}

// surfaces are the calls of every surface that can cost money.
var surfaces = []struct{ path, body string }{
	{"/v1/chat/completions", `{"model":"@shop/first","max_tokens":100,"messages":[{"role":"user","content":"Hello"}]}`},
	{"/v1/chat/completions", `{"model":"@shop/first","max_tokens":100,"stream":true,"messages":[{"role":"user","content":"Hello"}]}`},
	{"/v1/chat/completions", `{"model":"@shop/first","messages":[{"role":"user","content":"Hello"}]}`},
	{"/v1/messages", `{"model":"@shop/first","max_tokens":100,"messages":[{"role":"user","content":"Hello"}]}`},
	{"/v1/messages", `{"model":"@shop/first","max_tokens":100,"stream":true,"messages":[{"role":"user","content":"Hello"}]}`},
	{"/v1/responses", `{"model":"@shop/first","max_output_tokens":100,"input":"Hello"}`},
	{"/v1/responses", `{"model":"@shop/first","max_output_tokens":100,"stream":true,"input":"Hello"}`},
	{"/v1/embeddings", `{"model":"@shop/first","input":"Hello"}`},
}

// spend makes one call and returns its status; 0 if the connection broke.
func spend(url, path, key, body string) int {
	ctx, cancel := context.WithTimeout(context.Background(), time.Minute)
	defer cancel()
	req, err := http.NewRequestWithContext(ctx, http.MethodPost, url+path, strings.NewReader(body))
	if err != nil {
		return 0
	}
	req.Header.Set("Authorization", "Bearer "+key)
	res, err := http.DefaultClient.Do(req)
	if err != nil {
		return 0
	}
	defer res.Body.Close()
	if _, err := io.Copy(io.Discard, res.Body); err != nil {
		return 0
	}
	return res.StatusCode
}

// Three processes on one PostgreSQL database: together they never spend a nano-USD more than a
// key's budget, and what one of them had reserved when it was killed counts as spent, once.
func TestReplicasShareBudgets(t *testing.T) {
	v := &greedyVendor{release: make(chan struct{})}
	up := httptest.NewServer(v)
	t.Cleanup(up.Close)
	free := sync.OnceFunc(func() { close(v.release) })
	t.Cleanup(free) // else Close would wait for held calls
	dsn := postgrestest.Database(t)
	config := strings.ReplaceAll(replicasConfig, "UPSTREAM", up.URL)
	var replicas []*server
	for range 3 {
		s := replica(t, dsn, config)
		s.launch()
		replicas = append(replicas, s)
	}
	t.Run("200 calls at once", func(t *testing.T) { parallelReplicas(t, replicas, v) })
	t.Run("killed", func(t *testing.T) { killedReplica(t, replicas, v, free) })
}

// settled waits until nothing of a key's budget is reserved, on one replica, and returns what was
// spent.
func settled(t *testing.T, s *server, name string) int64 {
	t.Helper()
	for end := time.Now().Add(time.Minute); ; time.Sleep(100 * time.Millisecond) {
		k := s.get("/v1/api-keys/" + name)
		if k.json("reserved_usd").Float() == 0 {
			return nano(t, k, "spent_usd")
		}
		if time.Now().After(end) {
			t.Fatalf("still reserved: %s", k.body)
		}
	}
}

func parallelReplicas(t *testing.T, replicas []*server, v *greedyVendor) {
	before := v.billed.Load()
	statuses := make([]int, 600)
	var mu sync.Mutex
	var wg sync.WaitGroup
	for i := range 200 {
		s, call := replicas[i%len(replicas)], surfaces[i%len(surfaces)]
		wg.Go(func() {
			status := spend(s.url, call.path, crowdKey, call.body)
			mu.Lock()
			defer mu.Unlock()
			statuses[status]++
		})
	}
	wg.Wait()
	billed, limit := v.billed.Load()-before, int64(50_000_000)
	for i, s := range replicas {
		if spent := settled(t, s, "crowd"); spent != billed || spent > limit {
			t.Errorf("replica %d: spent %d, the vendor billed %d of %d nano-USD", i, spent, billed, limit)
		}
	}
	refused := statuses[http.StatusPreconditionFailed] + statuses[http.StatusPaymentRequired] + statuses[http.StatusTooManyRequests]
	if answered := statuses[http.StatusOK]; answered < 20 || answered+refused != 200 {
		t.Errorf("%d answered, %d refused for money, of 200", answered, refused)
	}
	t.Logf("spent %s of %s USD; %d answered, %d refused", gateway.FormatUSD(billed), gateway.FormatUSD(limit), statuses[http.StatusOK], refused)
}

func killedReplica(t *testing.T, replicas []*server, v *greedyVendor, free func()) {
	const held = 5
	limit := int64(20_000_000)
	call, victim := surfaces[0], replicas[2]
	body := strings.Replace(call.body, "{", `{"user":"held",`, 1)
	var wg sync.WaitGroup
	for range held {
		wg.Go(func() { spend(victim.url, call.path, killedKey, body) })
	}
	var k reply
	for end := time.Now().Add(time.Minute); ; time.Sleep(50 * time.Millisecond) {
		if k = replicas[0].get("/v1/api-keys/killed"); v.held.Load() == held && k.json("reserved_usd").Float() > 0 {
			break
		} else if time.Now().After(end) {
			t.Fatalf("%d calls in flight, and another replica sees %s", v.held.Load(), k.body)
		}
	}
	reserved := nano(t, k, "reserved_usd")
	victim.stop(syscall.SIGKILL)
	free()
	wg.Wait()
	spent := settled(t, replicas[1], "killed")
	if spent != reserved {
		t.Errorf("%d nano-USD were reserved by the killed replica, %d are spent", reserved, spent)
	}
	victim.launch()
	cost, answered, refused := reserved/held, int64(0), false
	for i := int64(0); !refused; i++ {
		status := spend(replicas[i%3].url, call.path, killedKey, call.body)
		switch {
		case status == http.StatusOK:
			answered++
		case spent+(answered+1)*cost <= limit:
			t.Fatalf("call %d was refused with %d, although %d of %d are left", answered+1, status, limit-spent-answered*cost, limit)
		default:
			refused = true
		}
	}
	for i, s := range replicas {
		if total := settled(t, s, "killed"); total > limit || total <= spent {
			t.Errorf("replica %d: %d of %d nano-USD are spent", i, total, limit)
		}
	}
}
