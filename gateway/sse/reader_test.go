package sse

import (
	"bytes"
	"errors"
	"io"
	"strings"
	"testing"
	"testing/iotest"

	"github.com/google/go-cmp/cmp"
)

type pair struct{ Name, Data string }

// events reads everything; each read gives what one element of parts holds. An event that is
// ready comes without a read, and leaves the one before it valid.
func events(t testing.TB, limit int, parts ...string) ([]pair, error) {
	t.Helper()
	from := &source{parts: parts}
	r := NewReader(from, limit)
	defer r.Release()
	var out []pair
	var last []byte
	for {
		ready, reads := r.Ready(), from.reads
		e, err := r.Next()
		if ready && (err != nil && !errors.Is(err, ErrTooLong) || from.reads > reads || len(out) > 0 && string(last) != out[len(out)-1].Data) {
			t.Fatalf("after %q: ready, but %v, %d reads, %q", out, err, from.reads-reads, last)
		}
		last = e.Data
		if err == io.EOF {
			return out, nil
		}
		if err != nil {
			return out, err
		}
		out = append(out, pair{string(e.Name), string(e.Data)})
	}
}

type source struct {
	parts []string
	reads int
}

func (s *source) Read(p []byte) (int, error) {
	s.reads++
	for len(s.parts) > 0 && s.parts[0] == "" {
		s.parts = s.parts[1:]
	}
	if len(s.parts) == 0 {
		return 0, io.EOF
	}
	n := copy(p, s.parts[0])
	s.parts[0] = s.parts[0][n:]
	return n, nil
}

var cases = []struct {
	name, in string
	want     []pair
}{
	{"plain", "data: {\"a\":1}\n\ndata: [DONE]\n\n", []pair{{"", `{"a":1}`}, {"", "[DONE]"}}},
	{"no space", "data:a\n\n", []pair{{"", "a"}}},
	{"two spaces", "data:  a\n\n", []pair{{"", " a"}}},
	{"crlf", "event: x\r\ndata: a\r\n\r\ndata: b\r\n\r\n", []pair{{"x", "a"}, {"", "b"}}},
	{"cr", "event: x\rdata: a\r\rdata: b\r\r", []pair{{"x", "a"}, {"", "b"}}},
	{"mixed", "data: a\r\n\ndata: b\n\rdata: c\r\r\n", []pair{{"", "a"}, {"", "b"}, {"", "c"}}},
	{"multi-line", "data: {\ndata: \"a\":1\ndata:}\n\n", []pair{{"", "{\n\"a\":1\n}"}}},
	{"multi-line crlf", "data: one\r\n: hm\r\ndata: two\r\nid: 7\r\ndata\r\ndata: three\r\n\r\n", []pair{{"", "one\ntwo\n\nthree"}}},
	{"comments", ": keep-alive\n\n:\n\n: x\ndata: a\n: y\n\n", []pair{{"", "a"}}},
	{"bom", "\xef\xbb\xbfdata: a\n\n\xef\xbb\xbfdata: b\n\n", []pair{{"", "a"}}},
	{"bom, empty line", "\xef\xbb\xbf\ndata: a\n\n", []pair{{"", "a"}}},
	{"names", "event: message_start\ndata: 1\n\nevent: ping\n\ndata: 2\n\n", []pair{{"message_start", "1"}, {"", "2"}}},
	{"name after data, twice", "data: 1\nevent: a\nevent: b\n\n", []pair{{"b", "1"}}},
	{"unknown fields", "retry: 3\nid: 9\nfoo: bar\ndatax: 1\ndata: a\n\n", []pair{{"", "a"}}},
	{"empty data", "data:\n\ndata\n\ndata: \n\n", []pair{{"", ""}, {"", ""}, {"", ""}}},
	{"no blank line at the end", "data: a\n\ndata: [DONE]\n", []pair{{"", "a"}, {"", "[DONE]"}}},
	{"no line end at the end", "data: a\n\nevent: e\ndata: b", []pair{{"", "a"}, {"e", "b"}}},
	{"nothing", "", nil},
	{"only line ends", "\n\r\n\r\r\n\n", nil},
	{"utf-8", "data: héllo 世界 \U0001f600\n\n", []pair{{"", "héllo 世界 \U0001f600"}}},
}

func TestReaderAtAnySplit(t *testing.T) {
	for _, c := range cases {
		want := c.want
		check := func(how string, got []pair, err error) {
			if d := cmp.Diff(want, got); err != nil || d != "" {
				t.Errorf("%s, %s: %v\n%s", c.name, how, err, d)
			}
		}
		got, err := events(t, 0, c.in)
		check("whole", got, err)
		got, err = events(t, 0, strings.Split(c.in, "")...)
		check("by rune", got, err)
		for i := range c.in {
			for j := i; j <= len(c.in); j++ {
				got, err = events(t, 0, c.in[:i], c.in[i:j], c.in[j:])
				check("split", got, err)
			}
		}
	}
}

func TestReaderLongLinesAndLimit(t *testing.T) {
	long := strings.Repeat("x", 3<<20)
	in := "data: a\n\ndata: " + long + "\n\ndata: b\n\n"
	r := NewReader(iotest.HalfReader(strings.NewReader(in)), 0)
	defer r.Release()
	for _, want := range []string{"a", long, "b"} {
		e, err := r.Next()
		if err != nil || string(e.Data) != want {
			t.Fatalf("%d bytes, %v; want %d", len(e.Data), err, len(want))
		}
	}
	for _, limit := range []int{20, 100, 20_000, 1 << 20} {
		fits := "data: " + strings.Repeat("y", limit-8) + "\n\n"
		for _, parts := range [][]string{{fits + fits}, {fits, fits}, {fits[:7], fits[7:] + fits}} {
			if got, err := events(t, limit, parts...); err != nil || len(got) != 2 {
				t.Errorf("limit %d, events that fit: %d, %v", limit, len(got), err)
			}
		}
		for _, over := range []string{"data: y" + fits[6:], ": yy" + fits[2:], "data: a\n" + fits} {
			for _, parts := range [][]string{{fits + over}, {fits, over[:5], over[5:]}} {
				if got, err := events(t, limit, parts...); !errors.Is(err, ErrTooLong) || len(got) != 1 {
					t.Errorf("limit %d, too long: %d events, %v", limit, len(got), err)
				}
			}
		}
	}
}

func TestReaderKeepsTheError(t *testing.T) {
	broken := errors.New("broken")
	r := NewReader(io.MultiReader(strings.NewReader("data: a\n\ndata: half"), iotest.ErrReader(broken)), 0)
	defer r.Release()
	if e, err := r.Next(); err != nil || string(e.Data) != "a" {
		t.Fatalf("%q %v", e.Data, err)
	}
	for range 2 {
		if e, err := r.Next(); err != broken {
			t.Fatalf("%q %v, want the source's error and no half event", e.Data, err)
		}
	}
}

func TestWriterReadsBack(t *testing.T) {
	var b []byte
	b = AppendComment(b, "hello")
	b = AppendData(b, []byte(`{"a":1}`))
	b = AppendEvent(b, "ping", []byte("one\ntwo\r\nthree\rfour"))
	b = append(b, Done...)
	got, err := events(t, 0, string(b))
	if d := cmp.Diff([]pair{{"", `{"a":1}`}, {"ping", "one\ntwo\nthree\nfour"}, {"", "[DONE]"}}, got); err != nil || d != "" {
		t.Errorf("%v\n%s", err, d)
	}
}

func FuzzReader(f *testing.F) {
	for _, c := range cases {
		f.Add([]byte(c.in), 3, 40)
	}
	f.Fuzz(func(t *testing.T, in []byte, cut, limit int) {
		limit = 1 + (limit&0x7fffffff)%256
		cut = (cut & 0x7fffffff) % (len(in) + 1)
		whole, err1 := events(t, limit, string(in))
		parts, err2 := events(t, limit, string(in[:cut]), string(in[cut:]))
		if d := cmp.Diff(whole, parts); d != "" || (err1 == nil) != (err2 == nil) {
			t.Fatalf("cut at %d of %q: %v, %v\n%s", cut, in, err1, err2, d)
		}
		var back []byte
		for _, e := range whole {
			back = AppendEvent(back, e.Name, []byte(e.Data))
		}
		if bytes.Contains(in, []byte{0}) {
			return
		}
		again, err := events(t, 0, string(back))
		if d := cmp.Diff(whole, again); err != nil || d != "" {
			t.Fatalf("written and read again: %v\n%s", err, d)
		}
	})
}

func BenchmarkReader(b *testing.B) {
	one := "data: " + `{"id":"chatcmpl-1","object":"chat.completion.chunk","choices":[{"index":0,"delta":{"content":"hello"}}]}` + "\n\n"
	in := strings.Repeat(one, 100)
	b.SetBytes(int64(len(in)))
	b.ReportAllocs()
	for b.Loop() {
		r := NewReader(strings.NewReader(in), 0)
		for {
			if _, err := r.Next(); err != nil {
				break
			}
		}
		r.Release()
	}
}
