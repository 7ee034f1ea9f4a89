package oidc_test

import (
	"context"
	"net/http"
	"net/http/httptest"
	"net/url"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/sluicegate/sluice/gateway"
	"github.com/sluicegate/sluice/gateway/identity/oidc"
	"github.com/sluicegate/sluice/gateway/identity/oidc/oidctest"
)

const redirect = "https://llm.example.com/v1/auth/oidc/callback"

func open(p *oidctest.Provider, with ...func(*oidc.Config)) *oidc.Client {
	cfg := oidc.Config{Issuer: p.Issuer, ClientID: oidctest.ClientID, ClientSecret: gateway.NewSecret(oidctest.ClientSecret), Domains: []string{"example.com"}}
	for _, f := range with {
		f(&cfg)
	}
	return oidc.New(cfg)
}

// visit begins a sign-in and lets the provider answer it.
func visit(t *testing.T, p *oidctest.Provider, c *oidc.Client) (oidc.Attempt, oidc.Answer) {
	t.Helper()
	a, address, err := c.Begin(t.Context(), redirect, "/device")
	if err != nil {
		t.Fatal(err)
	}
	back := p.Visit(t, address)
	if !strings.HasPrefix(back.String(), redirect+"?") {
		t.Fatalf("the browser goes to %s", back)
	}
	q := back.Query()
	return a, oidc.Answer{State: q.Get("state"), Code: q.Get("code"), Issuer: q.Get("iss")}
}

// TestSignIn: who signs in is the person with the provider's subject, address and groups.
func TestSignIn(t *testing.T) {
	p := oidctest.Start(t, "engineers", "oncall")
	c := open(p)
	a, answer := visit(t, p, c)
	who, err := c.Finish(t.Context(), a, redirect, answer)
	if err != nil {
		t.Fatal(err)
	}
	if who.Email != "ada@example.com" || who.Subject != p.Issuer+" ada-1" || !slices.Equal(who.Groups, []string{"engineers", "oncall"}) || a.Return != "/device" {
		t.Errorf("%+v %+v", who, a)
	}
	if _, err := c.Finish(t.Context(), a, redirect, answer); gateway.AsError(err).Code != "oidc_code" {
		t.Errorf("the same code again: %v", err)
	}
}

// TestUserInfo: what the ID token leaves out is asked for.
func TestUserInfo(t *testing.T) {
	p := oidctest.Start(t)
	p.Set(map[string]any{"email": nil, "email_verified": nil, "groups": nil})
	p.UserInfo(map[string]any{"email": "ada@example.com", "email_verified": "true", "groups": "engineers"})
	c := open(p)
	a, answer := visit(t, p, c)
	who, err := c.Finish(t.Context(), a, redirect, answer)
	if err != nil || who.Email != "ada@example.com" || !slices.Equal(who.Groups, []string{"engineers"}) {
		t.Errorf("%+v %v", who, err)
	}
	p.UserInfo(map[string]any{"sub": "somebody-else", "email": "eve@example.com", "email_verified": true})
	a, answer = visit(t, p, c)
	if _, err := c.Finish(t.Context(), a, redirect, answer); gateway.AsError(err).Code != "oidc_token" {
		t.Errorf("userinfo about somebody else: %v", err)
	}
}

// TestRefused: every answer that does not prove the person is refused, and says why.
func TestRefused(t *testing.T) {
	claim := func(name string, v any) func(*testing.T, *oidctest.Provider) {
		return func(_ *testing.T, p *oidctest.Provider) {
			p.Edit(func(claims map[string]any) { claims[name] = v })
		}
	}
	for name, c := range map[string]struct {
		provider func(*testing.T, *oidctest.Provider)
		attempt  func(*oidc.Attempt, *oidc.Answer)
		code     string
		kind     gateway.Kind
	}{
		"another state":       {attempt: func(_ *oidc.Attempt, a *oidc.Answer) { a.State = "guess" }, code: "oidc_state", kind: gateway.Unauthorized},
		"no state":            {attempt: func(a *oidc.Attempt, b *oidc.Answer) { a.State, b.State = "", "" }, code: "oidc_state", kind: gateway.Unauthorized},
		"late":                {attempt: func(a *oidc.Attempt, _ *oidc.Answer) { a.Expires = time.Now().Add(-time.Second) }, code: "oidc_expired", kind: gateway.Unauthorized},
		"mixed up":            {attempt: func(_ *oidc.Attempt, a *oidc.Answer) { a.Issuer = "https://evil.example.com" }, code: "oidc_iss", kind: gateway.Unauthorized},
		"no code":             {attempt: func(_ *oidc.Attempt, a *oidc.Answer) { a.Code = "" }, code: "oidc_code", kind: gateway.Unauthorized},
		"a guessed code":      {attempt: func(_ *oidc.Attempt, a *oidc.Answer) { a.Code = "guess" }, code: "oidc_code", kind: gateway.Unauthorized},
		"denied there":        {attempt: func(_ *oidc.Attempt, a *oidc.Answer) { a.Error = "access_denied" }, code: "oidc_denied", kind: gateway.Forbidden},
		"another verifier":    {attempt: func(a *oidc.Attempt, _ *oidc.Answer) { a.Verifier = strings.Repeat("x", 52) }, code: "oidc_code", kind: gateway.Unauthorized},
		"no verifier":         {attempt: func(a *oidc.Attempt, _ *oidc.Answer) { a.Verifier = "" }, code: "oidc_code", kind: gateway.Unauthorized},
		"another nonce":       {attempt: func(a *oidc.Attempt, _ *oidc.Answer) { a.Nonce = "other" }, code: "oidc_nonce", kind: gateway.Unauthorized},
		"a token's nonce":     {provider: claim("nonce", "other"), code: "oidc_nonce", kind: gateway.Unauthorized},
		"another issuer":      {provider: claim("iss", "https://evil.example.com"), code: "oidc_token", kind: gateway.Unauthorized},
		"another audience":    {provider: claim("aud", "another-client"), code: "oidc_token", kind: gateway.Unauthorized},
		"two audiences":       {provider: claim("aud", []string{"sluice", "another-client"}), code: "oidc_token", kind: gateway.Unauthorized},
		"another party":       {provider: claim("azp", "another-client"), code: "oidc_token", kind: gateway.Unauthorized},
		"expired":             {provider: claim("exp", time.Now().Add(-time.Hour).Unix()), code: "oidc_token", kind: gateway.Unauthorized},
		"another key":         {provider: func(t *testing.T, p *oidctest.Provider) { p.SignWrongly(t) }, code: "oidc_token", kind: gateway.Unauthorized},
		"no subject":          {provider: claim("sub", ""), code: "oidc_subject", kind: gateway.Unauthorized},
		"unverified":          {provider: claim("email_verified", false), code: "oidc_email_verified", kind: gateway.Forbidden},
		"verified, it says":   {provider: claim("email_verified", "yes"), code: "oidc_email_verified", kind: gateway.Forbidden},
		"no address":          {provider: claim("email", "ada"), code: "oidc_email", kind: gateway.Forbidden},
		"two addresses":       {provider: claim("email", "ada@evil.example@example.com"), code: "oidc_email", kind: gateway.Forbidden},
		"another domain":      {provider: claim("email", "ada@example.com.evil.example"), code: "oidc_domain", kind: gateway.Forbidden},
		"groups of no shape":  {provider: claim("groups", map[string]any{"a": 1}), code: "oidc_groups", kind: gateway.Forbidden},
		"too many groups":     {provider: claim("groups", slices.Repeat([]string{"g"}, 2_001)), code: "oidc_groups", kind: gateway.Forbidden},
		"a very long subject": {provider: claim("sub", strings.Repeat("s", 300)), code: "oidc_subject", kind: gateway.Unauthorized},
		"groups elsewhere": {provider: func(_ *testing.T, p *oidctest.Provider) {
			p.Edit(func(claims map[string]any) {
				delete(claims, "groups")
				claims["_claim_names"], claims["_claim_sources"] = map[string]string{"groups": "src"}, map[string]any{"src": map[string]string{"endpoint": "https://graph.example.com"}}
			})
		}, code: "oidc_groups", kind: gateway.Forbidden},
	} {
		t.Run(name, func(t *testing.T) {
			p := oidctest.Start(t, "engineers")
			client := open(p)
			if c.provider != nil {
				c.provider(t, p)
			}
			a, answer := visit(t, p, client)
			if c.attempt != nil {
				c.attempt(&a, &answer)
			}
			who, err := client.Finish(t.Context(), a, redirect, answer)
			if e := gateway.AsError(err); e == nil || e.Code != c.code || e.Kind != c.kind {
				t.Errorf("%+v %v", who, err)
			}
		})
	}
}

// TestProviderFails: a provider that is silent, speaks no JSON or has another secret for us is an
// error in time, not a wait, and the next sign-in works.
func TestProviderFails(t *testing.T) {
	p := oidctest.Start(t, "engineers")
	c := open(p, func(cfg *oidc.Config) { cfg.Timeout = 300 * time.Millisecond })
	speak := p.FallSilent()
	ctx, cancel := context.WithTimeout(t.Context(), 30*time.Second)
	defer cancel()
	if _, _, err := c.Begin(ctx, redirect, "/"); gateway.AsError(err).Kind != gateway.Unavailable || ctx.Err() != nil {
		t.Errorf("silent at the beginning: %v", err)
	}
	speak()
	patient := open(p)
	a, answer := visit(t, p, patient)
	hasty := open(p, func(cfg *oidc.Config) { cfg.Timeout = 300 * time.Millisecond })
	speak = p.FallSilent()
	if _, err := hasty.Finish(ctx, a, redirect, answer); gateway.AsError(err).Kind != gateway.Unavailable || ctx.Err() != nil {
		t.Errorf("silent at the end: %v", err)
	}
	speak()
	if _, err := patient.Finish(t.Context(), a, redirect, answer); err != nil {
		t.Errorf("afterwards: %v", err)
	}
	stranger := open(p, func(cfg *oidc.Config) { cfg.ClientSecret = gateway.NewSecret("wrong") })
	a, answer = visit(t, p, stranger)
	if _, err := stranger.Finish(t.Context(), a, redirect, answer); gateway.AsError(err).Kind != gateway.Unavailable || strings.Contains(err.Error(), "wrong") {
		t.Errorf("a wrong secret: %v", err)
	}
	for name, body := range map[string]string{"no JSON": "<html>", "large": strings.Repeat("x", 2<<20), "another issuer": `{"issuer":"https://evil.example.com"}`} {
		server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { _, _ = w.Write([]byte(body)) }))
		other := oidc.New(oidc.Config{Issuer: server.URL, ClientID: "sluice"})
		if _, _, err := other.Begin(t.Context(), redirect, "/"); gateway.AsError(err).Kind != gateway.Unavailable {
			t.Errorf("%s: %v", name, err)
		}
		server.Close()
	}
}

// TestChallenge: the provider gets a challenge and never the verifier.
func TestChallenge(t *testing.T) {
	p := oidctest.Start(t)
	a, address, err := open(p).Begin(t.Context(), redirect, "/")
	if err != nil {
		t.Fatal(err)
	}
	u, err := url.Parse(address)
	if err != nil {
		t.Fatal(err)
	}
	q := u.Query()
	if q.Get("code_challenge_method") != "S256" || q.Get("nonce") != a.Nonce || q.Get("state") != a.State || strings.Contains(address, a.Verifier) || q.Get("scope") != "openid email profile" {
		t.Errorf("%s", address)
	}
	again, _, err := open(p).Begin(t.Context(), redirect, "/")
	if err != nil || again.State == a.State || again.Nonce == a.Nonce || again.Verifier == a.Verifier {
		t.Errorf("two attempts share a secret: %v", err)
	}
}
