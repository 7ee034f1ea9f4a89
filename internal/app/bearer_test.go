package app

import (
	"crypto/ed25519"
	"crypto/rand"
	"encoding/json"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/go-jose/go-jose/v4"
	"github.com/go-jose/go-jose/v4/jwt"
	"github.com/tidwall/gjson"

	"github.com/sluicegate/sluice/gateway"
	"github.com/sluicegate/sluice/gateway/identity/bearer"
	"github.com/sluicegate/sluice/internal/config"
)

// A token of one's own issuer calls models and administers with its role, is recorded with its
// member, and cannot be turned into a session.
func TestTokensOfOnesOwnIssuer(t *testing.T) {
	public, private, err := ed25519.GenerateKey(rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	keys, err := json.Marshal(jose.JSONWebKeySet{Keys: []jose.JSONWebKey{{Key: public, KeyID: "k1", Use: "sig"}}})
	if err != nil {
		t.Fatal(err)
	}
	path := filepath.Join(t.TempDir(), "keys.json")
	if err := os.WriteFile(path, keys, 0o600); err != nil {
		t.Fatal(err)
	}
	o := openOffice(t, func(cfg *config.Config) {
		cfg.Tokens = []bearer.Issuer{{Issuer: "office", Audience: []string{"sluice"}, JWKSFile: path, Workspace: "a",
			Claims: bearer.Claims{Groups: "groups", Workspace: "ws"}, Roles: map[string]gateway.Role{"leads": gateway.RoleManager}, Role: gateway.RoleMember, MaxRole: gateway.RoleManager}}
	})
	signer, err := jose.NewSigner(jose.SigningKey{Algorithm: jose.EdDSA, Key: private}, (&jose.SignerOptions{}).WithHeader("kid", "k1"))
	if err != nil {
		t.Fatal(err)
	}
	token := func(claims map[string]any) string {
		claims["iss"], claims["aud"], claims["exp"] = "office", "sluice", time.Now().Add(time.Hour).Unix()
		text, err := jwt.Signed(signer).Claims(claims).Serialize()
		if err != nil {
			t.Fatal(err)
		}
		return text
	}
	anns := token(map[string]any{"sub": "ann@example.com"})
	leas := token(map[string]any{"sub": "lea@example.com", "groups": []string{"leads"}})
	chat := `{"model":"mock/echo","messages":[{"role":"user","content":"Hi"}]}`
	for what, c := range map[string]struct {
		key, call, body string
		status          int
		text            string
	}{
		"a call":                          {anns, "POST /v1/chat/completions", chat, 200, "choices"},
		"a member makes no keys":          {anns, "POST /v1/api-keys", `{"name":"x"}`, 403, "role_required"},
		"a manager sees the members":      {leas, "GET /v1/members", "", 200, "data"},
		"a manager sees no other place":   {leas, "GET /v1/members?workspace=b", "", 404, "workspace"},
		"a manager makes no admin":        {leas, "POST /v1/members", `{"name":"x","role":"admin"}`, 403, "role"},
		"a key is narrower than a token":  {leas, "POST /v1/api-keys", `{"name":"x"}`, 403, "scope"},
		"a token becomes no session":      {leas, "POST /v1/auth/sessions", `{"api_key":"` + leas + `"}`, 403, ""},
		"a token sets no password":        {leas, "PUT /v1/members/lea@example.com/password", `{"password":"correct horse battery"}`, 403, "scope"},
		"an unknown workspace":            {token(map[string]any{"sub": "x", "ws": "nowhere"}), "GET /v1/models", "", 401, "workspace"},
		"nothing of a bad token is shown": {anns[:len(anns)-8] + "AAAAAAAA", "GET /v1/logs", "", 401, "signature"},
	} {
		method, path, _ := strings.Cut(c.call, " ")
		code, body := o.call(c.key, method, path, c.body)
		if code != c.status || !strings.Contains(body, c.text) || strings.Contains(body, c.key) {
			t.Errorf("%s: %d %s", what, code, body)
		}
	}
	for deadline := time.Now().Add(30 * time.Second); ; time.Sleep(20 * time.Millisecond) {
		_, body := o.call(anns, "GET", "/v1/logs", "")
		if row := gjson.Get(body, "data.0"); row.Get("member_name").String() == "ann@example.com" && row.Get("api_key_name").String() == "office" && row.Get("status").Int() == http.StatusOK {
			break
		}
		if time.Now().After(deadline) {
			t.Fatal("the call is not recorded with its member: ", body)
		}
	}
}
