package e2e

import (
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/tidwall/gjson"

	"github.com/sluicegate/sluice/gateway/gatewaytest"
	"github.com/sluicegate/sluice/internal/jsonx"
)

const redacting = `{"redact":{"input":["email","phone","card","ip"],"restore":true}}`

// TestPromptCacheIntegrity sends generated conversations to an Anthropic target, turn by
// turn, as a client does that sends back what it was answered. Without redaction the target
// gets the caller's bytes, but for the model and the config. With redaction every other byte
// is the same, what the model said comes back as the model said it, signed reasoning too, and
// each turn repeats the prefix of the turn before.
func TestPromptCacheIntegrity(t *testing.T) {
	up := gatewaytest.NewUpstream()
	t.Cleanup(up.Close)
	s := start(t, messagesConfig, up)
	for seed := range uint64(200) {
		for _, redact := range []bool{false, true} {
			d := newDialogue(seed, redact)
			for turn := range 4 {
				d.ask()
				if err := d.send(s, up); err != nil {
					t.Fatalf("seed %d, redaction %v, turn %d: %v", seed, redact, turn, err)
				}
			}
		}
	}
}

// dialogue is a generated conversation in Anthropic's format. Its JSON is spelled oddly:
// white space, escapes and numbers that no encoder writes.
type dialogue struct {
	rng      *rand.Rand
	redact   bool
	model    string
	config   string   // member of the body, "" = none
	head     []string // members before the messages
	tail     []string // members behind them, other ones in each turn
	messages []string
	calls    []string // ids of the tools that the last answer called

	said   map[int]gatewaytest.Reply // what the model said, by the index of its message
	before []byte                    // the body of the turn before, as the target got it
	values map[string]string         // by placeholder
}

func newDialogue(seed uint64, redact bool) *dialogue {
	d := &dialogue{rng: rand.New(rand.NewPCG(seed, 7)), redact: redact, model: fmt.Sprintf("claude-%d-%v", seed, redact), said: map[int]gatewaytest.Reply{}, values: map[string]string{}}
	system := d.quote(d.text())
	if d.maybe() {
		system = d.list(d.block("text", `"text"`, d.quote("Be kind. "+d.text())), d.block("text", `"text"`, d.quote(d.text()), `"cache_control"`, d.cachePoint()))
	}
	d.head = []string{`"system"`, system, `"max_tokens"`, d.pick("1024", "1.024e3", "2048.0"), `"tools"`, d.tools(),
		`"thinking"`, d.object(`"type"`, `"enabled"`, `"budget_tokens"`, d.pick("1024", "1024.0")), `"temperature"`, d.number(),
		`"output_config"`, d.object(`"effort"`, `"high"`, `"later_field"`, d.number())}
	if d.maybe() {
		d.messages = d.opening()
	}
	if d.maybe() {
		d.config = d.object(`"retry"`, `{"attempts": 1}`)
	}
	return d
}

// opening is a turn with what only the vendor can read, and with its own tools.
func (d *dialogue) opening() []string {
	data := `"` + cardInData + `"`
	return []string{d.object(`"role"`, `"user"`, `"content"`, d.quote(d.text())), d.object(`"content"`, d.list(
		d.block("redacted_thinking", `"data"`, data),
		d.block("server_tool_use", `"id"`, `"srvtoolu_1"`, `"name"`, `"web_search"`, `"input"`, d.object(`"query"`, d.quote(d.text()))),
		d.block("web_search_tool_result", `"tool_use_id"`, `"srvtoolu_1"`, `"content"`, d.list(
			d.object(`"type"`, `"web_search_result"`, `"url"`, d.quote("https://example.org/a"), `"encrypted_content"`, data, `"page_age"`, "null"))),
		d.block("text", `"text"`, d.quote(d.text()), `"citations"`, d.list(d.object(`"type"`, `"web_search_result_location"`, `"cited_text"`, d.quote(d.text()), `"encrypted_index"`, data))),
	), `"role"`, `"assistant"`)}
}

func (d *dialogue) maybe() bool                   { return d.rng.IntN(2) == 0 }
func (d *dialogue) pick(options ...string) string { return options[d.rng.IntN(len(options))] }

func (d *dialogue) number() string {
	return d.pick("1.0", "0.70", "-0", "1E+2", "10e-1", "3", "0.10000000000000000555", "9007199254740993")
}

func (d *dialogue) space() string { return d.pick("", "", " ", "\n\t", "  ") }

func (d *dialogue) cachePoint() string {
	return d.pick(`{"type":"ephemeral"}`, `{"ttl":"1h", "type":"ephemeral"}`, `{ "type" : "ephemeral", "ttl" : "5m" }`)
}

// object writes members given as keys and values in JSON, in that order.
func (d *dialogue) object(members ...string) string {
	var parts []string
	for i := 0; i+1 < len(members); i += 2 {
		parts = append(parts, d.space()+members[i]+d.space()+":"+d.space()+members[i+1]+d.space())
	}
	return "{" + strings.Join(parts, ",") + "}"
}

func (d *dialogue) list(values ...string) string {
	return "[" + d.space() + strings.Join(values, d.space()+","+d.space()) + d.space() + "]"
}

// block writes a content block, whose type stands at either end, with an unknown field.
func (d *dialogue) block(kind string, members ...string) string {
	if d.maybe() {
		members = append(members, `"x_unknown"`, d.list(d.number(), "null", "true"))
	}
	if d.maybe() {
		return d.object(append([]string{`"type"`, `"` + kind + `"`}, members...)...)
	}
	return d.object(append(members, `"type"`, `"`+kind+`"`)...)
}

// quote spells a text as JSON, some of its characters as escapes.
func (d *dialogue) quote(text string) string {
	var b strings.Builder
	b.WriteByte('"')
	for _, r := range text {
		switch {
		case r == '"' || r == '\\' || r == '\n':
			escaped, _ := json.Marshal(string(r)) // always encodes
			b.WriteString(string(escaped[1 : len(escaped)-1]))
		case r == '/' && d.maybe():
			b.WriteString(`\/`)
		case r < 0x10000 && d.rng.IntN(20) == 0:
			fmt.Fprintf(&b, `\u%04X`, r)
		default:
			b.WriteRune(r)
		}
	}
	return b.String() + `"`
}

// text is prose with values, values that repeat, and texts that look like placeholders.
func (d *dialogue) text() string {
	var words []string
	for range 1 + d.rng.IntN(5) {
		n := d.rng.IntN(9)
		words = append(words, d.pick("please look", "<b>a/b</b> & \"c\"", "naïve 😀 手机", "line\nend", "x-anthropic-billing-header: cc_version=1;",
			fmt.Sprintf("user%d@example.com", n), "4111111111111111", fmt.Sprintf("415-555-267%d", n), fmt.Sprintf("10.0.0.%d", n), fmt.Sprintf("[EMAIL_%d]", n+1)))
	}
	return strings.Join(words, " ; ")
}

func (d *dialogue) tools() string {
	own := d.object(`"name"`, `"send"`, `"description"`, d.quote(d.text()), `"input_schema"`,
		`{"type":"object","properties":{"n":{"type":"number","minimum":1.0},"to":{"type":"string"}}}`, `"cache_control"`, d.cachePoint())
	return d.list(own, `{"type":"web_search_20250305", "name":"web_search","max_uses": 5}`, d.object(`"name"`, `"later"`, `"input_schema"`, `{"type":"object"}`, `"defer_loading"`, "true"))
}

// ask adds the user's next turn: results of the tools that were called, images, documents
// and texts, with cache points.
func (d *dialogue) ask() {
	var blocks []string
	for _, id := range d.calls {
		content := d.quote(d.text())
		if d.maybe() {
			content = d.list(d.block("text", `"text"`, d.quote(d.text())), d.picture())
		}
		blocks = append(blocks, d.block("tool_result", `"tool_use_id"`, `"`+id+`"`, `"content"`, content, `"is_error"`, d.pick("true", "false"), `"cache_control"`, d.cachePoint()))
	}
	if d.maybe() {
		blocks = append(blocks, d.picture())
	}
	if d.maybe() {
		blocks = append(blocks, d.block("document", `"source"`, d.object(`"type"`, `"text"`, `"media_type"`, `"text/plain"`, `"data"`, d.quote(d.text())), `"title"`, d.quote("a/b"), `"citations"`, `{"enabled":true}`))
	}
	content := d.list(append(blocks, d.block("text", `"text"`, d.quote(d.text()), `"cache_control"`, d.cachePoint()))...)
	if len(blocks) == 0 && d.maybe() {
		content = d.quote(d.text())
	}
	d.messages = append(d.messages, d.object(`"role"`, `"user"`, `"content"`, content))
	if d.rng.IntN(4) == 0 {
		d.messages = append(d.messages, d.object(`"role"`, `"system"`, `"content"`, d.quote("Remember this.")))
	}
	d.tail = []string{`"metadata"`, d.object(`"user_id"`, `"user7@example.com"`), `"context_management"`, d.object(`"edits"`, `[ ]`), `"x_future"`, d.object(`"a"`, d.list(d.number(), "null"), `"b\/c"`, `{}`)}
}

const cardInData = "4111111111111111"

// picture is an image whose data reads like a card number.
func (d *dialogue) picture() string {
	return d.block("image", `"source"`, d.object(`"data"`, `"`+cardInData+`"`, `"type"`, `"base64"`, `"media_type"`, `"image/png"`), `"cache_control"`, d.cachePoint())
}

// body is the request, and what of it the target must get if nothing is redacted.
func (d *dialogue) body() (body string, want *regexp.Regexp) {
	members := append([]string{`"model"`, `"@claude/` + d.model + `"`}, d.head...)
	if d.config != "" {
		members = append(members, `"config"`, d.config)
	}
	body = d.object(append(append(members, `"messages"`, "[ "+strings.Join(d.messages, " ,\n")+"]"), d.tail...)...)
	routed := strings.Replace(body, "@claude/", "", 1)
	if d.config == "" {
		return body, regexp.MustCompile(`^` + regexp.QuoteMeta(routed) + `$`)
	}
	before, after, _ := strings.Cut(routed, d.config)
	before = strings.TrimRight(before[:strings.LastIndex(before, `"config"`)], " \t\n,")
	after = strings.TrimLeft(after, " \t\n,")
	return body, regexp.MustCompile(`(?s)^` + regexp.QuoteMeta(before) + `[ \t\n,]*` + regexp.QuoteMeta(after) + `$`)
}

// send sends the next turn, checks what the target got, and appends the answer.
func (d *dialogue) send(s *server, up *gatewaytest.Upstream) error {
	body, want := d.body()
	answer := d.answer()
	up.Set(d.model, answer)
	header := []string{"Anthropic-Beta", "unknown-2030-01-01,prompt-caching-2024-07-31"}
	if d.redact {
		header = append(header, "X-Sluice-Config", redacting)
	}
	r := s.post("/v1/messages", body, header...)
	if r.StatusCode != 200 {
		return fmt.Errorf("%d %s\n%s", r.StatusCode, r.body, body)
	}
	last := sent(up, d.model)
	if last.Header.Get("Anthropic-Beta") != header[1] {
		return fmt.Errorf("the betas: %v", last.Header)
	}
	if !d.redact && !want.Match(last.Body) {
		return fmt.Errorf("sent %s\n got %s", body, last.Body)
	}
	if d.redact {
		if err := d.checkRedacted(body, last.Body); err != nil {
			return fmt.Errorf("%w\nsent %s\n got %s", err, body, last.Body)
		}
	}
	if err := d.checkPrefix(last.Body); err != nil {
		return fmt.Errorf("%w\nbefore %s\n   now %s", err, d.before, last.Body)
	}
	restored := placeholders.ReplaceAllStringFunc(answer.Reasoning, func(name string) string { return d.values[name] })
	if got := r.json("content.0.thinking").String(); d.redact && got != restored {
		return fmt.Errorf("the caller reads %q, want %q", got, restored)
	}
	d.before = last.Body
	d.said[len(d.messages)] = answer
	d.messages = append(d.messages, d.object(`"role"`, `"assistant"`, `"content"`, r.json("content").Raw))
	return nil
}

var placeholders = regexp.MustCompile(`\[(?:EMAIL|PHONE|CARD|IP)_[0-9]+\]`)

// answer is what the model says next. It quotes the placeholders that it has been shown.
func (d *dialogue) answer() gatewaytest.Reply {
	known := placeholders.FindAllString(string(d.before), -1)
	quote := func() string {
		if len(known) == 0 {
			return "nobody"
		}
		return known[d.rng.IntN(len(known))]
	}
	if !d.redact {
		known = nil
	}
	n := len(d.messages)
	r := gatewaytest.Reply{Reasoning: "They ask of " + quote() + " and " + quote() + "; <b>\"é\"</b>", Signature: fmt.Sprintf("RXE0/+Zm%d4111111111111111==", n), Text: "I write to " + quote() + "."}
	d.calls = nil
	for k := range d.rng.IntN(3) {
		id := fmt.Sprintf("toolu_%d_%d", n, k)
		d.calls = append(d.calls, id)
		r.Tools = append(r.Tools, gatewaytest.Tool{ID: id, Name: "send", Args: []string{`{"n": 1.0, "to":"` + quote() + `","deep":[ {"é":1E2} ]}`}})
	}
	return r
}

// checkRedacted compares leaf by leaf: strings and numbers in which nothing was replaced, and
// all bytes between leaves, are the same.
func (d *dialogue) checkRedacted(sent string, got []byte) error {
	in := []byte(strings.Replace(sent, "@claude/", "", 1))
	if d.config != "" {
		in = jsonx.Delete(in, "config")
	}
	a, b := leaves(in), leaves(got)
	if len(a) != len(b) {
		return fmt.Errorf("%d leaves became %d", len(a), len(b))
	}
	endA, endB := 0, 0
	for i := range a {
		if string(in[endA:a[i].start]) != string(got[endB:b[i].start]) {
			return fmt.Errorf("before %s: %q became %q", a[i].path, in[endA:a[i].start], got[endB:b[i].start])
		}
		endA, endB = a[i].end, b[i].end
		if err := d.checkLeaf(a[i], b[i]); err != nil {
			return err
		}
	}
	if string(in[endA:]) != string(got[endB:]) {
		return fmt.Errorf("the end: %q became %q", in[endA:], got[endB:])
	}
	for i, reply := range d.said {
		content := gjson.GetBytes(got, fmt.Sprintf("messages.%d.content", i))
		var inputs, want []string
		for _, v := range content.Get(`#(type=="tool_use")#.input`).Array() {
			inputs = append(inputs, v.Raw)
		}
		for _, tool := range reply.Tools {
			want = append(want, tool.Args[0])
		}
		if content.Get("0.thinking").String() != reply.Reasoning || content.Get("0.signature").String() != reply.Signature || content.Get("1.text").String() != reply.Text || !slices.Equal(inputs, want) {
			return fmt.Errorf("what the model said as %+v came back as %s", reply, content.Raw)
		}
	}
	return nil
}

// leaf is a name, string or number of a body.
type leaf struct {
	path       string
	raw, text  string
	start, end int
}

func leaves(raw []byte) []leaf {
	var out []leaf
	jsonx.Walk(raw, func(n jsonx.Node) jsonx.Action { // raw is valid
		if n.Kind == jsonx.KindKey || n.Kind == jsonx.KindString || n.Kind == jsonx.KindNumber {
			out = append(out, leaf{n.Path.String(), string(n.Raw()), n.Text(), n.Start, n.End()})
		}
		return jsonx.Descend
	})
	return out
}

// checkLeaf checks that b is a, or a with values replaced by their placeholders.
func (d *dialogue) checkLeaf(a, b leaf) error {
	if strings.HasPrefix(a.path, "metadata.") {
		if personal.MatchString(b.text) {
			return fmt.Errorf("%s: %s", a.path, b.text)
		}
		return nil
	}
	opaque := a.text == cardInData && opaqueField.MatchString(a.path) || strings.HasSuffix(a.path, ".signature")
	if a.text == b.text && (opaque || !placeholders.MatchString(b.text)) {
		if a.raw != b.raw {
			return fmt.Errorf("%s: %s became %s", a.path, a.raw, b.raw)
		}
		if !opaque && personal.MatchString(b.text) {
			return fmt.Errorf("%s: not replaced in %s", a.path, b.raw)
		}
		return nil
	}
	var pattern strings.Builder
	at := 0
	var names []string
	for _, span := range placeholders.FindAllStringIndex(b.text, -1) {
		names = append(names, b.text[span[0]:span[1]])
		pattern.WriteString(regexp.QuoteMeta(b.text[at:span[0]]) + "(.+?)")
		at = span[1]
	}
	found := regexp.MustCompile(`(?s)^` + pattern.String() + regexp.QuoteMeta(b.text[at:]) + `$`).FindStringSubmatch(a.text)
	if found == nil {
		return fmt.Errorf("%s: %q became %q", a.path, a.text, b.text)
	}
	for i, name := range names {
		if value, ok := d.values[name]; ok && value != found[i+1] {
			return fmt.Errorf("%s: %s stands for %q and for %q", a.path, name, value, found[i+1])
		}
		d.values[name] = found[i+1]
	}
	return nil
}

var opaqueField = regexp.MustCompile(`\.(data|encrypted_content|encrypted_index)$`)

var personal = regexp.MustCompile(`@example\.com|4111111111111111|415-555|10\.0\.0\.`)

// checkPrefix checks that the turn before is a prefix of this one.
func (d *dialogue) checkPrefix(now []byte) error {
	if d.before == nil {
		return nil
	}
	for _, name := range []string{"tools", "system"} {
		if a, b := gjson.GetBytes(d.before, name).Raw, gjson.GetBytes(now, name).Raw; a != b {
			return fmt.Errorf("%s changed: %s became %s", name, a, b)
		}
	}
	a, b := gjson.GetBytes(d.before, "messages").Array(), gjson.GetBytes(now, "messages").Array()
	for i := range a {
		if a[i].Raw != b[i].Raw {
			return fmt.Errorf("message %d changed:\n%s\n%s", i, a[i].Raw, b[i].Raw)
		}
	}
	return nil
}
