package inference

import (
	"strings"
	"testing"

	"github.com/sluicegate/sluice/gateway"
)

// TestModelInThePath: clients of Azure name the deployment in the path, encoded or not.
func TestModelInThePath(t *testing.T) {
	for path, want := range map[string]string{
		"/openai/deployments/gpt-mock/chat/completions?api-version=2024-10-21": "gpt-mock",
		"/openai/deployments/@vk/org/m/chat/completions":                       "@vk/org/m",
		"/openai/deployments/%40vk%2Fm/chat/completions":                       "@vk/m",
		"/engines/m/chat/completions":                                          "m",
		"/v1/engines/m/chat/completions":                                       "m",
	} {
		for _, body := range []string{hello, `{"messages":[{"role":"user","content":"x"}]}`} {
			ex, w := caught(t, "POST", path, body, "Api-Key", "sk-sl-test")
			if w.Code != 200 || ex.Request.Model() != want || ex.Request.Op != gateway.OpChat || strings.Contains(string(ex.Request.Raw), `"model":"m","m`) && want != "m" {
				t.Errorf("%s: %d %s", path, w.Code, w.Body)
			}
			if !strings.HasSuffix(ex.Envelope.Route, "/{model}/chat/completions") {
				t.Errorf("%s: route %s", path, ex.Envelope.Route)
			}
		}
	}
	ex, w := caught(t, "POST", "/openai/deployments/e/embeddings", `{"input":"x"}`, "Api-Key", "sk-sl-test")
	if w.Code != 200 || ex.Request.Op != gateway.OpEmbeddings || ex.Request.Model() != "e" {
		t.Errorf("%d %s", w.Code, w.Body)
	}
	for path, code := range map[string]int{"/openai/deployments/m/nothing": 404, "/openai/deployments/chat/completions": 404, "/engines/": 404} {
		if _, w := catch(t, "POST", path, hello); w.Code != code || !strings.Contains(w.Body.String(), "unknown_url") {
			t.Errorf("%s: %d %s", path, w.Code, w.Body)
		}
	}
	if ex, w := catch(t, "POST", "/openai/deployments/m/chat/completions", `{"messages":7}`); w.Code != 400 || ex.Request != nil {
		t.Errorf("%d %s", w.Code, w.Body)
	}
}
