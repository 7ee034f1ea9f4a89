package redact

import (
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"strings"
	"testing"

	"github.com/tidwall/gjson"

	"github.com/sluicegate/sluice/gateway"
)

// conversation is a generated chat whose turns a client sends one after the other: each
// request repeats all messages so far. The fields around the messages vary with the turn.
type conversation struct {
	rng      *rand.Rand
	tools    string
	messages []string
}

// text is prose with values, repeated values, lookalikes of placeholders and credentials.
func (c *conversation) text() string {
	var b strings.Builder
	for range c.rng.IntN(6) {
		n := c.rng.IntN(9)
		b.WriteString([]string{
			"please look", fmt.Sprintf("user%d@example.com", n), fmt.Sprintf("card 411111111111111%d", 1), fmt.Sprintf("call 415-555-267%d", n),
			fmt.Sprintf("[EMAIL_%d]", n), fmt.Sprintf("[phone_%d]", n), fmt.Sprintf("10.0.0.%d", n), fmt.Sprintf("sk-proj-abcdef%d234567", n), "\"quoted\"\n", "手机13800138000",
			fmt.Sprintf(`{"to":"user%d@example.com","n":4155552671}`, n),
		}[c.rng.IntN(11)])
		b.WriteByte(' ')
	}
	return b.String()
}

func (c *conversation) quoted() string {
	b, _ := json.Marshal(c.text())
	return string(b)
}

func (c *conversation) add() {
	c.messages = append(c.messages,
		`{"role":"user","name":`+c.quoted()+`,"content":[{"type":"text","text":`+c.quoted()+`}]}`,
		`{ "role":"assistant","content":`+c.quoted()+`,"tool_calls":[{"id":"t","type":"function","function":{"name":"f","arguments":`+c.quoted()+`}}]}`,
		`{"role":"tool", "tool_call_id":"t","content":`+c.quoted()+`}`)
}

func (c *conversation) body() string {
	fields := []string{`"messages":[` + strings.Join(c.messages, ",") + `]`, `"tools":` + c.tools, `"stop":` + c.quoted(), `"user":"user1@example.com"`,
		`"metadata":{"m":` + c.quoted() + `}`, `"prediction":{"content":` + c.quoted() + `}`}
	c.rng.Shuffle(len(fields), func(i, j int) { fields[i], fields[j] = fields[j], fields[i] })
	return `{"model":"m",` + strings.Join(fields, ",") + `}`
}

// The redacted messages of a turn are a byte prefix of those of the next turn, and the tools
// are the same, so that a vendor's prompt cache stays valid.
func TestTurnsShareAPrefix(t *testing.T) {
	d := NewDetector([]byte("k"), nil)
	for seed := range uint64(200) {
		c := &conversation{rng: rand.New(rand.NewPCG(seed, 1))}
		c.tools = `[{"type":"function","function":{"name":"f","description":` + c.quoted() + `}}]`
		c.messages = []string{`{"role":"system","content":` + c.quoted() + `}`}
		var messages, tools string
		for turn := range 5 {
			c.add()
			original := request(t, c.body())
			r := begin(t, d, everyEntity...)
			req, err := r.Request(original)
			if err != nil {
				t.Fatal(err)
			}
			now := gjson.GetBytes(req.Raw, "messages").Raw
			if turn > 0 && !strings.HasPrefix(now, strings.TrimSuffix(messages, "]")+",") {
				t.Fatalf("seed %d, turn %d:\n%s\n%s", seed, turn, messages, now)
			}
			if toolsNow := gjson.GetBytes(req.Raw, "tools").Raw; turn > 0 && toolsNow != tools {
				t.Fatalf("seed %d, turn %d:\n%s\n%s", seed, turn, tools, toolsNow)
			}
			messages, tools = now, gjson.GetBytes(req.Raw, "tools").Raw
			checkRestored(t, r, original, req)
		}
	}
}

// checkRestored checks that no value is left in the contents, and that restoring them gives
// what the caller wrote.
func checkRestored(t *testing.T, r *Redaction, original, redacted *gateway.Request) {
	t.Helper()
	before, after := contents(original), contents(redacted)
	for i := range before {
		if got, _ := r.vault.reveal(after[i], true, proseForm); got != before[i] {
			t.Fatalf("got  %q\nwant %q\nvia  %q", got, before[i], after[i])
		}
		for _, value := range []string{"@example.com", "4111111111111111", "415-555", "sk-proj", "138001"} {
			if strings.Contains(after[i], value) {
				t.Fatalf("%q is left in %q", value, after[i])
			}
		}
	}
}

// contents are the contents of all messages. Contents that are JSON as a whole are left out:
// a number in them becomes a string.
func contents(req *gateway.Request) []string {
	var out []string
	for _, m := range gjson.GetBytes(req.Raw, "messages").Array() {
		content := m.Get("content")
		if content.IsArray() {
			content = content.Get("0.text")
		}
		if text := content.String(); !isJSON(text) {
			out = append(out, text)
		}
	}
	return out
}
