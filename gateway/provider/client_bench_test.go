package provider

import (
	"context"
	"io"
	"net/http"
	"strings"
	"testing"

	"github.com/sluicegate/sluice/gateway"
	"github.com/sluicegate/sluice/gateway/gatewaytest"
)

// The difference between these two is what this package adds to the standard transport.
func BenchmarkTransportAlone(b *testing.B) {
	up := gatewaytest.NewUpstream()
	defer up.Close()
	up.Keep(0)
	c := &http.Transport{DisableCompression: true}
	defer c.CloseIdleConnections()
	body := benchBody(false)
	b.ReportAllocs()
	for b.Loop() {
		req, _ := http.NewRequest("POST", up.URL()+"/v1/chat/completions", strings.NewReader(body))
		res, err := c.RoundTrip(req)
		if err != nil {
			b.Fatal(err)
		}
		_, _ = io.Copy(io.Discard, res.Body)
		res.Body.Close()
	}
}

func BenchmarkUnary(b *testing.B)  { benchmark(b, "openai", false) }
func BenchmarkStream(b *testing.B) { benchmark(b, "openai", true) }
func BenchmarkTranslated(b *testing.B) {
	benchmark(b, "anthropic", false)
}

func benchBody(stream bool) string {
	return chat("gpt-mock", stream)[:len(chat("gpt-mock", stream))-1] + `,"x":"` + strings.Repeat("word ", 200) + `"}`
}

func benchmark(b *testing.B, vendor string, stream bool) {
	up := gatewaytest.NewUpstream()
	defer up.Close()
	up.Keep(0)
	c := New(Config{})
	defer c.Close()
	url := up.URL()
	if vendor == "openai" {
		url += "/v1"
	}
	ex := gatewaytest.Exchange(b, benchBody(stream), gatewaytest.WithTarget(&gateway.Target{Provider: vendor, BaseURL: url, Credential: gateway.NewSecret(testKey)}))
	h := c.Handler()
	b.ReportAllocs()
	for b.Loop() {
		s, err := h(context.Background(), ex)
		if err != nil {
			b.Fatal(err)
		}
		for {
			if _, err := s.Next(); err == io.EOF {
				break
			} else if err != nil {
				b.Fatal(err)
			}
		}
		s.Close()
	}
}
