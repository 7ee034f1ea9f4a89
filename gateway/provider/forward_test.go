package provider

import (
	"net/http"
	"strings"
	"testing"

	"github.com/sluicegate/sluice/gateway"
	"github.com/sluicegate/sluice/gateway/gatewaytest"
)

func TestForwardedHeaders(t *testing.T) {
	r := newRig(t, Config{})
	target := r.target("openai")
	target.Forward = []string{"X-Team", "authorization", "Cookie", "x-sluice-api-key", "x-portkey-config", "Connection", "X-Hop", "Metadata-Flavor", "X-Aws-Ec2-Metadata-Token", "Content-Type", "x-absent", "Host", "User-Agent"}
	h := http.Header{"X-Team": {"blue"}, "Authorization": {"Bearer caller"}, "Cookie": {"a=b"}, "X-Sluice-Api-Key": {"sk-sl-1"}, "X-Portkey-Config": {"{}"}, "Connection": {"close, x-hop"}, "X-Hop": {"1"},
		"Metadata-Flavor": {"Google"}, "X-Aws-Ec2-Metadata-Token": {"t"}, "Content-Type": {"text/evil"}, "Host": {"evil"}, "User-Agent": {"caller/1"}, "X-Secret": {"not named"}, "Openai-Organization": {"org-1"}}
	_, err := r.answer("openai", gatewaytest.Hello, gatewaytest.WithTarget(target), func(ex *gateway.Exchange) { ex.Envelope.Header = h })
	if err != nil {
		t.Fatal(err)
	}
	got := r.up.Last().Header
	got.Del("Content-Length")
	want := map[string]string{"X-Team": "blue", "Openai-Organization": "org-1", "Authorization": "Bearer " + testKey, "Content-Type": "application/json", "Accept": "application/json", "User-Agent": "sluice"}
	for k, v := range got {
		if want[k] != v[0] || len(v) != 1 {
			t.Errorf("%s: %q was sent", k, v)
		}
		delete(want, k)
	}
	if len(want) > 0 {
		t.Errorf("not sent: %v", want)
	}
}

func TestCredentials(t *testing.T) {
	r := newRig(t, Config{})
	target := r.target("openai")
	target.Credential = gateway.Secret{}
	own := func(ex *gateway.Exchange) { ex.Envelope.Credential = gateway.NewSecret("sk-the-callers-own") }
	if _, err := r.answer("openai", gatewaytest.Hello, gatewaytest.WithTarget(target), own); err != nil || r.up.Last().Header.Get("Authorization") != "" {
		t.Errorf("a target without a credential borrowed the caller's: %v, %v", err, r.up.Last().Header)
	}
	if _, err := r.answer("anthropic", gatewaytest.Hello, own); err != nil || r.up.Last().Header.Get("X-Api-Key") != testKey || r.up.Last().Header.Get("Authorization") != "" {
		t.Errorf("the target's credential wins: %v, %v", err, r.up.Last().Header)
	}
	_, err := r.answer("openai", gatewaytest.Hello, gatewaytest.WithTarget(&gateway.Target{Path: "config", Provider: "openai"}))
	if e := gateway.AsError(err); e == nil || e.Kind != gateway.Unauthorized || !strings.Contains(e.Public, "openai") {
		t.Errorf("no credential: %v", err)
	}
	_, err = r.answer("openai", gatewaytest.Hello, gatewaytest.WithTarget(&gateway.Target{Path: "config", Provider: "nobody"}))
	if e := gateway.AsError(err); e == nil || e.Kind != gateway.Invalid || !strings.Contains(e.Public, "nobody") {
		t.Errorf("unknown vendor: %v", err)
	}
	_, err = r.answer("openai", gatewaytest.Hello, gatewaytest.WithTarget(&gateway.Target{Path: "config", Provider: "openai", BaseURL: "http://127.0.0.1:1/v1"}))
	if e := gateway.AsError(err); e == nil || e.Kind != gateway.BadUpstream || strings.Contains(e.Public, "127.0.0.1") {
		t.Errorf("nobody listens: %v", err)
	}
}
