package http1_test

import (
	"bytes"
	"errors"
	"flag"
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"go.uber.org/goleak"
	"golang.org/x/tools/txtar"

	"github.com/sluicegate/sluice/gateway/http1"
	"github.com/sluicegate/sluice/gateway/socket"
)

var update = flag.Bool("update", false, "rewrite the golden files")

func TestMain(m *testing.M) {
	goleak.VerifyTestMain(m, goleak.IgnoreAnyFunction("net/http.(*conn).closeWriteAndWait")) // of the reference
}

// theatre is the handler of most tests.
var theatre = http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
	flush := http.NewResponseController(w).Flush
	switch r.URL.Path {
	case "/hello":
		_, _ = io.WriteString(w, "hello")
	case "/echo":
		body, err := io.ReadAll(r.Body)
		if err != nil {
			w.WriteHeader(http.StatusBadRequest)
			return
		}
		w.Header().Set("Content-Type", "text/x-echo")
		_, _ = w.Write(body)
	case "/headers":
		_, _ = fmt.Fprintf(w, "%q", r.Header)
	case "/close":
		w.Header().Set("Connection", "close")
		_, _ = io.WriteString(w, "bye")
	case "/stream":
		w.Header().Set("Content-Type", "text/event-stream")
		_, _ = io.WriteString(w, "one")
		_ = flush()
		_, _ = io.WriteString(w, "two")
		_, _ = io.WriteString(w, "three")
	case "/length":
		w.Header().Set("Content-Length", "5")
		_, _ = io.WriteString(w, "12345")
	case "/short":
		w.Header().Set("Content-Length", "5")
		_, _ = io.WriteString(w, "123")
	case "/long":
		w.Header().Set("Content-Length", "5")
		_, _ = io.WriteString(w, "12345")
		if _, err := io.WriteString(w, "678"); !errors.Is(err, http.ErrContentLength) {
			panic(err)
		}
	case "/status":
		status, _ := strconv.Atoi(r.URL.RawQuery)
		w.WriteHeader(max(200, min(status, 999)))
		w.WriteHeader(http.StatusTeapot) // too late
		w.Header().Set("X-Late", "too")
	case "/values":
		w.Header()["X-Two"] = []string{"one\r\nX-Evil: yes", "two"}
		w.Header()["X Bad"] = []string{"no"}
	case "/panic":
		panic(http.ErrAbortHandler)
	case "/panic-late":
		_, _ = io.WriteString(w, "one")
		_ = flush()
		panic(http.ErrAbortHandler)
	case "/panic-held":
		_, _ = io.WriteString(w, "one")
		panic(http.ErrAbortHandler)
	}
})

// TestGolden sends testdata/*.txtar, and compares the answers with those in the file and
// with those of net/http's server to the same bytes, unless the comment says that those differ
// and why. %n% stands for n bytes.
func TestGolden(t *testing.T) {
	files, err := filepath.Glob("testdata/*.txtar")
	if err != nil || len(files) == 0 {
		t.Fatalf("no golden files: %v", err)
	}
	ours := start(t, &http1.Server{Handler: theatre, MaxHead: 2 << 10})
	theirs := reference(t, 2<<10)
	for _, file := range files {
		t.Run(strings.TrimSuffix(filepath.Base(file), ".txtar"), func(t *testing.T) {
			a, err := txtar.ParseFile(file)
			if err != nil {
				t.Fatal(err)
			}
			request := wire(a.Files[0].Data)
			got := converse(t, ours, request)
			if *update {
				a.Files = append(a.Files[:1], txtar.File{Name: "answer", Data: []byte(got)})
				if err := os.WriteFile(file, txtar.Format(a), 0o644); err != nil {
					t.Fatal(err)
				}
			}
			if len(a.Files) != 2 {
				t.Fatal("no answer in the file; run with -update")
			}
			if diff := cmp.Diff(string(a.Files[1].Data), got); diff != "" {
				t.Error(diff)
			}
			if !strings.HasPrefix(string(a.Comment), "differs: ") {
				if diff := cmp.Diff(converse(t, theirs, request), got); diff != "" {
					t.Errorf("net/http answers otherwise (-): %s", diff)
				}
			}
		})
	}
}

// start serves on a free port until the test ends.
func start(t testing.TB, s *http1.Server) string {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	served := make(chan error, 1)
	go func() { served <- s.Serve(socket.Listener{Listener: l}) }()
	t.Cleanup(func() {
		_ = s.Close()
		if err := s.Shutdown(t.Context()); err != nil && t.Context().Err() == nil {
			t.Error(err)
		}
		if err := <-served; !errors.Is(err, http.ErrServerClosed) {
			t.Error(err)
		}
	})
	return l.Addr().String()
}

// reference is net/http's own server.
func reference(t testing.TB, head int) string {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	s := &http.Server{Handler: theatre, MaxHeaderBytes: head, ReadHeaderTimeout: time.Minute}
	go s.Serve(l) //nolint:errcheck // closed below
	t.Cleanup(func() { _ = s.Close() })
	return l.Addr().String()
}

var (
	many = regexp.MustCompile(`%(\d+)%`)
	date = regexp.MustCompile(`Date: [^\r]*GMT\r\n`)
)

// wire makes a file's lines those of HTTP.
func wire(text []byte) []byte {
	text = bytes.ReplaceAll(text, []byte("\n"), []byte("\r\n"))
	return many.ReplaceAllFunc(text, func(m []byte) []byte {
		n, _ := strconv.Atoi(string(m[1 : len(m)-1]))
		return bytes.Repeat([]byte("x"), n)
	})
}

// converse sends the bytes, reads until the server is through, and returns what came in the
// form of a golden file.
func converse(t testing.TB, addr string, request []byte) string {
	t.Helper()
	c, err := net.Dial("tcp", addr)
	if err != nil {
		t.Fatal(err)
	}
	defer c.Close()
	_ = c.SetDeadline(time.Now().Add(20 * time.Second))
	sent := make(chan struct{})
	go func() {
		defer close(sent)
		_, _ = c.Write(request) // a server that has answered need not read it
		_ = c.(*net.TCPConn).CloseWrite()
	}()
	got, err := io.ReadAll(c)
	<-sent
	if err != nil {
		t.Logf("reading: %v", err)
	}
	return golden(got)
}

// golden sorts the lines of every head and leaves dates away.
func golden(raw []byte) string {
	text := date.ReplaceAllString(string(raw), "")
	var b strings.Builder
	for text != "" {
		at := strings.Index(text, "HTTP/1.")
		head, rest, whole := strings.Cut(text[max(at, 0):], "\r\n\r\n")
		if at < 0 || !whole {
			b.WriteString(text)
			break
		}
		lines := strings.Split(head, "\r\n")
		slices.Sort(lines[1:])
		b.WriteString(text[:at] + strings.Join(lines, "\n") + "\n\n")
		text = rest
	}
	out := strings.ReplaceAll(b.String(), "\r\n", "\n")
	if out != "" && !strings.HasSuffix(out, "\n") {
		out += "\n"
	}
	return out
}
