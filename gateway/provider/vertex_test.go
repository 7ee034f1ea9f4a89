package provider

import (
	"context"
	"crypto/rand"
	"crypto/rsa"
	"crypto/x509"
	"encoding/json"
	"encoding/pem"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync/atomic"
	"testing"

	"github.com/sluicegate/sluice/gateway"
	"github.com/sluicegate/sluice/gateway/gatewaytest"
)

// vertexServer is a double of Vertex AI and of Google's token server, built on their documented wire
// formats.
type vertexServer struct {
	*httptest.Server
	tokens, refused atomic.Int32
	path            atomic.Pointer[string]
}

func newVertexServer(t *testing.T) *vertexServer {
	s := &vertexServer{}
	s.Server = httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.URL.Path == "/token" {
			if s.refused.Load() > 0 {
				w.WriteHeader(http.StatusBadRequest)
				_, _ = io.WriteString(w, `{"error":"invalid_grant","error_description":"Invalid grant: account not found"}`)
				return
			}
			s.tokens.Add(1)
			w.Header().Set("Content-Type", "application/json")
			_, _ = io.WriteString(w, `{"access_token":"ya29.vertex","expires_in":3599,"token_type":"Bearer"}`)
			return
		}
		path := r.URL.RequestURI()
		s.path.Store(&path)
		if r.Header.Get("Authorization") != "Bearer ya29.vertex" {
			w.WriteHeader(http.StatusUnauthorized)
			_, _ = io.WriteString(w, `[{"error":{"code":401,"message":"Request had invalid authentication credentials.","status":"UNAUTHENTICATED"}}]`)
			return
		}
		const answer = `{"candidates":[{"content":{"role":"model","parts":[{"text":"Hello"}]},"finishReason":"STOP"}],"usageMetadata":{"promptTokenCount":5,"candidatesTokenCount":2},"modelVersion":"gemini-2.5-flash","responseId":"r1"}`
		switch {
		case strings.HasSuffix(r.URL.Path, "/models"):
			_, _ = io.WriteString(w, `{}`)
		case strings.HasSuffix(r.URL.Path, ":streamGenerateContent"):
			w.Header().Set("Content-Type", "text/event-stream")
			_, _ = io.WriteString(w, "data: "+answer+"\r\n\r\n")
		default:
			w.Header().Set("Content-Type", "application/json")
			_, _ = io.WriteString(w, answer)
		}
	}))
	t.Cleanup(s.Close)
	return s
}

func serviceAccount(t *testing.T) string {
	t.Helper()
	key, err := rsa.GenerateKey(rand.Reader, 2048)
	if err != nil {
		t.Fatal(err)
	}
	der, err := x509.MarshalPKCS8PrivateKey(key)
	if err != nil {
		t.Fatal(err)
	}
	out, _ := json.Marshal(map[string]string{"type": "service_account", "project_id": "acme", "client_email": "sluice@acme.iam.gserviceaccount.com",
		"private_key": string(pem.EncodeToMemory(&pem.Block{Type: "PRIVATE KEY", Bytes: der}))})
	return string(out)
}

func TestVertex(t *testing.T) {
	s, c := newVertexServer(t), New(Config{})
	defer c.Close()
	target := &gateway.Target{Path: "config", Provider: "vertex-ai", VirtualKey: "vertex", CredentialName: "default", BaseURL: s.URL, Credential: gateway.NewSecret(serviceAccount(t)),
		Settings: gateway.ProviderSettings{"token_url": s.URL + "/token", "region": "europe-west4"}}
	for stream, path := range map[bool]string{false: "generateContent", true: "streamGenerateContent?alt=sse"} {
		answer, err := c.Handler()(context.Background(), gatewaytest.Exchange(t, chat("gemini-2.5-flash", stream), gatewaytest.WithTarget(target)))
		if err != nil {
			t.Fatal(err)
		}
		got, err := gatewaytest.Fold(answer)
		if err != nil || got.Choices[0].Text() != "Hello" || got.Usage.Input != 5 {
			t.Errorf("stream=%v: %+v %v", stream, got, err)
		}
		if want := "/v1/projects/acme/locations/europe-west4/publishers/google/models/gemini-2.5-flash:" + path; *s.path.Load() != want {
			t.Errorf("asked for %s, want %s", *s.path.Load(), want)
		}
	}
	if n := s.tokens.Load(); n != 1 {
		t.Errorf("%d tokens for two calls", n)
	}
	key := gateway.VirtualKey{Name: "vertex", Provider: "vertex-ai", BaseURL: s.URL, Trusted: true, Settings: target.Settings}
	if got := c.TestCredential(context.Background(), key, gateway.Credential{Name: "default", Value: target.Credential}); got.Err != nil || got.Status != 200 || *s.path.Load() != "/v1/projects/acme/locations/europe-west4/models" {
		t.Errorf("the test of the credential: %+v", got)
	}
}

func TestVertexCredentialIsRefused(t *testing.T) {
	s, c := newVertexServer(t), New(Config{})
	defer c.Close()
	s.refused.Store(1)
	account := serviceAccount(t)
	target := &gateway.Target{Path: "config", Provider: "vertex-ai", VirtualKey: "vertex", CredentialName: "team-a", BaseURL: s.URL, Credential: gateway.NewSecret(account),
		Settings: gateway.ProviderSettings{"token_url": s.URL + "/token"}}
	_, err := c.Handler()(context.Background(), gatewaytest.Exchange(t, chat("gemini-2.5-flash", false), gatewaytest.WithTarget(target)))
	e := gateway.AsError(err)
	if want := "There is no access token for the credential 'team-a' of the virtual key 'vertex': invalid_grant: Invalid grant: account not found"; e.Public != want || e.Status != 401 || e.Code != "credential_refused" {
		t.Errorf("%q %d %s", e.Public, e.Status, e.Code)
	}

	// A token server that somebody else than the operator chose must be public.
	target.CheckFormats = true
	_, err = c.Handler()(context.Background(), gatewaytest.Exchange(t, chat("gemini-2.5-flash", false), gatewaytest.WithTarget(target)))
	if e := gateway.AsError(err); e.Kind != gateway.Invalid || !strings.Contains(e.Public, "private or reserved address") {
		t.Errorf("%v", err)
	}
}
