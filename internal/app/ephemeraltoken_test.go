package app

import (
	"context"
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/coder/websocket"
	"github.com/tidwall/gjson"
)

// TestEphemeralTokens: a token of Google's API opens sessions of the Live API, within what it says, and
// nothing else; and no client secret of another API opens one.
func TestEphemeralTokens(t *testing.T) {
	p := openPage(t)
	o, created := p.office, p.created
	issue := func(path, content, field string) string {
		t.Helper()
		return p.issue(path, content).Get(field).String()
	}
	open := func(token, setup string) (answer, reason string, status int) {
		t.Helper()
		ctx, cancel := context.WithTimeout(t.Context(), 30*time.Second)
		defer cancel()
		conn, res, err := websocket.Dial(ctx, p.url+"/ws/google.ai.generativelanguage.v1alpha.GenerativeService.BidiGenerateContentConstrained?access_token="+url.QueryEscape(token), nil)
		if err != nil {
			return "", "", res.StatusCode
		}
		defer conn.CloseNow()
		if err := conn.Write(ctx, websocket.MessageText, []byte(setup)); err != nil {
			t.Fatal(err)
		}
		for {
			_, message, err := conn.Read(ctx)
			if err != nil {
				return answer, err.Error(), http.StatusSwitchingProtocols
			}
			answer += string(message)
			if gjson.GetBytes(message, "setupComplete").Exists() && !strings.Contains(setup, `"stay"`) {
				_ = conn.Close(websocket.StatusNormalClosure, "")
				return answer, "", http.StatusSwitchingProtocols
			}
		}
	}
	const setup = `{"setup":{"model":"models/mock/live"}}`
	token := issue("/v1alpha/auth_tokens", `{"uses":2}`, "name")
	if !strings.HasPrefix(token, "auth_tokens/ek_sl_") {
		t.Fatal(token)
	}
	for range 2 {
		if answer, reason, status := open(token, setup); !strings.Contains(answer, "setupComplete") {
			t.Errorf("%d %s %s", status, answer, reason)
		}
	}
	if _, reason, status := open(token, setup); status != http.StatusSwitchingProtocols || !strings.Contains(reason, "as many sessions as it may") {
		t.Errorf("a third session of two: %d %s", status, reason)
	}
	// A setup that is the caller's own fails at the model that the token names.
	locked := issue("/v1beta/auth_tokens", `{"uses":0,"bidiGenerateContentSetup":{"model":"models/mock/nobody"},"fieldMask":"model"}`, "name")
	if _, reason, _ := open(locked, setup); !strings.Contains(reason, "nobody") {
		t.Errorf("the model of the token does not hold: %s", reason)
	}
	soon := issue("/v1alpha/auth_tokens", `{"expireTime":"`+time.Now().Add(3*time.Second).UTC().Format(time.RFC3339)+`"}`, "name")
	if _, reason, _ := open(soon, `{"setup":{"model":"models/mock/live","generationConfig":{"stopSequences":["stay"]}}}`); !strings.Contains(reason, "The sessions of this ephemeral token end at") {
		t.Errorf("a session outlives its token: %s", reason)
	}
	if _, _, status := open(soon, setup); status != http.StatusUnauthorized {
		t.Errorf("an expired token: %d", status)
	}
	if _, _, status := open(issue("/v1/realtime/client_secrets", `{"session":{"type":"realtime","model":"mock/realtime"}}`, "value"), setup); status != http.StatusUnauthorized {
		t.Errorf("a secret of the Realtime API opens a session of the Live API: %d", status)
	}
	for _, path := range []string{"/v1/chat/completions", "/v1alpha/auth_tokens", "/v1beta/models/mock/echo:generateContent"} {
		if res := o.as(locked, "POST", path, `{}`); res.StatusCode != http.StatusUnauthorized {
			t.Errorf("%s takes a token: %d", path, res.StatusCode)
		}
	}
	_, res, err := websocket.Dial(t.Context(), p.url+"/v1/realtime?model=mock/realtime", &websocket.DialOptions{HTTPHeader: http.Header{"Authorization": {"Bearer " + locked}}})
	if err == nil || res.StatusCode != http.StatusUnauthorized {
		t.Errorf("a token opens a session of the Realtime API: %v", err)
	}
	for content, field := range map[string]string{
		`{"uses":-1}`: "uses", `{"uses":1.5}`: "uses", `{"uses":"2"}`: "uses", `{"uses":99999999999999999999}`: "uses",
		`{"expireTime":"tomorrow"}`: "expireTime", `{"expireTime":"2020-01-01T00:00:00Z"}`: "expireTime", `{"newSessionExpireTime":"2999-01-01T00:00:00Z"}`: "newSessionExpireTime",
		`{"bidiGenerateContentSetup":[]}`: "bidiGenerateContentSetup", `{"bidiGenerateContentSetup":{}}`: "bidiGenerateContentSetup.model",
		`{"bidiGenerateContentSetup":{"model":"a","x":"` + strings.Repeat("a", 70_000) + `"}}`: "bidiGenerateContentSetup",
		`{"fieldMask":["model"]}`: "fieldMask", `{"fieldMask":"model,,"}`: "fieldMask", `{"fieldMask":"a.b.c.d.e"}`: "fieldMask", `{"fieldMask":"` + strings.Repeat("a,", 200) + `a"}`: "fieldMask", `{"fieldMask":"` + strings.Repeat("a", 10_000) + `"}`: "fieldMask",
	} {
		res := o.as(created.Get("key").String(), "POST", "/v1alpha/auth_tokens", content)
		if text := body(t, res); res.StatusCode != http.StatusBadRequest || !strings.Contains(gjson.Get(text, "error.message").String(), "'"+field+"'") || gjson.Get(text, "error.status").String() != "INVALID_ARGUMENT" {
			t.Errorf("%.80s: %d %s", content, res.StatusCode, text)
		}
	}
	o.must("DELETE", "/v1/api-keys/"+created.Get("id").String(), "")
	if _, _, status := open(locked, setup); status != http.StatusUnauthorized {
		t.Errorf("a token whose key is gone: %d", status)
	}
}
