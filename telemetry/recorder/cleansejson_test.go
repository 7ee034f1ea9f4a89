package recorder

import (
	"bytes"
	"encoding/json"
	"io"
	"regexp"
	"testing"
)

// cleansedToken is what body must make of a token of its input.
func cleansedToken(t json.Token, key string, detect func(string) string) json.Token {
	switch v := t.(type) {
	case string:
		if short := shortenDataURL(v); short != v {
			return short
		}
		if len(v) >= minIdentifying {
			return detect(v)
		}
	case json.Number:
		if s := string(v); mayIdentify([]byte(s)) && !clocks[key] && detect(s) != s {
			return detect(s)
		}
	}
	return t
}

// tokens lists the tokens of a JSON text and, beside each value of an object, its name.
func tokens(raw []byte) (list []json.Token, keys []string) {
	d := json.NewDecoder(bytes.NewReader(raw))
	d.UseNumber()
	type level struct {
		object, value bool // value: the next token is a member's value
		key           string
	}
	stack := []level{{}}
	for {
		t, err := d.Token()
		if err == io.EOF || err != nil {
			return list, keys
		}
		top := &stack[len(stack)-1]
		list, keys = append(list, t), append(keys, "")
		switch {
		case t == json.Delim('}') || t == json.Delim(']'):
			stack = stack[:len(stack)-1]
			continue
		case top.object && !top.value:
			top.key, top.value = t.(string), true
			continue
		case top.object:
			keys[len(keys)-1], top.value = top.key, false
		}
		if d, ok := t.(json.Delim); ok {
			stack = append(stack, level{object: d == '{'})
		}
	}
}

// FuzzBody compares with encoding/json: every token is cleansed, nothing else changes, and a
// text that is no JSON becomes one cleansed string.
func FuzzBody(f *testing.F) {
	for _, s := range []string{
		`{"a":"x@example.com","n":4111111111111111,"created":1763820000,"b":[true,false,null,-1.5e+3]}`, `{"a":"\\","b":"\"x@example.com\\\""}`,
		`"\`, `"\\\"`, `"\\\\"`, `"a`, `{"url":"data:text/plain;base64,AAAA"}`, `tru`, "[1 , 2\n]", "\x00", `"\ud83d\ude00 \ud83d \/x@example.com\n"`,
		"\"\\nx@example.com\xff\"", "\"\\q x@example.com\"", "\"\\n\n x@example.com\"", `"x@example.com" "x@example.com"`, "",
		`{"key \u0078@example.com":"4111111111111111"}`, `{"created":1763820000123,"number":1763820000123,"data:text/plain;base64,AAAA":"number\"","\\number":0}`,
		`{"created":[1763820000123],"a":{"seed":4111111111111111},"n":[4111111111111111]}`,
	} {
		f.Add([]byte(s))
	}
	mail := regexp.MustCompile(`\w+@[a-z.]+|\d{16}`)
	detect := func(s string) string { return mail.ReplaceAllString(s, "[X]") }
	c := newCleanser(detect, detect)
	f.Fuzz(func(t *testing.T, body []byte) {
		before := bytes.Clone(body)
		got := c.body(body, true)
		if !bytes.Equal(body, before) {
			t.Fatal("the input was changed")
		}
		if !json.Valid(got) {
			t.Fatalf("%q became %q", body, got)
		}
		if !json.Valid(body) {
			var s string
			if err := json.Unmarshal(got, &s); err != nil || s != c.text(string(bytes.ToValidUTF8(body, []byte("\uFFFD")))) {
				t.Fatalf("%q became %q", body, got)
			}
			return
		}
		in, keys := tokens(body)
		out, _ := tokens(got)
		if len(in) != len(out) {
			t.Fatalf("%q became %q", body, got)
		}
		for i := range in {
			if want := cleansedToken(in[i], keys[i], detect); out[i] != want {
				t.Fatalf("%q became %q: %v, want %v", body, got, out[i], want)
			}
		}
	})
}
