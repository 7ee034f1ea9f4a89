package provider

import (
	"context"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/sluicegate/sluice/gateway"
)

// vendorServer is a vendor that answers those who have testKey with answer, and all others with 401.
// asked is its last request with a credential.
func vendorServer(t *testing.T, answer http.HandlerFunc) (server *httptest.Server, asked *atomic.Pointer[http.Request]) {
	asked = &atomic.Pointer[http.Request]{}
	server = httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		sent := r.Header.Get("Authorization") + r.Header.Get("X-Api-Key") + r.Header.Get("X-Goog-Api-Key") + r.Header.Get("Api-Key")
		if sent != "" {
			asked.Store(r)
		}
		if !strings.Contains(sent, testKey) {
			w.WriteHeader(http.StatusUnauthorized)
			_, _ = w.Write([]byte(`{"error":{"message":"Incorrect API key provided: ` + sent + `","code":"invalid_api_key"}}`))
			return
		}
		answer(w, r)
	}))
	t.Cleanup(server.Close)
	return server, asked
}

func testWith(t *testing.T, ctx context.Context, key gateway.VirtualKey, value string) gateway.CredentialTest { //nolint:revive // t first
	t.Helper()
	c := New(Config{})
	defer c.Close()
	got := c.TestCredential(ctx, key, gateway.Credential{Name: "team-a", Value: gateway.NewSecret(value)})
	if got.Name != "team-a" {
		t.Errorf("the answer is for %q", got.Name)
	}
	return got
}

func models(w http.ResponseWriter, _ *http.Request) { _, _ = w.Write([]byte(` {"data":[]}`)) }

func TestCredentialPaths(t *testing.T) {
	for _, c := range []struct {
		provider, base string
		formats        gateway.Formats
		want           string
	}{
		{"openai", "/v1", nil, "/v1/models"},
		{"anthropic", "", nil, "/v1/models"},
		{"anthropic", "/v1", nil, "/v1/models"},
		{"google", "", nil, "/v1beta/models"},
		{"azure-openai", "", nil, "/openai/models?api-version=2024-10-21"},
		{"azure-openai", "/openai/v1", nil, "/openai/v1/models"},
		{"openrouter", "/api/v1", nil, "/api/v1/key"},
		{"openai", "", gateway.Formats{gateway.FormatMessages: ""}, "/v1/models"},
	} {
		server, asked := vendorServer(t, models)
		key := gateway.VirtualKey{Name: "vk", Provider: c.provider, BaseURL: server.URL + c.base, Trusted: true, Formats: c.formats}
		got := testWith(t, t.Context(), key, testKey)
		if got.Err != nil || got.Status != 200 || got.Latency <= 0 {
			t.Errorf("%s: %+v", c.provider, got)
			continue
		}
		if r := asked.Load(); r.Method != "GET" || r.URL.String() != c.want || (r.Header.Get("Anthropic-Version") != "") != (c.provider == "anthropic" || c.formats != nil) {
			t.Errorf("%s: %s %s %v", c.provider, r.Method, r.URL, r.Header)
		}
	}
	if got := testWith(t, t.Context(), gateway.VirtualKey{Provider: "mock"}, "none"); got.Err != nil || got.Status != 0 {
		t.Errorf("the mock: %+v", got)
	}
}

// TestCredentialAnswers: what proves a credential, and what does not. No answer holds the credential.
func TestCredentialAnswers(t *testing.T) {
	elsewhere, reached := vendorServer(t, models)
	for name, c := range map[string]struct {
		answer http.HandlerFunc
		value  string
		status int
		text   string // of the error; "" = it is proven
	}{
		"good":      {models, testKey, 200, ""},
		"refused":   {models, "sk-wrong-9876543210", 401, "Incorrect API key"},
		"forbidden": {func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(403) }, testKey, 403, "403"},
		"huge": {func(w http.ResponseWriter, _ *http.Request) {
			_, _ = w.Write([]byte(`{"data":["`))
			for range 1024 { // until the client has read enough and hangs up
				if _, err := w.Write([]byte(strings.Repeat("x", 64<<10))); err != nil {
					return
				}
			}
		}, testKey, 200, ""},
		"redirect": {func(w http.ResponseWriter, r *http.Request) {
			http.Redirect(w, r, elsewhere.URL, http.StatusTemporaryRedirect)
		}, testKey, 307, "307"},
		"a page":  {func(w http.ResponseWriter, _ *http.Request) { _, _ = w.Write([]byte("<html>")) }, testKey, 200, "something else than a list of models"},
		"nothing": {func(http.ResponseWriter, *http.Request) {}, testKey, 200, "something else than a list of models"},
		"no list": {func(w http.ResponseWriter, r *http.Request) { http.NotFound(w, r) }, testKey, 404, "has no list of models"},
		"cut off": {func(w http.ResponseWriter, _ *http.Request) {
			w.Header().Set("Content-Length", "100")
			_, _ = w.Write([]byte(`{"data":`))
		}, testKey, 200, "broke off"},
	} {
		t.Run(name, func(t *testing.T) {
			server, _ := vendorServer(t, c.answer)
			got := testWith(t, t.Context(), gateway.VirtualKey{Name: "vk", Provider: "openai", BaseURL: server.URL + "/v1", Trusted: true}, c.value)
			if got.Status != c.status || (got.Err == nil) != (c.text == "") {
				t.Fatalf("%+v", got)
			}
			if got.Err != nil && (!strings.Contains(got.Err.Public, c.text) || strings.Contains(got.Err.Error()+got.Err.Public, c.value)) {
				t.Errorf("%q", got.Err.Public)
			}
		})
	}
	if reached.Load() != nil {
		t.Error("a redirect was followed with the credential")
	}
}

// TestPublicModels: a list that everybody sees proves nothing, except where no credential is needed.
func TestPublicModels(t *testing.T) {
	server := httptest.NewServer(http.HandlerFunc(models))
	defer server.Close()
	for _, c := range []struct {
		provider, value string
		ok              bool
	}{{"openai", testKey, false}, {"openai", "none", true}, {"vllm", testKey, true}} {
		got := testWith(t, t.Context(), gateway.VirtualKey{Provider: c.provider, BaseURL: server.URL + "/v1", Trusted: true}, c.value)
		if (got.Err == nil) != c.ok || !c.ok && !strings.Contains(got.Err.Public, "without a credential") {
			t.Errorf("%+v: %+v", c, got)
		}
	}
}

func TestCredentialTimeout(t *testing.T) {
	ctx, cancel := context.WithTimeout(t.Context(), 50*time.Millisecond)
	defer cancel()
	server, _ := vendorServer(t, func(_ http.ResponseWriter, r *http.Request) { <-r.Context().Done() })
	got := testWith(t, ctx, gateway.VirtualKey{Provider: "openai", BaseURL: server.URL + "/v1", Trusted: true}, testKey)
	if got.Err == nil || got.Err.Kind != gateway.Timeout || got.Status != 0 {
		t.Errorf("%+v", got)
	}
}

// TestCredentialAddress: the rules for the addresses of calls hold for tests.
func TestCredentialAddress(t *testing.T) {
	server, asked := vendorServer(t, models)
	for _, key := range []gateway.VirtualKey{
		{Provider: "openai", BaseURL: server.URL + "/v1"},
		{Provider: "openai", Formats: gateway.Formats{gateway.FormatMessages: server.URL}},
		{Provider: "nobody", BaseURL: server.URL, Trusted: true},
	} {
		if got := testWith(t, t.Context(), key, testKey); got.Err == nil || got.Err.Kind != gateway.Invalid || got.Status != 0 {
			t.Errorf("%+v: %+v", key, got)
		}
	}
	if asked.Load() != nil {
		t.Error("a private address that an admin chose was asked")
	}
}

// TestLocalVendors: what listens on the server's own machine is reached by a virtual key of the server's
// file, or where the operator trusts its host, in a test as in a call.
func TestLocalVendors(t *testing.T) {
	server, asked := vendorServer(t, models)
	// The default addresses of these vendors are fixed: the proxy stands for whatever listens there.
	proxy := func(*http.Request) (*url.URL, error) { return url.Parse(server.URL) }
	for _, c := range []struct {
		provider, base string
		inFile         bool
		trusted        []string
		reached        bool
	}{
		{provider: "ollama"}, {provider: "lmstudio"}, {provider: "ollama", trusted: []string{"localhost"}},
		{provider: "ollama", inFile: true, reached: true}, {provider: "lmstudio", inFile: true, reached: true},
		{provider: "ollama", trusted: []string{"127.0.0.1"}, reached: true}, {provider: "lmstudio", trusted: []string{"127.0.0.1:1234"}, reached: true},
		{provider: "lmstudio", base: server.URL, trusted: []string{"127.0.0.1:1234"}},
	} {
		asked.Store(nil)
		client := New(Config{TrustedHosts: c.trusted, Proxy: proxy})
		key := gateway.VirtualKey{Name: "vk", Provider: c.provider, BaseURL: c.base, Trusted: c.inFile}
		got := client.TestCredential(t.Context(), key, gateway.Credential{Name: "team-a", Value: gateway.NewSecret(testKey)})
		if reached := asked.Load() != nil; reached != c.reached || (got.Err == nil) != c.reached || !c.reached && got.Err.Kind != gateway.Invalid {
			t.Errorf("%+v: reached %v, %+v", c, reached, got)
		}
		if err := client.DeleteResponse(t.Context(), key, "", "resp_abc"); !c.reached && (err == nil || gateway.AsError(err).Kind != gateway.Invalid) {
			t.Errorf("%+v: %v", c, err)
		}
		_ = client.Close()
	}
}
