package jsonx

import (
	"bytes"
	"encoding/json"
	"reflect"
	"testing"
)

func TestCanonical(t *testing.T) {
	for _, c := range []struct{ raw, want string }{
		{` { "b" : [ 1 , 2 ] , "a" : "\u00e9\/\u000a" } `, `{"a":"é/\n","b":[1,2]}`},
		{`9007199254740993`, `9007199254740993`},
		{`[9007199254740992,0.1000000000000000055,0.1,1.0,1E0,-0]`, `[9007199254740992,0.1000000000000000055,0.1,1.0,1E0,-0]`},
		{`{"\u20ac":1,"\ud83d\ude00":2,"\ufb33":3}`, "{\"€\":1,\"😀\":2,\"\ufb33\":3}"}, // RFC 8785 sorts by UTF-16
		{`{"a":{"b":1,"b":2}}`, ""}, {`"\ud800"`, ""}, {"\"\xff\"", ""}, {`{`, ""},
	} {
		got, err := Canonical([]byte(c.raw))
		if string(got) != c.want && err == nil || (c.want == "") != (err != nil) {
			t.Errorf("%s: %s, %v; want %s", c.raw, got, err, c.want)
		}
	}
	if got, err := Compact([]byte(`{ "b": "\u0061", "a": 1.0 }`)); string(got) != `{"b":"a","a":1.0}` {
		t.Errorf("%s, %v", got, err)
	}
}

// FuzzCanonical: the form means the same, is its own form, and does not confuse numbers.
func FuzzCanonical(f *testing.F) {
	for _, s := range []string{`{"b":1,"a":{"d":[],"c":"\u0061"}}`, `[9007199254740993,1.0,-0,1e400]`, `"\u2028<"`} {
		f.Add([]byte(s))
	}
	f.Fuzz(func(t *testing.T, raw []byte) {
		form, err := Canonical(raw)
		if err != nil {
			return
		}
		again, err := Canonical(form)
		if err != nil || string(again) != string(form) {
			t.Fatalf("%s: %s, then %s, %v", raw, form, again, err)
		}
		if !reflect.DeepEqual(exact(t, raw), exact(t, form)) {
			t.Fatalf("%s: %s means something else", raw, form)
		}
	})
}

func exact(t *testing.T, raw []byte) any {
	var v any
	dec := json.NewDecoder(bytes.NewReader(raw))
	dec.UseNumber()
	if err := dec.Decode(&v); err != nil {
		t.Fatalf("%s: %v", raw, err)
	}
	return v
}
