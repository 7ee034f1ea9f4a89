package wire

import (
	"bufio"
	"bytes"
	"context"
	"io"
	"net"
	"net/http"
	"net/url"
	"os"
	"os/exec"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"
)

func listen() net.Listener {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		panic("wire: " + err.Error()) // no loopback, no tests
	}
	return l
}

var benchAnswer = []byte(`{"id":"chatcmpl-1","object":"chat.completion","created":1785585600,"model":"gpt-mock","choices":[{"index":0,"message":{"role":"assistant","content":"` +
	strings.Repeat("word ", 170) + `"},"finish_reason":"stop"}],"usage":{"prompt_tokens":9,"completion_tokens":3,"total_tokens":12}}`)

var benchQuestion = []byte(`{"model":"gpt-mock","messages":[{"role":"user","content":"` + strings.Repeat("word ", 190) + `"}]}`)

func answerBench(w http.ResponseWriter, r *http.Request) {
	_, _ = io.Copy(io.Discard, r.Body)
	h := w.Header()
	for _, n := range []string{"Openai-Organization", "Openai-Processing-Ms", "Openai-Version", "X-Ratelimit-Limit-Requests", "X-Ratelimit-Limit-Tokens",
		"X-Ratelimit-Remaining-Requests", "X-Ratelimit-Remaining-Tokens", "X-Request-Id", "Strict-Transport-Security", "Cf-Ray"} {
		h.Set(n, "a-value-of-some-length-0123")
	}
	h.Set("Content-Type", "application/json")
	w.Write(benchAnswer)
}

// BenchmarkUnary compares, in one run, 1 KB calls over the two clients. cpu-ns/op is the
// CPU time of this process; the server is another one.
func BenchmarkUnary(b *testing.B) {
	target := startBench(b)
	u, err := url.Parse(target)
	if err != nil {
		b.Fatal(err)
	}
	to, err := NewEndpoint(u)
	if err != nil {
		b.Fatal(err)
	}
	lean := New(Config{})
	defer lean.Close()
	header := []Field{{"Content-Type", "application/json"}, {"Accept", "application/json"}, {"User-Agent", "sluice"}, {"Authorization", "Bearer sk-0123456789abcdef"}}
	viaWire := func(ctx context.Context) error {
		res, err := lean.Do(ctx, Request{To: to, Header: header, Body: benchQuestion})
		if err != nil {
			return err
		}
		defer res.Close()
		_, err = io.Copy(io.Discard, struct{ io.Reader }{res})
		return err
	}
	standard := &http.Transport{DisableCompression: true, MaxIdleConnsPerHost: 1024, WriteBufferSize: 8 << 10, ReadBufferSize: 8 << 10}
	defer standard.CloseIdleConnections()
	viaTransport := func(ctx context.Context) error {
		req, err := http.NewRequestWithContext(ctx, http.MethodPost, target, bytes.NewReader(benchQuestion))
		if err != nil {
			return err
		}
		for _, f := range header {
			req.Header.Set(f.Name, f.Value)
		}
		res, err := standard.RoundTrip(req)
		if err != nil {
			return err
		}
		defer res.Body.Close()
		_, err = io.Copy(io.Discard, res.Body)
		return err
	}
	b.Run("wire", func(b *testing.B) { measure(b, viaWire) })
	b.Run("transport", func(b *testing.B) { measure(b, viaTransport) })
	b.Run("ratio-1", func(b *testing.B) { compare(b, 1, viaWire, viaTransport) })
	b.Run("ratio-8", func(b *testing.B) { compare(b, 8, viaWire, viaTransport) })
}

func measure(b *testing.B, call func(context.Context) error) {
	b.ReportAllocs()
	before := cpu(b)
	for range b.N {
		ctx, cancel := context.WithCancel(context.Background())
		if err := call(ctx); err != nil {
			b.Fatal(err)
		}
		cancel()
	}
	b.ReportMetric(float64(cpu(b)-before)/float64(b.N), "cpu-ns/op")
}

// compare takes turns between the two, a block of calls each, so that what else the machine
// does meets both alike. Every block is spread over so many callers.
func compare(b *testing.B, callers int, one, other func(context.Context) error) {
	const block = 400
	var spent [2]time.Duration
	calls := 0
	for calls < b.N {
		for i, call := range []func(context.Context) error{one, other} {
			before := cpu(b)
			var wg sync.WaitGroup
			for range callers {
				wg.Add(1)
				go func() {
					defer wg.Done()
					for range block / callers {
						ctx, cancel := context.WithCancel(context.Background())
						if err := call(ctx); err != nil {
							b.Error(err)
						}
						cancel()
					}
				}()
			}
			wg.Wait()
			spent[i] += cpu(b) - before
		}
		calls += block
	}
	b.ReportMetric(float64(spent[0])/float64(calls), "wire-cpu-ns/op")
	b.ReportMetric(float64(spent[1])/float64(calls), "transport-cpu-ns/op")
	b.ReportMetric(float64(spent[0])/float64(spent[1]), "ratio")
	b.ReportMetric(0, "ns/op") // of both together, which says nothing
}

// cpu is the CPU time that this process has used.
func cpu(b *testing.B) time.Duration {
	var u syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &u); err != nil {
		b.Fatal(err)
	}
	return time.Duration(u.Utime.Nano() + u.Stime.Nano())
}

// startBench starts the server in a process of its own and gives its URL.
func startBench(b *testing.B) string {
	cmd := exec.Command(os.Args[0], "-test.run=^$")
	cmd.Env = append(os.Environ(), servesEnv+"=1")
	out, err := cmd.StdoutPipe()
	if err != nil {
		b.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		b.Fatal(err)
	}
	b.Cleanup(func() { _ = cmd.Process.Kill(); _ = cmd.Wait() })
	line, err := bufio.NewReader(out).ReadString('\n')
	if err != nil {
		b.Fatal(err)
	}
	return strings.TrimSpace(line)
}
