package app

import (
	"fmt"
	"net/http"
	"net/http/httptest"
	"net/url"
	"regexp"
	"strings"
	"testing"

	"github.com/tidwall/gjson"

	"github.com/sluicegate/sluice/gateway"
	"github.com/sluicegate/sluice/gateway/identity/oidc/oidctest"
	"github.com/sluicegate/sluice/internal/config"
)

// send is a program, or a browser's form where it has cookies.
func (v *visitor) send(t *testing.T, path string, form url.Values) (int, string) {
	t.Helper()
	r := httptest.NewRequest("POST", path, strings.NewReader(form.Encode()))
	r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	r.Header.Set("User-Agent", "claude-code/2.1.332")
	res := v.do(r)
	return res.StatusCode, body(t, res)
}

func (o *office) visitor() *visitor { return &visitor{o: o, jar: map[string]*http.Cookie{}} }

// askDevice lets a program ask, and returns its codes.
func (o *office) askDevice(t *testing.T, form url.Values) (device, user string) {
	t.Helper()
	code, answer := o.visitor().send(t, "/oauth/device_authorization", form)
	if code != http.StatusOK {
		t.Fatalf("%d %s", code, answer)
	}
	return gjson.Get(answer, "device_code").String(), gjson.Get(answer, "user_code").String()
}

func (o *office) redeem(t *testing.T, device string) (int, string) {
	t.Helper()
	return o.visitor().send(t, "/oauth/token", url.Values{"grant_type": {"urn:ietf:params:oauth:grant-type:device_code"}, "device_code": {device}})
}

// member signs a browser in with the API key of a role.
func (o *office) signedIn(t *testing.T, key string) *visitor {
	t.Helper()
	v := o.visitor()
	if code, answer := v.send(t, "/device/sign-in", url.Values{"api_key": {key}, "user_code": {"WDJB-MJHT"}}); code != http.StatusSeeOther || v.jar["sluice_session"] == nil {
		t.Fatalf("%d %s", code, answer)
	}
	return v
}

func csrfOf(t *testing.T, page string) string {
	t.Helper()
	found := regexp.MustCompile(`name="csrf_token" value="([^"]+)"`).FindStringSubmatch(page)
	if found == nil {
		t.Fatalf("no CSRF token on the page: %s", page)
	}
	return found[1]
}

// TestDeviceOnPage: a program that a person lets in on the page calls models as that person's API
// key, and administers nothing.
func TestDeviceOnPage(t *testing.T) {
	o := openOffice(t)
	waiting, _ := o.askDevice(t, nil)
	if code, answer := o.redeem(t, waiting); code != http.StatusBadRequest || gjson.Get(answer, "error").String() != "authorization_pending" {
		t.Errorf("before the decision: %d %s", code, answer)
	}
	device, user := o.askDevice(t, url.Values{"surface": {"claude_code"}, "unknown": {"x"}})
	stranger := o.visitor()
	if page := body(t, stranger.get("/device?user_code="+user)); !strings.Contains(page, `name="password"`) || !strings.Contains(page, user) {
		t.Errorf("the page of a stranger: %s", page)
	}
	if code, page := stranger.send(t, "/device", url.Values{"user_code": {user}, "decision": {"approve"}}); code != http.StatusUnauthorized {
		t.Errorf("a stranger approves: %d %s", code, page)
	}
	if code, page := stranger.send(t, "/device/sign-in", url.Values{"member": {"member@example.com"}, "password": {"wrong horse battery"}, "user_code": {user}}); code != http.StatusUnauthorized || len(stranger.jar) > 0 || !strings.Contains(page, user) {
		t.Errorf("a wrong password: %d %s", code, page)
	}
	v := o.signedIn(t, o.keys[gateway.RoleMember])
	if page := body(t, v.get("/device?user_code="+user)); !strings.Contains(page, `value="`+user+`"`) || strings.Contains(page, `value="approve"`) {
		t.Errorf("the code in the address is not to be sent by itself: %s", page)
	}
	_, page := v.send(t, "/device", url.Values{"user_code": {strings.ToLower(user)}})
	for _, want := range []string{"claude-code/2.1.332", "member@example.com", "call models", `<option value=`} {
		if !strings.Contains(page, want) {
			t.Errorf("the page lacks %q: %s", want, page)
		}
	}
	for name, token := range map[string]string{"no token": "", "a guess": "guess", "of another session": csrfOf(t, o.pageFor(t, o.signedIn(t, o.keys[gateway.RoleMember]), user))} {
		if code, page := v.send(t, "/device", url.Values{"user_code": {user}, "decision": {"approve"}, "csrf_token": {token}}); code != http.StatusForbidden {
			t.Errorf("%s: %d %s", name, code, page)
		}
	}
	code, page2 := v.send(t, "/device", url.Values{"user_code": {user}, "decision": {"approve"}, "csrf_token": {csrfOf(t, page)}, "api_key": {gjson.Get(o.own(t), "data.#(name==member).id").String()}})
	if code != http.StatusOK {
		t.Fatalf("%d %s", code, page2)
	}
	code, answer := o.redeem(t, device)
	token := gjson.Get(answer, "access_token").String()
	if code != http.StatusOK || gjson.Get(answer, "email").String() != "member@example.com" || gjson.Get(answer, "expires_in").Int() < 3000 || !strings.HasPrefix(token, "sk-sl-session-") {
		t.Fatalf("%d %s", code, answer)
	}
	if code, answer := o.redeem(t, device); code != http.StatusBadRequest || gjson.Get(answer, "error").String() != "invalid_grant" {
		t.Errorf("the device code again: %d %s", code, answer)
	}
	o.checkDevice(t, token, answer)
}

// own lists the API keys of the member in workspace a.
func (o *office) own(t *testing.T) string {
	t.Helper()
	_, answer := o.call(o.keys[gateway.RoleMember], "GET", "/v1/api-keys", "")
	return answer
}

// pageFor is the page on which a browser decides about a code.
func (o *office) pageFor(t *testing.T, v *visitor, user string) string {
	t.Helper()
	_, page := v.send(t, "/device", url.Values{"user_code": {user}})
	return page
}

// checkDevice: the token calls models and nothing else, is renewed, and ends when it is revoked.
func (o *office) checkDevice(t *testing.T, token, answer string) {
	t.Helper()
	const chat = `{"model":"mock/echo","max_tokens":5,"messages":[{"role":"user","content":"Hi"}]}`
	for _, c := range []struct {
		method, path, body string
		want               int
	}{{"POST", "/v1/messages", chat, 200}, {"GET", "/v1/models", "", 200}, {"POST", "/v1/metrics", "{}", 200}, {"GET", "/v1/logs", "", 403}, {"GET", "/v1/api-keys", "", 403},
		{"POST", "/v1/api-keys", `{"name":"more"}`, 403}, {"GET", "/v1/auth/sessions", "", 403}, {"POST", "/v1/auth/sessions", fmt.Sprintf(`{"api_key":%q}`, token), 400},
		{"POST", "/v1/auth/device/approve", `{"user_code":"BCDF-GHJK"}`, 403}} {
		if code, answer := o.call(token, c.method, c.path, c.body); code != c.want {
			t.Errorf("%s %s: %d %s, want %d", c.method, c.path, code, answer, c.want)
		}
	}
	code, renewed := o.visitor().send(t, "/oauth/token", url.Values{"grant_type": {"refresh_token"}, "refresh_token": {gjson.Get(answer, "refresh_token").String()}})
	fresh := gjson.Get(renewed, "access_token").String()
	if code != http.StatusOK || fresh == token {
		t.Fatalf("%d %s", code, renewed)
	}
	if code, _ := o.call(fresh, "GET", "/v1/models", ""); code != http.StatusOK {
		t.Errorf("the new token: %d", code)
	}
	if code, answer := o.visitor().send(t, "/oauth/revoke", url.Values{"token": {fresh}}); code != http.StatusOK {
		t.Errorf("%d %s", code, answer)
	}
	r := httptest.NewRequest("POST", "/v1/messages", strings.NewReader(chat))
	r.Header.Set("Authorization", "Bearer "+fresh)
	res := o.visitor().do(r)
	if res.StatusCode != http.StatusUnauthorized || res.Header.Get("X-Should-Retry") != "false" || !strings.Contains(body(t, res), "authentication_error") {
		t.Errorf("a revoked token: %s", text(t, res))
	}
	code, answer = o.visitor().send(t, "/oauth/token", url.Values{"grant_type": {"refresh_token"}, "refresh_token": {gjson.Get(renewed, "refresh_token").String()}})
	if code != http.StatusUnauthorized || gjson.Get(answer, "error").String() != "invalid_grant" {
		t.Errorf("a revoked refresh token: %d %s", code, answer)
	}
}

// TestDeviceByAPI: the console decides over the API, and a program with the scope admin gets a
// session that lets no other program in.
func TestDeviceByAPI(t *testing.T) {
	o := openOffice(t)
	device, user := o.askDevice(t, url.Values{"scope": {"admin"}})
	v := o.signedIn(t, o.keys[gateway.RoleManager])
	v.csrf = gjson.Get(body(t, v.get("/v1/auth/session")), "csrf_token").String()
	approve := func(who *visitor, body string) (int, string) {
		r := httptest.NewRequest("POST", "/v1/auth/device/approve", strings.NewReader(body))
		res := who.do(r)
		return res.StatusCode, text(t, res)
	}
	if res := v.get("/v1/auth/device?user_code=" + user); res.StatusCode != http.StatusOK || !strings.Contains(text(t, res), `"scope":"admin"`) {
		t.Errorf("what asks: %s", text(t, res))
	}
	noCSRF := &visitor{o: o, jar: v.jar}
	for name, c := range map[string]struct {
		who  *visitor
		body string
		want int
	}{
		"without the CSRF token": {noCSRF, fmt.Sprintf(`{"user_code":%q}`, user), 403}, "a wrong code": {v, `{"user_code":"BCDF-GHJK"}`, 404}, "no code": {v, `{}`, 404},
		"a number": {v, `{"user_code":1}`, 400}, "another field": {v, `{"user_code":"x","role":"owner"}`, 400}, "approve as text": {v, `{"user_code":"x","approve":"no"}`, 400},
	} {
		if code, answer := approve(c.who, c.body); code != c.want {
			t.Errorf("%s: %d %s", name, code, answer)
		}
	}
	if code, answer := o.call(o.keys[gateway.RoleManager], "POST", "/v1/auth/device/approve", fmt.Sprintf(`{"user_code":%q}`, user)); code != http.StatusForbidden {
		t.Errorf("an API key approves: %d %s", code, answer)
	}
	if code, answer := approve(v, fmt.Sprintf(`{"user_code":%q}`, user)); code != http.StatusOK {
		t.Fatalf("%d %s", code, answer)
	}
	code, answer := o.redeem(t, device)
	token := gjson.Get(answer, "access_token").String()
	if code != http.StatusOK || gjson.Get(answer, "scope").String() != "admin" || gjson.Get(answer, "refresh_token").Exists() {
		t.Fatalf("%d %s", code, answer)
	}
	if code, _ := o.call(token, "GET", "/v1/configs", ""); code != http.StatusOK {
		t.Errorf("it does not administer: %d", code)
	}
	if code, _ := o.call(token, "POST", "/v1/messages", `{"model":"mock/echo","max_tokens":5,"messages":[{"role":"user","content":"Hi"}]}`); code != http.StatusForbidden {
		t.Errorf("it calls models: %d", code)
	}
	_, next := o.askDevice(t, url.Values{"scope": {"admin"}})
	if code, answer := o.call(token, "POST", "/v1/auth/device/approve", fmt.Sprintf(`{"user_code":%q}`, next)); code != http.StatusForbidden {
		t.Errorf("a program lets another one in: %d %s", code, answer)
	}
	device, user = o.askDevice(t, nil)
	if code, answer := approve(v, fmt.Sprintf(`{"user_code":%q,"approve":false}`, user)); code != http.StatusOK {
		t.Fatalf("%d %s", code, answer)
	}
	if code, answer := o.redeem(t, device); code != http.StatusBadRequest || gjson.Get(answer, "error").String() != "access_denied" {
		t.Errorf("refused: %d %s", code, answer)
	}
	for action, outcome := range map[string]string{"device.decide": "ok", "session.token": "ok", "session.create": "ok"} {
		if code, body := o.call(ownersKey, "GET", "/v1/audit-logs?workspace=a&action="+action+"&outcome="+outcome, ""); code != 200 || gjson.Get(body, "data.#").Int() == 0 {
			t.Errorf("no audit event %s %s: %s", action, outcome, body)
		}
	}
}

// TestDeviceRefusals: the endpoints answer in OAuth's words.
func TestDeviceRefusals(t *testing.T) {
	o := openOffice(t)
	const grant = "urn:ietf:params:oauth:grant-type:device_code"
	for name, c := range map[string]struct {
		path, body string
		status     int
		code       string
	}{
		"a scope":            {"/v1/auth/device", "scope=owner", 400, "invalid_scope"},
		"twice":              {"/v1/auth/device", "scope=admin&scope=inference", 400, "invalid_request"},
		"no form":            {"/v1/auth/device", "scope=%zz", 400, "invalid_request"},
		"large":              {"/v1/auth/device", "x=" + strings.Repeat("x", 10_000), 413, "invalid_request"},
		"no grant type":      {"/v1/auth/device/token", "", 400, "unsupported_grant_type"},
		"a grant type":       {"/v1/auth/device/token", "grant_type=password", 400, "unsupported_grant_type"},
		"no device code":     {"/v1/auth/device/token", "grant_type=" + grant, 400, "invalid_request"},
		"a device code":      {"/v1/auth/device/token", "device_code=guess&grant_type=" + grant, 400, "invalid_grant"},
		"no refresh token":   {"/oauth/token", "grant_type=refresh_token", 400, "invalid_request"},
		"a refresh token":    {"/oauth/token", "grant_type=refresh_token&refresh_token=sk-sl-refresh-x", 401, "invalid_grant"},
		"nothing to revoke":  {"/oauth/revoke", "", 400, "invalid_request"},
		"a token to revoke":  {"/oauth/revoke", "token=sk-sl-session-guess", 200, ""},
		"an API key's token": {"/oauth/revoke", "token=" + ownersKey, 200, ""},
	} {
		r := httptest.NewRequest("POST", c.path, strings.NewReader(c.body))
		res := o.visitor().do(r)
		answer := body(t, res)
		if res.StatusCode != c.status || gjson.Get(answer, "error").String() != c.code || c.code != "" && gjson.Get(answer, "error_description").String() == "" {
			t.Errorf("%s: %d %s", name, res.StatusCode, answer)
		}
	}
	metadata := body(t, o.visitor().get("/.well-known/oauth-authorization-server"))
	if gjson.Get(metadata, "token_endpoint").String() != "http://example.com/oauth/token" || gjson.Get(metadata, "issuer").String() != "http://example.com" {
		t.Errorf("the metadata: %s", metadata)
	}
}

// TestUserCodesAreNotGuessed: an address that tries codes has to wait, even with the right one.
func TestUserCodesAreNotGuessed(t *testing.T) {
	o := openOffice(t, func(cfg *config.Config) { cfg.UnknownKeys = 5 })
	_, user := o.askDevice(t, nil)
	v := o.signedIn(t, o.keys[gateway.RoleMember])
	for range 5 {
		if code, page := v.send(t, "/device", url.Values{"user_code": {"BCDF-GHJK"}}); code != http.StatusNotFound {
			t.Fatalf("%d %s", code, page)
		}
	}
	if code, page := v.send(t, "/device", url.Values{"user_code": {user}}); code != http.StatusTooManyRequests {
		t.Errorf("after five wrong codes: %d %s", code, page)
	}
}

// TestForeignForms: another site cannot send the forms of our pages.
func TestForeignForms(t *testing.T) {
	o := openOffice(t)
	v := o.signedIn(t, o.keys[gateway.RoleMember])
	_, user := o.askDevice(t, nil)
	csrf := csrfOf(t, o.pageFor(t, v, user))
	for _, path := range []string{"/device", "/device/sign-in"} {
		r := httptest.NewRequest("POST", path, strings.NewReader(url.Values{"user_code": {user}, "decision": {"approve"}, "csrf_token": {csrf}, "api_key": {o.keys[gateway.RoleManager]}}.Encode()))
		r.Header.Set("Sec-Fetch-Site", "cross-site")
		before := v.jar["sluice_session"].Value
		if res := v.do(r); res.StatusCode != http.StatusForbidden || v.jar["sluice_session"].Value != before {
			t.Errorf("%s: %s", path, text(t, res))
		}
	}
}

// TestDeviceWithoutAPIKey: a person of the provider who has no API key lets a program in only where
// the server makes one with a budget; somebody who may call no models lets in none.
func TestDeviceWithoutAPIKey(t *testing.T) {
	p := oidctest.Start(t, "engineers")
	budget := int64(5e9)
	for name, c := range map[string]struct {
		budget *int64
		want   int
	}{"no key is made": {nil, http.StatusForbidden}, "one is made": {&budget, http.StatusOK}} {
		o := openOffice(t, withOIDC(p), func(cfg *config.Config) { cfg.SignIn.DeviceBudget = c.budget })
		v := o.visitor()
		v.signInAtProvider(t, p)
		for range 2 {
			_, user := o.askDevice(t, nil)
			csrf := csrfOf(t, o.pageFor(t, v, user))
			if code, page := v.send(t, "/device", url.Values{"user_code": {user}, "decision": {"approve"}, "csrf_token": {csrf}}); code != c.want {
				t.Errorf("%s: %d %s", name, code, page)
			}
		}
		_, keys := o.call(ownersKey, "GET", "/v1/api-keys?workspace=a", "")
		if made := gjson.Get(keys, `data.#(member=="ada@example.com")#`); c.budget == nil && made.Get("#").Int() != 0 || c.budget != nil && (made.Get("#").Int() != 1 || made.Get("0.budget_usd").String() != "5") {
			t.Errorf("%s: the keys %s", name, made.Raw)
		}
		viewer := o.signedIn(t, o.keys[gateway.RoleViewer])
		_, user := o.askDevice(t, nil)
		csrf := csrfOf(t, o.pageFor(t, viewer, user))
		if code, page := viewer.send(t, "/device", url.Values{"user_code": {user}, "decision": {"approve"}, "csrf_token": {csrf}}); code != http.StatusForbidden {
			t.Errorf("%s: a viewer: %d %s", name, code, page)
		}
	}
}
