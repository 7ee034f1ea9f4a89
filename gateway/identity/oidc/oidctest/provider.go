// Package oidctest has an OpenID provider for tests: discovery, keys, authorisation with PKCE,
// codes that are good once, tokens and userinfo. It lets one person in without asking.
package oidctest

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/sha256"
	"encoding/base64"
	"encoding/json"
	"maps"
	"net/http"
	"net/http/httptest"
	"net/url"
	"sync"
	"testing"
	"time"

	"github.com/go-jose/go-jose/v4"
)

// The client that the provider knows.
const (
	ClientID     = "sluice"
	ClientSecret = "s3cret-of-the-client"
)

// Provider is the provider. Its fields may be changed between sign-ins.
type Provider struct {
	Issuer string

	mu     sync.Mutex
	claims map[string]any
	info   map[string]any
	edit   func(claims map[string]any)
	key    *ecdsa.PrivateKey
	wrong  *ecdsa.PrivateKey // signs instead of key
	silent chan struct{}     // requests wait for it; nil = they do not
	codes  map[string]url.Values
	server *httptest.Server
}

// Start starts a provider that knows one person, ada@example.com with the groups.
func Start(t testing.TB, groups ...string) *Provider {
	t.Helper()
	p := &Provider{codes: map[string]url.Values{}, claims: map[string]any{"sub": "ada-1", "email": "Ada@Example.com", "email_verified": true, "groups": groups}}
	p.key = newKey(t)
	mux := http.NewServeMux()
	mux.HandleFunc("GET /.well-known/openid-configuration", p.discovery)
	mux.HandleFunc("GET /keys", p.keys)
	mux.HandleFunc("GET /authorize", p.authorize)
	mux.HandleFunc("POST /token", p.token)
	mux.HandleFunc("GET /userinfo", p.userinfo)
	p.server = httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		p.mu.Lock()
		silent := p.silent
		p.mu.Unlock()
		if silent != nil {
			select {
			case <-silent:
			case <-r.Context().Done():
				return
			}
		}
		mux.ServeHTTP(w, r)
	}))
	p.Issuer = p.server.URL
	t.Cleanup(p.server.Close)
	return p
}

func newKey(t testing.TB) *ecdsa.PrivateKey {
	t.Helper()
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	return key
}

// Set sets claims of the person; nil takes one away.
func (p *Provider) Set(claims map[string]any) {
	p.mu.Lock()
	defer p.mu.Unlock()
	for name, v := range claims {
		if v == nil {
			delete(p.claims, name)
		} else {
			p.claims[name] = v
		}
	}
}

// Edit changes the claims of every ID token before it is signed; nil ends that.
func (p *Provider) Edit(edit func(claims map[string]any)) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.edit = edit
}

// UserInfo is what the userinfo endpoint tells besides the subject.
func (p *Provider) UserInfo(claims map[string]any) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.info = claims
}

// SignWrongly signs with a key that the provider does not publish.
func (p *Provider) SignWrongly(t testing.TB) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.wrong = newKey(t)
}

// FallSilent lets every request wait until the returned function is called.
func (p *Provider) FallSilent() (speak func()) {
	p.mu.Lock()
	defer p.mu.Unlock()
	silent := make(chan struct{})
	p.silent = silent
	return sync.OnceFunc(func() {
		close(silent)
		p.mu.Lock()
		defer p.mu.Unlock()
		p.silent = nil
	})
}

// Visit is a browser at the address of the authorisation endpoint: it returns where the provider
// sends it.
func (p *Provider) Visit(t testing.TB, address string) *url.URL {
	t.Helper()
	client := &http.Client{CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}
	req, err := http.NewRequestWithContext(t.Context(), http.MethodGet, address, nil)
	if err != nil {
		t.Fatal(err)
	}
	res, err := client.Do(req)
	if err != nil {
		t.Fatal(err)
	}
	defer res.Body.Close()
	back, err := res.Location()
	if err != nil {
		t.Fatalf("the provider answers %d: %v", res.StatusCode, err)
	}
	return back
}

func answer(w http.ResponseWriter, status int, v any) {
	w.Header().Set("Content-Type", "application/json")
	w.WriteHeader(status)
	_ = json.NewEncoder(w).Encode(v) // a test that needs the answer fails without it
}

func (p *Provider) discovery(w http.ResponseWriter, _ *http.Request) {
	answer(w, http.StatusOK, map[string]any{"issuer": p.Issuer, "authorization_endpoint": p.Issuer + "/authorize", "token_endpoint": p.Issuer + "/token",
		"jwks_uri": p.Issuer + "/keys", "userinfo_endpoint": p.Issuer + "/userinfo", "id_token_signing_alg_values_supported": []string{"ES256"},
		"response_types_supported": []string{"code"}, "subject_types_supported": []string{"public"}, "code_challenge_methods_supported": []string{"S256"}})
}

func (p *Provider) keys(w http.ResponseWriter, _ *http.Request) {
	answer(w, http.StatusOK, jose.JSONWebKeySet{Keys: []jose.JSONWebKey{{Key: &p.key.PublicKey, KeyID: "k1", Algorithm: "ES256", Use: "sig"}}})
}

func (p *Provider) authorize(w http.ResponseWriter, r *http.Request) {
	q := r.URL.Query()
	back, err := url.Parse(q.Get("redirect_uri"))
	if err != nil || q.Get("client_id") != ClientID || q.Get("response_type") != "code" || q.Get("code_challenge_method") != "S256" || q.Get("code_challenge") == "" {
		answer(w, http.StatusBadRequest, map[string]string{"error": "invalid_request"})
		return
	}
	code := rand.Text()
	p.mu.Lock()
	p.codes[code] = q
	p.mu.Unlock()
	back.RawQuery = url.Values{"code": {code}, "state": {q.Get("state")}, "iss": {p.Issuer}}.Encode()
	http.Redirect(w, r, back.String(), http.StatusFound)
}

func (p *Provider) token(w http.ResponseWriter, r *http.Request) {
	id, secret, basic := r.BasicAuth()
	if !basic {
		id, secret = r.FormValue("client_id"), r.FormValue("client_secret")
	}
	if id != ClientID || secret != ClientSecret {
		answer(w, http.StatusUnauthorized, map[string]string{"error": "invalid_client"})
		return
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	begun, known := p.codes[r.FormValue("code")]
	delete(p.codes, r.FormValue("code"))
	sum := sha256.Sum256([]byte(r.FormValue("code_verifier")))
	if !known || begun.Get("redirect_uri") != r.FormValue("redirect_uri") || begun.Get("code_challenge") != base64.RawURLEncoding.EncodeToString(sum[:]) {
		answer(w, http.StatusBadRequest, map[string]string{"error": "invalid_grant"})
		return
	}
	claims := maps.Clone(p.claims)
	claims["iss"], claims["aud"], claims["nonce"] = p.Issuer, ClientID, begun.Get("nonce")
	claims["iat"], claims["exp"] = time.Now().Unix(), time.Now().Add(time.Hour).Unix()
	if p.edit != nil {
		p.edit(claims)
	}
	signed, err := p.sign(claims)
	if err != nil {
		answer(w, http.StatusInternalServerError, map[string]string{"error": "server_error"})
		return
	}
	answer(w, http.StatusOK, map[string]any{"access_token": "access-of-ada", "token_type": "Bearer", "expires_in": 3600, "id_token": signed})
}

// sign needs mu.
func (p *Provider) sign(claims map[string]any) (string, error) {
	key := p.key
	if p.wrong != nil {
		key = p.wrong
	}
	signer, err := jose.NewSigner(jose.SigningKey{Algorithm: jose.ES256, Key: jose.JSONWebKey{Key: key, KeyID: "k1"}}, nil)
	if err != nil {
		return "", err
	}
	raw, err := json.Marshal(claims)
	if err != nil {
		return "", err
	}
	signed, err := signer.Sign(raw)
	if err != nil {
		return "", err
	}
	return signed.CompactSerialize()
}

func (p *Provider) userinfo(w http.ResponseWriter, r *http.Request) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if r.Header.Get("Authorization") != "Bearer access-of-ada" {
		answer(w, http.StatusUnauthorized, map[string]string{"error": "invalid_token"})
		return
	}
	info := map[string]any{"sub": p.claims["sub"]}
	maps.Copy(info, p.info)
	answer(w, http.StatusOK, info)
}
