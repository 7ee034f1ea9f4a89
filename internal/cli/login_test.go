package cli

import (
	"bytes"
	"net/http"
	"net/http/httptest"
	"os"
	"strings"
	"sync/atomic"
	"testing"

	"github.com/sluicegate/sluice/internal/cli/access"
	"github.com/sluicegate/sluice/internal/cli/api"
)

// TestLogin: the token that a person confirmed is kept for that server alone, readable by its owner
// only, used by the client commands, and revoked by logout.
func TestLogin(t *testing.T) {
	t.Setenv("XDG_CONFIG_HOME", t.TempDir())
	t.Setenv("SLUICE_API_KEY", "")
	const token = "sk-sl-session-kept"
	var polls atomic.Int32
	var revoked, used atomic.Bool
	answers := map[string]http.HandlerFunc{
		"POST /v1/auth/device": func(w http.ResponseWriter, r *http.Request) {
			if r.FormValue("scope") != "admin" || r.Header.Get("Authorization") != "" {
				t.Errorf("the request: %v", r.Form)
			}
			_, _ = w.Write([]byte(`{"device_code":"d","user_code":"WDJB-MJHT","verification_uri_complete":"http://x/device?user_code=WDJB-MJHT","expires_in":600,"interval":0}`))
		},
		"POST /v1/auth/device/token": func(w http.ResponseWriter, r *http.Request) {
			if polls.Add(1) == 1 {
				w.WriteHeader(http.StatusBadRequest)
				_, _ = w.Write([]byte(`{"error":"authorization_pending","error_description":"Nobody has decided yet."}`))
				return
			}
			if r.FormValue("device_code") != "d" || r.FormValue("grant_type") != access.DeviceGrant {
				t.Errorf("the poll: %v", r.Form)
			}
			_, _ = w.Write([]byte(`{"access_token":"` + token + `","token_type":"Bearer","expires_in":43200,"email":"ada@example.com"}`))
		},
		"GET /v1/configs": func(w http.ResponseWriter, r *http.Request) {
			used.Store(r.Header.Get("Authorization") == "Bearer "+token)
			_, _ = w.Write([]byte(`{"data":[]}`))
		},
		"POST /oauth/revoke": func(w http.ResponseWriter, r *http.Request) {
			revoked.Store(r.FormValue("token") == token)
			_, _ = w.Write([]byte(`{}`))
		},
	}
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) { answers[r.Method+" "+r.URL.Path](w, r) }))
	defer server.Close()
	run := func(args ...string) (string, error) {
		var out bytes.Buffer
		cmd := root()
		cmd.SetArgs(append(args, "--url", server.URL))
		cmd.SetOut(&out)
		err := cmd.ExecuteContext(t.Context())
		return out.String(), err
	}
	if _, err := run("configs", "list"); err == nil || !strings.Contains(err.Error(), "sluice login") {
		t.Errorf("without a sign-in: %v", err)
	}
	if out, err := run("login"); err != nil || !strings.Contains(out, "WDJB-MJHT") || !strings.Contains(out, "ada@example.com") || strings.Contains(out, token) {
		t.Fatalf("%s %v", out, err)
	}
	file, err := api.SignInsFile()
	if err != nil {
		t.Fatal(err)
	}
	if info, err := os.Stat(file); err != nil || info.Mode().Perm() != 0o600 {
		t.Errorf("the file: %v %v", info, err)
	}
	if out, err := run("configs", "list"); err != nil || !used.Load() {
		t.Errorf("with the sign-in: %s %v", out, err)
	}
	if !api.SignedInKey("http://other.example.com").Empty() {
		t.Error("the token is used for another server")
	}
	if out, err := run("logout"); err != nil || !revoked.Load() || !api.SignedInKey(server.URL).Empty() {
		t.Errorf("%s %v", out, err)
	}
	if out, err := run("logout"); err != nil || !strings.Contains(out, "Not signed in") {
		t.Errorf("twice: %s %v", out, err)
	}
}

// TestLoginRefused: what the server refuses is told, and nothing is kept.
func TestLoginRefused(t *testing.T) {
	t.Setenv("XDG_CONFIG_HOME", t.TempDir())
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if strings.HasSuffix(r.URL.Path, "/token") {
			w.WriteHeader(http.StatusBadRequest)
			_, _ = w.Write([]byte(`{"error":"access_denied","error_description":"The request was refused."}`))
			return
		}
		_, _ = w.Write([]byte(`{"device_code":"d","user_code":"WDJB-MJHT","verification_uri_complete":"u","expires_in":600,"interval":0}`))
	}))
	defer server.Close()
	cmd := root()
	cmd.SetArgs([]string{"login", "--url", server.URL})
	cmd.SetOut(&bytes.Buffer{})
	if err := cmd.ExecuteContext(t.Context()); err == nil || !strings.Contains(err.Error(), "The request was refused.") {
		t.Errorf("%v", err)
	}
	if !api.SignedInKey(server.URL).Empty() {
		t.Error("a token was kept")
	}
}
