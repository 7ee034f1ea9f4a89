package vault_test

import (
	"encoding/pem"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"go.uber.org/goleak"

	"github.com/sluicegate/sluice/gateway"
	"github.com/sluicegate/sluice/gateway/credential/credentialtest"
	"github.com/sluicegate/sluice/gateway/credential/vault"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// rig is a client of a double, with a clock that stands still.
type rig struct {
	*vault.Client
	double *double
	now    time.Time
}

func start(t *testing.T, auth vault.Auth, edit ...func(*vault.Config)) *rig {
	t.Helper()
	r := &rig{now: time.Date(2026, 11, 29, 10, 0, 0, 0, time.UTC)}
	r.double = newDouble(t, func() time.Time { return r.now })
	cfg := vault.Config{Address: r.double.URL + "/", Auth: auth, Now: func() time.Time { return r.now }}
	for _, f := range edit {
		f(&cfg)
	}
	var err error
	if r.Client, err = vault.New(cfg); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(r.Client.Close)
	r.double.secrets["secret/openai"] = map[string]any{"api_key": "sk-planted", "n": 7}
	return r
}

func (r *rig) read(t *testing.T, path, want string) time.Duration {
	t.Helper()
	v, err := r.Read(t.Context(), path)
	if err != nil || v.Secret.Reveal() != want {
		t.Fatalf("%s: %q, %v", path, v.Secret.Reveal(), err)
	}
	return v.MaxAge
}

func (r *rig) fails(t *testing.T, path, want string) {
	t.Helper()
	_, err := r.Read(t.Context(), path)
	if e := gateway.AsError(err); e == nil || e.Kind != gateway.Unavailable || !strings.Contains(e.Public, want) || strings.Contains(e.Error(), "planted") {
		t.Errorf("%s: %v, want %q", path, err, want)
	}
}

var byToken = vault.Auth{Method: vault.MethodToken, Token: gateway.NewSecret("hvs.root")}

// engine is a KV engine of the double as the suite's place.
type engine struct{ d *double }

func (e engine) Put(_ *testing.T, path, value string) {
	at, field, _ := strings.Cut(path, "#")
	e.d.change(func() { e.d.secrets[strings.Replace(at, "/data/", "/", 1)] = map[string]any{field: value} })
}

func (e engine) Remove(_ *testing.T, path string) {
	at, _, _ := strings.Cut(path, "#")
	e.d.change(func() { delete(e.d.secrets, strings.Replace(at, "/data/", "/", 1)) })
}

func TestSource(t *testing.T) {
	r := start(t, byToken)
	credentialtest.Source(t, r, engine{r.double}, [2]string{"secret/data/team/a#key", "secret/data/b#key"})
	credentialtest.Source(t, r, engine{r.double}, [2]string{"old/a#key", "old/b#key"})
}

// TestRefusals: what Vault refuses is told in words for an operator, without what was sent.
func TestRefusals(t *testing.T) {
	r := start(t, byToken)
	r.fails(t, "secret/openai#api_key", "nothing at 'secret/openai' (with a KV engine of version 2 the path holds 'data')")
	r.fails(t, "secret/data/openai#other", "no field 'other'")
	r.fails(t, "secret/data/openai#n", "must be a string")
	r.double.change(func() { r.double.sealed = true })
	r.fails(t, "secret/data/openai#api_key", "sealed")
	r.double.Server.Close()
	r.fails(t, "secret/data/openai#api_key", "does not answer")

	start(t, vault.Auth{Method: vault.MethodToken, Token: gateway.NewSecret("planted-token")}).fails(t, "secret/data/openai#api_key", "does not take the token")
	start(t, vault.Auth{Method: vault.MethodAppRole, RoleID: "role", SecretID: gateway.NewSecret("planted-wrong")}).fails(t, "secret/data/openai#api_key", "refuses the login at auth/approle")
	start(t, vault.Auth{Method: vault.MethodKubernetes, Role: "sluice", JWTFile: "/nowhere"}).fails(t, "secret/data/openai#api_key", "/nowhere")
	start(t, byToken, func(c *vault.Config) { c.Namespace = "team-b" }).fails(t, "secret/data/openai#api_key", "nothing at")

	other := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { _, _ = w.Write([]byte("<html>")) }))
	defer other.Close()
	start(t, byToken, func(c *vault.Config) { c.Address = other.URL }).fails(t, "secret/data/openai#api_key", "is not Vault")
}

// TestLogins: AppRole and Kubernetes sign in, once for many reads, in the namespace.
func TestLogins(t *testing.T) {
	jwt := filepath.Join(t.TempDir(), "token")
	if err := os.WriteFile(jwt, []byte("planted.jwt.x\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	for name, auth := range map[string]vault.Auth{
		"approle":    {Method: vault.MethodAppRole, RoleID: "role", SecretID: gateway.NewSecret("planted-secret-id")},
		"kubernetes": {Method: vault.MethodKubernetes, Mount: "k8s/", Role: "sluice", JWTFile: jwt},
	} {
		r := start(t, auth, func(c *vault.Config) { c.Namespace = "team-a" })
		r.double.change(func() { r.double.namespace = "team-a" })
		for range 3 {
			r.read(t, "secret/data/openai#api_key", "sk-planted")
		}
		if r.double.logins != 1 {
			t.Errorf("%s: %d logins for three reads", name, r.double.logins)
		}
		r.double.change(func() { clear(r.double.tokens) }) // revoked
		r.read(t, "secret/data/openai#api_key", "sk-planted")
		if r.double.logins != 2 {
			t.Errorf("%s: %d logins after the token was revoked", name, r.double.logins)
		}
	}
}

// TestTokenLife: a token is renewed when a third of its life is left, and logged in for again where
// it cannot be renewed. Values are due before the token ends.
func TestTokenLife(t *testing.T) {
	auth := vault.Auth{Method: vault.MethodAppRole, RoleID: "role", SecretID: gateway.NewSecret("planted-secret-id")}
	r := start(t, auth)
	r.double.change(func() { r.double.life = 3 * time.Minute })
	if age := r.read(t, "secret/data/openai#api_key", "sk-planted"); age != time.Minute {
		t.Errorf("due after %v", age)
	}
	r.now = r.now.Add(time.Minute)
	r.read(t, "secret/data/openai#api_key", "sk-planted")
	if r.double.renewals != 0 {
		t.Error("renewed too early")
	}
	r.now = r.now.Add(time.Minute)
	r.read(t, "secret/data/openai#api_key", "sk-planted")
	if r.double.renewals != 1 || r.double.logins != 1 {
		t.Errorf("%d renewals, %d logins", r.double.renewals, r.double.logins)
	}
	r.double.change(func() { r.double.renewable = false })
	for range 6 { // the last renewal said that it cannot be repeated
		r.now = r.now.Add(time.Minute)
		r.read(t, "secret/data/openai#api_key", "sk-planted")
	}
	if r.double.renewals != 2 || r.double.logins < 2 {
		t.Errorf("%d renewals, %d logins", r.double.renewals, r.double.logins)
	}
	if age := start(t, byToken).read(t, "secret/data/openai#api_key", "sk-planted"); age != 5*time.Minute {
		t.Errorf("with a token that does not expire: due after %v", age)
	}
}

// TestCA: Vault's certificate is checked against the authority of the file.
func TestCA(t *testing.T) {
	d := newDouble(t, time.Now)
	d.secrets["secret/openai"] = map[string]any{"api_key": "sk-planted"}
	secure := httptest.NewTLSServer(d)
	defer secure.Close()
	file := filepath.Join(t.TempDir(), "ca.pem")
	if err := os.WriteFile(file, pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: secure.Certificate().Raw}), 0o600); err != nil {
		t.Fatal(err)
	}
	address := func(c *vault.Config) { c.Address = secure.URL }
	start(t, byToken, address, func(c *vault.Config) { c.CAFile = file }).read(t, "secret/data/openai#api_key", "sk-planted")
	start(t, byToken, address).fails(t, "secret/data/openai#api_key", "does not answer")
	if _, err := vault.New(vault.Config{Address: secure.URL, CAFile: "/nowhere"}); err == nil || gateway.AsError(err).Param != "vault.ca_file" {
		t.Errorf("no such file: %v", err)
	}
}
