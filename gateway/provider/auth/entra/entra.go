// Package entra signs calls of Azure with tokens of Microsoft Entra
// (https://learn.microsoft.com/entra/identity-platform/v2-oauth2-client-creds-grant-flow): of a client
// with a secret, of the managed identity of the machine
// (https://learn.microsoft.com/entra/identity/managed-identities-azure-resources/how-to-use-vm-token), or
// of a workload whose platform writes a token into a file
// (https://learn.microsoft.com/entra/workload-id/workload-identity-federation).
package entra

import (
	"context"
	"errors"
	"io"
	"net/http"
	"net/url"
	"os"
	"strings"
	"time"

	"github.com/tidwall/gjson"

	"github.com/sluicegate/sluice/gateway"
	"github.com/sluicegate/sluice/gateway/dialect/vendorerror"
	"github.com/sluicegate/sluice/gateway/provider/auth"
	"github.com/sluicegate/sluice/gateway/provider/auth/token"
	"github.com/sluicegate/sluice/gateway/provider/settings"
)

const (
	defaultScope   = "https://cognitiveservices.azure.com/.default"
	authority      = "https://login.microsoftonline.com/"
	metadataServer = "http://169.254.169.254/metadata/identity/oauth2/token"
	maxAnswer      = 64 << 10
)

// Signer sends "Authorization: Bearer …" with a token of Entra. It keeps the tokens.
type Signer struct {
	tokens token.Cache[string]
}

// Signs reports whether a call is signed with a token: its virtual key names a client, or it has the
// identity of the server. Else its credential is a key of the resource.
func Signs(c *auth.Call) bool {
	return c.Settings[settings.ClientID.Name] != "" || c.Credential.IsServerIdentity()
}

// Sign implements auth.Signer.
func (s *Signer) Sign(ctx context.Context, r *http.Request, c *auth.Call) error {
	ask, form, e := question(ctx, c)
	if e != nil {
		return e
	}
	key := token.Key(c.Credential, ask.URL.String(), form.Get("client_id"), form.Get("scope"), c.Settings[settings.TokenFile.Name])
	v, err := s.tokens.Get(ctx, key, func(ctx context.Context) (token.Token[string], error) { return fetch(ask.WithContext(ctx), form, c) })
	if err != nil {
		return err
	}
	r.Header.Set("Authorization", "Bearer "+v)
	return nil
}

// question is the request for a token. form is its body, nil for a managed identity.
func question(ctx context.Context, c *auth.Call) (*http.Request, url.Values, *gateway.Error) {
	at, client, tenant := c.Settings[settings.TokenURL.Name], c.Settings[settings.ClientID.Name], c.Settings[settings.TenantID.Name]
	scope := c.Settings[settings.Scope.Name]
	if scope == "" {
		scope = defaultScope
	}
	file := c.Settings[settings.TokenFile.Name]
	switch {
	case file == "" && c.Credential.IsServerIdentity():
		query := url.Values{"api-version": {"2018-02-01"}, "resource": {strings.TrimSuffix(scope, "/.default")}}
		if client != "" {
			query.Set("client_id", client)
		}
		if at == "" {
			at = metadataServer
		}
		r, err := http.NewRequestWithContext(ctx, http.MethodGet, at+"?"+query.Encode(), nil)
		if err != nil {
			return nil, nil, unusable(c, "the setting 'token_url' is no address")
		}
		r.Header.Set("Metadata", "true")
		return r, nil, nil
	case file != "" && !c.Credential.IsServerIdentity(): // whoever may store a key could read any file
		return nil, nil, unusable(c, "the setting 'token_file' counts in the server's file only, with the api_key 'identity:default'")
	case file != "" && client == "":
		return nil, nil, unusable(c, "the virtual key needs the setting 'client_id' beside 'token_file'")
	case at == "" && tenant == "":
		return nil, nil, unusable(c, "the virtual key needs the setting 'tenant_id' beside 'client_id'")
	}
	if at == "" {
		at = authority + tenant + "/oauth2/v2.0/token"
	}
	form := url.Values{"grant_type": {"client_credentials"}, "client_id": {client}, "scope": {scope}}
	if file == "" {
		form.Set("client_secret", c.Credential.Reveal())
	} else {
		form.Set("client_assertion_type", "urn:ietf:params:oauth:client-assertion-type:jwt-bearer")
	}
	r, err := http.NewRequestWithContext(ctx, http.MethodPost, at, nil)
	if err != nil {
		return nil, nil, unusable(c, "the setting 'token_url' is no address")
	}
	r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	return r, form, nil
}

func fetch(ask *http.Request, form url.Values, c *auth.Call) (none token.Token[string], err error) {
	if form != nil {
		if file := c.Settings[settings.TokenFile.Name]; file != "" {
			assertion, err := readToken(file)
			if err != nil {
				e := unusable(c, "the file of the setting 'token_file' holds no token")
				e.Err = err
				return none, e
			}
			form.Set("client_assertion", assertion)
		}
		body := form.Encode()
		ask.Body, ask.ContentLength = io.NopCloser(strings.NewReader(body)), int64(len(body))
	}
	res, err := c.Tokens.RoundTrip(ask)
	if err != nil {
		var own *gateway.Error
		if errors.As(err, &own) { // the address check at connect time
			return none, own
		}
		return none, vendorerror.Broken(op, "There is no access token for "+c.Name+": the server that gives tokens cannot be asked.", err)
	}
	defer res.Body.Close()
	body, err := io.ReadAll(io.LimitReader(res.Body, maxAnswer))
	if err != nil {
		return none, vendorerror.Broken(op, "There is no access token for "+c.Name+": the answer of the server that gives tokens broke off.", err)
	}
	if res.StatusCode != http.StatusOK {
		return none, refusal(c, res.StatusCode, body)
	}
	v, seconds := gjson.GetBytes(body, "access_token"), gjson.GetBytes(body, "expires_in").Int() // a number, or a text of one
	if !gjson.ValidBytes(body) || v.Type != gjson.String || v.Str == "" || seconds <= 0 {
		return none, vendorerror.Broken(op, "There is no access token for "+c.Name+": the server that gives tokens answered with something else.", nil)
	}
	return token.Token[string]{Value: v.Str, Expires: time.Now().Add(time.Duration(min(seconds, 7*24*3600)) * time.Second)}, nil
}

// readToken reads the token of a workload. The platform renews it, so it is read for each token of
// Entra's.
func readToken(file string) (string, error) {
	f, err := os.Open(file)
	if err != nil {
		return "", err
	}
	defer f.Close()
	raw, err := io.ReadAll(io.LimitReader(f, maxAnswer))
	if err != nil {
		return "", err
	}
	text := strings.TrimSpace(string(raw))
	if strings.Count(text, ".") != 2 || strings.ContainsAny(text, " \r\n") {
		return "", errors.New("the file holds no JSON Web Token")
	}
	return text, nil
}

const op = "entra.Sign"

// unusable is the error of a credential that cannot be used as it is.
func unusable(c *auth.Call, why string) *gateway.Error {
	return &gateway.Error{Op: op, Kind: gateway.Unauthorized, Code: "credential_unusable", Public: "There is no access token for " + c.Name + ": " + why + "."}
}

// refusal is the error of a credential for which there is no token.
func refusal(c *auth.Call, status int, body []byte) *gateway.Error {
	e := vendorerror.FromStatus("the server that gives tokens", status, http.Header{}, body)
	why := e.Public
	if text := gjson.GetBytes(body, "error_description").String(); text != "" { // several lines, of which the first says it
		why, _, _ = strings.Cut(text, "\r\n")
	}
	if len(why) > 300 {
		why = strings.ToValidUTF8(why[:300], "")
	}
	e.Op, e.Public, e.Code = op, "There is no access token for "+c.Name+": "+why, "credential_refused"
	if e.Kind == gateway.Upstream && status < 500 && status != http.StatusTooManyRequests {
		e.Status = http.StatusUnauthorized // a 400 here is no fault of the call's
	}
	return e
}
