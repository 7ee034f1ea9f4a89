package httpapi

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/tidwall/gjson"

	"github.com/sluicegate/sluice/internal/jsonx"
)

// FuzzPairs: what pairs reads at all is a JSON object of strings, each there once and short
// enough, and those are what another parser finds in it.
func FuzzPairs(f *testing.F) {
	for _, s := range []string{`{"team":"support","_user":"anna"}`, `{"a": "b", "c": "d"}`, `{}`, `{"a":"b"} `, `{"a":"b",}`, `{"a":1}`, `{"a":"b","a":"c"}`, `{"a":"\u0062"}`, `{"":""}`, `}`, `{"a":"b"`, `{"a":"b"}}`,
		`{"a":"ä"}`, `{ "a" : "b" }`, `{"a":"` + strings.Repeat("x", 129) + `"}`, `{"` + strings.Repeat("x", 128) + `":"y"}`, `{"a":"b","c"}`, "{\"a\":\"\t\"}", `{"a":"b",,"c":"d"}`, `{"a":"b" "c":"d"}`, `{"a" "b"}`} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		got := pairs(s)
		if got == nil {
			return
		}
		want, members := map[string]string{}, 0
		gjson.Parse(s).ForEach(func(k, v gjson.Result) bool {
			members++
			want[k.String()] = v.String()
			if v.Type != gjson.String || tooLong(k.String()) || tooLong(v.String()) {
				t.Errorf("%q: %s", s, v.Raw)
			}
			return true
		})
		if diff := cmp.Diff(want, got); diff != "" || !jsonx.Valid([]byte(s)) || members != len(got) {
			t.Errorf("%q: %s", s, diff)
		}
	})
}

// As JavaScript and Python write it.
func TestPairs(t *testing.T) {
	for _, s := range []string{`{"team":"a","_user":"b c"}`, `{"team": "a", "_user": "b c"}`} {
		if diff := cmp.Diff(map[string]string{"team": "a", "_user": "b c"}, pairs(s)); diff != "" {
			t.Errorf("%s: %s", s, diff)
		}
	}
}

func BenchmarkMetadata(b *testing.B) {
	for name, text := range map[string]string{"plain": `{"team":"support","_user":"anna"}`, "escaped": `{"team":"support","_user":"ann\u0061"}`} {
		b.Run(name, func(b *testing.B) {
			var h headers
			h.value[hMetadata] = text
			b.ReportAllocs()
			for b.Loop() {
				if m, err := h.metadata(); err != nil || m["_user"] != "anna" {
					b.Fatal(m, err)
				}
			}
		})
	}
}
