package anthropic_test

import (
	"encoding/json"
	"errors"
	"fmt"
	"math/rand/v2"
	"strings"
	"testing"

	"github.com/sluicegate/sluice/gateway"
	"github.com/sluicegate/sluice/gateway/dialect/anthropic"
	"github.com/sluicegate/sluice/gateway/dialect/message"
)

// conversation makes a random request in OpenAI's format and counts its cache points.
type conversation struct {
	*rand.Rand
	points int
	out    []any
}

type object = map[string]any

// mark gives v a cache point, sometimes.
func (c *conversation) mark(v object) object {
	if c.IntN(3) == 0 {
		c.points++
		v["cache_control"] = object{"type": "ephemeral"}
	}
	return v
}

func (c *conversation) parts(media bool) any {
	if c.IntN(3) == 0 {
		return "text"
	}
	var list []any
	for range 1 + c.IntN(3) {
		switch kind := c.IntN(4); {
		case kind == 0 && media:
			list = append(list, c.mark(object{"type": "image_url", "image_url": object{"url": "https://a/b.png"}}))
		case kind == 1 && media:
			list = append(list, c.mark(object{"type": "document", "source": object{"type": "url", "url": "https://a"}}))
		case kind == 2:
			list = append(list, object{"type": "text", "text": ""})
		default:
			list = append(list, c.mark(object{"type": "text", "text": "x"}))
		}
	}
	return list
}

// whole marks a message behind its last part, if that can be told from its own points.
func (c *conversation) whole(m object) object {
	if m["content"] == "text" {
		return c.mark(m)
	}
	return m
}

func (c *conversation) turn(i int) {
	switch c.IntN(5) {
	case 0:
		c.out = append(c.out, c.whole(object{"role": "system", "content": c.parts(false)}))
	case 1:
		c.out = append(c.out, c.whole(object{"role": "assistant", "content": c.parts(false)}))
	case 2:
		id := fmt.Sprint("call_", i)
		m := object{"role": "assistant", "content": nil, "tool_calls": []any{c.mark(object{"id": id, "type": "function", "function": object{"name": "f", "arguments": "{}"}})}}
		if c.IntN(2) == 0 {
			m["thinking_blocks"] = []any{object{"type": "thinking", "thinking": "t", "signature": "s"}}
		}
		c.out = append(c.out, m, c.mark(object{"role": "tool", "tool_call_id": id, "content": c.parts(true)}))
	default:
		c.out = append(c.out, c.whole(object{"role": "user", "content": c.parts(true)}))
	}
}

// Every cache point of a request becomes exactly one, and turns alternate.
func TestCachePointsSurvive(t *testing.T) {
	for seed := range uint64(500) {
		c := &conversation{Rand: rand.New(rand.NewPCG(seed, 1))}
		for i := range 1 + c.IntN(8) {
			c.turn(i)
		}
		request := object{"model": "claude-opus-4-5", "messages": c.out,
			"tools": []any{c.mark(object{"type": "function", "function": object{"name": "f"}})}}
		raw, err := json.Marshal(request)
		if err != nil {
			t.Fatal(err)
		}
		got, err := fromOpenAI(raw)
		if err != nil {
			t.Fatalf("%v: %s", err, raw)
		}
		if n := strings.Count(string(got), `"cache_control"`); n != c.points {
			t.Fatalf("%d cache points became %d:\n%s\n%s", c.points, n, raw, got)
		}
		var body struct{ Messages []struct{ Role string } }
		if err := json.Unmarshal(got, &body); err != nil {
			t.Fatal(err)
		}
		for i := 1; i < len(body.Messages); i++ {
			if body.Messages[i].Role == body.Messages[i-1].Role {
				t.Fatalf("two turns of %s in a row:\n%s", body.Messages[i].Role, got)
			}
		}
	}
}

func TestGenerationsTakeWhatTheyKnow(t *testing.T) {
	for _, c := range []struct {
		model, effort string
		want          string
	}{
		{"claude-opus-4-7", "xhigh", `"thinking":{"type":"adaptive","display":"summarized"},"output_config":{"effort":"xhigh"}`},
		{"claude-opus-4.7", "high", `"output_config":{"effort":"high"}`},
		{"claude-sonnet-4-6", "xhigh", `"thinking":{"type":"adaptive"},"output_config":{"effort":"high"}`},
		{"anthropic.claude-sonnet-4-5-20250929-v1:0", "high", `"max_tokens":8192`},
		{"claude-3-7-sonnet-20250219", "low", `"budget_tokens":1024`},
		{"claude-3-5-sonnet-20241022", "high", `"max_tokens":4096`},
		{"claude", "low", `"output_config":{"effort":"low"}`},
		{"kimi-k2", "high", `"budget_tokens":4096`},
		{"claude-opus-4-7", "none", `"max_tokens":4096`},
	} {
		raw, err := anthropic.Dialect{}.WriteRequest(&message.Request{Model: c.model, Reasoning: message.Reasoning{Effort: c.effort}})
		if err != nil || !strings.Contains(string(raw), c.want) {
			t.Errorf("%s: %s, %v", c.model, raw, err)
		}
	}
	raw, err := anthropic.Dialect{}.WriteRequest(&message.Request{Model: "claude-opus-4-7", Reasoning: message.Reasoning{Budget: 3000}})
	if err != nil || !strings.Contains(string(raw), `"effort":"medium"`) {
		t.Error(string(raw), err)
	}
}

// FuzzReadRequest: no body makes the reader or the writer panic, and what is written is JSON.
func FuzzReadRequest(f *testing.F) {
	f.Add(`{"model":"claude-opus-4-7","max_tokens":1,"system":"s","messages":[{"role":"user","content":[{"type":"tool_result","tool_use_id":"a","content":[{"type":"document","source":{"type":"text","data":"é"}}]}]}],"thinking":{"type":"enabled","budget_tokens":-1},"tools":[{"name":"f","input_schema":{}}],"tool_choice":{"type":"any","disable_parallel_tool_use":true}}`)
	f.Add(`{"messages":[{"role":"assistant","content":[{"type":"thinking","signature":"s"},{"type":"tool_use","input":{}}]}],"temperature":1e999,"output_config":{"format":{"type":"json_schema","schema":{}}},"container":"c"}`)
	f.Add(`{"messages":5,"tools":{},"system":[null]}`)
	f.Fuzz(func(t *testing.T, raw string) {
		if !json.Valid([]byte(raw)) {
			return
		}
		m, err := anthropic.Dialect{}.ReadRequest([]byte(raw))
		if err == nil {
			var body []byte
			if body, err = (anthropic.Dialect{}).WriteRequest(m); err == nil && !json.Valid(body) {
				t.Fatalf("%s became %s", raw, body)
			}
		}
		var e *gateway.Error
		if err != nil && (!errors.As(err, &e) || e.Kind != gateway.Invalid || e.Param == "") {
			t.Fatal(err)
		}
	})
}

// The translations have the shape that package dialect asks for.
var _ interface {
	gateway.Dialect
	ReadRequest([]byte) (*message.Request, error)
	WriteRequest(*message.Request) ([]byte, error)
	ReadAnswer() message.AnswerReader
	WriteAnswer(*message.Request) message.AnswerWriter
} = anthropic.Dialect{}

// A tool call without an id gets one, the same in both forms.
func TestToolCallGetsAnID(t *testing.T) {
	es := []message.Event{{Kind: message.EventStart, ID: "x"}, {Kind: message.EventPartStart, Of: message.KindToolCall, Call: message.Call{Name: "f"}},
		{Kind: message.EventPartEnd, Of: message.KindToolCall}, {Kind: message.EventFinish, Finish: "tool_calls"}}
	body, err := anthropic.Dialect{}.WriteAnswer(nil).Body(es)
	if err != nil || !strings.Contains(string(body.Raw), `"id":"toolu_x_0"`) {
		t.Errorf("%s, %v", body.Raw, err)
	}
}

// What other targets left in a conversation does not reach Anthropic: all reasoning of a run of
// turns in which some is not Anthropic's, none of other runs.
func TestWithoutForeign(t *testing.T) {
	const (
		own     = `{"type":"thinking","thinking":"a","signature":"c2ln"}`
		sealed  = `{"type":"redacted_thinking","data":"ZA=="}`
		foreign = `{"type":"thinking","thinking":"b","signature":""}`
		google  = `{"type":"redacted_thinking","data":"google:ZA=="}`
		call    = `{"type":"tool_use","id":"t","name":"f","input":{}}`
		result  = `{"role":"user","content":[{"type":"tool_result","tool_use_id":"t"}]}`
		user    = `{"role":"user","content":"Hi"}`
	)
	turn := func(blocks ...string) string {
		return `{"role":"assistant","content":[` + strings.Join(blocks, ",") + `]}`
	}
	body := func(messages ...string) string {
		return `{"model":"m", "max_tokens":9,"thinking":{"type":"enabled","budget_tokens":1024},"messages":[` + strings.Join(messages, ",") + `]}`
	}
	plain := func(s string) string {
		return strings.Replace(s, `"thinking":{"type":"enabled","budget_tokens":1024},`, "", 1)
	}
	text := `{"type":"text","text":"x"}`
	for name, tc := range map[string]struct{ in, want string }{
		"nothing foreign":    {body(user, turn(own, sealed, call), result), body(user, turn(own, sealed, call), result)},
		"a word of a caller": {body(`{"role":"user","content":"\"signature\":\"\""}`), body(`{"role":"user","content":"\"signature\":\"\""}`)},
		"unsigned":           {body(user, turn(foreign, text), user), body(user, turn(text), user)},
		"with spaces":        {body(user, turn(strings.Replace(foreign, `:""`, ` : ""`, 1), text), user), body(user, turn(text), user)},
		"Google's":           {body(user, turn(google, call), result), plain(body(user, turn(call), result))},
		"the whole run":      {body(user, turn(own, call), result, turn(foreign, call), result, turn(sealed, text)), plain(body(user, turn(call), result, turn(call), result, turn(text)))},
		"no other run":       {body(user, turn(own, text), user, turn(foreign, text), user, turn(own, text)), body(user, turn(own, text), user, turn(text), user, turn(own, text))},
		"nothing else":       {body(user, turn(foreign), user), body(user, user)},
		"citations": {body(user, turn(`{"type":"text","text":"x","citations":[{"url":"a","encrypted_index":""},{"url":"b","encrypted_index":"E"}]}`, `{"type":"text","text":"y","citations":[{"url":"a","encrypted_index":""}]}`)),
			body(user, turn(`{"type":"text","text":"x","citations":[{"url":"b","encrypted_index":"E"}]}`, `{"type":"text","text":"y"}`))},
	} {
		if got := string(anthropic.WithoutForeign([]byte(tc.in))); got != tc.want {
			t.Errorf("%s:\ngot  %s\nwant %s", name, got, tc.want)
		}
	}
}
