package oidc

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"sync/atomic"
	"time"

	goidc "github.com/coreos/go-oidc/v3/oidc"
	"golang.org/x/oauth2"

	"github.com/sluicegate/sluice/gateway"
)

// Config holds the settings of a Client.
type Config struct {
	Issuer       string // URL, as the provider writes it in its tokens
	ClientID     string
	ClientSecret gateway.Secret // empty for a public client
	Scopes       []string       // besides "openid"; nil = email, profile
	GroupsClaim  string         // "" = "groups"
	Domains      []string       // of e-mail addresses that may sign in, in lower case; nil = all

	Timeout   time.Duration     // of everything that one sign-in asks of the provider; 0 = 10 s
	Transport http.RoundTripper // nil = one of its own
	Now       func() time.Time  // nil = time.Now
}

// Client signs people in at one provider. It asks the provider nothing until somebody signs in.
// Safe for concurrent use.
type Client struct {
	cfg      Config
	http     *http.Client
	provider atomic.Pointer[goidc.Provider] // nil until its configuration has been read
}

// New makes a client.
func New(cfg Config) *Client {
	if cfg.Timeout <= 0 {
		cfg.Timeout = 10 * time.Second
	}
	if cfg.Now == nil {
		cfg.Now = time.Now
	}
	if cfg.GroupsClaim == "" {
		cfg.GroupsClaim = "groups"
	}
	if cfg.Scopes == nil {
		cfg.Scopes = []string{"email", "profile"}
	}
	if cfg.Transport == nil {
		cfg.Transport = &http.Transport{Proxy: http.ProxyFromEnvironment, DisableKeepAlives: true} // few sign-ins, no idle connections
	}
	// The secret and the code go where the provider's configuration says, and nowhere else.
	noRedirect := func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }
	return &Client{cfg: cfg, http: &http.Client{Timeout: cfg.Timeout, CheckRedirect: noRedirect, Transport: boundedAnswers{cfg.Transport}}}
}

// maxAnswer bounds an answer of the provider.
const maxAnswer = 1 << 20

// boundedAnswers fails answers that are larger than maxAnswer.
type boundedAnswers struct{ next http.RoundTripper }

// RoundTrip implements http.RoundTripper.
func (b boundedAnswers) RoundTrip(r *http.Request) (*http.Response, error) {
	res, err := b.next.RoundTrip(r)
	if err == nil {
		res.Body = http.MaxBytesReader(nil, res.Body, maxAnswer)
	}
	return res, err
}

// configuration is that of the provider, which is read once.
func (c *Client) configuration(ctx context.Context, op string) (*goidc.Provider, error) {
	if p := c.provider.Load(); p != nil {
		return p, nil
	}
	p, err := goidc.NewProvider(ctx, c.cfg.Issuer)
	if err != nil {
		return nil, unavailable(op, err)
	}
	c.provider.Store(p)
	return p, nil
}

func (c *Client) flow(p *goidc.Provider, redirect string) *oauth2.Config {
	return &oauth2.Config{ClientID: c.cfg.ClientID, ClientSecret: c.cfg.ClientSecret.Reveal(), Endpoint: p.Endpoint(), RedirectURL: redirect,
		Scopes: append([]string{goidc.ScopeOpenID}, c.cfg.Scopes...)}
}

// Begin begins a sign-in. redirect is the URL of ours to which the provider sends the browser;
// back is the path of ours to go to afterwards.
func (c *Client) Begin(ctx context.Context, redirect, back string) (Attempt, string, error) {
	ctx, cancel := context.WithTimeout(goidc.ClientContext(ctx, c.http), c.cfg.Timeout)
	defer cancel()
	p, err := c.configuration(ctx, "oidc.Begin")
	if err != nil {
		return Attempt{}, "", err
	}
	a := newAttempt(back, c.cfg.Now())
	return a, c.flow(p, redirect).AuthCodeURL(a.State, goidc.Nonce(a.Nonce), oauth2.S256ChallengeOption(a.Verifier)), nil
}

// Answer is what the browser brings back from the provider: the parameters of its redirect.
type Answer struct {
	State, Code, Issuer string
	Error               string // of OAuth 2.0, "" if it has a code
}

// Finish finds who has signed in. redirect is the same as that of Begin. An answer that proves
// nobody is gateway.Unauthorized, a person who may not sign in gateway.Forbidden, a provider that
// does not answer gateway.Unavailable.
func (c *Client) Finish(ctx context.Context, a Attempt, redirect string, answer Answer) (Person, error) {
	const op = "oidc.Finish"
	if err := a.check(op, answer.State, answer.Issuer, c.cfg.Issuer, c.cfg.Now()); err != nil {
		return Person{}, err
	}
	switch {
	case answer.Error == "access_denied":
		return Person{}, forbid(op, "denied", "The identity provider did not let you in.")
	case answer.Error != "" || answer.Code == "":
		return Person{}, refuse(op, "code", "The identity provider did not complete the sign-in. Begin again.")
	}
	ctx, cancel := context.WithTimeout(goidc.ClientContext(ctx, c.http), c.cfg.Timeout)
	defer cancel()
	p, err := c.configuration(ctx, op)
	if err != nil {
		return Person{}, err
	}
	token, err := c.flow(p, redirect).Exchange(ctx, answer.Code, oauth2.VerifierOption(a.Verifier))
	if err != nil {
		return Person{}, exchangeError(op, err)
	}
	raw, _ := token.Extra("id_token").(string)
	id, err := c.verify(ctx, p, raw, a.Nonce)
	if err != nil {
		return Person{}, err
	}
	of, err := readClaims(id.Claims)
	if err != nil {
		return Person{}, badToken(op, err)
	}
	if of, err = c.complete(ctx, p, token, id.Subject, of); err != nil {
		return Person{}, err
	}
	return c.person(id.Subject, of)
}

// verify checks an ID token.
func (c *Client) verify(ctx context.Context, p *goidc.Provider, raw, nonce string) (*goidc.IDToken, error) {
	const op = "oidc.Finish"
	if raw == "" {
		return nil, badToken(op, errors.New("the answer has no id_token"))
	}
	id, err := p.Verifier(&goidc.Config{ClientID: c.cfg.ClientID, Now: c.cfg.Now}).Verify(ctx, raw)
	if err != nil {
		var failed *url.Error // of the request for the provider's keys
		if errors.As(err, &failed) || errors.Is(err, context.DeadlineExceeded) {
			return nil, unavailable(op, err)
		}
		return nil, badToken(op, err)
	}
	var party struct {
		Authorized string `json:"azp"`
	}
	if err := id.Claims(&party); err != nil {
		return nil, badToken(op, err)
	}
	if party.Authorized != "" && party.Authorized != c.cfg.ClientID || party.Authorized == "" && len(id.Audience) > 1 {
		return nil, badToken(op, errors.New("the token was issued to another client"))
	}
	if id.Nonce != nonce {
		return nil, refuse(op, "nonce", "The identity provider's answer belongs to another sign-in. Begin again.")
	}
	return id, nil
}

// complete asks the userinfo endpoint for what the ID token leaves out.
func (c *Client) complete(ctx context.Context, p *goidc.Provider, token *oauth2.Token, subject string, of claims) (claims, error) {
	const op = "oidc.Finish"
	_, known, _ := of.groups(c.cfg.GroupsClaim)
	if of.Email != "" && (known || of.elsewhere(c.cfg.GroupsClaim)) || p.UserInfoEndpoint() == "" {
		return of, nil
	}
	info, err := p.UserInfo(ctx, oauth2.StaticTokenSource(token))
	if err != nil {
		return of, unavailable(op, err)
	}
	if info.Subject != subject {
		return of, badToken(op, errors.New("userinfo is about another subject"))
	}
	more, err := readClaims(info.Claims)
	if err != nil {
		return of, badToken(op, err)
	}
	if of.Email == "" {
		of.Email, of.Verified = more.Email, more.Verified
	}
	if groups, has := more.Others[c.cfg.GroupsClaim]; has && !known {
		of.Others[c.cfg.GroupsClaim] = groups
	}
	return of, nil
}

// exchangeError tells a code that is no good from a provider that does not answer. What the
// provider wrote is left out but for the code of its error.
func exchangeError(op string, err error) error {
	var refused *oauth2.RetrieveError
	if !errors.As(err, &refused) {
		return unavailable(op, err)
	}
	if !slices.Contains([]string{"invalid_grant", "invalid_request"}, refused.ErrorCode) {
		return unavailable(op, fmt.Errorf("the token endpoint answers %d %q", refused.Response.StatusCode, refused.ErrorCode))
	}
	return refuse(op, "code", "The identity provider did not accept the code of the sign-in. Begin again.")
}

func badToken(op string, err error) error {
	e := refuse(op, "token", "The identity provider's answer is not valid.")
	e.Err = err
	return e
}

func unavailable(op string, err error) error {
	return &gateway.Error{Op: op, Kind: gateway.Unavailable, Code: "oidc_provider", Public: "The identity provider does not answer.", Err: err}
}
