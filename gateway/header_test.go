package gateway

import "testing"

func TestNeverForwarded(t *testing.T) {
	for _, name := range []string{"Authorization", "X-Api-Key", "cookie", "Host", "Content-Length", "PROXY-Authenticate", "Proxy-Connection", "Sec-Fetch-Mode",
		"Metadata-Flavor", "X-Aws-Ec2-Metadata-Token", "X-Aliyun-Ecs-Metadata-Token", "x-sluice-config", "X-Portkey-Trace-Id", "User-Agent", "Accept", "Upgrade"} {
		if !NeverForwarded(name) {
			t.Errorf("%s would be forwarded", name)
		}
	}
	for _, name := range []string{"X-Custom", "Anthropic-Beta", "Openai-Organization", "Accept-Language", "X-Request-Id", "Idempotency-Key"} {
		if why := WhyNotForwarded(name); why != "" {
			t.Errorf("%s %s", name, why)
		}
	}
}

func TestHoldsCredential(t *testing.T) {
	for name, want := range map[string]bool{"Authorization": true, "Cookie": true, "x-goog-api-key": true, "X-LiteLLM-Api-Key": true, "x-portkey-virtual-key": true,
		"Sec-WebSocket-Protocol": true, "User-Agent": false, "X-Team": false, "Accept-Language": false, "Host": false} {
		if HoldsCredential(name) != want {
			t.Errorf("%s: %t", name, !want)
		}
	}
}
