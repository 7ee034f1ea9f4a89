package e2e

import (
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"

	"github.com/tidwall/gjson"
)

const embeddingsConfig = `
timeouts: {first_byte: 2s, idle_stream: 700ms}
virtual_keys:
  - {name: openai, provider: openai, base_url: VENDOR/v1, api_key: none, prices: {"*": {input: 1000, output: 2000}}}
  - {name: cohere, provider: cohere, base_url: VENDOR, api_key: none, prices: {"*": {input: 1000, output: 2000}}}
  - {name: ollama, provider: ollama, base_url: VENDOR, api_key: none, prices: {"*": {input: 1000, output: 2000}}}
  - {name: vertex, provider: vertex-ai, base_url: VENDOR, api_key: ya29.token, settings: {project: acme, region: europe-west4}, prices: {"*": {input: 1000, output: 2000}}}
  - {name: bedrock, provider: bedrock, base_url: VENDOR, api_key: "AKIDEXAMPLE:secret", settings: {region: us-east-1}, prices: {"*": {input: 1000, output: 2000}}}
  - {name: workers, provider: workers-ai, base_url: VENDOR/ai/v1, api_key: token, settings: {api: run}, prices: {"*": {input: 1000, output: 2000}}}
`

// embeddingsRoute is a format that callers ask for embeddings in, and a vendor with another or the same.
type embeddingsRoute struct {
	name, path, body string
	answer           [2]string // with the usage of 20 tokens, and without
	header           [2]string // where the vendor tells it in a header of the answer
}

// A model's name holds the number of the cell.
var embeddingsRoutes = []embeddingsRoute{
	{name: "openai → openai", path: "/v1/embeddings", body: `{"model":"@openai/cell-N","input":"Count to twelve."}`,
		answer: [2]string{`{"object":"list","model":"m","data":[{"object":"embedding","index":0,"embedding":[0.5]}],"usage":{"prompt_tokens":20,"total_tokens":20}}`, `{"object":"list","model":"m","data":[{"object":"embedding","index":0,"embedding":[0.5]}]}`}},
	{name: "openai → cohere", path: "/v1/embeddings", body: `{"model":"@cohere/cell-N","input":"Count to twelve."}`, answer: cohereVectors},
	{name: "cohere → cohere", path: "/v2/embed", body: `{"model":"@cohere/cell-N","texts":["Count to twelve."],"input_type":"search_query","embedding_types":["float"]}`, answer: cohereVectors},
	{name: "openai → ollama", path: "/v1/embeddings", body: `{"model":"@ollama/cell-N","input":"Count to twelve."}`, answer: ollamaVectors},
	{name: "ollama → ollama", path: "/api/embed", body: `{"model":"@ollama/cell-N","input":"Count to twelve."}`, answer: ollamaVectors},
	{name: "openai → vertex", path: "/v1/embeddings", body: `{"model":"@vertex/cell-N","input":"Count to twelve."}`,
		answer: [2]string{`{"predictions":[{"embeddings":{"values":[0.5],"statistics":{"token_count":20}}}]}`, `{"predictions":[{"embeddings":{"values":[0.5]}}]}`}},
	{name: "openai → bedrock, Titan", path: "/v1/embeddings", body: `{"model":"@bedrock/amazon.titan-embed-text-cell-N","input":"Count to twelve."}`,
		answer: [2]string{`{"embedding":[0.5],"inputTextTokenCount":20}`, `{"embedding":[0.5]}`}},
	{name: "openai → bedrock, Cohere", path: "/v1/embeddings", body: `{"model":"@bedrock/cohere.embed-cell-N","input":"Count to twelve."}`,
		answer: [2]string{`{"embeddings":{"float":[[0.5]]}}`, `{"embeddings":{"float":[[0.5]]}}`}, header: [2]string{"20", ""}},
	{name: "openai → workers-ai", path: "/v1/embeddings", body: `{"model":"@workers/@cf/baai/cell-N","input":"Count to twelve."}`,
		answer: [2]string{`{"result":{"shape":[1,1],"data":[[0.5]],"usage":{"prompt_tokens":20}},"success":true}`, `{"result":{"shape":[1,1],"data":[[0.5]]},"success":true}`}},
}

var (
	cohereVectors = [2]string{`{"id":"e","embeddings":{"float":[[0.5]]},"meta":{"billed_units":{"input_tokens":20}}}`, `{"id":"e","embeddings":{"float":[[0.5]]}}`}
	ollamaVectors = [2]string{`{"model":"m","embeddings":[[0.5]],"total_duration":1,"prompt_eval_count":20}`, `{"model":"m","embeddings":[[0.5]]}`}
)

// embeddingsEnd is how an answer with embeddings ends, which comes in one piece. "After the first byte"
// the vendor has worked, and half of the answer came.
type embeddingsEnd struct {
	settlementEnd
	usage  int // 0: reported, 1: missing
	status int
	cut    int // 1: before the first byte, 2: after half of the answer
	stall  int // as cut
}

var embeddingsEnds = []embeddingsEnd{
	{settlementEnd: settlementEnd{name: "whole, usage reported", basis: "reported"}},
	{settlementEnd: settlementEnd{name: "whole, no usage", basis: "counted"}, usage: 1},
	{settlementEnd: settlementEnd{name: "caller gone before the first byte", basis: "counted", leave: true}, stall: 1},
	{settlementEnd: settlementEnd{name: "caller gone after some bytes", basis: "counted", leave: true}, stall: 2},
	{settlementEnd: settlementEnd{name: "connection cut before the first byte"}, cut: 1},
	{settlementEnd: settlementEnd{name: "connection cut after some bytes"}, cut: 2},
	{settlementEnd: settlementEnd{name: "refused"}, status: 400},
	{settlementEnd: settlementEnd{name: "error in place of the answer"}, status: 200},
	{settlementEnd: settlementEnd{name: "silence before the first byte", basis: "counted"}, stall: 1},
	{settlementEnd: settlementEnd{name: "silence after some bytes", basis: "counted"}, stall: 2},
}

// vectors answers in the format of each of the routes.
func vectors(w http.ResponseWriter, r *http.Request) {
	body, _ := io.ReadAll(r.Body)
	named := gjson.GetBytes(body, "model").String() + r.URL.Path
	_, rest, _ := strings.Cut(named, "cell-")
	n, route := 0, 0
	_, _ = fmt.Sscanf(rest, "%d-%d", &n, &route)
	end, format := embeddingsEnds[n], &embeddingsRoutes[route]
	answer := format.answer[end.usage]
	if h := format.header[end.usage]; h != "" {
		w.Header().Set("X-Amzn-Bedrock-Input-Token-Count", h)
	}
	w.Header().Set("Content-Type", "application/json")
	half := func() {
		_, _ = io.WriteString(w, answer[:len(answer)/2])
		w.(http.Flusher).Flush()
	}
	switch {
	case end.status != 0:
		w.WriteHeader(end.status)
		_, _ = io.WriteString(w, `{"error":{"message":"It does not work.","type":"server_error"}}`)
	case end.cut == 2:
		half()
		panic(http.ErrAbortHandler)
	case end.cut == 1:
		panic(http.ErrAbortHandler)
	case end.stall != 0:
		if end.stall == 2 {
			half()
		}
		<-r.Context().Done()
	default:
		_, _ = io.WriteString(w, answer)
	}
}

// TestSettlementEmbeddings is the matrix for embeddings. -v prints it (make settle).
func TestSettlementEmbeddings(t *testing.T) {
	vendor := httptest.NewServer(http.HandlerFunc(vectors))
	t.Cleanup(vendor.Close)
	s := start(t, strings.ReplaceAll(embeddingsConfig, "VENDOR", vendor.URL), nil)
	lines := make([][]string, len(embeddingsRoutes))
	var wg sync.WaitGroup
	for i, route := range embeddingsRoutes {
		lines[i] = make([]string, len(embeddingsEnds))
		for n, end := range embeddingsEnds {
			wg.Go(func() {
				id := fmt.Sprintf("vectors-%d-%d", i, n)
				key := s.post("/v1/api-keys", fmt.Sprintf(`{"name":%q,"member":"ada@example.com","budget_usd":10}`, id))
				body := strings.Replace(route.body, "cell-N", fmt.Sprintf("cell-%d-%d", n, i), 1)
				settlePost(t, s, route.name+", "+end.name, end.settlementEnd, route.path, body, key.json("key").String(), id)
				lines[i][n] = settledCell(t, s, route.name+", "+end.name, key, end.settlementEnd, 20*1_000_000)
			})
		}
	}
	wg.Wait()
	var out strings.Builder
	for i, route := range embeddingsRoutes {
		fmt.Fprintf(&out, "\nembeddings: %s\n", route.name)
		for n, end := range embeddingsEnds {
			fmt.Fprintf(&out, "  %-40s %s\n", end.name, lines[i][n])
		}
	}
	t.Log(out.String())
	if ledger := s.get("/v1/ledger/verification"); !ledger.json("sound").Bool() {
		t.Errorf("the ledger does not add up: %s", ledger.body)
	}
}
