package entra

import (
	"context"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/sluicegate/sluice/gateway"
	"github.com/sluicegate/sluice/gateway/provider/auth"
)

// A workload identity: the token in the file is exchanged for one of Entra's, and read again for the
// next one. Nobody but the operator's file may name a file.
func TestWorkloadIdentity(t *testing.T) {
	file := filepath.Join(t.TempDir(), "token")
	write := func(text string) {
		if err := os.WriteFile(file, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	var asked []string
	s := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		_ = r.ParseForm()
		asked = append(asked, r.Method+" "+r.PostForm.Encode())
		_, _ = w.Write([]byte(`{"access_token":"ey.workload","expires_in":60}`)) // within the margin: fetched again
	}))
	defer s.Close()
	given := func(more ...string) gateway.ProviderSettings {
		out := gateway.ProviderSettings{"token_url": s.URL, "token_file": file, "client_id": "app"}
		for i := 0; i < len(more); i += 2 {
			out[more[i]] = more[i+1]
		}
		return out
	}
	signer := &Signer{}
	sign := func(credential gateway.Secret, given gateway.ProviderSettings) string {
		r := &http.Request{Header: http.Header{}}
		if err := signer.Sign(context.Background(), r, &auth.Call{Credential: credential, Name: "the virtual key 'az'", Settings: given, Tokens: http.DefaultTransport}); err != nil {
			if e := gateway.AsError(err); e.Kind != gateway.Unauthorized || strings.Contains(e.Public, file) || strings.Contains(err.Error(), "a.b.c") {
				t.Errorf("%v", err)
			}
			return gateway.AsError(err).Public
		}
		return r.Header.Get("Authorization")
	}
	const form = "POST client_assertion=%s&client_assertion_type=urn%3Aietf%3Aparams%3Aoauth%3Aclient-assertion-type%3Ajwt-bearer&client_id=app&grant_type=client_credentials&scope=https%3A%2F%2Fcognitiveservices.azure.com%2F.default"
	for _, text := range []string{"a.b.c", "d.e.f"} {
		signer = &Signer{} // else the token is kept for a while
		write(text + "\n")
		if got := sign(gateway.ServerIdentity, given()); got != "Bearer ey.workload" {
			t.Errorf("%q", got)
		}
		if want := strings.Replace(form, "%s", text, 1); len(asked) == 0 || asked[len(asked)-1] != want {
			t.Errorf("asked %q, want %q", asked, want)
		}
	}
	before := len(asked)
	write("no token")
	for name, c := range map[string]struct {
		credential gateway.Secret
		settings   gateway.ProviderSettings
		want       string
	}{
		"a file without a token": {gateway.ServerIdentity, given("scope", "https://a/.default"), "the file of the setting 'token_file' holds no token"},
		"no file":                {gateway.ServerIdentity, given("token_file", file+"x"), "the file of the setting 'token_file' holds no token"},
		"a key that was stored":  {gateway.NewSecret("s3cret"), given(), "the setting 'token_file' counts in the server's file only, with the api_key 'identity:default'"},
		"without a client":       {gateway.ServerIdentity, given("client_id", ""), "the virtual key needs the setting 'client_id' beside 'token_file'"},
		"without a tenant":       {gateway.ServerIdentity, given("token_url", ""), "the virtual key needs the setting 'tenant_id' beside 'client_id'"},
	} {
		if got := sign(c.credential, c.settings); got != "There is no access token for the virtual key 'az': "+c.want+"." {
			t.Errorf("%s: %q", name, got)
		}
	}
	if len(asked) != before {
		t.Errorf("asked %q", asked[before:])
	}
}
