package app

import (
	"context"
	"errors"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/coder/websocket"
	"github.com/tidwall/gjson"
)

// livePaths are where Google's clients open sessions.
var livePaths = []string{
	"/ws/google.ai.generativelanguage.v1beta.GenerativeService.BidiGenerateContentConstrained",
	"/ws/google.ai.generativelanguage.v1alpha.GenerativeService.BidiGenerateContentConstrained",
	"/ws/google.ai.generativelanguage.v1.GenerativeService.BidiGenerateContentConstrained",
	"/ws/google.ai.generativelanguage.v1beta.GenerativeService.BidiGenerateContent",
	"/ws/google.ai.generativelanguage.v1alpha.GenerativeService.BidiGenerateContent",
	"/ws/google.ai.generativelanguage.v1.GenerativeService.BidiGenerateContent",
	"/ws/google.cloud.aiplatform.v1beta1.LlmBidiService/BidiGenerateContent",
	"/ws/google.cloud.aiplatform.v1.LlmBidiService/BidiGenerateContent",
}

// liveSetup is the first message of a session whose turns are text.
func liveSetup(model string) string {
	return `{"setup":{"model":"models/` + model + `","generationConfig":{"responseModalities":["TEXT"]}}}`
}

func liveSay(text string) string {
	return `{"clientContent":{"turns":[{"role":"user","parts":[{"text":"` + text + `"}]}],"turnComplete":true}}`
}

// dialLive connects a caller as Google's clients do, with the key in the address.
func dialLive(t *testing.T, server, path, key string, headers http.Header) (*caller, *http.Response, error) {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), 30*time.Second)
	defer cancel()
	conn, res, err := websocket.Dial(ctx, server+path+"?key="+key, &websocket.DialOptions{HTTPHeader: headers})
	if err != nil {
		return nil, res, err
	}
	t.Cleanup(func() { conn.CloseNow() })
	return &caller{t, conn, res.Header.Get("X-Sluice-Request-Id")}, res, nil
}

// untilMember reads messages up to the first one with something at a path.
func (c *caller) untilMember(path string) (gjson.Result, error) {
	ctx, cancel := context.WithTimeout(c.t.Context(), 30*time.Second)
	defer cancel()
	for {
		_, message, err := c.conn.Read(ctx)
		if err != nil {
			return gjson.Result{}, err
		}
		if m := gjson.ParseBytes(message); m.Get(path).Exists() {
			return m, nil
		}
	}
}

// closedWith is the code and reason of the end of a session.
func closedWith(err error) (websocket.StatusCode, string) {
	var closed websocket.CloseError
	errors.As(err, &closed)
	return closed.Code, closed.Reason
}

// meterLive makes a session with one turn. Its answer has status 200 once it is whole.
func (o *office) meterLive(call meteredCall, key string) *httptest.ResponseRecorder {
	server := httptest.NewServer(o.server)
	defer server.Close()
	w := httptest.NewRecorder()
	c, res, err := dialLive(o.t, server.URL, call.path, key, nil)
	if err != nil {
		w.WriteHeader(res.StatusCode)
		return w
	}
	c.send(liveSetup("mock/live"))
	if _, err = c.untilMember("setupComplete"); err != nil {
		code, reason := closedWith(err)
		if code != websocket.StatusPolicyViolation {
			o.t.Errorf("closed with %d", code)
		}
		w.WriteHeader(http.StatusForbidden)
		_, _ = w.WriteString(reason)
		return w
	}
	c.send(liveSay("Hi"))
	if _, err = c.untilMember("serverContent.turnComplete"); err != nil {
		o.t.Error(err)
	}
	_ = c.conn.Close(websocket.StatusNormalClosure, "")
	w.Header().Set("X-Sluice-Request-Id", c.id)
	return w
}

// TestLiveSessions: what a session of the Live API costs, and what it is refused for.
func TestLiveSessions(t *testing.T) {
	o := openOffice(t)
	server := httptest.NewServer(o.server)
	defer server.Close()
	open := func(headers http.Header, setup string) (*caller, error) {
		t.Helper()
		c, _, err := dialLive(t, server.URL, livePaths[0], o.callers["a"], headers)
		if err != nil {
			t.Fatal(err)
		}
		c.send(setup)
		_, err = c.untilMember("setupComplete")
		return c, err
	}
	must := func(_ gjson.Result, err error) {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
	}
	// A word is 2 tokens of text at 100 nano-USD, written at 400; sound is written at 4,000, 10 tokens a word.
	sound := `{"setup":{"model":"mock/live"}}`
	for name, x := range map[string]struct {
		setup string
		call  func(*caller)
		nano  int64
		basis string
		state string
	}{
		"text": {liveSetup("mock/live"), func(c *caller) { c.send(liveSay("one two three")); must(c.untilMember("usageMetadata")) }, 6*100 + 6*400, "reported", "known"},
		"two turns": {liveSetup("mock/live"), func(c *caller) {
			c.send(liveSay("one"))
			must(c.untilMember("usageMetadata"))
			c.send(`{"realtimeInput":{"text":"two"}}`)
			must(c.untilMember("usageMetadata"))
		}, 2*100 + 2*400 + 6*100 + 2*400, "reported", "known"},
		"sound":          {sound, func(c *caller) { c.send(liveSay("one two")); must(c.untilMember("usageMetadata")) }, 4*100 + 20*4000, "reported", "known"},
		"gone in a turn": {liveSetup("mock/live-open"), func(c *caller) { c.send(liveSay("one two")); must(c.untilMember("serverContent")) }, 4*100 + 4*400, "reported", "known"},
		"interrupted": {liveSetup("mock/live-open"), func(c *caller) {
			c.send(liveSay("one two"))
			must(c.untilMember("serverContent"))
			c.send(`{"clientContent":{"turnComplete":false}}`)
			must(c.untilMember("usageMetadata"))
		}, 4*100 + 4*400, "reported", "known"},
		"vendor broke off": {liveSetup("mock/live-cut"), func(c *caller) {
			c.send(liveSay("one two"))
			_, err := c.untilMember("usageMetadata")
			if code, _ := closedWith(err); code != websocket.StatusInternalError {
				t.Errorf("closed with %d", code)
			}
		}, 400, "counted", "partial"},
	} {
		t.Run(name, func(t *testing.T) {
			c, err := open(nil, x.setup)
			if err != nil {
				t.Fatal(err)
			}
			x.call(c)
			_ = c.conn.Close(websocket.StatusNormalClosure, "")
			row := o.row(c.id)
			if row.Get("cost_nano_usd").Int() != x.nano || row.Get("cost_basis").String() != x.basis || row.Get("cost_state").String() != x.state {
				t.Errorf("want %d, %s, %s\n%s", x.nano, x.basis, x.state, row.Raw)
			}
			if op, model := row.Get("operation").String(), row.Get("model").String(); op != "realtime" || !strings.HasSuffix(gjson.Get(x.setup, "setup.model").String(), model) {
				t.Errorf("%s %s", op, model)
			}
		})
	}
	deny := http.Header{"X-Sluice-Config": {`{"input_guardrails":[{"default.contains":{"words":["forbidden"],"operator":"none"},"deny":true}]}`}}
	for name, x := range map[string]struct {
		headers http.Header
		setup   string
		code    websocket.StatusCode
		reason  string // a part of it
		status  int64  // of the row
	}{
		"no setup":       {nil, liveSay("Hi"), websocket.StatusPolicyViolation, "'setup'", 400},
		"no model":       {nil, `{"setup":{}}`, websocket.StatusPolicyViolation, "'setup.model'", 400},
		"no JSON":        {nil, `{"setup":`, websocket.StatusPolicyViolation, "not valid JSON", 400},
		"unknown model":  {nil, liveSetup("mock/nobody"), websocket.StatusPolicyViolation, "'nobody'", 400},
		"another API's":  {nil, liveSetup("mock/realtime"), websocket.StatusPolicyViolation, "Live API", 400},
		"guarded":        {deny, `{"setup":{"model":"mock/live","systemInstruction":{"parts":[{"text":"forbidden"}]}}}`, websocket.StatusPolicyViolation, "guardrail", 446},
		"redacted":       {http.Header{"X-Sluice-Config": {`{"redact":{"input":["email"]}}`}}, liveSetup("mock/live"), websocket.StatusPolicyViolation, "redaction", 400},
		"unknown config": {http.Header{"X-Sluice-Config": {"nobody"}}, liveSetup("mock/live"), websocket.StatusPolicyViolation, "nobody", 400},
	} {
		t.Run(name, func(t *testing.T) {
			c, err := open(x.headers, x.setup)
			if code, reason := closedWith(err); code != x.code || !strings.Contains(reason, x.reason) {
				t.Errorf("closed with %d %q", code, reason)
			}
			if row := o.row(c.id); row.Get("status").Int() != x.status {
				t.Errorf("the row has the status %s", row.Get("status"))
			}
		})
	}
	c, err := open(deny, liveSetup("mock/live"))
	if err != nil {
		t.Fatal(err)
	}
	c.send(liveSay("forbidden"))
	_, err = c.untilMember("serverContent")
	if code, reason := closedWith(err); code != websocket.StatusPolicyViolation || !strings.Contains(reason, "guardrail") {
		t.Errorf("a denied message: closed with %d %q", code, reason)
	}
	if _, res, err := dialLive(t, server.URL, livePaths[0], "sk-sl-wrong", nil); err == nil || res.StatusCode != http.StatusUnauthorized {
		t.Errorf("a stranger: %v", err)
	}
}
