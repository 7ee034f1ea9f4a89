package jsonx

import (
	"encoding/json"
	"errors"
	"strings"
	"testing"
)

func TestUpdate(t *testing.T) {
	set := func(name, value string) Change { return Change{Name: name, Value: []byte(value)} }
	fill := func(name, value string) Change { return Change{Name: name, Value: []byte(value), IfAbsent: true} }
	out := func(name string) Change { return Change{Name: name} }
	for _, c := range []struct {
		name, raw string
		changes   []Change
		want      string
	}{
		{"nothing", ` {"a":1, "b":[ 1 ]} `, nil, ` {"a":1, "b":[ 1 ]} `},
		{"replaced in its place", `{ "a" : 1e2 ,"b":{"a":2} }`, []Change{set("a", `"x"`)}, `{ "a" : "x" ,"b":{"a":2} }`},
		{"added to an empty one", `{ }`, []Change{set("a", `1`), set("b\n", `2`)}, `{"a":1,"b\n":2 }`},
		{"added", "{\"a\":1\n}", []Change{set("b", `2`)}, "{\"a\":1,\"b\":2\n}"},
		{"first one out", `{"a":1, "b":2}`, []Change{out("a")}, `{"b":2}`},
		{"last one out", `{"a":1 ,"b":2}`, []Change{out("b")}, `{"a":1}`},
		{"middle out", `{"a":1 , "b":2 , "c":3}`, []Change{out("b")}, `{"a":1 , "c":3}`},
		{"first two out", `{"a":1,"b":2,"c":3}`, []Change{out("a"), out("b")}, `{"c":3}`},
		{"last two out", `{"a":1,"b":2,"c":3}`, []Change{out("c"), out("b")}, `{"a":1}`},
		{"only one out", `{ "a":1 }`, []Change{out("a")}, `{  }`},
		{"all out, one in", `{"a":1,"b":2}`, []Change{out("a"), out("b"), set("c", `3`)}, `{"c":3}`},
		{"last out, one in", `{"a":1,"b":2}`, []Change{out("b"), set("c", `3`)}, `{"a":1,"c":3}`},
		{"absent one out", `{"a":1}`, []Change{out("b")}, `{"a":1}`},
		{"named with an escape", `{"\u0061":1,"b":2}`, []Change{set("a", `3`)}, `{"\u0061":3,"b":2}`},
		{"filled", `{"a":1}`, []Change{fill("a", `2`), fill("b", `3`)}, `{"a":1,"b":3}`},
		{"the last change counts", `{"a":1}`, []Change{fill("a", `2`), set("a", `3`), set("b", `4`), fill("b", `5`)}, `{"a":3,"b":5}`},
		{"given twice", `{"a":1,"a":2,"b":3}`, []Change{set("a", `4`)}, `{"a":4,"a":4,"b":3}`},
		{"no object", `[{"a":1}]`, []Change{set("a", `2`)}, `[{"a":1}]`},
	} {
		before := strings.Clone(c.raw)
		raw := []byte(c.raw)
		if got := Update(raw, c.changes...); string(got) != c.want || string(raw) != before {
			t.Errorf("%s: %s, want %s", c.name, got, c.want)
		}
	}
}

func TestSet(t *testing.T) {
	for _, c := range []struct{ raw, path, want string }{
		{`{"choices":[{"delta":{"content":"a"}} ]}`, "choices.0.delta.content", `{"choices":[{"delta":{"content":"x"}} ]}`},
		{`{"choices":[{"delta":{}}]}`, "choices.0.delta.content", `{"choices":[{"delta":{"content":"x"}}]}`},
		{`{"a":1}`, "b.c.d", `{"a":1,"b":{"c":{"d":"x"}}}`},
		{`{"a":1,"a":2}`, "a", `{"a":1,"a":"x"}`},
		{`{"0":1}`, "0", `{"0":"x"}`},
		{`{"a":[1]}`, "a.1", ""}, {`{"a":[1]}`, "a.b", ""}, {`{"a":1}`, "a.b", ""},
	} {
		got, err := Set([]byte(c.raw), []byte(`"x"`), strings.Split(c.path, ".")...)
		if string(got) != c.want || (c.want == "") != errors.Is(err, ErrNoPath) {
			t.Errorf("%s at %s: %s, %v", c.raw, c.path, got, err)
		}
	}
}

func TestDelete(t *testing.T) {
	for _, c := range []struct{ raw, path, want string }{
		{`{"m":[{"n":1,"c":2},{"c":3},{"c":4, "n":5} ]}`, "m.*.n", `{"m":[{"c":2},{"c":3},{"c":4} ]}`},
		{`{"m":[1,2,3]}`, "m.1", `{"m":[1,3]}`}, {`{"m":[1,2,3]}`, "m.*", `{"m":[]}`},
		{`{"a":{"b":1},"a":{"b":2}}`, "a.b", `{"a":{},"a":{}}`},
		{`{"a":1}`, "b.c", `{"a":1}`}, {`{"a":1}`, "a.c", `{"a":1}`}, {`{"a":1}`, "a", `{}`},
		{`{"m":[[1,2],[3]]}`, "m.*.0", `{"m":[[2],[]]}`},
	} {
		if got := Delete([]byte(c.raw), strings.Split(c.path, ".")...); string(got) != c.want {
			t.Errorf("%s without %s: %s, want %s", c.raw, c.path, got, c.want)
		}
	}
}

func TestDeleteAll(t *testing.T) {
	for _, c := range []struct{ raw, paths, want string }{
		{`{"m":[{"n":1,"c":2},{"c":3}],"a":1}`, "m.*.n a m.0.c", `{"m":[{},{"c":3}]}`},
		{`{"m":[1,2,3,4]}`, "m.0 m.1", `{"m":[3,4]}`},
		{`{"m":[1,2]}`, "m m.0 m.*", `{}`},
		{`{"a":1,"b":2}`, "a a b", `{}`},
	} {
		var paths [][]string
		for _, p := range strings.Fields(c.paths) {
			paths = append(paths, strings.Split(p, "."))
		}
		if got := DeleteAll([]byte(c.raw), append(paths, nil)); string(got) != c.want {
			t.Errorf("%s without %s: %s, want %s", c.raw, c.paths, got, c.want)
		}
	}
}

func TestSplice(t *testing.T) {
	raw := []byte("abcdef")
	got := Splice(raw, []Edit{{4, 5, []byte("E")}, {0, 0, []byte("<")}, {6, 6, []byte(">")}, {1, 3, nil}, {6, 6, []byte(">")}})
	if string(got) != "<adEf>>" || string(raw) != "abcdef" {
		t.Fatalf("%s, %s", got, raw)
	}
	defer func() {
		if recover() == nil {
			t.Error("edits that overlap were made")
		}
	}()
	Splice(raw, []Edit{{0, 3, nil}, {2, 4, nil}})
}

// FuzzUpdate: the result is what a map gives, and every other member keeps its bytes.
func FuzzUpdate(f *testing.F) {
	f.Add([]byte(`{ "a" : 1 , "b":[1,{"c":"]"}] }`), "a", "c", "n")
	f.Add([]byte(`{}`), "a", "a", "")
	f.Add([]byte(`{"a":1,"b":2,"\u0061":3}`), "b", "a", "c")
	f.Fuzz(func(t *testing.T, raw []byte, set, remove, fill string) {
		var want map[string]any
		if json.Unmarshal(raw, &want) != nil || want == nil || set == remove || set == fill || remove == fill {
			return
		}
		for _, s := range []string{set, remove, fill} {
			if string(Quote(s)) != string(Quote(String(Quote(s)))) || s != String(Quote(s)) {
				return // invalid UTF-8 is no name of a member
			}
		}
		want[set] = true
		delete(want, remove)
		if _, ok := want[fill]; !ok {
			want[fill] = false
		}
		got := Update(raw, Change{Name: set, Value: []byte("true")}, Change{Name: remove}, Change{Name: fill, Value: []byte("false"), IfAbsent: true})
		var m map[string]any
		if err := json.Unmarshal(got, &m); err != nil {
			t.Fatalf("%s became %s: %v", raw, got, err)
		}
		a, _ := json.Marshal(want)
		b, _ := json.Marshal(m)
		if string(a) != string(b) {
			t.Fatalf("%s became %s, want %s", raw, got, a)
		}
	})
}
