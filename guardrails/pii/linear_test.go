package pii

import (
	"strings"
	"testing"
	"unicode/utf8"
)

// On texts that make pattern matchers quadratic, four times the size is at most five times
// the work.
func TestLinear(t *testing.T) {
	all := scanner(t, Entities()...)
	for _, unit := range []string{
		"a.", "a@", "a@a.", "1", "1 ", "1-", "12 34 ", "a:", "1:", "::", "f::", "sk-", "sk-a", "eyJ.", "-----BEGIN ", "-----BEGIN PRIVATE KEY-----", "ghp_",
		"DE89 ", "DE8", "+", "+1 ", "(", "()1", "\\", "\\u0031", "％", "１", "​1", "phone 1", "call ", "电话1", "x@y.z ", "Bearer ", "%40", "_", "'a@",
	} {
		n := 4096 / len(unit)
		_, small := all.scan(nil, "", strings.Repeat(unit, n))
		_, big := all.scan(nil, "", strings.Repeat(unit, 4*n))
		if big > 5*small || small > 200*4096 {
			t.Errorf("%q: %d steps for 4 KiB, %d for 16 KiB", unit, small, big)
		}
	}
}

func FuzzScan(f *testing.F) {
	f.Add("邮箱ａ@163.com或手机138\u200b00138000 \\u0040 DE89 3704 0044 0532 0130 00 -----BEGIN PRIVATE KEY-----")
	f.Add(dense)
	f.Add("+(00)(86)1-3. 8/x@\xff\xc3a@b.c ::1% eyJ.a. \\\\u00")
	all, err := New(Entities()...)
	if err != nil {
		f.Fatal(err)
	}
	f.Fuzz(func(t *testing.T, text string) {
		last := 0
		spans, work := all.scan(nil, "", text)
		for _, s := range spans {
			if s.Start < last || s.End <= s.Start || s.End > len(text) || s.Entity == "" || s.Score <= 0 || s.Score > 1 {
				t.Fatalf("bad span %+v in %q", s, text)
			}
			if utf8.ValidString(text) && !(utf8.ValidString(text[s.Start:s.End])) {
				t.Fatalf("span %+v cuts a character of %q", s, text)
			}
			last = s.End
		}
		if work > 1000*(len(text)+8) {
			t.Fatalf("%d steps for %d bytes", work, len(text))
		}
	})
}

var (
	prose = strings.Repeat("The quick brown fox jumps over the lazy dog; see section 4.2 of the 2024 report, page 117, for 3,500 more. ", 10)[:1024]
	dense = strings.Repeat("Write alice@example.com or call 415-555-2671, card 4111 1111 1111 1111, from 10.0.0.1; 手机13800138000。", 10)[:1024]
	han   = strings.Repeat("今天天气很好，我们去公园散步吧。报告第117页说，2024年有3500个样本。", 11)[:1023]
)

func BenchmarkScan(b *testing.B) {
	few, all := scanner(b, "email", "phone", "card"), scanner(b, Entities()...)
	for _, c := range []struct {
		name, text string
	}{{"prose", prose}, {"dense", dense}, {"han", han}} {
		for _, s := range []struct {
			name string
			*Scanner
		}{{"few", few}, {"all", all}} {
			b.Run(c.name+"/"+s.name, func(b *testing.B) {
				dst := make([]Span, 0, 64)
				b.SetBytes(int64(len(c.text)))
				b.ReportAllocs()
				for b.Loop() {
					s.Scan(dst, c.text)
				}
			})
		}
	}
}
