package gateway

import (
	"bytes"
	"encoding/json"
	"strings"
	"testing"
)

var quotable = []string{``, `a`, `The courier could not reach the door.`, "two\nlines\r\n\ttab", `"quoted" \ slash`, "\b\f\x00\x1f\x7f", "<b>&amp;</b>", "café 东京 😀",
	"\u2028\u2029", "\xff", "a\xc3", "\xed\xa0\x80", "ok\xf0\x9f\x98", strings.Repeat("日本語テキスト。", 9) + "\n", "12345678\n12345678\u00e9"}

// FuzzAppendQuoted: the same bytes as encoding/json's.
func FuzzAppendQuoted(f *testing.F) {
	for _, s := range quotable {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		var b bytes.Buffer
		enc := json.NewEncoder(&b)
		enc.SetEscapeHTML(false)
		if err := enc.Encode(s); err != nil {
			t.Fatal(err)
		}
		want := strings.TrimSuffix(b.String(), "\n")
		if got := string(AppendQuoted([]byte("x"), s)); got != "x"+want {
			t.Fatalf("%q: got %s, want x%s", s, got, want)
		}
		if got := string(AppendQuoted(nil, []byte(s))); got != want {
			t.Fatalf("%q as bytes: got %s, want %s", s, got, want)
		}
	})
}

// FuzzUnquote: the same text as encoding/json's, where it takes it; else as it stands.
func FuzzUnquote(f *testing.F) {
	for _, s := range quotable {
		f.Add(s)
		quoted, _ := json.Marshal(s)
		f.Add(string(quoted[1 : len(quoted)-1]))
	}
	for _, s := range []string{`\u00e9`, `\ud83d\ude00`, `\ud83dx`, `\ud83d\u0041`, `\ude00`, `\ud83d`, `\ud83d\n`, `\u12`, `\q`, `\`, `a\`, "\\n\xff", "\\n\n", `\n"`, `\/`} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, inner string) {
		raw := []byte(`"` + inner + `"`)
		want := inner
		if strings.Contains(inner, `\`) {
			if json.Unmarshal(raw, &want) != nil {
				want = inner
			}
		}
		if got := unquote(raw); got != want {
			t.Fatalf("%s: got %q, want %q", raw, got, want)
		}
	})
}

func BenchmarkAppendQuoted(b *testing.B) {
	for name, s := range map[string]string{"ascii": strings.Repeat("The courier could not reach the door. ", 26), "lines": strings.Repeat("The courier could not reach the door.\n", 26), "cjk": strings.Repeat("日本語テキスト。", 40)} {
		b.Run(name, func(b *testing.B) {
			b.ReportAllocs()
			dst := make([]byte, 0, 4096)
			for b.Loop() {
				dst = AppendQuoted(dst[:0], s)
			}
		})
	}
}
