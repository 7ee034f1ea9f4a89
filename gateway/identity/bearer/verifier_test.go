package bearer_test

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"encoding/json"
	"errors"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/go-jose/go-jose/v4"
	"github.com/go-jose/go-jose/v4/jwt"
	"go.uber.org/goleak"

	"github.com/sluicegate/sluice/gateway"
	"github.com/sluicegate/sluice/gateway/identity"
	"github.com/sluicegate/sluice/gateway/identity/bearer"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

const issuerName = "https://id.example.com"

// office is an issuer of tokens.
type office struct {
	t   *testing.T
	url string

	mu     sync.Mutex
	keys   jose.JSONWebKeySet
	asked  int
	answer func(http.ResponseWriter) // instead of the keys
	signs  map[string]*ecdsa.PrivateKey
	clock  time.Time
}

func open(t *testing.T) *office {
	o := &office{t: t, signs: map[string]*ecdsa.PrivateKey{}, clock: time.Date(2026, 11, 29, 10, 0, 0, 0, time.UTC)}
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		o.mu.Lock()
		defer o.mu.Unlock()
		if o.asked++; o.answer != nil {
			o.answer(w)
			return
		}
		_ = json.NewEncoder(w).Encode(o.keys)
	}))
	t.Cleanup(server.Close)
	o.url = server.URL
	o.rotate("k1")
	return o
}

// rotate replaces the published keys by a new one.
func (o *office) rotate(kid string) {
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		o.t.Fatal(err)
	}
	o.mu.Lock()
	defer o.mu.Unlock()
	o.signs[kid] = key
	o.keys.Keys = []jose.JSONWebKey{{Key: &key.PublicKey, KeyID: kid, Use: "sig"}}
}

func (o *office) now() time.Time {
	o.mu.Lock()
	defer o.mu.Unlock()
	return o.clock
}

func (o *office) pass(d time.Duration) {
	o.mu.Lock()
	defer o.mu.Unlock()
	o.clock = o.clock.Add(d)
}

func (o *office) requests() int {
	o.mu.Lock()
	defer o.mu.Unlock()
	return o.asked
}

func (o *office) verifier(edit ...func(*bearer.Issuer)) *bearer.Verifier {
	i := bearer.Issuer{Issuer: issuerName, Audience: []string{"sluice"}, JWKSURL: o.url,
		Claims: bearer.Claims{Member: "email", Workspace: "ws", Team: "team", Role: "role", Groups: "realm.groups", Scopes: "scope"},
		Roles:  map[string]gateway.Role{"leads": gateway.RoleManager, "engineers": gateway.RoleMember}, Role: gateway.RoleMember, MaxRole: gateway.RoleManager, Workspace: "default"}
	for _, e := range edit {
		e(&i)
	}
	v := bearer.New(bearer.Config{Issuers: []bearer.Issuer{i}, Now: o.now})
	o.t.Cleanup(func() { _ = v.Close() })
	for deadline := time.Now().Add(30 * time.Second); i.JWKSURL != "" && o.requests() == 0; time.Sleep(5 * time.Millisecond) {
		if time.Now().After(deadline) {
			o.t.Fatal("the keys were not read")
		}
	}
	return v
}

// token signs claims; nil takes one of the usual ones away.
func (o *office) token(kid string, claims map[string]any) string {
	o.t.Helper()
	all := map[string]any{"iss": issuerName, "aud": "sluice", "sub": "u1", "email": "ann@example.com", "exp": o.now().Add(time.Hour).Unix(), "iat": o.now().Unix()}
	for k, v := range claims {
		if all[k] = v; v == nil {
			delete(all, k)
		}
	}
	o.mu.Lock()
	key := o.signs[kid]
	o.mu.Unlock()
	signer, err := jose.NewSigner(jose.SigningKey{Algorithm: jose.ES256, Key: key}, (&jose.SignerOptions{}).WithHeader("kid", kid))
	if err != nil {
		o.t.Fatal(err)
	}
	text, err := jwt.Signed(signer).Claims(all).Serialize()
	if err != nil {
		o.t.Fatal(err)
	}
	return text
}

func verify(t *testing.T, v *bearer.Verifier, token string) (identity.Bearer, error) {
	t.Helper()
	b, mine, err := v.Verify(t.Context(), gateway.NewSecret(token))
	if !mine {
		t.Fatalf("%.20s… is not taken for a token", token)
	}
	return b, err
}

func TestVerify(t *testing.T) {
	o := open(t)
	v := o.verifier()
	b, err := verify(t, v, o.token("k1", nil))
	if err != nil || b.Member != "ann@example.com" || b.Role != gateway.RoleMember || b.Workspace != "default" || b.Scoped || b.Team != "" || b.Issuer != issuerName {
		t.Errorf("%+v, %v", b, err)
	}
	b, err = verify(t, v, o.token("k1", map[string]any{"ws": "a", "team": "ml", "realm": map[string]any{"groups": []string{"engineers", "leads", "others"}}, "scope": "openid logs.view"}))
	if err != nil || b.Role != gateway.RoleManager || b.Workspace != "a" || b.Team != "ml" || !b.Scoped || len(b.Scopes) != 2 {
		t.Errorf("%+v, %v", b, err)
	}
	if b, err = verify(t, v, o.token("k1", map[string]any{"role": "billing"})); err == nil && b.Role != gateway.RoleBilling {
		t.Errorf("%+v", b)
	}
	if o.requests() != 1 {
		t.Errorf("%d requests for keys that are cached", o.requests())
	}
	for _, key := range []string{"sk-sl-abc", "a.b.c", "eyJhbGciOiJIUzI1NiJ9", ""} {
		if _, mine, err := v.Verify(t.Context(), gateway.NewSecret(key)); mine || err != nil {
			t.Errorf("%q is taken for a token: %v", key, err)
		}
	}
}

// What is wrong with a token is told, by a code; nothing of the token is.
func TestRefusals(t *testing.T) {
	o := open(t)
	v := o.verifier()
	good := o.token("k1", nil)
	parts := strings.Split(good, ".")
	// The public key as a shared secret: whoever knows it could sign.
	public, err := o.keys.Keys[0].MarshalJSON()
	if err != nil {
		t.Fatal(err)
	}
	hs, err := jose.NewSigner(jose.SigningKey{Algorithm: jose.HS256, Key: public}, (&jose.SignerOptions{}).WithHeader("kid", "k1"))
	if err != nil {
		t.Fatal(err)
	}
	confused, err := jwt.Signed(hs).Claims(map[string]any{"iss": issuerName, "aud": "sluice", "email": "x", "exp": o.now().Add(time.Hour).Unix()}).Serialize()
	if err != nil {
		t.Fatal(err)
	}
	o.signs["stranger"], _ = ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	forged := strings.Split(o.token("k1", map[string]any{"email": "owner"}), ".")
	for what, c := range map[string]struct {
		token string
		kind  gateway.Kind
		code  string
	}{
		"alg none":                   {"eyJhbGciOiJub25lIn0." + parts[1] + ".", gateway.Unauthorized, "invalid_token"},
		"a shared secret":            {confused, gateway.Unauthorized, "invalid_token"},
		"no signature":               {parts[0] + "." + parts[1] + ".", gateway.Unauthorized, "bad_signature"},
		"claims of another token":    {parts[0] + "." + forged[1] + "." + parts[2], gateway.Unauthorized, "bad_signature"},
		"no JSON":                    {"eyJh.eyJh.eyJh", gateway.Unauthorized, "invalid_token"},
		"too long":                   {o.token("k1", map[string]any{"x": strings.Repeat("x", 8<<10)}), gateway.Unauthorized, "token_too_long"},
		"expired":                    {o.token("k1", map[string]any{"exp": o.now().Add(-2 * time.Minute).Unix()}), gateway.Unauthorized, "token_expired"},
		"without an end":             {o.token("k1", map[string]any{"exp": nil}), gateway.Unauthorized, "invalid_token"},
		"not yet":                    {o.token("k1", map[string]any{"nbf": o.now().Add(time.Hour).Unix()}), gateway.Unauthorized, "invalid_token"},
		"issued in the future":       {o.token("k1", map[string]any{"iat": o.now().Add(time.Hour).Unix()}), gateway.Unauthorized, "invalid_token"},
		"another audience":           {o.token("k1", map[string]any{"aud": "other"}), gateway.Unauthorized, "wrong_audience"},
		"no audience":                {o.token("k1", map[string]any{"aud": nil}), gateway.Unauthorized, "wrong_audience"},
		"another issuer":             {o.token("k1", map[string]any{"iss": "https://evil.example.com"}), gateway.Unauthorized, "unknown_issuer"},
		"an unknown key":             {o.token("stranger", nil), gateway.Unauthorized, "unknown_key"},
		"no member":                  {o.token("k1", map[string]any{"email": nil}), gateway.Unauthorized, "invalid_token"},
		"a member that is no text":   {o.token("k1", map[string]any{"email": 7}), gateway.Unauthorized, "invalid_token"},
		"groups that are no list":    {o.token("k1", map[string]any{"realm": map[string]any{"groups": 7}}), gateway.Unauthorized, "invalid_token"},
		"scopes that are no list":    {o.token("k1", map[string]any{"scope": []any{"a", 1}}), gateway.Unauthorized, "invalid_token"},
		"a role that does not exist": {o.token("k1", map[string]any{"role": "god"}), gateway.Unauthorized, "invalid_token"},
		"a role above the cap":       {o.token("k1", map[string]any{"role": "admin"}), gateway.Forbidden, gateway.CodeRole},
		"the owner's role":           {o.token("k1", map[string]any{"role": "owner"}), gateway.Forbidden, gateway.CodeRole},
	} {
		_, err := verify(t, v, c.token)
		var e *gateway.Error
		if !errors.As(err, &e) || e.Kind != c.kind || e.Code != c.code || e.Public == "" || strings.Contains(e.Public, "eyJ") {
			t.Errorf("%s: %v (%+v), want %s", what, err, e, c.code)
		}
	}
	strict := o.verifier(func(i *bearer.Issuer) { i.Role = "" })
	if _, err := verify(t, strict, good); gateway.AsError(err).Kind != gateway.Forbidden {
		t.Errorf("without a group: %v", err)
	}
	narrow := o.verifier(func(i *bearer.Issuer) { i.Algorithms = []string{"RS256"} })
	if _, err := verify(t, narrow, good); gateway.AsError(err).Code != "invalid_token" {
		t.Errorf("an algorithm that is not listed: %v", err)
	}
}

// A new key is read when a token names it; a flood of unknown key ids asks the issuer once in a
// while only.
func TestKeyRotation(t *testing.T) {
	o := open(t)
	v := o.verifier()
	old := o.token("k1", nil)
	if _, err := verify(t, v, old); err != nil {
		t.Fatal(err)
	}
	o.rotate("k2")
	o.pass(time.Minute)
	if _, err := verify(t, v, o.token("k2", nil)); err != nil || o.requests() != 2 {
		t.Errorf("a new key: %v after %d requests", err, o.requests())
	}
	if _, err := verify(t, v, old); gateway.AsError(err).Code != "unknown_key" {
		t.Errorf("the key that is no longer published: %v", err)
	}
	o.signs["stranger"], _ = ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	for range 50 {
		if _, err := verify(t, v, o.token("stranger", nil)); gateway.AsError(err).Code != "unknown_key" {
			t.Fatal(err)
		}
	}
	if o.requests() != 2 {
		t.Errorf("unknown key ids made %d requests", o.requests())
	}
}

// Cached keys outlive an issuer that does not answer, or answers nonsense, for a day.
func TestIssuerDown(t *testing.T) {
	o := open(t)
	v := o.verifier()
	for what, answer := range map[string]func(http.ResponseWriter){
		"an error": func(w http.ResponseWriter) { w.WriteHeader(http.StatusBadGateway) },
		"no JSON":  func(w http.ResponseWriter) { _, _ = w.Write([]byte("<html>")) },
		"too much": func(w http.ResponseWriter) {
			_, _ = w.Write([]byte(`{"keys":[],"x":"` + strings.Repeat("x", 2<<20) + `"}`))
		},
		"no keys": func(w http.ResponseWriter) {
			_, _ = w.Write([]byte(`{"keys":[{"kty":"oct","kid":"k1","k":"c2VjcmV0"}]}`))
		},
		"a redirect": func(w http.ResponseWriter) {
			w.Header().Set("Location", "http://127.0.0.1:1/")
			w.WriteHeader(http.StatusFound)
		},
	} {
		o.mu.Lock()
		o.answer = answer
		o.mu.Unlock()
		o.signs["new"] = o.signs["k1"]
		o.pass(time.Minute)
		if _, err := verify(t, v, o.token("new", nil)); gateway.AsError(err).Code != "unknown_key" {
			t.Errorf("%s: %v", what, err)
		}
		if _, err := verify(t, v, o.token("k1", nil)); err != nil {
			t.Errorf("%s: a cached key does not count: %v", what, err)
		}
	}
	o.pass(25 * time.Hour)
	if _, err := verify(t, v, o.token("k1", nil)); gateway.AsError(err).Kind != gateway.Unavailable {
		t.Errorf("after a day: %v", err)
	}
}

func TestKeysFromAFile(t *testing.T) {
	o := open(t)
	path := filepath.Join(t.TempDir(), "keys.json")
	write := func() {
		raw, err := json.Marshal(o.keys)
		if err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, raw, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	write()
	v := o.verifier(func(i *bearer.Issuer) { i.JWKSURL, i.JWKSFile = "", path })
	if _, err := verify(t, v, o.token("k1", nil)); err != nil {
		t.Error(err)
	}
	o.rotate("k2")
	write()
	o.pass(time.Minute)
	if _, err := verify(t, v, o.token("k2", nil)); err != nil {
		t.Error(err)
	}
}
