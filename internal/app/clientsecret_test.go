package app

import (
	"context"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/coder/websocket"
	"github.com/tidwall/gjson"
)

// page is a web page's server: it has an API key of a member, and issues secrets to its visitors.
type page struct {
	*office
	t       *testing.T
	url     string       // of Sluice
	created gjson.Result // the API key
}

func openPage(t *testing.T) *page {
	p := &page{office: openOffice(t), t: t}
	server := httptest.NewServer(p.server)
	t.Cleanup(server.Close)
	p.url, p.created = server.URL, p.must("POST", "/v1/api-keys", `{"name":"page","workspace":"a","member":"member@example.com","budget_usd":1}`)
	return p
}

// issue asks for a secret, with the page's API key.
func (p *page) issue(path, content string, headers ...string) gjson.Result {
	p.t.Helper()
	res := p.as(p.created.Get("key").String(), "POST", path, content, headers...)
	text := body(p.t, res)
	if res.StatusCode != http.StatusOK || res.Header.Get("Cache-Control") != "no-store" {
		p.t.Fatalf("%s: %d %s", path, res.StatusCode, text)
	}
	return gjson.Parse(text)
}

// TestClientSecrets: a secret opens sessions that are those of its API key, set up as it says, and
// nothing else.
func TestClientSecrets(t *testing.T) {
	p := openPage(t)
	o, created := p.office, p.created
	dial := func(path string, options websocket.DialOptions) (*caller, *http.Response, error) {
		ctx, cancel := context.WithTimeout(t.Context(), 30*time.Second)
		defer cancel()
		conn, res, err := websocket.Dial(ctx, p.url+path, &options)
		if err != nil {
			return nil, res, err
		}
		t.Cleanup(func() { conn.CloseNow() })
		return &caller{t, conn, res.Header.Get("X-Sluice-Request-Id")}, res, nil
	}
	bearer := func(secret string, more ...string) websocket.DialOptions {
		h := http.Header{"Authorization": {"Bearer " + secret}}
		for i := 0; i+1 < len(more); i += 2 {
			h.Set(more[i], more[i+1])
		}
		return websocket.DialOptions{HTTPHeader: h}
	}
	const session = `{"session":{"type":"realtime","model":"mock/realtime","output_modalities":["text"],"instructions":"Answer."},"expires_after":{"anchor":"created_at","seconds":600}}`
	told := p.issue("/v1/realtime/client_secrets", session)
	secret := told.Get("value").String()
	if left := time.Until(time.Unix(told.Get("expires_at").Int(), 0)); !strings.HasPrefix(secret, "ek_sl_") || left < 5*time.Minute || left > 10*time.Minute || told.Get("session.object").String() != "realtime.session" {
		t.Errorf("%v %s", left, told.Raw)
	}
	for name, options := range map[string]websocket.DialOptions{
		"Authorization": bearer(secret),
		"subprotocol":   {Subprotocols: []string{"realtime", "openai-insecure-api-key." + secret}},
	} {
		c, _, err := dial("/v1/realtime", options)
		if err != nil {
			t.Fatal(name, err)
		}
		if e := c.until("session.updated"); e.Get("session.output_modalities.0").String() != "text" {
			t.Errorf("%s: the session is not set up: %s", name, e)
		}
		c.send(say("one two"), `{"type":"response.create"}`)
		c.until("response.done")
		_ = c.conn.Close(websocket.StatusNormalClosure, "")
		row := o.row(c.id)
		if row.Get("api_key").String() != created.Get("id").String() || row.Get("cost_nano_usd").Int() == 0 || strings.Contains(row.Raw, "ek_sl_") {
			t.Errorf("%s: %s", name, row.Raw)
		}
	}
	beta := p.issue("/v1/realtime/sessions", `{"model":"mock/realtime","modalities":["text"]}`, "X-Sluice-Config", `{"input_guardrails":[{"default.contains":{"words":["forbidden"],"operator":"none"},"deny":true}]}`)
	c, _, err := dial("/realtime?model=mock/realtime", bearer(beta.Get("client_secret.value").String(), "X-Sluice-Config", "{}"))
	if err != nil {
		t.Fatal(err)
	}
	c.send(say("forbidden"))
	if e := c.until("error"); e.Get("error.code").String() != "guardrail_denied" {
		t.Errorf("the config of the secret does not hold: %s", e)
	}
	if _, res, err := dial("/v1/realtime?model=mock/realtime-open", bearer(secret)); err == nil || res.StatusCode != http.StatusBadRequest {
		t.Errorf("another model: %v", err)
	}
	for _, path := range []string{"/v1/chat/completions", "/v1/realtime/client_secrets", "/v1/api-keys"} {
		if res := o.as(secret, "POST", path, session); res.StatusCode != http.StatusUnauthorized {
			t.Errorf("%s takes a client secret: %d", path, res.StatusCode)
		}
	}
	if _, res, err := dial("/v1/realtime", bearer("ek_sl_unknown")); err == nil || res.StatusCode != http.StatusUnauthorized {
		t.Errorf("an unknown secret: %v", err)
	}
	for content, field := range map[string]string{
		`{}`:                                   "session",
		`{"session":7}`:                        "session",
		`{"session":{"model":"m"}}`:            "session.type",
		`{"session":{"type":"realtime"}}`:      "session.model",
		`{"session":{"type":"transcription"}}`: "session.type",
		`{"session":{"type":"realtime","model":"m","x":"` + strings.Repeat("a", 70_000) + `"}}`:       "session",
		`{"session":{"type":"realtime","model":"m"},"expires_after":{"seconds":9}}`:                   "expires_after.seconds",
		`{"session":{"type":"realtime","model":"m"},"expires_after":{"seconds":7201}}`:                "expires_after.seconds",
		`{"session":{"type":"realtime","model":"m"},"expires_after":{"seconds":9223372036854775807}}`: "expires_after.seconds",
		`{"session":{"type":"realtime","model":"m"},"expires_after":{"anchor":"now","seconds":60}}`:   "expires_after",
	} {
		res := o.as(created.Get("key").String(), "POST", "/v1/realtime/client_secrets", content)
		if text := body(t, res); res.StatusCode != http.StatusBadRequest || gjson.Get(text, "error.param").String() != field {
			t.Errorf("%.80s: %d %s", content, res.StatusCode, text)
		}
	}
	o.must("DELETE", "/v1/api-keys/"+created.Get("id").String(), "")
	if _, res, err := dial("/v1/realtime", bearer(secret)); err == nil || res.StatusCode != http.StatusUnauthorized {
		t.Errorf("a secret whose key is gone: %v", err)
	}
}
