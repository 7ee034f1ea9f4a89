package jsonx

import (
	"encoding/json"
	"fmt"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

func walked(raw string, action func(Node) Action) (out []string) {
	kinds := map[Kind]string{KindKey: "key", KindString: "string", KindNumber: "number", KindLiteral: "literal", KindObject: "object", KindArray: "array"}
	Walk([]byte(raw), func(n Node) Action {
		out = append(out, fmt.Sprintf("%s %s %s", kinds[n.Kind], n.Path, n.Raw()))
		return action(n)
	})
	return out
}

func TestWalk(t *testing.T) {
	const raw = ` { "a" : [1, "x\n" ,{}] ,"b\u0062":{"c":null}, "a":-2.5e3 } `
	got := walked(raw, func(Node) Action { return Descend })
	want := []string{
		`object  { "a" : [1, "x\n" ,{}] ,"b\u0062":{"c":null}, "a":-2.5e3 }`,
		`key a "a"`, `array a [1, "x\n" ,{}]`, `number a[0] 1`, `string a[1] "x\n"`, `object a[2] {}`,
		`key bb "b\u0062"`, `object bb {"c":null}`, `key bb.c "c"`, `literal bb.c null`,
		`key a "a"`, `number a -2.5e3`,
	}
	if d := cmp.Diff(want, got); d != "" {
		t.Fatal(d)
	}
	got = walked(raw, func(n Node) Action {
		switch {
		case n.Kind == KindArray:
			return Skip
		case n.Kind == KindKey && n.Path.Key(-1) == "bb":
			return Skip
		case n.Kind == KindNumber:
			return Stop
		}
		return Descend
	})
	want = []string{want[0], want[1], want[2], want[6], want[10], want[11]}
	if d := cmp.Diff(want, got); d != "" {
		t.Fatal(d)
	}
}

// TestWalkOfNoJSON: the walk ends, and gives nothing that does not stand in the text.
func TestWalkOfNoJSON(t *testing.T) {
	for _, raw := range []string{``, ` `, `{`, `{"a"`, `{"a":`, `{"a": `, `{"a":1`, `{"a":1,`, `[`, `[1`, `[1,`, `[,`, `{} {}`, `1 x`, `{"a" 1}`, `{]`, `["\`, strings.Repeat("[", 2*jsontextDepth)} {
		for _, action := range []Action{Descend, Skip, Stop} {
			Walk([]byte(raw), func(n Node) Action {
				if n.Start >= len(raw) || n.End() <= n.Start || n.End() > len(raw) {
					t.Errorf("%.20s: [%d:%d]", raw, n.Start, n.End())
				}
				return action
			})
		}
	}
}

// FuzzWalk: every span decodes to its value; Get and the walk agree; replacing every scalar
// with itself changes nothing.
func FuzzWalk(f *testing.F) {
	for _, s := range []string{`{}`, ` { "a" : 1 , "b\n":[1,{"c":"]"}] , "é":"\"" } `, `[ 1 ,"a", null,{"b":{}} ]`, `{"a":{"b":[[]]},"c":true}`, `"a"`, `5`, ``, `{"a":1,"a":[2]}`, `{"\ud800":"\ud800"}`, "{\"\xff\":1}"} {
		f.Add([]byte(s))
	}
	f.Fuzz(func(t *testing.T, raw []byte) {
		var edits []Edit
		valid := json.Valid(raw)
		Walk(raw, func(n Node) Action {
			if !valid {
				_, _ = n.Raw(), n.Text()
				return Descend
			}
			var v any
			container := n.Kind == KindObject || n.Kind == KindArray
			if e := json.Unmarshal(n.Raw(), &v); e != nil && !outOfRange(e) {
				t.Fatalf("%q: [%d:%d] is %q: %v", raw, n.Start, n.End(), n.Raw(), e)
			}
			if s, ok := v.(string); ok && s != n.Text() {
				t.Fatalf("%q: got text %q, want %q", raw, n.Text(), s)
			}
			if !container {
				edits = append(edits, Edit{n.Start, n.End(), n.Raw()})
			}
			return Descend
		})
		if got := Splice(raw, edits); string(got) != string(raw) {
			t.Fatalf("%q became %q", raw, got)
		}
		if !valid {
			return
		}
		var object map[string]json.RawMessage
		if json.Unmarshal(raw, &object) == nil {
			for name, want := range object {
				if got := Get(raw, name); string(got) != string(want) {
					t.Fatalf("%q: Get(%q) is %q, want %q", raw, name, got, want)
				}
			}
		}
		var list []json.RawMessage
		if json.Unmarshal(raw, &list) == nil {
			for e := range Elements(raw) {
				if string(e.Value) != string(list[e.Index]) || string(raw[e.Start:e.End]) != string(e.Value) {
					t.Fatalf("%q: element %d is %q", raw, e.Index, e.Value)
				}
			}
		}
	})
}

func outOfRange(err error) bool {
	_, ok := err.(*json.UnmarshalTypeError) // a number beyond float64
	return ok
}
