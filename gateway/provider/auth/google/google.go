// Package google signs calls of Google Cloud with access tokens
// (https://cloud.google.com/docs/authentication): of a service account, of a user's refresh token, of
// a workload identity federation, or of the server's own identity.
package google

import (
	"context"
	"errors"
	"net/http"
	"strconv"
	"strings"
	"time"

	"github.com/tidwall/gjson"
	"golang.org/x/oauth2"
	"golang.org/x/oauth2/google"

	"github.com/sluicegate/sluice/gateway"
	"github.com/sluicegate/sluice/gateway/dialect/vendorerror"
	"github.com/sluicegate/sluice/gateway/provider/auth"
	"github.com/sluicegate/sluice/gateway/provider/auth/token"
	"github.com/sluicegate/sluice/gateway/provider/settings"
)

// scope is what a token may be used for.
const scope = "https://www.googleapis.com/auth/cloud-platform"

// tokenServer is where tokens come from. What a credential itself names is not asked: whoever may
// store a credential could have this server call any address.
const tokenServer = "https://oauth2.googleapis.com/token"

// Signer sends "Authorization: Bearer …" with an access token. It keeps the tokens.
type Signer struct {
	tokens token.Cache[string]
}

// Sign implements auth.Signer.
func (s *Signer) Sign(ctx context.Context, r *http.Request, c *auth.Call) error {
	text := c.Credential.Reveal()
	switch {
	case c.Credential.IsServerIdentity(), strings.HasPrefix(text, "{"):
		at := c.Settings[settings.TokenURL.Name]
		v, err := s.tokens.Get(ctx, token.Key(c.Credential, at, strconv.FormatBool(c.Operator)), func(ctx context.Context) (token.Token[string], error) { return fetch(ctx, c, at) })
		if err != nil {
			return err
		}
		r.Header.Set("Authorization", "Bearer "+v)
	case strings.HasPrefix(text, "AIza"), strings.HasPrefix(text, "AQ."): // a key of the express mode
		r.Header.Set("X-Goog-Api-Key", text)
	default: // an access token, whose holder refreshes it
		r.Header.Set("Authorization", "Bearer "+text)
	}
	return nil
}

// ProjectOf returns the project that a credential names, "" if it names none.
func ProjectOf(credential gateway.Secret) string {
	text := credential.Reveal()
	if !strings.HasPrefix(text, "{") {
		return ""
	}
	for _, name := range []string{"project_id", "quota_project_id"} {
		if project := gjson.Get(text, name); project.Type == gjson.String && project.Str != "" {
			return project.Str
		}
	}
	return ""
}

func fetch(ctx context.Context, c *auth.Call, at string) (token.Token[string], error) {
	client := &http.Client{Transport: c.Tokens, CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}
	ctx = context.WithValue(ctx, oauth2.HTTPClient, client)
	source, e := sourceOf(ctx, c, at)
	if e != nil {
		return token.Token[string]{}, e
	}
	t, err := source.Token()
	if err != nil {
		return token.Token[string]{}, refusal(c, err)
	}
	if t.AccessToken == "" {
		return token.Token[string]{}, refusal(c, errors.New("the server gave no access token"))
	}
	expires := t.Expiry
	if expires.IsZero() { // a server that does not say
		expires = time.Now().Add(10 * time.Minute)
	}
	return token.Token[string]{Value: t.AccessToken, Expires: expires}, nil
}

// sourceOf is where tokens for a credential come from.
func sourceOf(ctx context.Context, c *auth.Call, at string) (oauth2.TokenSource, *gateway.Error) {
	if at == "" {
		at = tokenServer
	}
	if c.Credential.IsServerIdentity() {
		found, err := google.FindDefaultCredentials(ctx, scope)
		if err != nil {
			return nil, invalid(c, "this server has no identity at Google: neither GOOGLE_APPLICATION_CREDENTIALS nor a metadata server gives one", err)
		}
		return found.TokenSource, nil
	}
	raw := []byte(c.Credential.Reveal())
	if !gjson.ValidBytes(raw) {
		return nil, invalid(c, "it is not valid JSON", nil)
	}
	switch kind := gjson.GetBytes(raw, "type").String(); kind {
	case "service_account":
		conf, err := google.JWTConfigFromJSON(raw, scope)
		if err != nil {
			return nil, invalid(c, "it is no key of a service account", nil) // the cause quotes it
		}
		conf.TokenURL = at
		if conf.Email == "" || len(conf.PrivateKey) == 0 {
			return nil, invalid(c, "the key of a service account needs client_email and private_key", nil)
		}
		return conf.TokenSource(ctx), nil
	case "authorized_user":
		conf := &oauth2.Config{ClientID: gjson.GetBytes(raw, "client_id").String(), ClientSecret: gjson.GetBytes(raw, "client_secret").String(), Scopes: []string{scope},
			Endpoint: oauth2.Endpoint{TokenURL: at, AuthStyle: oauth2.AuthStyleInParams}}
		return conf.TokenSource(ctx, &oauth2.Token{RefreshToken: gjson.GetBytes(raw, "refresh_token").String()}), nil
	case "external_account", "impersonated_service_account":
		if !c.Operator {
			return nil, invalid(c, "credentials of the type '"+kind+"' name files and servers: only the server's file may have them, or identity:default", nil)
		}
		found, err := google.CredentialsFromJSONWithType(ctx, raw, google.CredentialsType(kind), scope)
		if err != nil {
			return nil, invalid(c, "it cannot be read", nil)
		}
		return found.TokenSource, nil
	}
	return nil, invalid(c, "its 'type' must be service_account, authorized_user or external_account", nil)
}

const op = "google.Sign"

// invalid is the error of a credential that cannot be used as it is.
func invalid(c *auth.Call, why string, err error) *gateway.Error {
	return &gateway.Error{Op: op, Kind: gateway.Unauthorized, Code: "credential_unusable", Public: "There is no access token for " + c.Name + ": " + why + ".", Err: err}
}

// refusal is the error of a credential for which there is no token.
func refusal(c *auth.Call, err error) *gateway.Error {
	var refused *oauth2.RetrieveError
	if !errors.As(err, &refused) {
		var own *gateway.Error
		if errors.As(err, &own) { // the address check at connect time
			return own
		}
		return vendorerror.Broken(op, "There is no access token for "+c.Name+": the server that gives tokens cannot be asked.", err)
	}
	status := refused.Response.StatusCode
	e := vendorerror.FromStatus("the server that gives tokens", status, http.Header{}, refused.Body)
	why := e.Public
	if code := gjson.GetBytes(refused.Body, "error").String(); code != "" {
		why = code
		if text := gjson.GetBytes(refused.Body, "error_description").String(); text != "" {
			why += ": " + text
		}
	}
	e.Op, e.Public, e.Code = op, "There is no access token for "+c.Name+": "+clip(why), "credential_refused"
	if e.Kind == gateway.Upstream && status < 500 && status != http.StatusTooManyRequests {
		e.Status = http.StatusUnauthorized // a 400 here is no fault of the call's
	}
	return e
}

// clip bounds what a server says.
func clip(s string) string {
	if len(s) > 300 {
		return strings.ToValidUTF8(s[:300], "")
	}
	return s
}
