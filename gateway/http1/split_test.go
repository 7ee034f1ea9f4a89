package http1_test

import (
	"fmt"
	"io"
	"math/rand/v2"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"golang.org/x/tools/txtar"

	"github.com/sluicegate/sluice/gateway/http1"
)

// However the bytes of a conversation are cut, the answers are the same.
func TestAnySplit(t *testing.T) {
	const talk = "POST /echo HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n6\r\n world\r\n0\r\n\r\n" +
		"GET /hello HTTP/1.1\r\nHost: a\r\nX-Some: thing\r\n\r\n" + "POST /echo HTTP/1.1\r\nHost: a\r\nContent-Length: 3\r\nConnection: close\r\n\r\nabc"
	addr := start(t, &http1.Server{Handler: theatre})
	want := converse(t, addr, []byte(talk))
	if strings.Count(want, "200 OK") != 3 {
		t.Fatal(want)
	}
	rng := rand.New(rand.NewPCG(1, 2))
	for range 100 {
		c := dial(t, addr)
		sizes := fmt.Sprint()
		for rest := talk; rest != ""; {
			n := min(1+rng.IntN(1+rng.IntN(60)), len(rest))
			sizes += fmt.Sprint(" ", n)
			if _, err := io.WriteString(c, rest[:n]); err != nil {
				t.Fatal(err)
			}
			if rest = rest[n:]; rng.IntN(4) == 0 {
				time.Sleep(time.Duration(rng.IntN(200)) * time.Microsecond)
			}
		}
		got, err := io.ReadAll(c)
		if err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(want, golden(got)); diff != "" {
			t.Fatalf("pieces of%s: %s", sizes, diff)
		}
	}
}

var statusLine = regexp.MustCompile(`HTTP/1\.[01] \d+`)

// FuzzConversation sends bytes to this server and to net/http's: the same requests must be
// seen in them, or two of these in a row, one as the proxy of the other, could be played off
// against one another.
func FuzzConversation(f *testing.F) {
	files, err := filepath.Glob("testdata/*.txtar")
	if err != nil {
		f.Fatal(err)
	}
	for _, file := range files {
		if a, err := txtar.ParseFile(file); err == nil && !strings.HasPrefix(string(a.Comment), "differs") {
			if text := wire(a.Files[0].Data); len(text) < 4096 {
				f.Add(text)
			}
		}
	}
	ours, theirs := start(f, &http1.Server{Handler: theatre, MaxHead: 8 << 10}), reference(f, 8<<10)
	f.Fuzz(func(t *testing.T, talk []byte) {
		for _, word := range []string{"pri ", "panic", "expect", "options *", "encoding", "/long", "/close"} {
			if strings.Contains(strings.ToLower(string(talk)), word) {
				return // net/http answers otherwise, as the golden files say
			}
		}
		got, want := converse(t, ours, talk), converse(t, theirs, talk)
		if strings.Contains(got, "missing required Host header") {
			return // net/http's server takes an empty Host, which its ReadRequest does not tell from none
		}
		if a, b := statusLine.FindAllString(got, -1), statusLine.FindAllString(want, -1); !cmp.Equal(a, b) {
			t.Errorf("%q\n\nours: %s\n\nnet/http: %s", talk, got, want)
		}
	})
}
