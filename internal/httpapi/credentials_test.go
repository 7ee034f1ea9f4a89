package httpapi

import (
	"net/http"
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

// TestTwoKeysOfSluice: the refusal names the places of the keys, and no key.
func TestTwoKeysOfSluice(t *testing.T) {
	w := call(serve(secrets), "GET", "/v1/test?key=sk-sl-1", "", "Authorization", "", "X-Api-Key", "sk-sl-2")
	if text := w.Body.String(); w.Code != 401 || !strings.Contains(text, "in x-api-key and in ?key=") || strings.Contains(text, "sk-sl-") {
		t.Errorf("%d %s", w.Code, text)
	}
}
