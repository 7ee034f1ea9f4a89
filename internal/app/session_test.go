package app

import (
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/tidwall/gjson"

	"github.com/sluicegate/sluice/gateway"
)

// browser is a caller that keeps cookies.
type browser struct {
	o    *office
	jar  []*http.Cookie
	csrf string
}

func (b *browser) call(method, path, body string) (int, string) {
	r := httptest.NewRequest(method, path, strings.NewReader(body))
	for _, c := range b.jar {
		r.AddCookie(c)
	}
	if b.csrf != "" {
		r.Header.Set("X-Csrf-Token", b.csrf)
	}
	w := httptest.NewRecorder()
	b.o.server.ServeHTTP(w, r)
	if set := w.Result().Cookies(); len(set) > 0 {
		b.jar = set
	}
	return w.Code, w.Body.String()
}

// TestSessions: a member signs in with a key or a password, acts by a cookie that needs the CSRF
// token for changes, and signs out; a changed password ends what was signed in before.
func TestSessions(t *testing.T) {
	o := openOffice(t)
	const password = "correct horse battery"
	if code, body := o.call(o.keys[gateway.RoleManager], "PUT", "/v1/members/manager@example.com/password", `{"password":"`+password+`"}`); code != http.StatusOK || strings.Contains(body, "argon2id") {
		t.Fatalf("%d %s", code, body)
	}
	for name, c := range map[string]struct {
		body   string
		status int
		code   string
	}{
		"an unknown key":    {`{"api_key":"sk-sl-unknown-unknown-unknown"}`, 401, "03"},
		"a wrong password":  {`{"member":"manager@example.com","password":"wrong horse battery"}`, 401, "wrong_password"},
		"an unknown member": {`{"member":"nobody@example.com","password":"wrong horse battery"}`, 401, "wrong_password"},
		"no password set":   {`{"member":"viewer@example.com","password":"wrong horse battery"}`, 401, "wrong_password"},
		"neither":           {`{}`, 400, ""},
		"another field":     {`{"api_key":"x","admin":true}`, 400, ""},
		"no workspace":      {`{"member":"manager@example.com","password":"` + password + `","workspace":"b"}`, 404, ""},
		"a large body":      {`{"api_key":"` + strings.Repeat("x", 10_000) + `"}`, 413, "request_too_large"},
	} {
		b := &browser{o: o}
		if code, body := b.call("POST", "/v1/auth/sessions", c.body); code != c.status || gjson.Get(body, "error.code").String() != c.code || len(b.jar) > 0 {
			t.Errorf("%s: %d %s", name, code, body)
		}
	}
	b := &browser{o: o}
	code, body := b.call("POST", "/v1/auth/sessions", `{"member":"manager@example.com","password":"`+password+`"}`)
	if code != http.StatusCreated || len(b.jar) != 1 || gjson.Get(body, "role").String() != "manager" || gjson.Get(body, "token").Exists() {
		t.Fatalf("%d %s %v", code, body, b.jar)
	}
	if c := b.jar[0]; !c.HttpOnly || c.SameSite != http.SameSiteStrictMode || c.Path != "/" || strings.Contains(body, c.Value) {
		t.Errorf("the cookie %+v", c)
	}
	try := func(what, method, path, body string, want int) {
		t.Helper()
		if code, answer := b.call(method, path, body); code != want {
			t.Errorf("%s: %d %s, want %d", what, code, answer, want)
		}
	}
	try("reading", "GET", "/v1/configs", "", 200)
	try("a change without the CSRF token", "POST", "/v1/configs", `{"slug":"s","config":{}}`, 403)
	b.csrf = "guess"
	try("a change with a wrong one", "POST", "/v1/configs", `{"slug":"s","config":{}}`, 403)
	_, body = b.call("GET", "/v1/auth/session", "")
	b.csrf = gjson.Get(body, "csrf_token").String()
	try("a change", "POST", "/v1/configs", `{"slug":"s","config":{}}`, 201)
	try("another workspace", "GET", "/v1/configs?workspace=b", "", 404)
	try("what the role may not", "GET", "/v1/audit-logs", "", 403)

	code, body = o.call("", "POST", "/v1/auth/sessions", `{"api_key":"`+o.keys[gateway.RoleMember]+`","token":true}`)
	token := gjson.Get(body, "token").String()
	if code != http.StatusCreated || token == "" {
		t.Fatalf("%d %s", code, body)
	}
	if code, body := o.call(token, "GET", "/v1/logs", ""); code != http.StatusOK {
		t.Errorf("one's own logs: %d %s", code, body)
	}
	if code, body := o.call(token, "POST", "/v1/chat/completions", `{"model":"mock/echo","messages":[{"role":"user","content":"Hi"}]}`); code != http.StatusForbidden {
		t.Errorf("a call to a model, which no budget covers: %d %s", code, body)
	}
	for field, value := range map[string]string{"scopes": `["logs.list"]`, "allowed_ips": `["192.0.2.0/24"]`} {
		limited := o.must("POST", "/v1/api-keys", `{"name":"limited-`+field+`","workspace":"a","member":"limited","`+field+`":`+value+`}`).Get("key").String()
		if code, body := o.call("", "POST", "/v1/auth/sessions", `{"api_key":"`+limited+`"}`); code != http.StatusForbidden {
			t.Errorf("a key with %s signs in: %d %s", field, code, body)
		}
	}
	if code, _ := o.call("", "POST", "/v1/auth/sessions", `{"api_key":"`+token+`"}`); code != http.StatusBadRequest {
		t.Errorf("a session opens another: %d", code)
	}
	_, body = b.call("GET", "/v1/auth/sessions", "")
	own := gjson.Get(body, "data.0.id").String()
	if gjson.Get(body, "data.#").Int() != 1 || !gjson.Get(body, "data.0.current").Bool() {
		t.Errorf("the list: %s", body)
	}
	if code, _ := o.call(token, "DELETE", "/v1/auth/sessions/"+own, ""); code != http.StatusNotFound {
		t.Errorf("somebody else's session: %d", code)
	}
	second := &browser{o: o}
	second.call("POST", "/v1/auth/sessions", `{"member":"manager@example.com","password":"`+password+`"}`)
	old := append([]*http.Cookie(nil), b.jar...)
	try("sign out", "DELETE", "/v1/auth/sessions/current", "", 200)
	b.jar = old
	try("with the old cookie", "GET", "/v1/configs", "", 401)
	if code, _ := second.call("GET", "/v1/configs", ""); code != http.StatusOK {
		t.Errorf("the second browser: %d", code)
	}
	o.call(o.keys[gateway.RoleManager], "PUT", "/v1/members/manager@example.com/password", `{"password":"another horse battery"}`)
	if code, _ := second.call("GET", "/v1/configs", ""); code != http.StatusUnauthorized {
		t.Errorf("after the password was changed: %d", code)
	}
	for action, outcome := range map[string]string{"session.create": "ok", "member.password": "ok", "session.delete": "ok"} {
		if code, body := o.call(ownersKey, "GET", "/v1/audit-logs?workspace=a&action="+action+"&outcome="+outcome, ""); code != 200 || gjson.Get(body, "data.#").Int() == 0 {
			t.Errorf("no audit event %s %s: %s", action, outcome, body)
		}
	}
}
