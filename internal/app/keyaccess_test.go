package app

import (
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/sluicegate/sluice/gateway"
	"github.com/sluicegate/sluice/gateway/credential"
	"github.com/sluicegate/sluice/gateway/gatewaytest"
	"github.com/sluicegate/sluice/internal/config"
)

// TestNoWayAroundAKeysModels: a key that may use one model and one virtual key reaches no other by
// any field, header, config, fallback, prompt, alias, path or cached answer.
func TestNoWayAroundAKeysModels(t *testing.T) {
	up := gatewaytest.NewUpstream()
	t.Cleanup(up.Close)
	o := openOffice(t, func(cfg *config.Config) {
		for _, name := range []string{"local", "other"} {
			cfg.VirtualKeys = append(cfg.VirtualKeys, credential.NewVirtualKey{Name: name, Workspace: "a", Provider: "openai", BaseURL: up.URL() + "/v1", Credential: gateway.NewSecret("none")})
		}
	})
	for path, body := range map[string]string{
		"/v1/configs?workspace=a": `{"slug":"big","config":{"targets":[{"virtual_key":"local","override_params":{"model":"gpt-big"}}]}}`,
		"/v1/prompts?workspace=a": `{"slug":"big","body":{"model":"@local/gpt-big","messages":[{"role":"user","content":"Hi"}]}}`,
	} {
		o.must("POST", path, body)
	}
	free := o.keys[gateway.RoleMember]
	narrow := o.must("POST", "/v1/api-keys", `{"name":"narrow","workspace":"a","member":"narrow","models":["gpt-small"],"virtual_keys":["local"],
		"model_aliases":{"good":"@local/gpt-small","bad":"@local/gpt-big"}}`).Get("key").String()
	const chat = "/v1/chat/completions"
	message := `"messages":[{"role":"user","content":"Hi"}]`
	for name, c := range map[string]struct{ path, body, config string }{
		"named":                     {chat, `{"model":"@local/gpt-big",` + message + `}`, ""},
		"the other virtual key":     {chat, `{"model":"@other/gpt-small",` + message + `}`, ""},
		"without a virtual key":     {chat, `{"model":"mock/echo",` + message + `}`, ""},
		"an override":               {chat, `{"model":"@local/gpt-small",` + message + `}`, `{"override_params":{"model":"gpt-big"}}`},
		"a target":                  {chat, `{"model":"gpt-small",` + message + `}`, `{"targets":[{"virtual_key":"local","override_params":{"model":"gpt-big"}}]}`},
		"a saved config":            {chat, `{"model":"gpt-small",` + message + `}`, "big"},
		"a config in the body":      {chat, `{"config":"big","model":"gpt-small",` + message + `}`, ""},
		"one of two weights":        {chat, `{"model":"gpt-small",` + message + `}`, `{"strategy":{"mode":"loadbalance"},"targets":[{"virtual_key":"local","weight":0.000001,"override_params":{"model":"gpt-big"}},{"virtual_key":"other","weight":1}]}`},
		"the other spelling":        {chat, `{"model":"@local/gpt-small","MODEL":"gpt-big",` + message + `}`, ""},
		"models of OpenRouter":      {"/api/v1/chat/completions", `{"model":"@local/gpt-big","models":["@local/gpt-big"],` + message + `}`, ""},
		"an alias":                  {chat, `{"model":"bad",` + message + `}`, ""},
		"Messages":                  {"/v1/messages", `{"model":"@local/gpt-big","max_tokens":5,` + message + `}`, ""},
		"Responses":                 {"/v1/responses", `{"model":"@local/gpt-big","input":"Hi"}`, ""},
		"embeddings":                {"/v1/embeddings", `{"model":"@local/gpt-big","input":"Hi"}`, ""},
		"Google's path":             {"/v1beta/models/@local%2Fgpt-big:generateContent", `{"contents":[{"role":"user","parts":[{"text":"Hi"}]}]}`, ""},
		"Azure's path":              {"/openai/deployments/@local%2Fgpt-big/chat/completions", `{` + message + `}`, ""},
		"a prompt":                  {"/v1/prompts/big/completions", `{}`, ""},
		"a prompt as a target":      {chat, `{` + message + `}`, `{"targets":[{"prompt_id":"big"}]}`},
		"counting":                  {"/v1/messages/count_tokens", `{"model":"@local/gpt-big",` + message + `}`, ""},
		"a fallback after an error": {chat, `{"model":"@local/gpt-small",` + message + `}`, `{"strategy":{"mode":"fallback"},"targets":[{"virtual_key":"local","override_params":{"model":"gpt-small"}},{"virtual_key":"local","override_params":{"model":"gpt-big"}}]}`},
	} {
		o.send(free, c.path, c.body, c.config) // what is cached is there
		before := len(up.Requests())
		if name == "a fallback after an error" {
			up.Set("gpt-small", gatewaytest.Reply{Status: http.StatusServiceUnavailable})
			before++
		}
		w := o.send(narrow, c.path, c.body, c.config)
		if w.Code < 400 {
			t.Errorf("%s: %d %s", name, w.Code, w.Body)
		}
		if got := len(up.Requests()); got > before {
			t.Errorf("%s: reached the provider with %s", name, up.Last().Body)
		}
	}
	up.Set("gpt-small", gatewaytest.Reply{})
	for _, model := range []string{"@local/gpt-small", "good"} {
		if w := o.send(narrow, chat, `{"model":"`+model+`",`+message+`}`, ""); w.Code != http.StatusOK || up.Last().Model != "gpt-small" {
			t.Errorf("%s: %d %s", model, w.Code, w.Body)
		}
	}
	if code, list := o.call(narrow, "GET", "/v1/models", ""); code != http.StatusOK || strings.Contains(list, "mock/") || strings.Contains(list, "@other") {
		t.Errorf("the list of models: %d %s", code, list)
	}
	cached := `{"cache":"simple","targets":[{"virtual_key":"local"}]}`
	ask := `{"model":"gpt-big",` + message + `}`
	if o.send(free, chat, ask, cached); o.send(free, chat, ask, cached).Header().Get("X-Sluice-Cache-Status") != "HIT" {
		t.Error("the answer was not cached")
	}
	if w := o.send(narrow, chat, ask, cached); w.Code < 400 {
		t.Errorf("a cached answer: %d %s", w.Code, w.Body)
	}
}

// send makes a call with a config, a slug or JSON.
func (o *office) send(key, path, body, config string) *httptest.ResponseRecorder {
	r := httptest.NewRequest("POST", path, strings.NewReader(body))
	r.Header.Set("Authorization", "Bearer "+key)
	if config != "" {
		r.Header.Set("X-Sluice-Config", config)
	}
	w := httptest.NewRecorder()
	o.server.ServeHTTP(w, r)
	return w
}
