package app

import (
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"

	"github.com/tidwall/gjson"

	"github.com/sluicegate/sluice/gateway"
	"github.com/sluicegate/sluice/gateway/identity"
	"github.com/sluicegate/sluice/gateway/identity/oidc/oidctest"
	"github.com/sluicegate/sluice/internal/config"
)

// visitor is a browser with cookies by name.
type visitor struct {
	o    *office
	jar  map[string]*http.Cookie
	csrf string
}

func (v *visitor) do(r *http.Request) *http.Response {
	for _, c := range v.jar {
		r.AddCookie(&http.Cookie{Name: c.Name, Value: c.Value})
	}
	if v.csrf != "" {
		r.Header.Set("X-Csrf-Token", v.csrf)
	}
	w := httptest.NewRecorder()
	v.o.server.ServeHTTP(w, r)
	for _, c := range w.Result().Cookies() {
		if v.jar[c.Name] = c; c.MaxAge < 0 {
			delete(v.jar, c.Name)
		}
	}
	return w.Result()
}

func (v *visitor) get(path string) *http.Response { return v.do(httptest.NewRequest("GET", path, nil)) }

func text(t *testing.T, r *http.Response) string {
	t.Helper()
	var b strings.Builder
	if err := r.Write(&b); err != nil {
		t.Fatal(err)
	}
	return b.String()
}

func withOIDC(p *oidctest.Provider) func(*config.Config) {
	return func(cfg *config.Config) {
		cfg.SignIn = config.SignIn{PublicURL: "https://llm.example.com", OIDC: &config.OIDC{Issuer: p.Issuer, ClientID: oidctest.ClientID,
			ClientSecret: gateway.NewSecret(oidctest.ClientSecret), Domains: []string{"example.com"}, Mapping: []identity.GroupRole{
				{Group: "engineers", Workspace: "a", Role: gateway.RoleMember, Team: "backend"}, {Group: "leads", Workspace: "a", Role: gateway.RoleManager}}}}
	}
}

// signInAtProvider goes to the provider and back.
func (v *visitor) signInAtProvider(t *testing.T, p *oidctest.Provider) *http.Response {
	t.Helper()
	return v.get(v.atProvider(t, p).RequestURI())
}

func (v *visitor) atProvider(t *testing.T, p *oidctest.Provider) *url.URL {
	t.Helper()
	address, err := v.get("/v1/auth/oidc/login?return=/device%3Fuser_code=X").Location()
	if err != nil {
		t.Fatal(err)
	}
	return p.Visit(t, address.String())
}

// TestOIDC: a person signs in at the provider, acts with the role of its groups, and loses it with
// the group at the next sign-in.
func TestOIDC(t *testing.T) {
	p := oidctest.Start(t, "leads")
	o := openOffice(t, withOIDC(p))
	v := &visitor{o: o, jar: map[string]*http.Cookie{"sluice_session": {Name: "sluice_session", Value: "sk-sl-session-planted"}}}
	res := v.signInAtProvider(t, p)
	body := text(t, res)
	c := v.jar["sluice_session"]
	if res.StatusCode != http.StatusOK || c == nil || !c.Secure || !c.HttpOnly || c.SameSite != http.SameSiteStrictMode || strings.Contains(c.Value, "planted") || len(v.jar) != 1 {
		t.Fatalf("%s %v", body, v.jar)
	}
	if !strings.Contains(body, `content="0; url=/device?user_code=X"`) || !strings.Contains(res.Header.Get("Content-Security-Policy"), "default-src 'none'") || strings.Contains(body, "<script") {
		t.Errorf("the page: %s", body)
	}
	who := text(t, v.get("/v1/auth/session"))
	if !strings.Contains(who, `"member":"ada@example.com"`) || !strings.Contains(who, `"role":"manager"`) {
		t.Errorf("who it is: %s", who)
	}
	backend := func() string {
		return o.must("GET", "/v1/teams?workspace=a", "").Get(`data.#(name=="backend").members`).Raw
	}
	if got := backend(); got != "" {
		t.Errorf("a team that nobody belongs to: %s", got)
	}
	p.Set(map[string]any{"groups": []string{"engineers"}})
	if v.signInAtProvider(t, p); !strings.Contains(text(t, v.get("/v1/auth/session")), `"role":"member"`) {
		t.Errorf("after the group has changed: %s", text(t, v.get("/v1/auth/session")))
	}
	if got := backend(); !strings.Contains(got, "ada@example.com") {
		t.Errorf("the team of a group: %s", got)
	}
	first := v.jar["sluice_session"]
	p.Set(map[string]any{"groups": []string{}})
	if res := v.signInAtProvider(t, p); res.StatusCode != http.StatusForbidden || v.jar["sluice_session"] != first {
		t.Errorf("without a group: %s", text(t, res))
	}
	if res := v.get("/v1/auth/session"); res.StatusCode != http.StatusUnauthorized {
		t.Errorf("an older session of who has no role any more: %s", text(t, res))
	}
	for outcome, want := range map[string]int{"ok": 2, "denied": 1} {
		code, body := o.call(ownersKey, "GET", "/v1/audit-logs?workspace=a&action=session.create&outcome="+outcome, "")
		if outcome == "denied" {
			_, body = o.call(ownersKey, "GET", "/v1/audit-logs?action=session.create&outcome="+outcome, "")
		}
		if code != http.StatusOK || int(gjson.Get(body, "data.#").Int()) < want {
			t.Errorf("audit events %s: %s", outcome, body)
		}
	}
}

// TestOIDCAttacks: nobody is signed in by an answer that its browser has not asked for.
func TestOIDCAttacks(t *testing.T) {
	p := oidctest.Start(t, "leads")
	o := openOffice(t, withOIDC(p))
	fresh := func() *visitor { return &visitor{o: o, jar: map[string]*http.Cookie{}} }
	refused := func(what string, v *visitor, res *http.Response) {
		t.Helper()
		if res.StatusCode < 400 || v.jar["sluice_session"] != nil {
			t.Errorf("%s: %s", what, text(t, res))
		}
	}
	attacker, victim := fresh(), fresh()
	back := attacker.atProvider(t, p)
	refused("the attacker's code in the victim's browser", victim, victim.get(back.RequestURI()))
	victim.atProvider(t, p)
	refused("the attacker's code and state beside the victim's own attempt", victim, victim.get(back.RequestURI()))
	victim.jar["__Host-sluice_oidc"] = &http.Cookie{Name: "__Host-sluice_oidc", Value: "bm8gc2VhbA"}
	refused("a cookie that nobody sealed", victim, victim.get(back.RequestURI()))
	cookie := attacker.jar["__Host-sluice_oidc"]
	if !cookie.HttpOnly || !cookie.Secure || cookie.SameSite != http.SameSiteLaxMode || strings.Contains(cookie.Value, back.Query().Get("state")) {
		t.Errorf("the attempt's cookie: %+v", cookie)
	}
	if res := attacker.get(back.RequestURI()); res.StatusCode != http.StatusOK {
		t.Fatalf("its own browser: %s", text(t, res))
	}
	replay := fresh()
	refused("the same answer again", replay, replay.get(back.RequestURI()))
	replay.jar["__Host-sluice_oidc"] = cookie
	refused("the same answer and cookie again", replay, replay.get(back.RequestURI()))
	for _, path := range []string{"https://evil.example.com", "//evil.example.com", `/\evil.example.com`, "/\tevil", "device", "javascript:alert(1)", "/" + strings.Repeat("x", 600)} {
		v := fresh()
		refused("return to "+path, v, v.get("/v1/auth/oidc/login?return="+url.QueryEscape(path)))
	}
	p.Set(map[string]any{"email": `<b>"ada"@example.com`})
	v := fresh()
	if res := v.signInAtProvider(t, p); strings.Contains(text(t, res), "<b>") {
		t.Errorf("an address is taken for HTML")
	}
}
