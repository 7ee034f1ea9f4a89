package key

import (
	"bytes"
	"encoding/json"
	"strings"
	"testing"

	"github.com/tidwall/gjson"

	"github.com/sluicegate/sluice/gateway"
	"github.com/sluicegate/sluice/gateway/dialect/openai"
	"github.com/sluicegate/sluice/internal/jsonx"
)

func canonical(body string) string { return string(canonicalBody(openai.Dialect{}, []byte(body))) }

func TestCanonical(t *testing.T) {
	same := [][]string{
		{`{"a":1,"b":[1,2,{"x":null,"y":true}]}`, ` { "b" : [ 1 , 2 , { "y" : true , "x" : null } ] , "a" : 1 } `, "{\n\t\"b\":[1,2,{\"x\":null,\"y\":true}],\r\n\"a\":1,\"stream\":true,\"user\":{\"x\":[1]}}"},
		{`{"a":"é\n\"\\/😀"}`, `{"a":"\u00e9\u000a\u0022\u005c\/\ud83d\uDE00"}`},
		{`{"\u0061":"b"}`, `{"a":"b"}`},
	}
	for _, set := range same {
		for _, s := range set[1:] {
			if canonical(s) != canonical(set[0]) {
				t.Errorf("%s\n%q\n%q", s, canonical(s), canonical(set[0]))
			}
		}
	}
	other := []string{
		`{"a":1}`, `{"a":1.0}`, `{"a":"1"}`, `{"a":[1]}`, `{"a":null}`, `{"a":"null"}`, `{"a":{"b":1}}`, `{"a":{"b":"1"}}`, `{"a":[1,2]}`, `{"a":[12]}`, `{"a":[[1],2]}`, `{"a":[1,[2]]}`,
		`{"a":"x\",\"b\":\"y"}`, `{"a":"x","b":"y"}`, `{"a":"\\n"}`, `{"a":"\n"}`, `{"a":"\ud83d"}`, `{"a":"\ud83e"}`, `{"a":""}`, `{"a":{}}`, `{"a":[]}`, `{}`,
		`{"a":9007199254740993}`, `{"a":9007199254740992}`, // equal as float64
		`{"a":{"b":1,"b":2}}`, `{"a":{"b":2,"b":1}}`, `{"a":{"b":2}}`,
		`{"tools":[{"x":1,"y":2}]}`, `{"tools":[{"y":2,"x":1}]}`, // the order of a schema counts
	}
	seen := map[string]string{}
	for _, s := range other {
		if was, ok := seen[canonical(s)]; ok {
			t.Errorf("%s and %s are one", was, s)
		}
		seen[canonical(s)] = s
	}
	deep := `{"a":` + strings.Repeat("[", 5000) + strings.Repeat("]", 5000) + `}`
	if len(canonical(deep)) < 10000 {
		t.Error("a deep value was cut")
	}
}

// FuzzCanonical compares with encoding/json: bodies that decode to different values must not
// have one canonical form, and white space must not count.
func FuzzCanonical(f *testing.F) {
	f.Add(`{"a":1,"b":"\u00e9"}`, `{"b":"é","a":1}`)
	f.Add(`{"a":[{"z":1,"y":"\\u0041"}]}`, `{"a":[{"z":1,"y":"A"}]}`)
	f.Add(`{"a":{"b":1,"b":2}}`, `{"a":{"b":2}}`)
	f.Fuzz(func(t *testing.T, a, b string) {
		if !gjson.Valid(a) || !gjson.Valid(b) || !strings.HasPrefix(a, "{") || !strings.HasPrefix(b, "{") {
			return
		}
		va, vb := decoded(a), decoded(b)
		if va == nil || vb == nil {
			return
		}
		if canonical(a) == canonical(b) && !bytes.Equal(va, vb) {
			t.Errorf("%q and %q read the same", a, b)
		}
		var indented bytes.Buffer
		_, err := jsonx.Canonical([]byte(a)) // a value without a canonical form is hashed as it is written
		if err == nil && json.Indent(&indented, []byte(a), " ", "\t") == nil && canonical(indented.String()) != canonical(a) {
			t.Errorf("white space counts in %q", a)
		}
	})
}

// decoded returns the value of a body, encoded anew; nil for lone surrogates, which
// encoding/json cannot tell apart.
func decoded(s string) []byte {
	d := json.NewDecoder(strings.NewReader(s))
	d.UseNumber()
	var v map[string]any
	if d.Decode(&v) != nil {
		return nil
	}
	for _, name := range []string{"stream", "stream_options", "user", "config"} {
		delete(v, name)
	}
	b, err := json.Marshal(v)
	if err != nil || bytes.Contains(b, []byte("\ufffd")) || bytes.Contains(b, []byte(`\ufffd`)) {
		return nil
	}
	return b
}

// TestRemovedText: bodies that differ in more than the removed text stay apart.
func TestRemovedText(t *testing.T) {
	seen := map[string]string{}
	for _, content := range []string{`"x"`, `[{"text":"x"},{"text":null}]`, `[{"text":null},{"text":"x"}]`, `[{"text":"x"}]`, `[{"text":"x"},null]`, `[null,{"text":"x"}]`} {
		body := []byte(`{"messages":[{"role":"user","content":` + content + `}]}`)
		rest, quoted := question(&gateway.Request{Dialect: openai.Dialect{}, Raw: body})
		if quoted == nil {
			t.Fatal(content)
		}
		form := string(canonicalBody(openai.Dialect{}, rest))
		if was, ok := seen[form]; ok {
			t.Errorf("%s and %s are one", was, content)
		}
		seen[form] = content
	}
}

// FuzzBody reads anything: nothing may panic or read outside the body.
func FuzzBody(f *testing.F) {
	for _, s := range []string{`{"messages":[{"role":"user","content":"a"}]}`, `{"a":`, `{"a"`, `[`, `{,}`, `{"messages":[[[`, `"`, `{"messages":[{"role":"user","content":[{"text":"\`} {
		f.Add([]byte(s))
	}
	f.Fuzz(func(t *testing.T, body []byte) {
		rest, _ := question(&gateway.Request{Dialect: openai.Dialect{}, Raw: body})
		canonicalBody(openai.Dialect{}, rest)
	})
}
