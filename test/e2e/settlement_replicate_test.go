package e2e

import (
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"slices"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/sluicegate/sluice/gateway/gatewaytest"
)

// predictions is a double of Replicate by its documented API. The last part of a model's name is the
// number of a cell: "streamed-3" is the fourth of settlementEnds, "polled-3" of polledEnds.
type predictions struct {
	*httptest.Server
	mu        sync.Mutex
	polls     map[string]int
	cancelled []string
}

// polledEnd is how a prediction ends that is not streamed.
type polledEnd struct {
	settlementEnd
	first  int    // status of the answer that begins it; 0 = the connection breaks
	status string // of the prediction, when it is asked for
	breaks bool   // the connection breaks when it is first asked for
	tokens bool   // its metrics count tokens, beside its time
}

var polledEnds = []polledEnd{
	{settlementEnd{name: "whole, tokens reported", basis: "reported", least: 12, most: 12}, 201, "succeeded", false, true},
	{settlementEnd{name: "whole, billed by time: no tokens", basis: "counted", least: 8, most: 16}, 201, "succeeded", false, false},
	{settlementEnd{name: "caller gone", leave: true, basis: "counted", most: 100}, 201, "processing", false, true},
	{settlementEnd{name: "connection cut before it began"}, 0, "", false, true},
	{settlementEnd{name: "connection cut while it runs", basis: "reported", least: 12, most: 12}, 201, "succeeded", true, true},
	{settlementEnd{name: "refused"}, 422, "", false, true},
	{settlementEnd{name: "failed"}, 201, "failed", false, true},
	{settlementEnd{name: "silence", basis: "counted", most: 100}, 201, "processing", false, true},
}

func newPredictions(t *testing.T) *predictions {
	p := &predictions{polls: map[string]int{}}
	p.Server = httptest.NewServer(http.HandlerFunc(p.serve))
	t.Cleanup(p.Close)
	return p
}

func (p *predictions) serve(w http.ResponseWriter, r *http.Request) {
	parts := strings.Split(strings.TrimPrefix(r.URL.Path, "/"), "/")
	w.Header().Set("Content-Type", "application/json")
	switch {
	case parts[0] == "stream":
		p.stream(w, r, settlementEnds[number(parts[1])].fault)
	case parts[1] == "models":
		p.begin(w, parts[3])
	case len(parts) == 4: // …/cancel
		p.mu.Lock()
		p.cancelled = append(p.cancelled, parts[2])
		p.mu.Unlock()
		_, _ = io.WriteString(w, `{"id":"`+parts[2]+`","status":"canceled"}`)
	default:
		p.ask(w, parts[2])
	}
}

func number(id string) int {
	n, _ := strconv.Atoi(id[strings.LastIndexByte(id, '-')+1:])
	return n
}

// begin begins a prediction, whose id is the name of its model.
func (p *predictions) begin(w http.ResponseWriter, id string) {
	status := http.StatusCreated
	if strings.HasPrefix(id, "polled") {
		status = polledEnds[number(id)].first
	}
	if status == 0 {
		panic(http.ErrAbortHandler)
	}
	w.WriteHeader(status)
	if status != http.StatusCreated {
		_, _ = io.WriteString(w, `{"title":"Input validation failed","detail":"prompt is too long","status":422}`)
		return
	}
	_, _ = fmt.Fprintf(w, `{"id":%q,"status":"starting","output":null,"urls":{"stream":"%s/stream/%s"}}`, id, p.URL, id)
}

// ask tells how a prediction stands.
func (p *predictions) ask(w http.ResponseWriter, id string) {
	p.mu.Lock()
	p.polls[id]++
	first := p.polls[id] == 1
	p.mu.Unlock()
	status, tokens := "succeeded", gatewaytest.UsageAsAsked
	if strings.HasPrefix(id, "polled") {
		end := polledEnds[number(id)]
		if status = end.status; first && end.breaks {
			panic(http.ErrAbortHandler)
		}
		if !end.tokens {
			tokens = gatewaytest.UsageAbsent
		}
	} else {
		tokens = settlementEnds[number(id)].fault.Usage
	}
	metrics, output := `"predict_time":2.5`, "null"
	if tokens != gatewaytest.UsageAbsent {
		metrics += `,"input_token_count":20,"output_token_count":12`
	}
	if status == "succeeded" {
		output = `["` + strings.ReplaceAll(settlementAnswer, " ", `"," `) + `"]`
	}
	_, _ = io.WriteString(w, `{"id":"`+id+`","status":"`+status+`","error":null,"output":`+output+`,"metrics":{`+metrics+`}}`)
}

// stream streams the answer, a word in each event.
func (p *predictions) stream(w http.ResponseWriter, r *http.Request, f gatewaytest.Fault) {
	w.Header().Set("Content-Type", "text/event-stream")
	for i, word := range strings.SplitAfter(settlementAnswer, " ") {
		switch {
		case f.Stall && i >= f.StallAfter:
			w.(http.Flusher).Flush()
			<-r.Context().Done()
			return
		case f.Cut && i >= f.CutAfter:
			panic(http.ErrAbortHandler)
		case f.ErrorAfter == 1, f.ErrorAfter > 0 && i >= f.ErrorAfter: // 1: before the first word
			_, _ = io.WriteString(w, "event: error\ndata: {\"detail\":\"The model crashed.\"}\n\n")
			return
		}
		_, _ = fmt.Fprintf(w, "event: output\nid: %d\ndata: %s\n\n", i, word)
		w.(http.Flusher).Flush()
	}
	_, _ = io.WriteString(w, "event: done\ndata: {}\n\n")
}

const replicateConfig = `
timeouts: {first_byte: 2s, idle_stream: 700ms}
virtual_keys:
  - {name: replicate, provider: replicate, base_url: REPLICATE/v1, api_key: none, prices: {"*": {input: 1000, output: 2000}}}
`

// TestSettlementReplicate is the matrix for predictions: each is asked for until it has ended, or read as
// a stream, and is cancelled at the vendor if its caller leaves. -v prints it (make settle).
func TestSettlementReplicate(t *testing.T) {
	p := newPredictions(t)
	s := start(t, strings.ReplaceAll(replicateConfig, "REPLICATE", p.URL), nil)
	streamed, polled := make([]string, len(settlementEnds)), make([]string, len(polledEnds))
	route := settlementRoute{"chat → replicate", "/v1/chat/completions", "replicate/acme", `"messages":[{"role":"user","content":"Count to twelve."}],"max_tokens":100`}
	var wg sync.WaitGroup
	cell := func(out *string, kind string, n int, end settlementEnd) {
		wg.Go(func() {
			where, model := "chat → replicate, "+kind+", "+end.name, fmt.Sprintf("%s-%d", kind, n)
			key := s.post("/v1/api-keys", fmt.Sprintf(`{"name":%q,"member":"ada@example.com","budget_usd":10}`, model))
			settleEnd(t, s, route, end, model, key.json("key").String(), model)
			*out = settledCell(t, s, where, key, end, 20*1_000_000+12*2_000_000)
			if end.leave || end.fault.Stall || end.name == "silence" {
				p.wasCancelled(t, where, model)
			}
		})
	}
	for n, end := range settlementEnds {
		if !end.unary { // see polledEnds
			cell(&streamed[n], "streamed", n, end)
		}
	}
	for n, end := range polledEnds {
		end.unary = true
		cell(&polled[n], "polled", n, end.settlementEnd)
	}
	wg.Wait()
	var out strings.Builder
	out.WriteString("\nchat → replicate, streamed\n")
	for n, end := range settlementEnds {
		if !end.unary {
			fmt.Fprintf(&out, "  %-40s %s\n", end.name, streamed[n])
		}
	}
	out.WriteString("\nchat → replicate, polled\n")
	for n, end := range polledEnds {
		fmt.Fprintf(&out, "  %-40s %s\n", end.name, polled[n])
	}
	t.Log(out.String())
	if ledger := s.get("/v1/ledger/verification"); !ledger.json("sound").Bool() {
		t.Errorf("the ledger does not add up: %s", ledger.body)
	}
}

// wasCancelled holds that the vendor was told that nobody waits for a prediction.
func (p *predictions) wasCancelled(t *testing.T, where, id string) {
	for limit := time.Now().Add(20 * time.Second); time.Now().Before(limit); time.Sleep(20 * time.Millisecond) {
		p.mu.Lock()
		told := slices.Contains(p.cancelled, id)
		p.mu.Unlock()
		if told {
			return
		}
	}
	t.Errorf("%s: the prediction goes on at the vendor", where)
}
