package http1

import (
	"net"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
)

// answered is what goes out when write answers a request, its header lines sorted.
func answered(c *conn, write func(w *response)) string {
	to := &sink{}
	c.rwc = to
	respond(c, write)
	head, body, _ := strings.Cut(string(to.got), "\r\n\r\n")
	lines := strings.Split(head, "\r\n")
	slices.Sort(lines[1:])
	return strings.Join(lines, "\n") + "\n\n" + body
}

func respond(c *conn, write func(w *response)) {
	r := &http.Request{Method: http.MethodPost, ProtoMajor: 1, ProtoMinor: 1}
	w := &response{conn: c, request: r, body: &body{ended: true}, header: c.header, length: -1}
	clear(c.header)
	c.set = c.set[:0]
	write(w)
	w.finish()
}

// sink is a connection that takes everything.
type sink struct {
	net.Conn
	got []byte
}

func (s *sink) Write(p []byte) (int, error) {
	s.got = append(s.got[:0], p...)
	return len(p), nil
}

func writer() *conn {
	s := &Server{}
	s.stamp(time.Unix(0, 0))
	return &conn{server: s, header: http.Header{}, rwc: &sink{}}
}

// TestSetHeader: what is set beside the map goes out as if it were in it.
func TestSetHeader(t *testing.T) {
	c := writer()
	for _, lines := range []string{"", "X-One: 1", "X-One: 1|X-One: 2|X-Two: 3", "X-Evil: a\r\nX-Other: b", "X-Text: ä \x00", "Content-Type: text/x", "Content-Encoding: gzip", "Content-Length: 5", "Content-Length: x",
		"Content-Length: 9", "Connection: close", "Connection: keep-alive", "Transfer-Encoding: gzip", "Date: then", "X-Empty: "} {
		write := func(set func(w *response, name, value string)) string {
			return answered(c, func(w *response) {
				for line := range strings.SplitSeq(lines, "|") {
					if name, value, ok := strings.Cut(line, ": "); ok {
						set(w, name, value)
					}
				}
				_, _ = w.Write([]byte("12345"))
				w.SetHeader("X-Late", "too")
			})
		}
		want := write(func(w *response, name, value string) { w.Header().Set(name, value) })
		got := write((*response).SetHeader)
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("%s: %s", lines, diff)
		}
		both := write(func(w *response, name, value string) {
			w.Header().Set(name, "not this")
			w.SetHeader(name, value)
		})
		if diff := cmp.Diff(want, both); diff != "" {
			t.Errorf("%s: %s", lines, diff)
		}
	}
	for _, length := range []string{"0", "5", "9"} {
		write := func(set func(w *response)) string {
			return answered(c, func(w *response) {
				set(w)
				_, _ = w.Write([]byte("12345"))
			})
		}
		n, _ := strconv.ParseInt(length, 10, 64)
		want := write(func(w *response) { w.Header().Set("Content-Length", length) })
		if diff := cmp.Diff(want, write(func(w *response) { w.SetLength(n) })); diff != "" {
			t.Errorf("%s bytes: %s", length, diff)
		}
	}
	if got := answered(c, func(*response) {}); strings.Contains(got, "X-") {
		t.Errorf("of another answer: %s", got)
	}
}

// BenchmarkAnswer writes an answer with as many headers as Sluice sends.
func BenchmarkAnswer(b *testing.B) {
	var names []string
	for _, n := range strings.Fields("Trace-Id Request-Id Provider Cache-Status Retry-Attempt-Count Last-Used-Option-Index") {
		names = append(names, "X-Sluice-"+n, "X-Portkey-"+n)
	}
	names = append(names, "Traceparent", "X-Generation-Id", "Content-Type")
	body := make([]byte, 1024)
	for name, set := range map[string]func(w *response, name, value string){
		"map": func(w *response, name, value string) { w.Header()[name] = []string{value} },
		"set": (*response).SetHeader,
	} {
		b.Run(name, func(b *testing.B) {
			c := writer()
			b.ReportAllocs()
			for b.Loop() {
				respond(c, func(w *response) {
					for _, n := range names {
						set(w, n, "0123456789abcdef0123456789abcdef")
					}
					_, _ = w.Write(body)
				})
			}
		})
	}
}
