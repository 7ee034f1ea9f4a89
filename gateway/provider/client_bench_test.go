package provider

import (
	"bufio"
	"context"
	"fmt"
	"io"
	"os"
	"os/exec"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/sluicegate/sluice/gateway"
	"github.com/sluicegate/sluice/gateway/gatewaytest"
)

// With servesEnv set the test binary is the upstream of the benchmarks: only so does their
// CPU time belong to the client alone.
const servesEnv = "PROVIDER_BENCH_UPSTREAM"

func serveBench() {
	up := gatewaytest.NewUpstream()
	up.Keep(0)
	fmt.Println(up.URL())
	select {} // until killed
}

func startBench(b *testing.B) (url string) {
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

func BenchmarkUnary(b *testing.B)      { benchmark(b, "openai", false) }
func BenchmarkStream(b *testing.B)     { benchmark(b, "openai", true) }
func BenchmarkTranslated(b *testing.B) { benchmark(b, "anthropic", false) }

func benchBody(stream bool) string {
	return chat("gpt-mock", stream)[:len(chat("gpt-mock", stream))-1] + `,"x":"` + strings.Repeat("word ", 200) + `"}`
}

// benchmark calls over the lean client, and over the standard transport. cpu-ns/op is the
// CPU time of this process.
func benchmark(b *testing.B, vendor string, stream bool) {
	url := startBench(b)
	if vendor == "openai" {
		url += "/v1"
	}
	ex := gatewaytest.Exchange(b, benchBody(stream), gatewaytest.WithTarget(&gateway.Target{Provider: vendor, BaseURL: url, Credential: gateway.NewSecret(testKey)}))
	for _, name := range []string{"lean", "standard"} {
		b.Run(name, func(b *testing.B) {
			c := New(Config{})
			defer c.Close()
			if name == "standard" {
				c.open = c.plain
			}
			h := c.Handler()
			b.ReportAllocs()
			before := cpu(b)
			for range b.N {
				pull(b, h, ex)
			}
			b.ReportMetric(float64(cpu(b)-before)/float64(b.N), "cpu-ns/op")
		})
	}
}

// BenchmarkRatio takes turns between the two, so that what else the machine does meets
// both alike.
func BenchmarkRatio(b *testing.B) {
	url := startBench(b)
	for _, stream := range []bool{false, true} {
		b.Run(map[bool]string{false: "unary", true: "stream"}[stream], func(b *testing.B) {
			ex := gatewaytest.Exchange(b, benchBody(stream), gatewaytest.WithTarget(&gateway.Target{Provider: "openai", BaseURL: url + "/v1", Credential: gateway.NewSecret(testKey)}))
			lean, standard := New(Config{}), New(Config{})
			defer lean.Close()
			defer standard.Close()
			standard.open = standard.plain
			const block = 200
			var spent [2]time.Duration
			calls := 0
			for calls < b.N {
				for i, c := range []*Client{lean, standard} {
					h, before := c.Handler(), cpu(b)
					for range block {
						pull(b, h, ex)
					}
					spent[i] += cpu(b) - before
				}
				calls += block
			}
			b.ReportMetric(float64(spent[0])/float64(calls), "lean-cpu-ns/op")
			b.ReportMetric(float64(spent[1])/float64(calls), "standard-cpu-ns/op")
			b.ReportMetric(float64(spent[0])/float64(spent[1]), "ratio")
			b.ReportMetric(0, "ns/op") // of both together, which says nothing
		})
	}
}

func pull(b *testing.B, h gateway.Handler, ex *gateway.Exchange) {
	s, err := h(context.Background(), ex)
	if err != nil {
		b.Fatal(err)
	}
	defer s.Close()
	for {
		if _, err := s.Next(); err == io.EOF {
			return
		} else if err != nil {
			b.Fatal(err)
		}
	}
}

// cpu is the CPU time that this process has used.
func cpu(b *testing.B) time.Duration {
	var u syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &u); err != nil {
		b.Fatal(err)
	}
	return time.Duration(u.Utime.Nano() + u.Stime.Nano())
}
