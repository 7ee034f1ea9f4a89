package cache

import (
	"bytes"
	"encoding/json"
	"strings"
	"testing"

	"github.com/tidwall/gjson"
)

func canon(raw string) string {
	c := canonical{cursor: cursor{raw: []byte(raw)}}
	c.body()
	return string(c.dst)
}

func TestCanonical(t *testing.T) {
	same := [][]string{
		{`{"a":1,"b":[1,2,{"x":null,"y":true}]}`, ` { "b" : [ 1 , 2 , { "y" : true , "x" : null } ] , "a" : 1 } `, "{\n\t\"b\":[1,2,{\"x\":null,\"y\":true}],\r\n\"a\":1,\"stream\":true,\"user\":{\"x\":[1]}}"},
		{`{"a":"é\n\"\\/😀"}`, `{"a":"\u00e9\u000a\u0022\u005c\/\ud83d\uDE00"}`},
		{`{"a":"\u0001"}`, `{"a":"\u0001"}`},
		{`{"\u0061":"b"}`, `{"a":"b"}`},
	}
	for _, set := range same {
		for _, s := range set[1:] {
			if canon(s) != canon(set[0]) {
				t.Errorf("%s\n%s\n%s", s, canon(s), canon(set[0]))
			}
		}
	}
	other := []string{
		`{"a":1}`, `{"a":1.0}`, `{"a":"1"}`, `{"a":[1]}`, `{"a":null}`, `{"a":"null"}`, `{"a":{"b":1}}`, `{"a":{"b":"1"}}`, `{"a":[1,2]}`, `{"a":[12]}`, `{"a":[[1],2]}`, `{"a":[1,[2]]}`,
		`{"a":"x\",\"b\":\"y"}`, `{"a":"x","b":"y"}`, `{"a":"\\n"}`, `{"a":"\n"}`, `{"a":"\ud83d"}`, `{"a":"\ud83e"}`, `{"a":""}`, `{"a":{}}`, `{"a":[]}`, `{}`,
		`{"tools":[{"x":1,"y":2}]}`, `{"tools":[{"y":2,"x":1}]}`, // the order of a schema counts
	}
	seen := map[string]string{}
	for _, s := range other {
		if was, ok := seen[canon(s)]; ok {
			t.Errorf("%s and %s are one", was, s)
		}
		seen[canon(s)] = s
	}
	deep := `{"a":` + strings.Repeat("[", 5000) + strings.Repeat("]", 5000) + `}`
	if len(canon(deep)) < 10000 {
		t.Error("a deep value was cut")
	}
}

// FuzzCanonical compares with an independent judge: what decodes to different values
// must not read the same, and spelling must not count.
func FuzzCanonical(f *testing.F) {
	f.Add(`{"a":1,"b":"\u00e9"}`, `{"b":"é","a":1}`)
	f.Add(`{"a":[{"z":1,"y":"\\u0041"}]}`, `{"a":[{"z":1,"y":"A"}]}`)
	f.Add(`{"a":{"b":1,"b":2}}`, `{"a":{"b":2}}`)
	f.Fuzz(func(t *testing.T, a, b string) {
		if !gjson.Valid(a) || !gjson.Valid(b) || !strings.HasPrefix(a, "{") || !strings.HasPrefix(b, "{") {
			return
		}
		va, vb := decoded(t, a), decoded(t, b)
		if va == nil || vb == nil {
			return
		}
		if canon(a) == canon(b) && !bytes.Equal(va, vb) {
			t.Errorf("%q and %q read the same", a, b)
		}
		var indented bytes.Buffer
		if json.Indent(&indented, []byte(a), " ", "\t") == nil && canon(indented.String()) != canon(a) {
			t.Errorf("white space counts in %q", a)
		}
	})
}

// decoded is the value of a body, encoded anew; nil for what the judge cannot tell apart
// itself (lone surrogates, duplicate keys).
func decoded(t *testing.T, s string) []byte {
	t.Helper()
	d := json.NewDecoder(strings.NewReader(s))
	d.UseNumber()
	var v map[string]any
	if d.Decode(&v) != nil {
		return nil
	}
	for _, k := range []string{"stream", "stream_options", "user", "config"} {
		delete(v, k)
	}
	b, err := json.Marshal(v)
	if err != nil || bytes.Contains(b, []byte("\ufffd")) || bytes.Contains(b, []byte(`\ufffd`)) {
		return nil
	}
	return b
}

func TestLastText(t *testing.T) {
	for body, want := range map[string]string{
		`{"messages":[{"role":"user","content":"a"},{"role":"user","content":"b"}]}`:                                        `"b"`,
		`{"messages" : [ {"content" : "b \"x\"" , "role" : "user"} ] , "model":"m"}`:                                        `"b \"x\""`,
		`{"messages":[{"role":"user","content":[{"type":"text","text":"a"},{"text":"b","type":"text"},{"type":"image"}]}]}`: `"b"`,
		`{"messages":[{"role":"user","content":"a"},{"role":"assistant","content":"b"}]}`:                                   "",
		`{"messages":[{"role":"user","content":"a"},{"role":"tool","content":"b"}]}`:                                        "",
		`{"messages":[{"role":"user","content":[{"type":"image"}]}]}`:                                                       "",
		`{"messages":[{"role":"user","content":null}]}`:                                                                     "",
		`{"messages":[{"role":"user","content":{"text":"x"}}]}`:                                                             "",
		`{"messages":[]}`: "", `{"messages":{}}`: "", `{"messages":["user"]}`: "", `{}`: "", `{"x":{"messages":[{"role":"user","content":"a"}]}}`: "",
	} {
		at, ok, _ := lastText([]byte(body))
		if got := body[at.start:at.end]; ok != (want != "") || ok && got != want {
			t.Errorf("%s: %q, %v", body, got, ok)
		}
	}
}

// FuzzCursor walks anything: it must end and stay inside.
func FuzzCursor(f *testing.F) {
	for _, s := range []string{`{"messages":[{"role":"user","content":"a"}]}`, `{"a":`, `{"a"`, `[`, `{,}`, `{"messages":[[[`, `"`, `{"messages":[{"role":"user","content":[{"text":"\`} {
		f.Add([]byte(s))
	}
	f.Fuzz(func(t *testing.T, raw []byte) {
		at, _, _ := lastText(raw)
		c := canonical{cursor: cursor{raw: raw}, hole: at}
		c.body()
		_, _ = decode(raw[at.start:at.end])
	})
}
