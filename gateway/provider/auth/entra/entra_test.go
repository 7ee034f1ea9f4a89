package entra

import (
	"context"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/sluicegate/sluice/gateway"
	"github.com/sluicegate/sluice/gateway/provider/auth"
)

func TestEntra(t *testing.T) {
	const token = `{"token_type":"Bearer","expires_in":3599,"ext_expires_in":3599,"access_token":"ey.entra"}`
	for name, c := range map[string]struct {
		credential gateway.Secret
		settings   gateway.ProviderSettings
		answer     string
		status     int
		asked      string // method, query and body
		want       string // the header, else the error
	}{
		"client": {gateway.NewSecret("s3cret"), gateway.ProviderSettings{"client_id": "app", "tenant_id": "t"}, token, 200,
			"POST ? client_id=app&client_secret=s3cret&grant_type=client_credentials&scope=https%3A%2F%2Fcognitiveservices.azure.com%2F.default", "Bearer ey.entra"},
		"scope": {gateway.NewSecret("s3cret"), gateway.ProviderSettings{"client_id": "app", "scope": "https://ai.azure.com/.default"}, token, 200,
			"POST ? client_id=app&client_secret=s3cret&grant_type=client_credentials&scope=https%3A%2F%2Fai.azure.com%2F.default", "Bearer ey.entra"},
		"managed": {gateway.ServerIdentity, nil, `{"access_token":"ey.managed","expires_in":"86399","resource":"https://cognitiveservices.azure.com"}`, 200,
			"GET ?api-version=2018-02-01&resource=https%3A%2F%2Fcognitiveservices.azure.com ", "Bearer ey.managed"},
		"managed by the user": {gateway.ServerIdentity, gateway.ProviderSettings{"client_id": "app"}, token, 200,
			"GET ?api-version=2018-02-01&client_id=app&resource=https%3A%2F%2Fcognitiveservices.azure.com ", "Bearer ey.entra"},
		"refused": {gateway.NewSecret("wrong"), gateway.ProviderSettings{"client_id": "app"}, `{"error":"invalid_client","error_description":"AADSTS7000215: Invalid client secret provided.\r\nTrace ID: 1\r\n"}`, 401, "",
			"There is no access token for the virtual key 'az': AADSTS7000215: Invalid client secret provided."},
		"wrong tenant": {gateway.NewSecret("k"), gateway.ProviderSettings{"client_id": "app"}, `{"error":"invalid_request","error_description":"AADSTS90002: Tenant 't' not found."}`, 400, "",
			"There is no access token for the virtual key 'az': AADSTS90002: Tenant 't' not found."},
		"no token":  {gateway.NewSecret("k"), gateway.ProviderSettings{"client_id": "app"}, `{"expires_in":1}`, 200, "", "There is no access token for the virtual key 'az': the server that gives tokens answered with something else."},
		"no expiry": {gateway.NewSecret("k"), gateway.ProviderSettings{"client_id": "app"}, `{"access_token":"x"}`, 200, "", "There is no access token for the virtual key 'az': the server that gives tokens answered with something else."},
		"no JSON":   {gateway.NewSecret("k"), gateway.ProviderSettings{"client_id": "app"}, `<html>`, 200, "", "There is no access token for the virtual key 'az': the server that gives tokens answered with something else."},
		"fails":     {gateway.NewSecret("k"), gateway.ProviderSettings{"client_id": "app"}, `x`, 503, "", "There is no access token for the virtual key 'az': The provider 'the server that gives tokens' answered with status 503."},
	} {
		asked, times := "", 0
		s := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			times++
			_ = r.ParseForm()
			asked = r.Method + " ?" + r.URL.RawQuery + " " + r.PostForm.Encode()
			if r.Method == http.MethodGet && r.Header.Get("Metadata") != "true" {
				t.Errorf("%s: the metadata server would refuse this", name)
			}
			w.WriteHeader(c.status)
			_, _ = w.Write([]byte(c.answer))
		}))
		given := gateway.ProviderSettings{"token_url": s.URL}
		for k, v := range c.settings {
			given[k] = v
		}
		signer := &Signer{}
		for range 2 {
			r := &http.Request{Header: http.Header{}}
			err := signer.Sign(context.Background(), r, &auth.Call{Credential: c.credential, Name: "the virtual key 'az'", Settings: given, Tokens: http.DefaultTransport})
			got := r.Header.Get("Authorization")
			if err != nil {
				got = gateway.AsError(err).Public
				if strings.Contains(err.Error(), "s3cret") || c.status == 400 && gateway.AsError(err).Status != 401 {
					t.Errorf("%s: %v", name, err)
				}
			}
			if got != c.want || c.asked != "" && asked != c.asked {
				t.Errorf("%s: %q, asked %q", name, got, asked)
			}
		}
		if times != 1 {
			t.Errorf("%s: the server was asked %d times", name, times)
		}
		s.Close()
	}
	_, _, e := question(t.Context(), &auth.Call{Credential: gateway.NewSecret("k"), Name: "x", Settings: gateway.ProviderSettings{"client_id": "app"}})
	if e == nil || !strings.Contains(e.Public, "needs the setting 'tenant_id'") {
		t.Errorf("%v", e)
	}
	if Signs(&auth.Call{Credential: gateway.NewSecret("key")}) || !Signs(&auth.Call{Credential: gateway.ServerIdentity}) {
		t.Error("a key of the resource is no secret of a client")
	}
}
