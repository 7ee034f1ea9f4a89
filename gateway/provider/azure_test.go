package provider

import (
	"context"
	"io"
	"net/http"
	"net/http/httptest"
	"testing"

	"github.com/sluicegate/sluice/gateway"
	"github.com/sluicegate/sluice/gateway/gatewaytest"
)

// TestAzureWithEntra calls a double of Azure OpenAI with the secret of a client, and with a key.
func TestAzureWithEntra(t *testing.T) {
	tokens, sent := 0, ""
	s := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.URL.Path == "/token" {
			tokens++
			_, _ = io.WriteString(w, `{"access_token":"ey.entra","expires_in":3599}`)
			return
		}
		sent = r.Header.Get("Authorization") + r.Header.Get("Api-Key") + " " + r.URL.RequestURI()
		w.Header().Set("Content-Type", "application/json")
		_, _ = io.WriteString(w, `{"id":"1","object":"chat.completion","model":"gpt-5","choices":[{"index":0,"message":{"role":"assistant","content":"Hi"},"finish_reason":"stop"}],"usage":{"prompt_tokens":1,"completion_tokens":1,"total_tokens":2}}`)
	}))
	defer s.Close()
	c := New(Config{})
	defer c.Close()
	for _, provider := range []string{"azure-openai", "azure-ai"} {
		path := map[string]string{"azure-openai": "/openai/deployments/gpt-5/chat/completions?api-version=2024-10-21", "azure-ai": "/models/chat/completions?api-version=2024-05-01-preview"}[provider]
		for _, signed := range []struct {
			settings gateway.ProviderSettings
			want     string
		}{
			{gateway.ProviderSettings{"client_id": "app", "tenant_id": "t", "token_url": s.URL + "/token"}, "Bearer ey.entra"},
			{nil, "the-secret"},
		} {
			target := &gateway.Target{Path: "config", Provider: provider, VirtualKey: "az", BaseURL: s.URL, Credential: gateway.NewSecret("the-secret"), Settings: signed.settings}
			for range 2 {
				answer, err := c.Handler()(context.Background(), gatewaytest.Exchange(t, chat("gpt-5", false), gatewaytest.WithTarget(target)))
				if err != nil {
					t.Fatal(err)
				}
				answer.Close()
				if sent != signed.want+" "+path {
					t.Errorf("%s: sent %q", provider, sent)
				}
			}
		}
	}
	if tokens != 1 { // the same client, secret and scope
		t.Errorf("%d tokens", tokens)
	}
}
