package provider

import (
	"crypto/sha256"
	"encoding/json"
	"fmt"
	"io"
	"math/big"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	"github.com/sluicegate/sluice/gateway"
	"github.com/sluicegate/sluice/gateway/dialect/anthropic"
	"github.com/sluicegate/sluice/gateway/dialect/gemini"
	"github.com/sluicegate/sluice/gateway/dialect/openai"
	"github.com/sluicegate/sluice/gateway/dialect/responses"
	"github.com/sluicegate/sluice/gateway/provider/vendor"
	"github.com/sluicegate/sluice/internal/jsonx"
)

// maker makes requests in which every text of the caller is unique.
type maker struct {
	*rand.Rand
	n int
}

func (m *maker) text() string {
	m.n++
	return fmt.Sprintf("t%dx", m.n)
}

// some joins a random choice of members.
func (m *maker) some(parts ...string) string {
	var out []string
	for _, p := range parts {
		if m.IntN(3) > 0 {
			out = append(out, p)
		}
	}
	return strings.Join(append(out, `"seed":8`), ",")
}

func (m *maker) openai() string {
	message := func() string {
		switch m.IntN(4) {
		case 0:
			return `{"role":"system","content":"` + m.text() + `"}`
		case 1:
			return `{"role":"user","name":"` + m.text() + `","content":[{"type":"text","text":"` + m.text() + `"},{"type":"image_url","image_url":{"url":"data:image/png;base64,AAAA"}},{"type":"image_url","image_url":{"url":"https://x.example/` + m.text() + `"}}]}`
		case 2:
			id := m.text()
			return `{"role":"assistant","content":"` + m.text() + `","tool_calls":[{"id":"` + id + `","type":"function","function":{"name":"` + m.text() + `","arguments":"{\"` + m.text() + `\":[\"` + m.text() + `\",12345]}"}}]},` +
				`{"role":"tool","tool_call_id":"` + id + `","content":"` + m.text() + `"}`
		}
		return `{"role":"user","content":"` + m.text() + `","` + m.text() + `":"` + m.text() + `"}`
	}
	return `{"model":"` + m.text() + `","messages":[{"role":"user","content":"` + m.text() + `"},` + message() + `,` + message() + `,` + message() + `],"max_tokens":77,` +
		m.some(`"user":"`+m.text()+`"`, `"metadata":{"`+m.text()+`":"`+m.text()+`"}`, `"stop":["`+m.text()+`"]`, `"temperature":0.25`, `"stream":true`,
			`"tools":[{"type":"function","function":{"name":"`+m.text()+`","description":"`+m.text()+`","parameters":{"type":"object","properties":{"`+m.text()+`":{"type":"string"}}}}}]`,
			`"tool_choice":"required"`, `"response_format":{"type":"json_schema","json_schema":{"name":"`+m.text()+`","schema":{"type":"object","title":"`+m.text()+`"}}}`,
			`"`+m.text()+`":{"`+m.text()+`":31337}`, `"service_tier":"`+m.text()+`"`, `"reasoning_effort":"low"`,
			`"reasoning":`+[]string{`{"effort":"max"}`, `{"enabled":true}`, `{"max_tokens":2000}`}[m.IntN(3)]) + `}`
}

func (m *maker) anthropic() string {
	message := func() string {
		switch m.IntN(3) {
		case 0:
			return `{"role":"user","content":[{"type":"text","text":"` + m.text() + `"},{"type":"image","source":{"type":"base64","media_type":"image/png","data":"AAAA"}}]}`
		case 1:
			id := m.text()
			return `{"role":"assistant","content":[{"type":"text","text":"` + m.text() + `"},{"type":"tool_use","id":"` + id + `","name":"` + m.text() + `","input":{"` + m.text() + `":"` + m.text() + `"}}]},` +
				`{"role":"user","content":[{"type":"tool_result","tool_use_id":"` + id + `","content":"` + m.text() + `"}]}`
		}
		return `{"role":"user","content":"` + m.text() + `"}`
	}
	return `{"model":"` + m.text() + `","max_tokens":77,"messages":[{"role":"user","content":"` + m.text() + `"},` + message() + `,` + message() + `],` +
		m.some(`"system":"`+m.text()+`"`, `"metadata":{"user_id":"`+m.text()+`"}`, `"stop_sequences":["`+m.text()+`"]`, `"temperature":0.25`,
			`"tools":[{"name":"`+m.text()+`","description":"`+m.text()+`","input_schema":{"type":"object","properties":{"`+m.text()+`":{"type":"string"}}}}]`,
			`"tool_choice":{"type":"any"}`, `"`+m.text()+`":"`+m.text()+`"`) + `}`
}

func (m *maker) gemini() string {
	content := func() string {
		switch m.IntN(3) {
		case 0:
			return `{"role":"user","parts":[{"text":"` + m.text() + `"},{"inlineData":{"mimeType":"image/png","data":"AAAA"}},{"fileData":{"fileUri":"https://x.example/` + m.text() + `"}}]}`
		case 1:
			name := m.text()
			return `{"role":"model","parts":[{"text":"` + m.text() + `"},{"functionCall":{"id":"` + m.text() + `","name":"` + name + `","args":{"` + m.text() + `":"` + m.text() + `"}}}]},` +
				`{"role":"user","parts":[{"functionResponse":{"name":"` + name + `","response":{"output":"` + m.text() + `"}}}]}`
		}
		return `{"role":"user","parts":[{"text":"` + m.text() + `"}],"` + m.text() + `":"` + m.text() + `"}`
	}
	return `{"model":"` + m.text() + `","contents":[{"parts":[{"text":"` + m.text() + `"}]},` + content() + `,` + content() + `],` +
		`"generationConfig":{` + m.some(`"maxOutputTokens":77`, `"stopSequences":["`+m.text()+`"]`, `"thinkingConfig":{"thinkingLevel":"LOW"}`,
		`"responseMimeType":"application/json","responseSchema":{"type":"OBJECT","title":"`+m.text()+`","properties":{"`+m.text()+`":{"type":"STRING"}}}`) + `},` +
		m.some(`"systemInstruction":{"parts":[{"text":"`+m.text()+`"}]}`, `"labels":{"`+m.text()+`":"`+m.text()+`"}`, `"toolConfig":{"functionCallingConfig":{"mode":"ANY"}}`,
			`"tools":[{"functionDeclarations":[{"name":"`+m.text()+`","description":"`+m.text()+`","parameters":{"type":"OBJECT","properties":{"`+m.text()+`":{"type":"STRING"}}}}]}]`) + `}`
}

func (m *maker) responses() string {
	item := func() string {
		switch m.IntN(4) {
		case 0:
			return `{"role":"developer","content":"` + m.text() + `"}`
		case 1:
			return `{"type":"message","role":"user","content":[{"type":"input_text","text":"` + m.text() + `"},{"type":"input_image","image_url":"data:image/png;base64,AAAA"},{"type":"input_image","image_url":"https://x.example/` + m.text() + `"}]}`
		case 2:
			id := m.text()
			return `{"type":"reasoning","id":"` + m.text() + `","summary":[{"type":"summary_text","text":"` + m.text() + `"}]},{"type":"function_call","call_id":"` + id + `","name":"` + m.text() + `","arguments":"{\"` + m.text() + `\":[\"` + m.text() + `\",12345]}"},` +
				`{"type":"custom_tool_call","call_id":"` + m.text() + `","name":"` + m.text() + `","input":"` + m.text() + `"},{"type":"function_call_output","call_id":"` + id + `","output":"` + m.text() + `"}`
		}
		return `{"role":"assistant","content":[{"type":"output_text","text":"` + m.text() + `","annotations":[]}],"` + m.text() + `":"` + m.text() + `"}`
	}
	return `{"model":"` + m.text() + `","input":[{"role":"user","content":"` + m.text() + `"},` + item() + `,` + item() + `,` + item() + `],"max_output_tokens":77,` +
		m.some(`"instructions":"`+m.text()+`"`, `"user":"`+m.text()+`"`, `"metadata":{"`+m.text()+`":"`+m.text()+`"}`, `"temperature":0.25`, `"stream":true`, `"store":false`,
			`"tools":[{"type":"function","name":"`+m.text()+`","description":"`+m.text()+`","parameters":{"type":"object","properties":{"`+m.text()+`":{"type":"string"}}}},{"type":"custom","name":"`+m.text()+`","format":{"type":"grammar","syntax":"lark","definition":"`+m.text()+`"}}]`,
			`"tool_choice":"required"`, `"text":{"format":{"type":"json_schema","name":"`+m.text()+`","schema":{"type":"object","title":"`+m.text()+`"}}}`,
			`"`+m.text()+`":{"`+m.text()+`":31337}`, `"service_tier":"`+m.text()+`"`, `"reasoning":{"effort":"low"}`) + `}`
}

// sentConstants are the strings and numbers that codecs add to a request, and what they put
// before JSON of the caller's. Guardrails judge requests before the codecs, so nothing that
// depends on the request may be added here.
var sentConstants = map[string]bool{
	"Answer with one valid JSON object and nothing else: no explanation, no code fence. It must satisfy this JSON schema: ": true,
	"answer": true, "document": true, // names that OpenAI wants
	"skip_thought_signature_validator":                                                  true,
	"The whole input of the tool, as plain text.":                                       true,
	"The whole input of the tool, as plain text. It must follow this grammar (lark):\n": true,
}

// targetWords are words of the formats that only targets speak: no stage needs them elsewhere. Nobody
// lists the binary data of their bodies, either: it is that of the requests above.
var targetWords = strings.Fields(`tool_plan REQUIRED NONE p k stop_sequences strict_tools thinking token_budget json_object
	options num_predict think format images tool_name tool_call_id`)

// isKnown reports whether a value that is sent was judged, or is constant.
func isKnown(known map[string]bool, value string) bool {
	if known[value] || sentConstants[value] || slices.Contains(targetWords, value) || value == "" || value == "AAAA" || value == "data:image/png;base64,AAAA" || (openai.Dialect{}).IsWord(value) || (anthropic.Dialect{}).IsWord(value) || (gemini.Dialect{}).IsWord(value) || (responses.Dialect{}).IsWord(value) {
		return true
	}
	for constant := range sentConstants {
		rest, ok := strings.CutPrefix(value, constant)
		if ok && known[rest] {
			return true
		}
		if !ok || !json.Valid([]byte(rest)) {
			continue
		}
		for inner := range leafValues([]byte(rest)) {
			if !isKnown(known, inner) {
				return false
			}
		}
		return true
	}
	return false
}

// Codecs add constants only: whatever else they send stands in the request that guardrails
// judged, is binary data that a part declared, or is a word of a format.
func TestCodecsAddConstantsOnly(t *testing.T) {
	c := New(Config{})
	m := &maker{Rand: rand.New(rand.NewPCG(1, 2))}
	for i := range 300 {
		var d gateway.Dialect = openai.Dialect{}
		body := m.openai()
		switch i % 4 {
		case 1:
			d, body = anthropic.Dialect{}, m.anthropic()
		case 2:
			d, body = gemini.Dialect{}, m.gemini()
		case 3:
			d, body = responses.Dialect{}, m.responses()
		}
		req, err := gateway.NewRequest(d, gateway.OpChat, []byte(body))
		if err != nil {
			t.Fatalf("%v: %s", err, body)
		}
		known := judgedValues(d, req.Raw)
		for id, wire := range c.codecs {
			v, provider := vendor.ByID(id.vendor), id.vendor
			if id.format != v.OwnFormat(req.Model()) && !v.Formats.Offers(id.format) {
				continue
			}
			_, err := withTranslation(exchangeOf(req), wire.Format(), func(native *gateway.Request) (gateway.Stream, error) {
				out, _, err := wire.Request(&gateway.Target{Provider: provider}, native)
				if err != nil {
					return nil, err
				}
				sent, _ := io.ReadAll(out.Body)
				binary := map[int]bool{}
				if d, ok := wire.Format().(gateway.Dialect); ok {
					for _, at := range d.Binary(sent) {
						binary[at.Start] = true
					}
				}
				for value, at := range leafValues(sent) {
					if !binary[at] && !isKnown(known, value) && !(v.Quirks.ShortCallIDs && hashedID(known, value)) {
						t.Errorf("%s adds %q\nto   %s\nsent %s", provider, value, body, sent)
					}
				}
				return gateway.Chunks(gateway.Chunk{Raw: []byte(`{}`), Form: gateway.FormBody}), nil
			})
			if err != nil && strings.Contains(err.Error(), "panic") {
				t.Fatal(err)
			}
			if t.Failed() {
				return
			}
		}
	}
}

// hashedID reports whether a value is an id in the form that a vendor takes of one that was judged.
func hashedID(known map[string]bool, value string) bool {
	for id := range known {
		sum := sha256.Sum256([]byte(id))
		if strings.HasPrefix(new(big.Int).SetBytes(sum[:]).Text(62), value) && len(value) == 9 {
			return true
		}
	}
	return false
}

// judgedValues returns what guardrails see of a body, JSON inside of texts decoded.
func judgedValues(d gateway.Dialect, raw []byte) map[string]bool {
	known := map[string]bool{}
	for _, x := range gateway.JudgedIn(d, raw) {
		known[x.Value] = true
		if json.Valid([]byte(x.Value)) {
			for value := range leafValues([]byte(x.Value)) {
				known[value] = true
			}
		}
	}
	return known
}

// isTokenLimit reports a field whose number a codec computes from those of the request.
func isTokenLimit(field string) bool {
	return field == "num_predict" || field == "token_budget" || field == "max_tokens" || field == "max_completion_tokens" || field == "budget_tokens" || field == "thinkingBudget"
}

// leafValues returns the keys, strings and numbers of a JSON text, JSON inside of strings
// decoded, with an offset of each.
func leafValues(raw []byte) map[string]int {
	out := map[string]int{}
	jsonx.Walk(raw, func(n jsonx.Node) jsonx.Action {
		switch n.Kind {
		case jsonx.KindKey, jsonx.KindString, jsonx.KindNumber:
			text := n.Text()
			if n.Kind == jsonx.KindNumber && isTokenLimit(n.Path.Key(-1)) {
				break
			}
			if n.Kind == jsonx.KindString && strings.HasPrefix(text, "{") && json.Valid([]byte(text)) {
				for value := range leafValues([]byte(text)) {
					out[value] = n.Start
				}
				break
			}
			out[text] = n.Start
		}
		return jsonx.Descend
	})
	return out
}
