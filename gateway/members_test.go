package gateway

import (
	"encoding/json"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/tidwall/gjson"
)

// FuzzMembers: the walk sees what gjson sees, and stays inside any text.
func FuzzMembers(f *testing.F) {
	for _, s := range []string{`{}`, `[]`, ` { "a" : 1 , "b\n":[1,{"c":"]"}] , "é":"\"" } `, `[ 1 ,"a", null,{"b":{}} ]`, `{"a":{"b":[[]]},"c":true}`, `"a"`, `5`, ``,
		`{"`, `{"a`, `{"a":`, `{"a":"`, `[`, `[,`, `[1`, `{"a" 1}`, `{]`, `{"a\`, `["\`} {
		f.Add([]byte(s))
	}
	f.Fuzz(func(t *testing.T, raw []byte) {
		type member struct{ key, value string }
		var got, want []member
		for m := MembersOf(raw); m.Next(); {
			got = append(got, member{string(m.Key), string(m.Value)})
		}
		root := gjson.ParseBytes(raw)
		if !ValidJSON(raw) || !root.IsObject() && !root.IsArray() {
			return
		}
		root.ForEach(func(k, v gjson.Result) bool {
			key := ""
			if root.IsObject() {
				_ = json.Unmarshal([]byte(k.Raw), &key)
				if b := []byte(k.Raw); gjson.ParseBytes(b).Str == k.Raw[1:len(k.Raw)-1] {
					key = k.Str // no escape: also invalid UTF-8 stays
				}
			}
			want = append(want, member{key, v.Raw})
			return true
		})
		if d := cmp.Diff(want, got, cmp.AllowUnexported(member{})); d != "" {
			t.Fatalf("%s:\n%s", raw, d)
		}
	})
}

func TestWithFields(t *testing.T) {
	set := func(name, value string) Change { return Change{Name: name, Value: []byte(value)} }
	for _, c := range []struct {
		name, raw string
		changes   []Change
		want      string
	}{
		{"none", `{"a":1, "b":[ 1 ]}`, nil, `{"a":1,"b":[ 1 ]}`},
		{"replaced in its place", `{ "a" : 1e2 ,"b":{"a":2} }`, []Change{set("a", `"x"`)}, `{"a" : "x","b":{"a":2}}`},
		{"appended", `{}`, []Change{set("a", `1`), set("b\n", `2`)}, `{"a":1,"b\n":2}`},
		{"first one out", `{"a":1,"b":2}`, []Change{{Name: "a"}}, `{"b":2}`},
		{"last one out", `{"a":1,"b":2}`, []Change{{Name: "b"}}, `{"a":1}`},
		{"all out, one in", `{"a":1,"b":2}`, []Change{{Name: "a"}, {Name: "b"}, set("c", `3`)}, `{"c":3}`},
		{"absent one out", `{"a":1}`, []Change{{Name: "b"}}, `{"a":1}`},
		{"named with an escape", `{"\u0061":1,"b":2}`, []Change{set("a", `3`)}, `{"\u0061":3,"b":2}`},
	} {
		before := must(t, c.raw)
		got, err := before.WithFields(c.changes...)
		if err != nil || string(got.Raw) != c.want || string(before.Raw) != c.raw {
			t.Errorf("%s: %s, %v; want %s", c.name, got.Raw, err, c.want)
		}
	}
	if _, err := must(t, `{"a":1}`).WithFields(set("model", `7`)); AsError(err) == nil || AsError(err).Param != "model" {
		t.Errorf("a model that is none: %v", err)
	}
}
