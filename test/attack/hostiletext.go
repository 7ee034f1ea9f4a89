package main

import (
	"context"
	"fmt"
	"strings"
	"time"

	"github.com/sluicegate/sluice/test/sluice"
)

// hostileText puts NUL, invalid UTF-8, surrogates and SQL into every field, path and parameter of
// the admin API.
type hostileText struct{}

func (hostileText) Name() string   { return "hostile text" }
func (hostileText) Bounds() Bounds { return Bounds{CPU: 20 * time.Second, RSS: 200 * mib} }

func (hostileText) Run(ctx context.Context, t *Target, r *Result) error {
	texts := map[string]struct {
		json, url string
		refuse    bool // must be a 4xx
	}{
		"NUL":             {`a\u0000b`, "a%00b", true},
		"raw NUL":         {"a\x00b", "a%00b", true},
		"invalid UTF-8":   {"a\xff\xfeb", "a%ff%feb", true},
		"overlong":        {"a\xc0\xafb", "a%c0%afb", true},
		"surrogate":       {`a\ud800b`, "a%ed%a0%80b", true},
		"second half":     {`\udfff\ud83d`, "a%ed%bf%bfb", true},
		"half a sequence": {"a\xe2\x82", "a%e2%82", true},
		"SQL":             {`'; DROP TABLE api_keys; --`, "%27%3B%20DROP%20TABLE%20api_keys%3B%20--", false},
		"SQL or":          {`x' OR '1'='1`, "x%27%20OR%20%271%27=%271", false},
		"like":            {`%`, "%25", false},
		"C1":              {`a\u009b31mb`, "a%c2%9b31mb", false},
		"escape":          {`a\u001b[31mb`, "a%1b[31mb", false},
		"newline":         {`a\nb`, "a%0ab", false},
		"long":            {strings.Repeat("a", 100_000), strings.Repeat("a", 1500), false},
		"dots":            {`../../etc/passwd`, "..%2f..%2fetc%2fpasswd", false},
		"bidi":            {`a\u202eb`, "a%e2%80%aeb", false},
		"no character":    {`a\uffffb`, "a%ef%bf%bfb", false},
	}
	fields := []struct{ path, body string }{
		{"/v1/api-keys", `{"name":"§"}`}, {"/v1/api-keys", `{"name":"n%d","member":"§"}`}, {"/v1/api-keys", `{"name":"n%d","workspace":"§"}`}, {"/v1/api-keys", `{"name":"n%d","role":"§"}`},
		{"/v1/api-keys", `{"name":"n%d","config":"§"}`}, {"/v1/api-keys", `{"name":"n%d","expires_at":"§"}`}, {"/v1/api-keys", `{"name":"n%d","budget_usd":"§"}`}, {"/v1/api-keys", `{"name":"n%d","§":1}`},
		{"/v1/virtual-keys", `{"name":"§","provider":"openai","api_key":"k"}`}, {"/v1/virtual-keys", `{"name":"n%d","provider":"§","api_key":"k"}`}, {"/v1/virtual-keys", `{"name":"n%d","provider":"openai","api_key":"§"}`},
		{"/v1/virtual-keys", `{"name":"n%d","provider":"openai","api_key":"k","base_url":"https://§.example.com"}`}, {"/v1/virtual-keys", `{"name":"n%d","provider":"openai","api_key":"k","models":["§"]}`},
		{"/v1/virtual-keys", `{"name":"n%d","provider":"openai","api_key":"k","prices":{"§":{"input":1,"output":1}}}`},
		{"/v1/configs", `{"slug":"§","config":{"virtual_key":"up"}}`}, {"/v1/configs", `{"slug":"n%d","name":"§","config":{"virtual_key":"up"}}`}, {"/v1/configs", `{"slug":"n%d","config":{"virtual_key":"§"}}`},
		{"/v1/configs", `{"slug":"n%d","config":{"virtual_key":"up","override_params":{"§":"x"}}}`}, {"/v1/configs", `{"slug":"n%d","config":{"virtual_key":"up","override_params":{"x":"§"}}}`},
		{"/v1/prompts", `{"slug":"§","body":{"model":"m","messages":[{"role":"user","content":"x"}]}}`}, {"/v1/prompts", `{"slug":"n%d","name":"§","body":{"model":"m","messages":[{"role":"user","content":"x"}]}}`},
		{"/v1/prompts", `{"slug":"n%d","description":"§","body":{"model":"m","messages":[{"role":"user","content":"x"}]}}`}, {"/v1/prompts", `{"slug":"n%d","body":{"model":"m","messages":[{"role":"user","content":"§"}]}}`},
		{"/v1/prompts", `{"slug":"n%d","body":{"model":"§","messages":[{"role":"user","content":"x"}]}}`},
	}
	n := 0
	for name, text := range inOrder(texts) {
		for _, f := range fields {
			n++
			body := strings.ReplaceAll(strings.ReplaceAll(f.body, "n%d", fmt.Sprintf("n%d", n)), "§", text.json)
			a := t.Do(ctx, sluice.Call{Path: f.path, Body: body})
			held := a.Err == nil && a.Status < 500 && (!text.refuse || a.Status >= 400)
			r.Check(held, "%s in %s %s: %s", name, f.path, f.body, a.Brief())
		}
		for _, path := range []string{
			"GET /v1/api-keys/§", "DELETE /v1/api-keys/§", "GET /v1/virtual-keys/§", "DELETE /v1/virtual-keys/§", "GET /v1/configs/§", "DELETE /v1/configs/§", "GET /v1/prompts/§", "DELETE /v1/prompts/§", "GET /v1/prompts/§/versions",
			"GET /v1/logs/§", "GET /v1/logs?model=§", "GET /v1/logs?member=§", "GET /v1/logs?cursor=§", "GET /v1/logs?metadata.§=x", "GET /v1/logs?metadata.k=§", "GET /v1/logs?trace_id=§", "GET /v1/logs?workspace=§", "GET /v1/logs?status=§", "GET /v1/logs?§=x",
			"GET /v1/audit-logs?action=§", "GET /v1/audit-logs?resource_id=§", "GET /v1/audit-logs?workspace=§", "GET /v1/configs?workspace=§", "GET /v1/api-keys?workspace=§", "GET /v1/prompts?workspace=§", "GET /v1/virtual-keys/up?workspace=§",
		} {
			method, path, _ := strings.Cut(path, " ")
			a := t.Do(ctx, sluice.Call{Method: method, Path: strings.ReplaceAll(path, "§", text.url)})
			r.Check(a.Err == nil && a.Status < 500, "%s: %s %s: %s", name, method, path, a.Brief())
			r.Check(a.Status != 200 || method == "GET", "%s: %s %s is carried out: %s", name, method, path, a.Brief())
		}
		for header, value := range inOrder(map[string]string{"X-Sluice-Metadata": `{"k":"` + text.json + `"}`, "X-Sluice-Config": `{"virtual_key":"` + text.json + `"}`, "X-Sluice-Trace-Id": text.url, "Baggage": "k=" + text.url}) {
			if strings.ContainsAny(value, "\x00") {
				continue // no HTTP client sends it
			}
			a := t.Do(ctx, sluice.Call{Path: chat, Key: memberKey, Body: ask("mock/echo", "x", ""), Header: []string{header, value}})
			r.Check(a.Err == nil && a.Status < 500, "%s in the header %s: %s", name, header, a.Brief())
		}
		a := t.Do(ctx, sluice.Call{Path: chat, Key: memberKey, Header: []string{"X-Sluice-Virtual-Key", "up"}, // a bare name would lead to a key that was made here
			Body: `{"model":"` + text.json + `","messages":[{"role":"user","content":"` + text.json + `"}]}`})
		r.Check(a.Err == nil && a.Status < 500, "%s in a chat: %s", name, a.Brief())
	}
	a := t.Do(ctx, sluice.Call{Method: "GET", Path: "/v1/api-keys"})
	r.Check(a.Status == 200 && a.JSON("data.#").Int() > 3, "the list of API keys afterwards: %s", a.Brief())
	a = t.Do(ctx, sluice.Call{Method: "GET", Path: "/v1/audit-logs/verify"})
	r.Check(a.Status == 200 && a.JSON("ok").Bool(), "the audit chain afterwards: %s", a.Brief())
	return nil
}
