package dialect_test

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/sluicegate/sluice/gateway"
	"github.com/sluicegate/sluice/gateway/dialect"
	"github.com/sluicegate/sluice/gateway/dialect/anthropic"
	"github.com/sluicegate/sluice/gateway/dialect/gemini"
	"github.com/sluicegate/sluice/gateway/dialect/openai"
	"github.com/sluicegate/sluice/gateway/dialect/responses"
	"github.com/sluicegate/sluice/internal/jsonx"
)

// pointMaker makes requests whose cache points are all distinct, so that each can be recognised.
type pointMaker struct {
	*rand.Rand
	points []string
	texts  int
	signed []string
}

func (m *pointMaker) text() string {
	m.texts++
	return fmt.Sprintf(`"text %d"`, m.texts)
}

// point is a cache point or nothing.
func (m *pointMaker) point() string {
	if m.IntN(3) > 0 {
		return ""
	}
	p := fmt.Sprintf(`{"type":"ephemeral","ttl":"%s","n":%d}`, []string{"5m", "1h"}[m.IntN(2)], len(m.points))
	m.points = append(m.points, p)
	return `,"cache_control":` + p
}

func (m *pointMaker) signature() string {
	s := fmt.Sprintf("c2ln%d+/=", len(m.signed))
	m.signed = append(m.signed, s)
	return s
}

func (m *pointMaker) times(most int, make func() string) string {
	var out []string
	for range 1 + m.IntN(most) {
		out = append(out, make())
	}
	return strings.Join(out, ",")
}

// result is the content of a tool's result: a string with a point behind it, or a list.
func (m *pointMaker) result(text func() string) string {
	if m.IntN(2) == 0 {
		return `"content":` + m.text() + m.point()
	}
	return `"content":[` + m.times(2, text) + `]`
}

func (m *pointMaker) anthropic() string {
	text := func() string { return `{"type":"text","text":` + m.text() + m.point() + `}` }
	media := func() string {
		if m.IntN(3) == 0 {
			return `{"type":"image","source":{"type":"base64","media_type":"image/png","data":"AAAA"}` + m.point() + `}`
		}
		return text()
	}
	turn := func() string {
		id := fmt.Sprintf("call_%d", m.texts)
		result := m.result(text)
		return `{"role":"assistant","content":[{"type":"thinking","thinking":"hm","signature":"` + m.signature() + `"},{"type":"text","text":` + m.text() + `},{"type":"tool_use","id":"` + id + `","name":"f","input":{"cache_control":1}` + m.point() + `}]},` +
			`{"role":"user","content":[{"type":"tool_result","tool_use_id":"` + id + `",` + result + `},` + m.times(3, media) + `]}`
	}
	tool := func() string {
		return `{"name":` + m.text() + `,"input_schema":{"type":"object","properties":{"cache_control":{"type":"string"}}}` + m.point() + `}`
	}
	return `{"model":"claude-opus-4-7","max_tokens":99,"thinking":{"type":"adaptive"},"tools":[` + m.times(3, tool) + `],"system":[` + m.times(3, text) + `],"messages":[{"role":"user","content":[` + m.times(3, text) + `]},` + m.times(4, turn) + `]}`
}

func (m *pointMaker) openai() string {
	text := func() string { return `{"type":"text","text":` + m.text() + m.point() + `}` }
	media := func() string {
		if m.IntN(3) == 0 {
			return `{"type":"image_url","image_url":{"url":"data:image/png;base64,AAAA"}` + m.point() + `}`
		}
		return text()
	}
	turn := func() string {
		id := fmt.Sprintf("call_%d", m.texts)
		result := m.result(text)
		return `{"role":"assistant","content":` + m.text() + `,"thinking_blocks":[{"type":"thinking","thinking":"hm","signature":"` + m.signature() + `"}],"tool_calls":[{"id":"` + id + `","type":"function","function":{"name":"f","arguments":"{}"}` + m.point() + `}]},` +
			`{"role":"tool","tool_call_id":"` + id + `",` + result + `},{"role":"user","content":[` + m.times(3, media) + `]}`
	}
	tool := func() string {
		return `{"type":"function","function":{"name":` + m.text() + `,"parameters":{"type":"object","properties":{"cache_control":{"type":"string"}}}}` + m.point() + `}`
	}
	return `{"model":"claude-opus-4-7","reasoning_effort":"high","tools":[` + m.times(3, tool) + `],"messages":[{"role":"system","content":[` + m.times(3, text) + `]},{"role":"user","content":` + m.text() + m.point() + `},` + m.times(4, turn) + `]}`
}

// pointsIn lists the cache points of a body, in any order.
func pointsIn(raw []byte) []string {
	var out []string
	jsonx.Walk(raw, func(n jsonx.Node) jsonx.Action {
		if n.Kind == jsonx.KindObject && n.Path.Key(-1) == "cache_control" && jsonx.Get(n.Raw(), "n") != nil {
			out = append(out, string(n.Raw()))
		}
		return jsonx.Descend
	})
	slices.Sort(out)
	return out
}

// TestEachCachePointArrives: where the target has cache points, each of the caller's becomes one
// there, with its TTL, and where it has none, none is left. Signatures arrive where the model
// signed them.
func TestEachCachePointArrives(t *testing.T) {
	gatewayTarget := openai.Dialect{CachePoints: true}
	for _, c := range []struct {
		name     string
		from, to dialect.Format
		make     func(*pointMaker) string
		arrive   bool
		signed   bool
	}{
		{"chat to Messages", openai.Dialect{}, anthropic.Dialect{}, (*pointMaker).openai, true, true},
		{"Messages through the model to Messages", anthropic.Dialect{}, anthropic.Dialect{}, (*pointMaker).anthropic, true, true},
		{"Messages to a gateway's chat", anthropic.Dialect{}, gatewayTarget, (*pointMaker).anthropic, true, false},
		{"chat through the model to a gateway's chat", openai.Dialect{}, gatewayTarget, (*pointMaker).openai, true, false},
		{"Messages to chat", anthropic.Dialect{}, openai.Dialect{}, (*pointMaker).anthropic, false, false},
		{"Messages to Responses", anthropic.Dialect{}, responses.Dialect{}, (*pointMaker).anthropic, false, false},
		{"Messages to generateContent", anthropic.Dialect{}, gemini.Dialect{}, (*pointMaker).anthropic, false, false},
		{"chat to generateContent", openai.Dialect{}, gemini.Dialect{}, (*pointMaker).openai, false, false},
	} {
		t.Run(c.name, func(t *testing.T) {
			for seed := range uint64(200) {
				m := &pointMaker{Rand: rand.New(rand.NewPCG(seed, 3))}
				body := c.make(m)
				req, err := gateway.NewRequest(c.from, gateway.OpChat, []byte(body))
				if err != nil {
					t.Fatalf("%v: %s", err, body)
				}
				_, out, err := dialect.Translate(c.from, c.to, req)
				if err != nil {
					t.Fatalf("seed %d: %v: %s", seed, err, body)
				}
				want := slices.Clone(m.points)
				slices.Sort(want)
				if !c.arrive {
					want = nil
				}
				if d := cmp.Diff(want, pointsIn(out.Raw)); d != "" {
					t.Fatalf("seed %d: %s\nin  %s\nout %s", seed, d, body, out.Raw)
				}
				for _, s := range m.signed {
					if c.signed && !strings.Contains(string(out.Raw), `"signature":"`+s+`"`) {
						t.Fatalf("seed %d: the signature %s is gone\nin  %s\nout %s", seed, s, body, out.Raw)
					}
				}
			}
		})
	}
}

// TestPromptOfTranslations: a conversation that goes on begins as it did in every target's
// format, so that a translation keeps the vendor's cache.
func TestPromptOfTranslations(t *testing.T) {
	formats := map[string]dialect.Format{"openai": openai.Dialect{}, "gateway": openai.Dialect{CachePoints: true}, "anthropic": anthropic.Dialect{}, "responses": responses.Dialect{}, "gemini": gemini.Dialect{}}
	for name, to := range formats {
		for from, make := range map[string]func(*pointMaker) string{"openai": (*pointMaker).openai, "anthropic": (*pointMaker).anthropic} {
			for seed := range uint64(50) {
				whole := make(&pointMaker{Rand: rand.New(rand.NewPCG(seed, 9))})
				var parts []string
				for e := range jsonx.Elements(jsonx.Get([]byte(whole), "messages")) {
					parts = append(parts, string(e.Value))
				}
				earlier := []byte(whole)
				if len(parts) > 5 { // without the last turn
					earlier = jsonx.Update(earlier, jsonx.Change{Name: "messages", Value: []byte("[" + strings.Join(parts[:len(parts)-3], ",") + "]")})
				}
				before, after := promptOf(t, formats[from], to, earlier), promptOf(t, formats[from], to, []byte(whole))
				if !slices.Equal(before, after[:min(len(before), len(after))]) {
					t.Fatalf("%s to %s, seed %d: %s", from, name, seed, cmp.Diff(before, after))
				}
			}
		}
	}
}

// promptOf translates a body and returns the parts of its prompt.
func promptOf(t *testing.T, from, to dialect.Format, body []byte) []string {
	t.Helper()
	req, err := gateway.NewRequest(from, gateway.OpChat, body)
	if err != nil {
		t.Fatal(err)
	}
	if from.Name() != to.Name() {
		if _, req, err = dialect.Translate(from, to, req); err != nil {
			t.Fatalf("%v: %s", err, body)
		}
	}
	format, ok := to.(gateway.PromptFormat)
	if !ok {
		t.Fatalf("%s lists no parts", to.Name())
	}
	prompt := format.Prompt(req.Raw)
	var out []string
	for i := range prompt.Parts {
		part := ""
		prompt.Parts[i].Segments(req.Raw, func(_ int, segment []byte) bool { part += string(segment); return true })
		out = append(out, part)
	}
	return out
}
