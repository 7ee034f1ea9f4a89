package e2e

import (
	"fmt"
	"io"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/tidwall/gjson"

	"github.com/sluicegate/sluice/gateway"
	"github.com/sluicegate/sluice/gateway/catalog"
	"github.com/sluicegate/sluice/gateway/gatewaytest"
)

const unitsConfig = `
virtual_keys:
  - {name: local, provider: openai, base_url: UPSTREAM/v1, api_key: none, formats: [chat]}
  - {name: native, provider: openai, base_url: UPSTREAM/v1, api_key: none, formats: [responses]}
  - {name: claude, provider: anthropic, base_url: UPSTREAM, api_key: none}
  - {name: google, provider: google, base_url: UPSTREAM/v1beta, api_key: none}
`

// unitsCell is an answer that uses something else than plain tokens of the standard tier.
type unitsCell struct {
	name, route, model string
	asked              string // more members of the request: what it uses is asked for, so that the reservation covers it
	header             http.Header
	whole              string   // the answer in one piece
	events             []string // the same answer as a stream
	used               gateway.Usage
	state              string // "" = known
}

// The answers are in the vendors' formats, as their references describe them.
var unitsCells = []unitsCell{
	chatCell("flex served, priority asked", "gpt-5.4", `"service_tier":"priority"`, `"service_tier":"flex"`, `"prompt_tokens":100,"completion_tokens":50,"prompt_tokens_details":{"cached_tokens":40}`,
		gateway.Usage{Input: 100, Output: 50, CacheRead: 40, Terms: gateway.Terms{Tier: "flex"}}, ""),
	chatCell("priority served, none asked", "gpt-5.4", `"n":1`, `"service_tier":"priority"`, `"prompt_tokens":100,"completion_tokens":50`,
		gateway.Usage{Input: 100, Output: 50, Terms: gateway.Terms{Tier: "priority"}}, ""),
	chatCell("a tier without a price", "gpt-5.4", `"n":1`, `"service_tier":"scale"`, `"prompt_tokens":100,"completion_tokens":50`,
		gateway.Usage{Input: 100, Output: 50, Terms: gateway.Terms{Tier: "scale"}}, "partial"),
	chatCell("sound in and out", "gpt-audio", `"modalities":["text","audio"]`, `"service_tier":"default"`, `"prompt_tokens":100,"completion_tokens":50,"prompt_tokens_details":{"audio_tokens":60},"completion_tokens_details":{"audio_tokens":30}`,
		gateway.Usage{Input: 100, Output: 50, AudioInput: 60, AudioOutput: 30}, ""),
	chatCell("a model that always searches", "gpt-4o-search-preview", `"web_search_options":{}`, `"service_tier":"default"`, `"prompt_tokens":10,"completion_tokens":5`,
		gateway.Usage{Input: 10, Output: 5, Searches: 1}, ""),
	responsesCell("priority and two searches", "gpt-5.4", `"service_tier":"priority","status":"completed","output":[{"type":"web_search_call","id":"w1","status":"completed","action":{"type":"search","query":"a"}},{"type":"web_search_call","id":"w2","status":"completed","action":{"type":"search","query":"b"}},{"type":"web_search_call","id":"w3","status":"completed","action":{"type":"open_page","url":"https://example.com"}},{"type":"message","id":"m","status":"completed","role":"assistant","content":[{"type":"output_text","text":"Hi","annotations":[]}]}],"usage":{"input_tokens":100,"output_tokens":50,"total_tokens":150}`,
		gateway.Usage{Input: 100, Output: 50, Searches: 2, Terms: gateway.Terms{Tier: "priority"}}),
	claudeCell("messages", "an hour's cache, searches, in the US", "claude-fable-5", hourAndSearch, `"input_tokens":100,"output_tokens":50,"cache_creation_input_tokens":40,"cache_read_input_tokens":20,"cache_creation":{"ephemeral_5m_input_tokens":10,"ephemeral_1h_input_tokens":30},"server_tool_use":{"web_search_requests":2},"service_tier":"standard","inference_geo":"us"`,
		gateway.Usage{Input: 160, Output: 50, CacheRead: 20, CacheWrite: 40, CacheWrite1h: 30, Searches: 2, Terms: gateway.Terms{Region: "us"}}),
	claudeCell("messages", "fast mode", "claude-fable-5-2", `"speed":"fast"`, `"input_tokens":100,"output_tokens":50,"service_tier":"standard","speed":"fast","inference_geo":"global"`,
		gateway.Usage{Input: 100, Output: 50, Terms: gateway.Terms{Tier: "fast"}}),
	claudeCell("chat", "an hour's cache and searches, translated", "claude-fable-5", `"web_search_options":{},"user":"1h"`, `"input_tokens":100,"output_tokens":50,"cache_creation_input_tokens":40,"cache_creation":{"ephemeral_1h_input_tokens":40},"server_tool_use":{"web_search_requests":1}`,
		gateway.Usage{Input: 140, Output: 50, CacheWrite: 40, CacheWrite1h: 40, Searches: 1}),
	geminiCell("audio and videos", "gemini-2.5-flash", `"labels":{"has":"audio"}`, "", "", `"promptTokenCount":100,"candidatesTokenCount":40,"thoughtsTokenCount":10,"promptTokensDetails":[{"modality":"AUDIO","tokenCount":60},{"modality":"VIDEO","tokenCount":20}]`,
		gateway.Usage{Input: 100, Output: 50, Reasoning: 10, AudioInput: 60, VideoInput: 20}),
	geminiCell("flex by the header, grounded", "gemini-2.5-flash", `"tools":[{"googleSearch":{}}]`, "flex", `,"groundingMetadata":{"webSearchQueries":["a","b"]}`, `"promptTokenCount":100,"candidatesTokenCount":40`,
		gateway.Usage{Input: 100, Output: 40, Searches: 1, Terms: gateway.Terms{Tier: "flex"}}),
}

func chatCell(name, model, asked, said, usage string, used gateway.Usage, state string) unitsCell {
	head := `{"id":"c1","object":"chat.completion","created":1750000000,"model":"` + model + `",` + said
	return unitsCell{name: name, route: "chat", model: model, asked: asked, used: used, state: state,
		whole: head + `,"choices":[{"index":0,"message":{"role":"assistant","content":"Hi"},"finish_reason":"stop"}],"usage":{` + usage + `}}`,
		events: []string{head + `,"choices":[{"index":0,"delta":{"role":"assistant","content":"Hi"},"finish_reason":null}]}`,
			head + `,"choices":[{"index":0,"delta":{},"finish_reason":"stop"}]}`, head + `,"choices":[],"usage":{` + usage + `}}`, "[DONE]"}}
}

func responsesCell(name, model, said string, used gateway.Usage) unitsCell {
	whole := `{"id":"resp_1","object":"response","created_at":1750000000,"model":"` + model + `",` + said + `}`
	return unitsCell{name: name, route: "responses", model: model, asked: `"tools":[{"type":"web_search"}]`, used: used, whole: whole,
		events: []string{`{"type":"response.created","sequence_number":0,"response":{"id":"resp_1","object":"response","created_at":1750000000,"status":"in_progress","model":"` + model + `","output":[]}}`,
			`{"type":"response.completed","sequence_number":1,"response":` + whole + `}`}}
}

// hourAndSearch asks for a cache of an hour, and for searches.
const hourAndSearch = `"tools":[{"type":"web_search_20250305","name":"web_search"}],"system":[{"type":"text","text":"Be brief.","cache_control":{"type":"ephemeral","ttl":"1h"}}]`

func claudeCell(route, name, model, asked, usage string, used gateway.Usage) unitsCell {
	head := `"id":"m1","type":"message","role":"assistant","model":"` + model + `"`
	return unitsCell{name: name, route: route + " → messages", model: model, asked: asked, used: used,
		whole: `{` + head + `,"content":[{"type":"text","text":"Hi"}],"stop_reason":"end_turn","stop_sequence":null,"usage":{` + usage + `}}`,
		events: []string{`{"type":"message_start","message":{` + head + `,"content":[],"stop_reason":null,"stop_sequence":null,"usage":{` + usage + `}}}`,
			`{"type":"content_block_start","index":0,"content_block":{"type":"text","text":""}}`, `{"type":"content_block_delta","index":0,"delta":{"type":"text_delta","text":"Hi"}}`,
			`{"type":"content_block_stop","index":0}`, `{"type":"message_delta","delta":{"stop_reason":"end_turn","stop_sequence":null},"usage":{"output_tokens":50}}`, `{"type":"message_stop"}`}}
}

func geminiCell(name, model, asked, tier, grounding, usage string, used gateway.Usage) unitsCell {
	answer := `{"responseId":"r1","modelVersion":"` + model + `","candidates":[{"index":0,"content":{"role":"model","parts":[{"text":"Hi"}]},"finishReason":"STOP"` + grounding + `}],"usageMetadata":{` + usage + `}}`
	cell := unitsCell{name: name, route: "gemini", model: model, asked: asked, used: used, whole: answer, events: []string{answer}}
	if tier != "" {
		cell.header = http.Header{"X-Gemini-Service-Tier": {tier}}
	}
	return cell
}

// TestSettlementUnits holds that a call costs what the catalogue says for what the answer tells, in a
// stream as in one piece, and that row, key and ledger say the same. -v prints it (make settle).
func TestSettlementUnits(t *testing.T) {
	up := gatewaytest.NewUpstream()
	t.Cleanup(up.Close)
	s := start(t, unitsConfig, up)
	book, err := catalog.New()
	if err != nil {
		t.Fatal(err)
	}
	lines := make([]string, len(unitsCells))
	for i, cell := range unitsCells {
		up.Set(cell.model, gatewaytest.Reply{Handle: cell.answer})
		lines[i] = settleUnits(t, s, book, cell, i)
	}
	t.Log("\n" + strings.Join(lines, "\n"))
	if ledger := s.get("/v1/ledger/verification"); !ledger.json("sound").Bool() {
		t.Errorf("the ledger does not add up: %s", ledger.body)
	}
}

func (cell unitsCell) answer(w http.ResponseWriter, r *http.Request, body []byte) {
	for name, values := range cell.header {
		w.Header()[name] = values
	}
	if !gjson.GetBytes(body, "stream").Bool() && !strings.Contains(r.URL.Path, ":stream") {
		w.Header().Set("Content-Type", "application/json")
		_, _ = io.WriteString(w, cell.whole)
		return
	}
	w.Header().Set("Content-Type", "text/event-stream")
	for _, e := range cell.events {
		if kind := gjson.Get(e, "type").String(); kind != "" && !strings.HasPrefix(cell.route, "chat →") {
			fmt.Fprintf(w, "event: %s\n", kind)
		}
		fmt.Fprintf(w, "data: %s\n\n", e)
	}
}

// settleUnits makes the call of a cell both ways, and returns what it cost.
func settleUnits(t *testing.T, s *server, book *catalog.Catalog, cell unitsCell, i int) string {
	provider, key, path := "openai", "local", "/v1/chat/completions"
	body := `"messages":[{"role":"user","content":"Hello"}],"max_tokens":100`
	switch {
	case cell.route == "responses":
		key, path, body = "native", "/v1/responses", `"input":"Hello","max_output_tokens":100`
	case cell.route == "gemini":
		provider, key, path, body = "google", "google", "/v1beta/models/@google/"+cell.model+":", `"contents":[{"role":"user","parts":[{"text":"Hello"}]}],"generationConfig":{"maxOutputTokens":100}`
	case strings.HasSuffix(cell.route, "→ messages"):
		if provider, key = "anthropic", "claude"; cell.route == "messages → messages" {
			path = "/v1/messages"
		}
	}
	body += "," + cell.asked
	price, _ := book.Price(provider, cell.model, time.Now())
	want := price.Cost(cell.used)
	state := cell.state
	if state == "" {
		state = "known"
	}
	for _, stream := range []bool{false, true} {
		where := fmt.Sprintf("%s, %s, stream %v", cell.route, cell.name, stream)
		at, sent := path, `{"model":"@`+key+"/"+cell.model+`",`+body
		switch {
		case cell.route == "gemini" && stream:
			at, sent = path+"streamGenerateContent?alt=sse", "{"+body
		case cell.route == "gemini":
			at, sent = path+"generateContent", "{"+body
		case stream:
			sent += `,"stream":true`
		}
		name := fmt.Sprintf("units-%d-%v", i, stream)
		made := s.post("/v1/api-keys", fmt.Sprintf(`{"name":%q,"member":"ada@example.com","budget_usd":1000}`, name))
		s.post(at, sent+"}", "Authorization", "Bearer "+made.json("key").String())
		var row gjson.Result
		var held reply
		for limit := time.Now().Add(30 * time.Second); time.Now().Before(limit); time.Sleep(50 * time.Millisecond) {
			list := s.get("/v1/logs?api_key=" + made.json("id").String())
			held = s.get("/v1/api-keys/" + name)
			if row = list.json("data.0"); row.Exists() && held.json("reserved_usd").Float() == 0 {
				break
			}
		}
		cost := row.Get("cost_nano_usd").Int()
		if cost != want || want == 0 || row.Get("cost_state").String() != state || row.Get("cost_basis").String() != "reported" {
			t.Errorf("%s: %d nano-USD, want %d: %s", where, cost, want, row.Raw)
		}
		if row.Get("usage.service_tier").String() != cell.used.Terms.Tier || row.Get("usage.region").String() != cell.used.Terms.Region || row.Get("cost_over_bound").Bool() {
			t.Errorf("%s: %s", where, row.Raw)
		}
		if spent := nano(t, held, "spent_usd"); spent != cost {
			t.Errorf("%s: the row has %d nano-USD, the key %d", where, cost, spent)
		}
	}
	return fmt.Sprintf("  %-24s %-44s %s  %d.%09d USD", cell.route, cell.name, cell.used, want/1e9, want%1e9)
}
