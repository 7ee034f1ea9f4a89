package http1

import (
	"bufio"
	"bytes"
	"io"
	"net/http"
	"net/url"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"
	"golang.org/x/tools/txtar"
)

// requests are heads around the limits of what is plain, with a body behind them.
func requests() (all []string) {
	for _, line := range []string{"POST / HTTP/1.1", "GET /a/b_c-d.e~f HTTP/1.1", "PUT /a%2Fb?q=%zz#f HTTP/1.1", "GET //a HTTP/1.1", "GET /ä HTTP/1.1", "GET /% HTTP/1.1",
		"GET /a:b@c;d=e,f&g+h!i*(j)'k' HTTP/1.1", "HEAD /\x01 HTTP/1.1", "GET /a b HTTP/1.1", "GET / HTTP/1.0", "GET / HTTP/1.1 ", "GET  / HTTP/1.1", "get / HTTP/1.1",
		"OPTIONS * HTTP/1.1", "CONNECT a:1 HTTP/1.1", "DELETE http://b/c HTTP/1.1", "PATCH /? HTTP/1.1", "PRI * HTTP/2.0", "GET /", "", "\r", " GET / HTTP/1.1"} {
		all = append(all, line+"\r\nHost: a\r\nContent-Length: 2\r\n\r\nabcdef")
	}
	for _, lines := range []string{"Host: a:1", "hOST: \t a  ", "Host:a\r\nHost:a", "Host:\r\nHost: a", "Host:", "Host: a b", "Host: a/b", "X: y", "Host: a\r\nX:y\r\nx: z", "Host: a\r\nx-a_b!C--d-:", "Host: a\r\nX : y",
		"Host: a\r\n X: y", "Host: a\r\nX\r\n", "Host: a\r\n: y", "Host: a\r\nX: y\r\n z", "Host: a\nX: y", "Host: a\r\nX: y\n", "Host: a\r\nX: y\rz", "Host: a\r\n\nX: y", "Host: a\r\nX: \x7f", "Host: a\r\nX: 12345678\x1f",
		"Host: a\r\nX: 1234567\xe4", "Host: a\r\nX: 1\t2345678", "Host: a\r\nX: 1\x002345678", "Host: a\r\nContent-Length: 007", "Host: a\r\nContent-Length: 0", "Host: a\r\nContent-Length:", "Host: a\r\nContent-Length: +2",
		"Host: a\r\nContent-Length: -1", "Host: a\r\nContent-Length: 2\r\nContent-Length: 2", "Host: a\r\nContent-Length: 2\r\nContent-Length: 3", "Host: a\r\nContent-Length: 9223372036854775807", "Host: a\r\nContent-Length: 100",
		"Host: a\r\nContent-Length: 99999999999999999999", "Host: a\r\nContent-Length: 2\r\nTransfer-Encoding: chunked", "Host: a\r\nTransfer-Encoding: gzip", "Host: a\r\nConnection: keep-alive, Close", "Host: a\r\nConnection: keep-alive",
		"Host: a\r\nConnection: a\r\nConnection: close", "Host: a\r\nPragma: no-cache", "Host: a\r\nExpect: 100-continue", "Host: a\r\nTrailer: X", "Host: a\r\nUpgrade: h2c", "Host: a\r\nX:  two  words  \r\nY-Z: ~"} {
		all = append(all, "POST /p HTTP/1.1\r\n"+lines+"\r\n\r\nabcdef")
	}
	return append(all, "GET / HTTP/1.1\r\nHost: a\r\n"+strings.Repeat("X: y\r\n", 100)+"\r\n", "GET / HTTP/1.1\r\nHost: a\r\nX: "+strings.Repeat("y", 5000)+"\r\n\r\n", "GET / HTTP/1.1\r\nHost: a\r\n")
}

// FuzzPlain compares, field by field, what plain makes of any bytes with what http.ReadRequest
// and the checks behind it do: what it takes must be the same to the last byte of the body,
// and what it does not take must be left as it was.
func FuzzPlain(f *testing.F) {
	files, err := filepath.Glob("testdata/*.txtar")
	if err != nil {
		f.Fatal(err)
	}
	for _, file := range files {
		if a, err := txtar.ParseFile(file); err == nil {
			f.Add(bytes.ReplaceAll(a.Files[0].Data, []byte("\n"), []byte("\r\n")))
		}
	}
	for _, r := range requests() {
		f.Add([]byte(r))
	}
	f.Fuzz(func(t *testing.T, sent []byte) { compare(t, sent) })
}

// compare reports whether plain took the request.
func compare(t *testing.T, sent []byte) bool {
	t.Helper()
	ours, theirs := receiving(sent), receiving(sent)
	var got, want http.Request
	took := ours.plain(&turn{}, &got)
	if !took {
		if rest, _ := io.ReadAll(ours.in); !bytes.Equal(rest, sent) {
			t.Fatalf("%q became %q", sent, rest)
		}
		return false
	}
	if err := theirs.parse(&want); err != nil {
		t.Fatalf("%q: net/http says %v", sent, err)
	}
	clear(ours.head) // what the request is made of must not lie in here
	body, err := io.ReadAll(got.Body)
	wantBody, wantErr := io.ReadAll(want.Body)
	if !bytes.Equal(body, wantBody) || err != wantErr {
		t.Errorf("%q: body %q, %v, want %q, %v", sent, body, err, wantBody, wantErr)
	}
	if n, err := got.Body.Read(make([]byte, 1)); n != 0 || err != io.EOF {
		t.Errorf("%q: %d, %v behind the body", sent, n, err)
	}
	rest, _ := io.ReadAll(ours.in)
	if wantRest, _ := io.ReadAll(theirs.in); !bytes.Equal(rest, wantRest) {
		t.Errorf("%q: %q follows, want %q", sent, rest, wantRest)
	}
	if diff := cmp.Diff(want, got, cmpopts.IgnoreUnexported(http.Request{}), cmp.AllowUnexported(url.URL{}), cmpopts.IgnoreFields(http.Request{}, "Body")); diff != "" || (got.Body == http.NoBody) != (want.Body == http.NoBody) {
		t.Errorf("%q (-net/http): %s", sent, diff)
	}
	for name, values := range got.Header {
		if _ = append(values, "another"); !cmp.Equal(got.Header, want.Header) {
			t.Errorf("%q: appending to %s writes over another header", sent, name)
		}
	}
	return true
}

// receiving is a connection on which sent has come, as far as the buffer takes it in.
func receiving(sent []byte) *conn {
	c := &conn{server: &Server{}, remote: "192.0.2.1:1"}
	c.in = bufio.NewReader(bytes.NewReader(sent))
	_, _ = c.in.Peek(1)
	return c
}

func TestPlain(t *testing.T) {
	took := 0
	for _, r := range requests() {
		if compare(t, []byte(r)) {
			took++
		}
	}
	if took != 16 {
		t.Errorf("%d of the requests are plain", took)
	}
	// as clients send it
	for _, r := range []string{
		"POST /v1/chat/completions HTTP/1.1\r\nHost: 127.0.0.1:8787\r\nUser-Agent: Go-http-client/1.1\r\nContent-Length: 3\r\nAuthorization: Bearer sk-sl-0\r\nContent-Type: application/json\r\nX-Sluice-Metadata: {\"team\":\"a\"}\r\nAccept-Encoding: gzip\r\n\r\nabc",
		"POST /v1/chat/completions HTTP/1.1\r\nHost: localhost:8787\r\nAccept-Encoding: gzip, deflate\r\nConnection: keep-alive\r\nAccept: application/json\r\nContent-Type: application/json\r\nUser-Agent: OpenAI/Python 1.109.1\r\nX-Stainless-Lang: python\r\nx-portkey-config: pc-1\r\nContent-Length: 3\r\n\r\nabc",
		"POST /v1/chat/completions HTTP/1.1\r\nhost: localhost:8787\r\nconnection: keep-alive\r\ncontent-type: application/json\r\nsec-fetch-mode: cors\r\naccept-encoding: gzip, deflate\r\ncontent-length: 3\r\n\r\nabc",
		"GET /healthz?verbose=1 HTTP/1.1\r\nHost: localhost\r\nUser-Agent: curl/8.5.0\r\nAccept: */*\r\n\r\n",
	} {
		if !compare(t, []byte(r)) {
			t.Errorf("not plain: %q", r)
		}
		for i := range r { // any byte of it broken
			for _, b := range []byte{0, '\t', '\r', '\n', ' ', ':', 0x7f, 0xff} {
				compare(t, []byte(r[:i]+string(rune(b))+r[i+1:]))
				compare(t, append(append([]byte(r[:i]), b), r[i:]...))
			}
		}
	}
}

func TestPrintable(t *testing.T) {
	for at := range 20 {
		for c := range 256 {
			b := []byte("abcdefgh ~jklmnopqrs")
			b[at] = byte(c)
			if got, want := printable(b), c >= ' ' && c < 0x7f; got != want {
				t.Errorf("%#x at %d: %v", c, at, got)
			}
		}
	}
}

// BenchmarkHead parses the head of a usual request.
func BenchmarkHead(b *testing.B) {
	head := []byte("POST /v1/prompts/answer/completions HTTP/1.1\r\nHost: 127.0.0.1:8787\r\nUser-Agent: Go-http-client/1.1\r\nContent-Length: 1024\r\nAuthorization: Bearer sk-sl-0123456789abcdef0123456789abcdef\r\n" +
		"Content-Type: application/json\r\nX-Sluice-Config: everything\r\nX-Sluice-Metadata: {\"team\":\"support\",\"_user\":\"anna\"}\r\nAccept-Encoding: gzip\r\n\r\n")
	from := bytes.NewReader(head)
	c := receiving(nil)
	for name, parse := range map[string]func(*turn, *http.Request){
		"plain":   func(t *turn, r *http.Request) { _ = c.plain(t, r) },
		"nethttp": func(_ *turn, r *http.Request) { _ = c.parse(r) },
	} {
		b.Run(name, func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				from.Reset(head)
				c.in.Reset(from)
				_, _ = c.in.Peek(4)
				var r http.Request
				if parse(&turn{}, &r); r.Method != http.MethodPost {
					b.Fatal("not parsed")
				}
			}
		})
	}
}
