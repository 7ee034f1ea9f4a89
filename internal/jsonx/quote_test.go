package jsonx

import (
	"encoding/json"
	"strings"
	"testing"
)

var quotable = []string{``, `a`, "two\nlines\r\n\ttab", `"quoted" \ slash`, "\b\f\x00\x1f\x7f", "<b>&amp;</b>", "café 东京 😀",
	"\u2028\u2029", "\xff", "a\xc3", "\xed\xa0\x80", "ok\xf0\x9f\x98", strings.Repeat("日本語テキスト。", 9) + "\n"}

func TestQuoteEscapes(t *testing.T) {
	for s, want := range map[string]string{
		"a\"\\/": `"a\"\\/"`, "\b\t\n\f\r": `"\b\t\n\f\r"`, "\x00\x1f\x7f": "\"\\u0000\\u001f\x7f\"", "<é>&\u2028": "\"<é>&\u2028\"", "a\xffb": "\"a\ufffdb\"",
	} {
		if got := string(Quote(s)); got != want {
			t.Errorf("%q: %s, want %s", s, got, want)
		}
	}
}

// FuzzQuote: encoding/json and Unquote read back what was quoted.
func FuzzQuote(f *testing.F) {
	for _, s := range quotable {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		quoted := AppendQuote([]byte("x"), s)
		var got string
		if err := json.Unmarshal(quoted[1:], &got); err != nil || got != strings.ToValidUTF8(s, "\ufffd") && got != string([]rune(s)) {
			t.Fatalf("%q: %s reads as %q: %v", s, quoted, got, err)
		}
		if back, ok := Unquote(quoted[1:]); !ok || back != got {
			t.Fatalf("%q: %s unquoted as %q", s, quoted, back)
		}
		if string(Quote([]byte(s))) != string(quoted[1:]) || `"`+string(AppendEscaped(nil, s))+`"` != string(quoted[1:]) {
			t.Fatalf("%q: the variants differ", s)
		}
	})
}

// FuzzUnquote: the same text as encoding/json's, or none where it takes none.
func FuzzUnquote(f *testing.F) {
	for _, s := range quotable {
		f.Add(`"` + s + `"`)
		f.Add(string(Quote(s)))
	}
	for _, s := range []string{`\u00e9`, `\ud83d\ude00`, `\ud83dx`, `\ud83d\u0041`, `\ude00`, `\ud83d`, `\ud83d\n`, `\u12`, `\q`, `\`, `a\`, "\\n\xff", `\n"`, `\/`} {
		f.Add(`"` + s + `"`)
	}
	for _, s := range []string{``, `"`, `1`, `null`, ` "a"`, `"a" `, `"a""b"`} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, raw string) {
		var want string
		ok := strings.HasPrefix(raw, `"`) && strings.HasSuffix(raw, `"`) && json.Unmarshal([]byte(raw), &want) == nil
		if got, is := Unquote([]byte(raw)); is != ok || got != want {
			t.Fatalf("%s: got %q %v, want %q %v", raw, got, is, want, ok)
		}
		if String([]byte(raw)) != want {
			t.Fatalf("%s: String differs", raw)
		}
	})
}

func TestText(t *testing.T) {
	for raw, want := range map[string]string{``: "", `null`: "", `"a\n"`: "a\n", `1.0`: "1.0", `true`: "true", `{"a": 1}`: `{"a": 1}`} {
		if got := Text([]byte(raw)); got != want {
			t.Errorf("%s: %q", raw, got)
		}
	}
}

func TestInt(t *testing.T) {
	for raw, want := range map[string]int64{``: 0, `7`: 7, `-7`: -7, `1.9`: 1, `1e3`: 1000, `9007199254740993`: 9007199254740993, `1e40`: 0, `"7"`: 0, `null`: 0, `[1]`: 0, `NaN`: 0} {
		if got := Int([]byte(raw)); got != want {
			t.Errorf("%s: %d", raw, got)
		}
	}
}
