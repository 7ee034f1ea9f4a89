package httpapi

import (
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/sluicegate/sluice/gateway"
)

// secrets is an endpoint that answers with the credentials of its caller.
func secrets(c *Call) error {
	if _, err := c.Authenticated(); err != nil {
		return err
	}
	var env gateway.Envelope
	_ = c.Envelope(&env)
	for name, values := range env.Header {
		if strings.Contains(strings.Join(values, ","), "good") {
			return gateway.InvalidField("test", name, "the key is still in the header "+name)
		}
	}
	return c.SendJSON(http.StatusOK, env.APIKey.Reveal()+" "+env.Credential.Reveal()+" "+c.Request().URL.String())
}

// TestAKeyInAnyPlace: every client finds the place that it knows.
func TestAKeyInAnyPlace(t *testing.T) {
	for name, c := range map[string]struct {
		query  string
		header []string
		want   string // key, provider's credential
	}{
		"bearer":               {"", []string{"Authorization", "Bearer good"}, "good "},
		"Anthropic":            {"", []string{"x-api-key", "good"}, "good "},
		"Azure":                {"", []string{"api-key", "good"}, "good "},
		"Google":               {"", []string{"x-goog-api-key", "good"}, "good "},
		"Google's URL":         {"?alt=sse&key=good&x=1", nil, "good "},
		"encoded":              {"?k%65y=g%6Fod", nil, "good "},
		"empty, then set":      {"?key=&key=good", nil, "good "},
		"API Management":       {"", []string{"Ocp-Apim-Subscription-Key", "good"}, "good "},
		"LiteLLM":              {"", []string{"x-litellm-api-key", "Bearer good"}, "good "},
		"LiteLLM, no scheme":   {"", []string{"x-litellm-api-key", "good"}, "good "},
		"WebSocket":            {"", []string{"Sec-WebSocket-Protocol", "realtime, openai-insecure-api-key.good, openai-beta.realtime-v1"}, "good "},
		"basic, password":      {"", []string{"Authorization", "Basic cGs6Z29vZA=="}, "good "},
		"basic, user":          {"", []string{"Authorization", "Basic Z29vZDo="}, "good "},
		"basic is no vendor's": {"", []string{"Authorization", "Basic cGs6c2VjcmV0", "x-sluice-api-key", "good"}, "good "},
		"a placeholder beside": {"", []string{"Authorization", "Bearer DUMMY-KEY", "x-goog-api-key", "good"}, "good "},
		"the same key twice":   {"?key=good", []string{"x-goog-api-key", "good", "Authorization", "Bearer good"}, "good "},
		"vendor's in x-goog":   {"", []string{"x-sluice-api-key", "good", "x-goog-api-key", "AIza"}, "good AIza"},
		"vendor's in the URL":  {"?key=AIza", []string{"Authorization", "Bearer good"}, "good AIza"},
		"vendor's in api-key":  {"", []string{"x-litellm-api-key", "good", "api-key", "azure"}, "good azure"},
		"order of the others":  {"", []string{"x-litellm-api-key", "good", "api-key", "azure", "x-api-key", "sk-ant"}, "good sk-ant"},
		"three gateways'":      {"", []string{"x-litellm-api-key", "third", "x-portkey-api-key", "second", "x-sluice-api-key", "good"}, "good "},
	} {
		t.Run(name, func(t *testing.T) {
			w := call(serve(secrets), "GET", "/v1/test"+c.query, "", append([]string{"Authorization", ""}, c.header...)...)
			got := strings.Trim(w.Body.String(), `"`)
			if w.Code != 200 || !strings.HasPrefix(got, c.want) || strings.Contains(got, "?key") || strings.Contains(got, "key=") || c.query == "?alt=sse&key=good&x=1" && !strings.HasSuffix(got, `?alt=sse\u0026x=1`) {
				t.Errorf("%d %s, want %s", w.Code, w.Body, c.want)
			}
		})
	}
}

// TestTwoKeysOfSluice: nobody can tell whose call it is, so it is nobody's.
func TestTwoKeysOfSluice(t *testing.T) {
	for name, c := range map[string]struct {
		header   []string
		conflict bool
	}{
		"bearer and x-api-key":  {[]string{"Authorization", "Bearer sk-sl-1", "X-Api-Key", "sk-sl-2"}, true},
		"x-api-key and Google":  {[]string{"X-Api-Key", "sk-sl-1", "X-Goog-Api-Key", "sk-sl-2"}, true},
		"equal":                 {[]string{"Authorization", "Bearer sk-sl-1", "X-Api-Key", "sk-sl-1"}, false},
		"a header of a gateway": {[]string{"X-Sluice-Api-Key", "sk-sl-1", "Authorization", "Bearer sk-sl-2"}, false},
		"one is a vendor's":     {[]string{"Authorization", "Bearer sk-ant", "X-Api-Key", "sk-sl-1"}, false},
	} {
		h := http.Header{}
		for i := 0; i < len(c.header); i += 2 {
			h.Set(c.header[i], c.header[i+1])
		}
		got := takeCredentials(h, "")
		if (got.conflict[0] != "") != c.conflict || got.apiKey.Reveal() != "sk-sl-1" || strings.HasPrefix(got.provider.Reveal(), "sk-sl-") || len(h) > 0 {
			t.Errorf("%s: %v, %q, %q, left %v", name, got.conflict, got.apiKey.Reveal(), got.provider.Reveal(), h)
		}
	}
	w := call(serve(secrets), "GET", "/v1/test?key=sk-sl-1", "", "Authorization", "", "X-Api-Key", "sk-sl-2")
	if text := w.Body.String(); w.Code != 401 || !strings.Contains(text, "in x-api-key and in ?key=") || strings.Contains(text, "sk-sl-") {
		t.Errorf("%d %s", w.Code, text)
	}
}

// TestQueryOfOthersStays: only the parameters that hold a key are taken out of a URL.
func TestQueryOfOthersStays(t *testing.T) {
	for url, want := range map[string]string{"/v1/test": "/v1/test", "/v1/test?monkey=1&keys=2&key": "/v1/test?monkey=1&keys=2", "/v1/test?a=%zz&b=key": "/v1/test?a=%zz&b=key", "/v1/test?key=k": "/v1/test",
		"/v1/test?access_token=auth_tokens%2Fk&a=1": "/v1/test?a=1"} {
		r := httptest.NewRequest("GET", url, nil)
		takeQueryKey(r)
		if r.URL.String() != want || r.RequestURI != want {
			t.Errorf("%s: %s, %s", url, r.URL, r.RequestURI)
		}
	}
}
