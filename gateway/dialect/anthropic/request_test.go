package anthropic

import (
	"errors"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/sluicegate/sluice/gateway"
)

func TestRouting(t *testing.T) {
	r, err := NewRequest(gateway.OpChat, []byte(`{"model":"m","stream":true,"messages":[{"role":"user","content":"x"}]}`), "messages")
	if err != nil || r.Model() != "m" || !r.Stream() || !r.WantsUsage() {
		t.Fatalf("%+v, %v", r, err)
	}
	for body, field := range map[string]string{
		`{"model":5,"messages":[{}]}`:  "model",
		`{"stream":1,"messages":[{}]}`: "stream",
		`{"messages":[]}`:              "messages",
		`{"messages":{}}`:              "messages",
		`{"messages":[{},"x"]}`:        "messages[1]",
		`{"model":"m"}`:                "messages",
		`{"model":"a","model":"b"}`:    "model",
	} {
		_, err := NewRequest(gateway.OpChat, []byte(body), "messages")
		var e *gateway.Error
		if !errors.As(err, &e) || e.Kind != gateway.Invalid || e.Param != field {
			t.Errorf("%s: %v, want %s", body, err, field)
		}
	}
}

func TestParameters(t *testing.T) {
	got := Dialect{}.Parameters([]byte(`{"max_tokens":5000,"thinking":{"type":"enabled","budget_tokens":2000},"output_config":{"effort":"low","format":{"type":"json_schema"}},"metadata":{"user_id":"u"}}`))
	if d := cmp.Diff(gateway.Parameters{MaxOutput: 5000, Bounded: true, Effort: true, Choices: 1, JSON: true, User: "u"}, got); d != "" {
		t.Fatal(d)
	}
	if d := cmp.Diff(gateway.Parameters{Choices: 1}, Dialect{}.Parameters([]byte(`{"max_tokens":null}`))); d != "" {
		t.Fatal(d)
	}
}

// everyText is a request whose texts are "t1", "t2", …, in the order of reading. Words of
// the format begin with "no".
var everyText = strings.ReplaceAll(`{"model":"no","stream":false,"service_tier":"no","metadata":{"user_id":"no"},"future":"t27",`+
	`"messages":[{"content":"t6","role":"user"},{"role":"assistant","content":[`+
	`{"type":"thinking","thinking":"t7","signature":"t8"},{"type":"redacted_thinking","data":"t9"},`+
	`{"type":"tool_use","id":"t10","name":"t11","input":{"type":"t12","role":"t13","cache_control":"t14","signature":"t15","n":[4111111111111111,12,"t16"]}}]},`+
	`{"role":"user","content":[{"type":"tool_result","tool_use_id":"t17","content":[{"type":"text","text":"t18"},`+
	`{"type":"image","source":{"data":"AA==","type":"base64","media_type":"t19"}}],"cache_control":{"type":"no","ttl":"no"}},`+
	`{"type":"image","source":{"type":"url","url":"data:image/png;base64,AAAA"}},{"type":"document","source":{"type":"text","media_type":"t20","data":"t21"}},`+
	`{"type":"document","source":{"type":"content","content":[{"type":"text","text":"t22"}]}},{"type":"document","source":{"type":"base64","data":"t23 is no base64"}},`+
	`{"type":"web_search_tool_result","content":[{"type":"web_search_result","encrypted_content":"t24"}]}]},{"role":"system","content":"t25"}],`+
	`"tools":[{"type":"no","name":"t2","input_schema":{"type":"no","enum":["t3"]},"input_examples":[{"type":"t4"}],"cache_control":{"type":"no"}}],`+
	`"output_config":{"effort":"no","format":{"type":"no","schema":{"description":"t5"}}},"thinking":{"type":"no","display":"no"},`+
	`"mcp_servers":[{"name":"t26","authorization_token":"no"}],"system":[{"type":"text","text":"t1"}]}`, "AA==", strings.Repeat("AAAA", 200))

func TestTexts(t *testing.T) {
	req, err := NewRequest(gateway.OpChat, []byte(everyText))
	if err != nil {
		t.Fatal(err)
	}
	var values, signed []string
	roles := map[string]string{}
	for _, text := range req.Texts() {
		v := strings.TrimSuffix(text.Value, " is no base64")
		values = append(values, v)
		roles[v] = text.Role
		if text.Signed {
			signed = append(signed, v)
		}
		if at := everyText[text.At.Start:text.At.End]; at != `"`+text.Value+`"` && at != text.Value {
			t.Errorf("%s stands at %s", text.Value, at)
		}
	}
	want := "t2 t3 t4 t5 t1 t6 t7 t8 t9 t10 t11 t12 t13 t14 t15 4111111111111111 t16 t17 t18 t19 data:image/png;base64,AAAA t20 t21 t22 t23 t24 t25 t27 t26"
	if d := cmp.Diff(strings.Fields(want), values); d != "" {
		t.Error(d)
	}
	if d := cmp.Diff([]string{"t7", "t8", "t9", "t24"}, signed); d != "" {
		t.Error(d)
	}
	for v, role := range map[string]string{"t1": "system", "t2": "", "t6": "user", "t7": "assistant", "t16": "assistant", "t18": "user", "t25": "system", "t27": ""} {
		if roles[v] != role {
			t.Errorf("%s has the role %q", v, roles[v])
		}
	}
}

func TestQuestion(t *testing.T) {
	for _, c := range []struct{ messages, want string }{
		{`[{"role":"user","content":"a"}]`, `"a"`},
		{`[{"role":"user","content":"a"},{"role":"assistant","content":"b"},{"role":"user","content":[{"type":"text","text":"c"},{"text":"d\n","type":"text"},{"type":"image","source":{}}]}]`, `"d\n"`},
		{`[{"role":"user","content":"a"},{"role":"assistant","content":[{"type":"thinking","thinking":"","signature":""}]},{"role":"user","content":"c"}]`, `"c"`},
		{`[{"role":"user","content":"a"},{"role":"assistant","content":[{"type":"thinking","thinking":"","signature":"s"}]},{"role":"user","content":"c"}]`, ""},
		{`[{"role":"user","content":"a"},{"role":"assistant","content":[{"type":"redacted_thinking","data":"s"}]},{"role":"user","content":"c"},{"role":"assistant","content":"d"},{"role":"user","content":"e"}]`, ""},
		{`[{"role":"user","content":[{"type":"tool_result","tool_use_id":"a","content":"x"},{"type":"text","text":"c"}]}]`, ""},
		{`[{"role":"user","content":"a"},{"role":"assistant","content":"b"}]`, ""},
		{`[{"role":"user","content":"a"},{"role":"system","content":"b"}]`, ""},
		{`[{"role":"user","content":[]}]`, ""},
	} {
		raw := ` {"model": "m", "messages" : ` + c.messages + `}`
		at, ok := Dialect{}.Question([]byte(raw))
		if got := raw[at.Start:at.End]; got != c.want || ok != (c.want != "") {
			t.Errorf("%s: %q, %v", c.messages, got, ok)
		}
	}
}

// Signatures and encrypted data are not searched, unless they are no base64.
func TestBinaryListsWhatOnlyTheVendorReads(t *testing.T) {
	body := []byte(`{"messages":[{"role":"assistant","content":[{"type":"thinking","thinking":"QUJD","signature":"c2ln"},` +
		`{"type":"thinking","thinking":"hm","signature":"a@b.example"},{"data":"RU5D","type":"redacted_thinking"},` +
		`{"type":"web_search_tool_result","content":[{"type":"web_search_result","title":"QUJD","encrypted_content":"ZW5j"}]}]}]}`)
	var got []string
	for _, span := range (Dialect{}).Binary(body) {
		got = append(got, string(body[span.Start:span.End]))
	}
	if want := []string{`"c2ln"`, `"RU5D"`, `"ZW5j"`}; !slices.Equal(got, want) {
		t.Errorf("got %v, want %v", got, want)
	}
}
