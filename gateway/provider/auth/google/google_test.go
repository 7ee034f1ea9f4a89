package google

import (
	"context"
	"crypto/rand"
	"crypto/rsa"
	"crypto/x509"
	"encoding/base64"
	"encoding/json"
	"encoding/pem"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/sluicegate/sluice/gateway"
	"github.com/sluicegate/sluice/gateway/provider/auth"
)

// serviceAccount makes the key of a service account, as Google's console gives it.
func serviceAccount(t *testing.T) string {
	t.Helper()
	key, err := rsa.GenerateKey(rand.Reader, 2048)
	if err != nil {
		t.Fatal(err)
	}
	der, err := x509.MarshalPKCS8PrivateKey(key)
	if err != nil {
		t.Fatal(err)
	}
	out, _ := json.Marshal(map[string]string{"type": "service_account", "project_id": "acme", "private_key_id": "k1", "client_email": "sluice@acme.iam.gserviceaccount.com",
		"private_key": string(pem.EncodeToMemory(&pem.Block{Type: "PRIVATE KEY", Bytes: der})), "token_uri": "http://127.0.0.1:1/never-asked"})
	return string(out)
}

// server is a token server that answers with what the test says.
type server struct {
	*httptest.Server
	forms  []map[string]string
	answer string
	status int
}

func newServer(t *testing.T) *server {
	s := &server{answer: `{"access_token":"ya29.one","expires_in":3600,"token_type":"Bearer"}`, status: 200}
	s.Server = httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		_ = r.ParseForm()
		form := map[string]string{}
		for k := range r.PostForm {
			form[k] = r.PostForm.Get(k)
		}
		s.forms = append(s.forms, form)
		w.Header().Set("Content-Type", "application/json")
		w.WriteHeader(s.status)
		_, _ = w.Write([]byte(s.answer))
	}))
	t.Cleanup(s.Close)
	return s
}

func call(credential, tokenURL string) *auth.Call {
	return &auth.Call{Credential: gateway.NewSecret(credential), Name: "the virtual key 'vertex'", Settings: gateway.ProviderSettings{"token_url": tokenURL}, Tokens: http.DefaultTransport}
}

func TestServiceAccount(t *testing.T) {
	s, signer := newServer(t), &Signer{}
	c := call(serviceAccount(t), s.URL)
	for range 3 {
		r := &http.Request{Header: http.Header{}}
		if err := signer.Sign(context.Background(), r, c); err != nil {
			t.Fatal(err)
		}
		if got := r.Header.Get("Authorization"); got != "Bearer ya29.one" || len(r.Header) != 1 {
			t.Fatalf("%v", r.Header)
		}
	}
	if len(s.forms) != 1 {
		t.Fatalf("%d tokens were fetched for three calls", len(s.forms))
	}
	claims, _ := base64.RawURLEncoding.DecodeString(strings.Split(s.forms[0]["assertion"], ".")[1])
	for _, want := range []string{`"iss":"sluice@acme.iam.gserviceaccount.com"`, `"scope":"https://www.googleapis.com/auth/cloud-platform"`, `"aud":"` + s.URL + `"`} {
		if !strings.Contains(string(claims), want) {
			t.Errorf("claims %s have no %s", claims, want)
		}
	}
}

func TestRefreshToken(t *testing.T) {
	s, signer := newServer(t), &Signer{}
	r := &http.Request{Header: http.Header{}}
	err := signer.Sign(context.Background(), r, call(`{"type":"authorized_user","client_id":"id","client_secret":"sec","refresh_token":"rt"}`, s.URL))
	if err != nil || r.Header.Get("Authorization") != "Bearer ya29.one" || s.forms[0]["refresh_token"] != "rt" || s.forms[0]["client_secret"] != "sec" {
		t.Errorf("%v %v %v", err, r.Header, s.forms)
	}
}

func TestServerIdentity(t *testing.T) {
	s, signer := newServer(t), &Signer{}
	file := filepath.Join(t.TempDir(), "adc.json")
	key := strings.Replace(serviceAccount(t), "http://127.0.0.1:1/never-asked", s.URL, 1) // the operator's own file may name the server
	if err := os.WriteFile(file, []byte(key), 0o600); err != nil {
		t.Fatal(err)
	}
	t.Setenv("GOOGLE_APPLICATION_CREDENTIALS", file)
	c := call("", "")
	c.Credential = gateway.ServerIdentity
	r := &http.Request{Header: http.Header{}}
	if err := signer.Sign(context.Background(), r, c); err != nil || r.Header.Get("Authorization") != "Bearer ya29.one" {
		t.Errorf("%v %v", err, r.Header)
	}
	// The same text from a caller is no identity, only a wrong token.
	r = &http.Request{Header: http.Header{}}
	if err := signer.Sign(context.Background(), r, call("identity:default", s.URL)); err != nil || r.Header.Get("Authorization") != "Bearer identity:default" || len(s.forms) != 1 {
		t.Errorf("%v %v", err, r.Header)
	}
}

func TestWorkloadIdentityIsTheOperators(t *testing.T) {
	s, signer := newServer(t), &Signer{}
	subject := filepath.Join(t.TempDir(), "subject")
	if err := os.WriteFile(subject, []byte("ey.subject"), 0o600); err != nil {
		t.Fatal(err)
	}
	key, _ := json.Marshal(map[string]any{"type": "external_account", "audience": "//iam.googleapis.com/projects/1/locations/global/workloadIdentityPools/p/providers/x",
		"subject_token_type": "urn:ietf:params:oauth:token-type:jwt", "token_url": s.URL, "credential_source": map[string]string{"file": subject}})
	c := call(string(key), "")
	err := signer.Sign(context.Background(), &http.Request{Header: http.Header{}}, c)
	if e := gateway.AsError(err); e.Kind != gateway.Unauthorized || !strings.Contains(e.Public, "name files and servers") || len(s.forms) != 0 {
		t.Errorf("%v", err)
	}
	c.Operator = true
	r := &http.Request{Header: http.Header{}}
	if err := signer.Sign(context.Background(), r, c); err != nil || r.Header.Get("Authorization") != "Bearer ya29.one" || s.forms[0]["subject_token"] != "ey.subject" {
		t.Errorf("%v %v %v", err, r.Header, s.forms)
	}
}

func TestOtherCredentials(t *testing.T) {
	signer := &Signer{}
	for credential, want := range map[string][2]string{
		"ya29.own": {"Authorization", "Bearer ya29.own"},
		"AIzaSyX":  {"X-Goog-Api-Key", "AIzaSyX"},
	} {
		r := &http.Request{Header: http.Header{}}
		if err := signer.Sign(context.Background(), r, call(credential, "")); err != nil || r.Header.Get(want[0]) != want[1] || len(r.Header) != 1 {
			t.Errorf("%s: %v %v", credential, err, r.Header)
		}
	}
}

func TestRefused(t *testing.T) {
	account := serviceAccount(t)
	for name, c := range map[string]struct {
		credential, answer string
		status             int
		kind               gateway.Kind
		want               string
	}{
		"revoked":        {account, `{"error":"invalid_grant","error_description":"Invalid JWT Signature."}`, 400, gateway.Upstream, "There is no access token for the virtual key 'vertex': invalid_grant: Invalid JWT Signature."},
		"server fails":   {account, `oops`, 500, gateway.Upstream, "There is no access token for the virtual key 'vertex': The provider 'the server that gives tokens' answered with status 500."},
		"no token":       {account, `{}`, 200, gateway.BadUpstream, "There is no access token for the virtual key 'vertex': the server that gives tokens cannot be asked."},
		"not JSON":       {account, `<html>`, 200, gateway.BadUpstream, "There is no access token for the virtual key 'vertex': the server that gives tokens cannot be asked."},
		"no key":         {`{"type":"service_account"}`, ``, 200, gateway.Unauthorized, "There is no access token for the virtual key 'vertex': the key of a service account needs client_email and private_key."},
		"broken key":     {`{"type":"service_account","client_email":"a@b","private_key":"x"}`, ``, 200, gateway.BadUpstream, "There is no access token for the virtual key 'vertex': the server that gives tokens cannot be asked."},
		"broken JSON":    {`{"type":`, ``, 200, gateway.Unauthorized, "There is no access token for the virtual key 'vertex': it is not valid JSON."},
		"another kind":   {`{"type":"gdch_service_account"}`, ``, 200, gateway.Unauthorized, "There is no access token for the virtual key 'vertex': its 'type' must be service_account, authorized_user or external_account."},
		"too long a why": {account, `{"error":"` + strings.Repeat("x", 400) + `"}`, 401, gateway.Upstream, "There is no access token for the virtual key 'vertex': " + strings.Repeat("x", 300)},
	} {
		s := newServer(t)
		s.answer, s.status = c.answer, c.status
		err := (&Signer{}).Sign(context.Background(), &http.Request{Header: http.Header{}}, call(c.credential, s.URL))
		e := gateway.AsError(err)
		if e.Kind != c.kind || e.Public != c.want {
			t.Errorf("%s: %v %q", name, e.Kind, e.Public)
		}
		if strings.Contains(err.Error(), "PRIVATE KEY") {
			t.Errorf("%s: the error quotes the key", name)
		}
		if c.status == 400 && e.Status != 401 {
			t.Errorf("%s: status %d", name, e.Status)
		}
	}
}

func TestProjectOf(t *testing.T) {
	for text, want := range map[string]string{`{"project_id":"acme"}`: "acme", `{"quota_project_id":"q"}`: "q", `{"project_id":1}`: "", "ya29.x": "", "": ""} {
		if got := ProjectOf(gateway.NewSecret(text)); got != want {
			t.Errorf("%s: %q", text, got)
		}
	}
}
