package http1_test

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/sluicegate/sluice/gateway/http1"
)

const soon = 5 * time.Second // far longer than anything here should take

// dial opens a connection that fails rather than waits for ever.
func dial(t testing.TB, addr string) *net.TCPConn {
	t.Helper()
	c, err := net.Dial("tcp", addr)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = c.Close() })
	_ = c.SetDeadline(time.Now().Add(2 * soon))
	return c.(*net.TCPConn)
}

func send(t testing.TB, c io.Writer, text string) {
	t.Helper()
	if _, err := io.WriteString(c, strings.ReplaceAll(text, "\n", "\r\n")); err != nil {
		t.Fatal(err)
	}
}

// receive reads one answer to a GET.
func receive(t testing.TB, from *bufio.Reader) (*http.Response, string) {
	t.Helper()
	res, err := http.ReadResponse(from, nil)
	if err != nil {
		t.Fatal(err)
	}
	body, err := io.ReadAll(res.Body)
	if err != nil {
		t.Fatal(err)
	}
	return res, string(body)
}

func wait[T any](t testing.TB, what string, c <-chan T) T {
	t.Helper()
	select {
	case v := <-c:
		return v
	case <-time.After(soon):
		t.Fatal("waited in vain for " + what)
		panic("unreachable")
	}
}

const hello = "GET /hello HTTP/1.1\nHost: a\n\n"

// A caller that hangs up ends the context of its request: whether it closes, resets, or only
// says that it will send no more, and also when its body came whole.
func TestHangUp(t *testing.T) {
	for name, hangUp := range map[string]func(*net.TCPConn) error{
		"close": (*net.TCPConn).Close,
		"half":  (*net.TCPConn).CloseWrite,
		"reset": func(c *net.TCPConn) error { return errors.Join(c.SetLinger(0), c.Close()) },
	} {
		t.Run(name, func(t *testing.T) {
			running, ended := make(chan struct{}), make(chan error, 1)
			addr := start(t, &http1.Server{Handler: http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) {
				_, _ = io.ReadAll(r.Body)
				close(running)
				select {
				case <-r.Context().Done():
					ended <- nil
				case <-time.After(soon):
					ended <- errors.New("the context did not end")
				}
			})})
			c := dial(t, addr)
			send(t, c, "POST / HTTP/1.1\nHost: a\nContent-Length: 2\n\n{}")
			wait(t, "the handler", running)
			if err := hangUp(c); err != nil {
				t.Fatal(err)
			}
			if err := wait(t, "the end", ended); err != nil {
				t.Error(err)
			}
		})
	}
}

// A caller that stays, however long the handler takes and whatever it sends ahead, gets its
// answers; the context ends with the handler.
func TestPatience(t *testing.T) {
	var last atomic.Value
	addr := start(t, &http1.Server{Idle: 50 * time.Millisecond, Head: 50 * time.Millisecond,
		Handler: http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			last.Store(r.Context())
			select {
			case <-r.Context().Done():
				t.Error("the context ended under the handler")
			case <-time.After(450 * time.Millisecond):
			}
			_, _ = io.WriteString(w, r.URL.Path)
		})})
	c := dial(t, addr)
	send(t, c, "GET /1 HTTP/1.1\nHost: a\n\nGET /2 HTTP/1.1\nHost: a\n\n")
	in := bufio.NewReader(c)
	for _, want := range []string{"/1", "/2"} {
		if _, got := receive(t, in); got != want {
			t.Errorf("got %q, want %q", got, want)
		}
	}
	wait(t, "the end of the context", last.Load().(context.Context).Done())
}

// What waits too long is ended, and nothing is said.
func TestTimeouts(t *testing.T) {
	addr := start(t, &http1.Server{Handler: theatre, Idle: 150 * time.Millisecond, Head: 150 * time.Millisecond})
	for name, begin := range map[string]string{
		"idle from the start": "",
		"idle afterwards":     hello,
		"head":                "GET /hello HT",
		"head afterwards":     hello + "GET /hello HTTP/1.1\nHost",
	} {
		t.Run(name, func(t *testing.T) {
			c := dial(t, addr)
			send(t, c, begin)
			got, err := io.ReadAll(c)
			if err != nil {
				t.Fatal(err)
			}
			if n := strings.Count(string(got), "HTTP/1.1"); n != strings.Count(begin, hello) {
				t.Errorf("%d answers in %q", n, got)
			}
		})
	}
}

// Shutdown ends what is idle at once, lets what is running end, accepts nothing more, and
// gives up when its context does.
func TestShutdown(t *testing.T) {
	running, release := make(chan struct{}, 2), make(chan struct{})
	s := &http1.Server{Handler: http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.URL.Path == "/hello" {
			return
		}
		_, _ = io.WriteString(w, "one")
		_ = http.NewResponseController(w).Flush()
		running <- struct{}{}
		<-release
		_, _ = io.WriteString(w, "two")
	})}
	addr := start(t, s)
	idle, busy := dial(t, addr), dial(t, addr)
	send(t, idle, hello)
	idleIn := bufio.NewReader(idle)
	receive(t, idleIn)
	send(t, busy, "GET /slow HTTP/1.1\nHost: a\n\n")
	wait(t, "the handler", running)

	short, cancel := context.WithTimeout(t.Context(), 30*time.Millisecond)
	defer cancel()
	if err := s.Shutdown(short); !errors.Is(err, context.DeadlineExceeded) {
		t.Errorf("with a request running: %v", err)
	}
	if _, err := idleIn.ReadByte(); err != io.EOF {
		t.Errorf("the idle connection: %v", err)
	}
	if c, err := net.Dial("tcp", addr); err == nil {
		c.Close()
		t.Error("a connection was accepted")
	}
	done := make(chan error, 1)
	go func() { done <- s.Shutdown(context.Background()) }()
	close(release)
	if _, body := receive(t, bufio.NewReader(busy)); body != "onetwo" {
		t.Errorf("the running request got %q", body)
	}
	if err := wait(t, "Shutdown", done); err != nil {
		t.Error(err)
	}
	if err := s.Serve(failing{}); !errors.Is(err, http.ErrServerClosed) {
		t.Errorf("Serve afterwards: %v", err)
	}
}

// A request that has begun to come when the server is told to stop is answered.
func TestShutdownReading(t *testing.T) {
	s := &http1.Server{Handler: theatre}
	addr := start(t, s)
	c := dial(t, addr)
	send(t, c, "GET /hello HTTP/1.1\n")
	time.Sleep(100 * time.Millisecond) // it must have come; if not, it is idle and ended, and the test fails
	done := make(chan error, 1)
	go func() { done <- s.Shutdown(context.Background()) }()
	time.Sleep(20 * time.Millisecond)
	send(t, c, "Host: a\n\n")
	if res, body := receive(t, bufio.NewReader(c)); body != "hello" || !res.Close {
		t.Errorf("got %q, close %v", body, res.Close)
	}
	if err := wait(t, "Shutdown", done); err != nil {
		t.Error(err)
	}
}

// Close ends contexts and connections.
func TestClose(t *testing.T) {
	running, ended := make(chan struct{}), make(chan struct{})
	s := &http1.Server{Handler: http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) {
		close(running)
		<-r.Context().Done()
		close(ended)
	})}
	c := dial(t, start(t, s))
	send(t, c, hello)
	wait(t, "the handler", running)
	if err := s.Close(); err != nil {
		t.Error(err)
	}
	wait(t, "the end of the context", ended)
	if got, _ := io.ReadAll(c); len(got) > 0 { // a reset is as good as an end
		t.Errorf("got %q", got)
	}
}

// Nothing of one answer is in the next one on the connection, and who holds on to a
// writer or a body after the handler has returned gets errors.
func TestReuse(t *testing.T) {
	type kept struct {
		w http.ResponseWriter
		r *http.Request
	}
	var first kept
	addr := start(t, &http1.Server{Handler: http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if first.w == nil {
			first = kept{w, r}
			w.Header().Set("X-First", "secret")
			_, _ = io.WriteString(w, strings.Repeat("secret ", 10))
			return
		}
		if _, err := io.WriteString(first.w, "late"); err == nil {
			t.Error("the first writer takes more")
		}
		first.w.WriteHeader(http.StatusTeapot)
		if err := http.NewResponseController(first.w).Flush(); err == nil {
			t.Error("the first writer flushes")
		}
		if n, err := first.r.Body.Read(make([]byte, 10)); n > 0 || err == nil {
			t.Errorf("the first body gives %d bytes, %v", n, err)
		}
		_, _ = io.Copy(w, r.Body)
	})})
	c := dial(t, addr)
	in := bufio.NewReader(c)
	for _, body := range []string{"", "x"} {
		send(t, c, fmt.Sprintf("POST / HTTP/1.1\nHost: a\nContent-Length: %d\n\n%s", len(body), body))
		res, got := receive(t, in)
		if body == "x" && (got != "x" || res.StatusCode != 200 || res.Header.Get("X-First") != "") {
			t.Errorf("the second answer: %v %q", res.Header, got)
		}
	}
}

// Answers of any size, in any pieces, come out whole.
func TestLarge(t *testing.T) {
	text := strings.Repeat("0123456789abcdef", 1<<16)
	addr := start(t, &http1.Server{Handler: http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.URL.RawQuery == "length" {
			w.Header().Set("Content-Length", fmt.Sprint(len(text)))
		}
		for rest, n := text, 1; rest != ""; n = n*3 + 1 {
			n = min(n, len(rest))
			if _, err := io.WriteString(w, rest[:n]); err != nil {
				t.Error(err)
			}
			rest = rest[n:]
		}
	})})
	c := dial(t, addr)
	in := bufio.NewReader(c)
	for _, query := range []string{"length", "", "length"} {
		send(t, c, "GET /?"+query+" HTTP/1.1\nHost: a\n\n")
		if _, got := receive(t, in); got != text {
			t.Errorf("%q: %d bytes came, want %d", query, len(got), len(text))
		}
	}
}

// An answer to what is far too large arrives although the caller is still sending.
func TestAnswerBeforeBody(t *testing.T) {
	addr := start(t, &http1.Server{Handler: http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		w.WriteHeader(http.StatusRequestEntityTooLarge)
	})})
	for range 20 {
		c := dial(t, addr)
		go func() {
			_, _ = io.WriteString(c, "POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 8000000\r\n\r\n")
			_, _ = io.WriteString(c, strings.Repeat("x", 8000000)) // a server that has answered need not read it
			_ = c.CloseWrite()
		}()
		if res, _ := receive(t, bufio.NewReader(c)); res.StatusCode != http.StatusRequestEntityTooLarge || !res.Close {
			t.Fatalf("status %d, close %v", res.StatusCode, res.Close)
		}
		c.Close()
	}
}

// A deadline of one answer is not the next one's.
func TestDeadlines(t *testing.T) {
	addr := start(t, &http1.Server{Handler: http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		control := http.NewResponseController(w)
		if r.URL.Path == "/first" {
			if err := errors.Join(control.SetWriteDeadline(time.Now().Add(50*time.Millisecond)), control.SetReadDeadline(time.Now().Add(50*time.Millisecond))); err != nil {
				t.Error(err)
			}
		}
		_, _ = io.WriteString(w, r.URL.Path)
	})})
	c := dial(t, addr)
	in := bufio.NewReader(c)
	for _, path := range []string{"/first", "/second"} {
		send(t, c, "GET "+path+" HTTP/1.1\nHost: a\n\n")
		if _, got := receive(t, in); got != path {
			t.Errorf("got %q", got)
		}
		time.Sleep(80 * time.Millisecond)
	}
}

// Serve returns what Accept fails with, but waits when the machine is short of something.
func TestAcceptFailure(t *testing.T) {
	s := &http1.Server{Handler: theatre}
	if err := s.Serve(failing{}); err == nil || !strings.Contains(err.Error(), "broken") {
		t.Errorf("got %v", err)
	}
	if err := s.Shutdown(t.Context()); err != nil {
		t.Error(err)
	}
}

type failing struct{}

func (failing) Accept() (net.Conn, error) { return nil, errors.New("broken") }
func (failing) Close() error              { return nil }
func (failing) Addr() net.Addr            { return nil }
