package jsonx

import (
	"encoding/json"
	"errors"
	"fmt"
	"strings"
	"syscall"
	"testing"
	"time"
	"unicode/utf8"
)

func nested(n int) string { return strings.Repeat("[", n) + strings.Repeat("]", n) }

func members(n int) string {
	var b strings.Builder
	b.WriteByte('{')
	for i := range n {
		if i > 0 {
			b.WriteByte(',')
		}
		fmt.Fprintf(&b, `"%d":1`, i)
	}
	b.WriteByte('}')
	return b.String()
}

func TestCheckNamesTheProblem(t *testing.T) {
	limits := Limits{MaxDepth: 3, MaxKeys: 4, MaxValues: 8}
	for _, c := range []struct {
		name, raw    string
		kind         ErrorKind
		line, column int
		field        string
	}{
		{"empty", ``, Syntax, 1, 1, ""},
		{"white space", " \n ", Syntax, 2, 2, ""},
		{"trailing comma", "{\"model\":\n\"a\",}", Syntax, 2, 4, ""},
		{"no value", `{"a":{"b":}}`, Syntax, 1, 11, "a.b"},
		{"bad element", `{"a":[1,x]}`, Syntax, 1, 9, "a[1]"},
		{"column in characters", `{"é":"é",x}`, Syntax, 1, 10, ""},
		{"cut off", `{"a":"b`, Syntax, 1, 8, "a"},
		{"second value", `{} {}`, Syntax, 1, 4, ""},
		{"second word", `{} x`, Syntax, 1, 4, ""},
		{"twice", `{"a":1,"a":2}`, DuplicateName, 1, 10, "a"},
		{"twice, escaped", `{"a":1,"\u0061":2}`, DuplicateName, 1, 15, "a"},
		{"invalid byte", "{\"a\":[\"\xe9\"]}", InvalidUTF8, 1, 8, "a[0]"},
		{"invalid byte in a name", "{\"a\":{\"\xe9\":1}}", InvalidUTF8, 1, 8, "a.\ufffd"},
		{"too deep", nested(4), TooDeep, 1, 4, "[0][0][0]"},
		{"too many keys", `{"a":` + members(5) + `}`, TooManyKeys, 1, 33, "a.4"},
		{"too many values", `{"a":[1,1,1,1,1,1,1]}`, TooManyValues, 1, 19, "a[6]"},
	} {
		t.Run(c.name, func(t *testing.T) {
			var e *Error
			if err := Check([]byte(c.raw), limits); !errors.As(err, &e) {
				t.Fatalf("%s: got %v", c.raw, err)
			}
			if e.Kind != c.kind || e.Line != c.line || e.Column != c.column || e.Field != c.field {
				t.Errorf("%s: got %+v: %v", c.raw, *e, e)
			}
		})
	}
	for _, raw := range []string{`1`, `"a"`, ` {"a":{"a":1,"a":2}} `, nested(3), members(4), `[1,1,1,1,1,1,1]`, `"\ud800"`} {
		if err := Check([]byte(raw), limits); err != nil {
			t.Errorf("%s: %v", raw, err)
		}
	}
}

// FuzzCheck: a text is valid for Check exactly if it is for encoding/json and its bytes are
// UTF-8, names given twice apart.
func FuzzCheck(f *testing.F) {
	for _, s := range []string{
		``, ` `, `{}`, `[]`, `{`, `}`, `[}`, `{]`, `{"a":1}`, `{"a":1,}`, `{"a" : [1 , 2 ,{ "b":null}]} `, `[1,]`, `[,1]`, `{"a"}`, `{"a":}`, `{,}`, `{1:2}`,
		`"a"`, `"a`, `"\"`, `"\\"`, `"\u00e9"`, `"\u00g9"`, `"\u00"`, `"\x"`, "\"a\nb\"", "\"\x7f\"", "\"caf\xc3\xa9 caf\xe9\"", "\xef\xbb\xbf{}", `"\ud800"`, "\xff",
		`0`, `-0`, `01`, `-`, `1.`, `.5`, `1.5e`, `1E+10`, `1e-`, `-1.5e10`, `1 2`, `+1`, `true`, `tru`, `truex`, `false`, `null`, `nul`, "\x00", "{}\x00", "[1\x00]",
		`{"a":1,"a":2}`, `{"a":{"b":1,"b":1}}`, nested(200),
	} {
		f.Add([]byte(s))
	}
	f.Fuzz(func(t *testing.T, raw []byte) {
		err := Check(raw, Limits{})
		var e *Error
		if err != nil && !errors.As(err, &e) {
			t.Fatalf("%q: %v is no *Error", raw, err)
		}
		if e != nil && (e.Kind == DuplicateName || e.Kind == TooDeep) {
			return
		}
		if want := json.Valid(raw) && utf8.Valid(raw); want != (err == nil) {
			t.Fatalf("%q: got %v, want valid %v", raw, err, want)
		}
		if Valid(raw) != json.Valid(raw) {
			t.Fatalf("%q: Valid differs from encoding/json", raw)
		}
	})
}

// hostile texts are written to be slow to read; n says how long they are.
var hostile = map[string]func(n int) string{
	"names":      members,
	"same name":  func(n int) string { return "{" + strings.TrimSuffix(strings.Repeat(`"a":1,`, n), ",") + "}" },
	"depth":      func(n int) string { return nested(n / 10) },
	"objects":    func(n int) string { return strings.Repeat(`{"a":`, n/10) + "1" + strings.Repeat("}", n/10) },
	"unclosed":   func(n int) string { return strings.Repeat("[", n) },
	"escapes":    func(n int) string { return `{"a":"` + strings.Repeat(`\"`, n) + `"}` },
	"elements":   func(n int) string { return "[" + strings.TrimSuffix(strings.Repeat("1,", n), ",") + "]" },
	"white":      func(n int) string { return "{" + strings.Repeat(" \n", n) + "}" },
	"half pairs": func(n int) string { return `"` + strings.Repeat(`\ud800`, n) + `"` },
}

// TestHostileTextsAreLinear: a text eight times as long takes about eight times the CPU; 64
// times would be quadratic.
func TestHostileTextsAreLinear(t *testing.T) {
	const n = 80_000
	for name, text := range hostile {
		t.Run(name, func(t *testing.T) {
			short, long := fastest([]byte(text(n/8))), fastest([]byte(text(n)))
			if long > 30*short+20*time.Millisecond {
				t.Errorf("%v, then %v", short, long)
			}
		})
	}
}

// fastest is the least CPU time, of a few tries, in which everything is done with raw once.
// The wall clock would count what other processes do.
func fastest(raw []byte) time.Duration {
	best := time.Hour
	for range 3 {
		begin := cpuTime()
		_ = Check(raw, Limits{})
		_ = Check(raw, DefaultLimits)
		Walk(raw, func(Node) Action { return Descend })
		_ = Get(raw, "a", "b")
		Update(raw, Change{Name: "a", Value: []byte("2")}, Change{Name: "7"})
		Delete(raw, "*")
		_, _ = Canonical(raw)
		best = min(best, cpuTime()-begin)
	}
	return best
}

// cpuTime is the CPU time that this process has used.
func cpuTime() time.Duration {
	var u syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &u); err != nil {
		panic(err)
	}
	return time.Duration(u.Utime.Nano() + u.Stime.Nano())
}
