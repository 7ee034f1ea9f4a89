// Package vault reads credentials from HashiCorp Vault: vault:secret/data/openai#api_key.
//
// A path is that of Vault's HTTP API below /v1/, so that of a secret in a KV engine of version 2
// holds "data": https://developer.hashicorp.com/vault/api-docs/secret/kv. The token comes from the
// server's file, or from a login with AppRole or a Kubernetes service account; it is renewed, or
// logged in for again, before it expires:
// https://developer.hashicorp.com/vault/api-docs/auth/approle,
// https://developer.hashicorp.com/vault/api-docs/auth/kubernetes,
// https://developer.hashicorp.com/vault/api-docs/auth/token.
//
// The package starts no goroutine: the service that uses it asks again when a value is due.
package vault

import (
	"bytes"
	"context"
	"crypto/tls"
	"crypto/x509"
	"encoding/json"
	"errors"
	"io"
	"net/http"
	"os"
	"strings"
	"sync"
	"time"

	"github.com/sluicegate/sluice/gateway"
	"github.com/sluicegate/sluice/gateway/credential"
)

// Config says where Vault is and who Sluice is there.
type Config struct {
	Address   string // http://host:port
	Namespace string // X-Vault-Namespace; "" = none
	CAFile    string // authorities that sign Vault's certificate; "" = the system's
	Auth      Auth
	MaxAge    time.Duration    // a credential is read again after this time; 0 = 5 min
	Now       func() time.Time `json:"-"` // default time.Now
}

const (
	defaultMaxAge = 5 * time.Minute
	maxAnswer     = 1 << 20
	timeout       = 8 * time.Second
)

// Client reads secrets. It implements credential.Source and is safe for concurrent use.
type Client struct {
	cfg  Config
	http *http.Client

	login sync.Mutex // held while the token is got or renewed
	token token
}

// New makes a client. It does not call Vault yet.
func New(cfg Config) (*Client, error) {
	if cfg.MaxAge <= 0 {
		cfg.MaxAge = defaultMaxAge
	}
	if cfg.Now == nil {
		cfg.Now = time.Now
	}
	cfg.Address = strings.TrimRight(cfg.Address, "/")
	transport := &http.Transport{Proxy: http.ProxyFromEnvironment, MaxIdleConns: 4, IdleConnTimeout: time.Minute, TLSHandshakeTimeout: timeout}
	if cfg.CAFile != "" {
		pem, err := os.ReadFile(cfg.CAFile)
		roots := x509.NewCertPool()
		if err != nil || !roots.AppendCertsFromPEM(pem) {
			return nil, &gateway.Error{Op: "vault.New", Kind: gateway.Invalid, Param: "vault.ca_file", Public: "The field 'vault.ca_file' must name a file with certificates in PEM.", Err: err}
		}
		transport.TLSClientConfig = &tls.Config{RootCAs: roots, MinVersion: tls.VersionTLS12}
	}
	return &Client{cfg: cfg, http: &http.Client{Transport: transport, Timeout: timeout, CheckRedirect: followActive}}, nil
}

// Close closes the idle connections.
func (c *Client) Close() { c.http.CloseIdleConnections() }

// followActive lets a standby node refer to the active one, once and not to a weaker scheme.
func followActive(to *http.Request, via []*http.Request) error {
	if len(via) > 1 || via[0].URL.Scheme == "https" && to.URL.Scheme != "https" {
		return http.ErrUseLastResponse
	}
	return nil
}

// secret is an answer that holds a secret. A KV engine of version 2 nests it.
type secret struct {
	Lease int64                      `json:"lease_duration"` // s
	Data  map[string]json.RawMessage `json:"data"`
}

// Read implements credential.Source. path is "path#field".
func (c *Client) Read(ctx context.Context, path string) (credential.Value, error) {
	at, field, _ := strings.Cut(path, "#")
	t, err := c.currentToken(ctx)
	if err != nil {
		return credential.Value{}, err
	}
	var s secret
	err = c.call(ctx, http.MethodGet, at, t.value, nil, &s)
	if status(err) == http.StatusForbidden && c.forget(t) { // revoked meanwhile
		if t, err = c.currentToken(ctx); err != nil {
			return credential.Value{}, err
		}
		err = c.call(ctx, http.MethodGet, at, t.value, nil, &s)
	}
	if err != nil {
		return credential.Value{}, err
	}
	text, err := s.field(field)
	if err != nil {
		return credential.Value{}, err
	}
	return credential.Value{Secret: gateway.NewSecret(text), MaxAge: c.maxAge(&s, t)}, nil
}

// maxAge is how long a secret is used: it is read again before its lease or the token ends.
func (c *Client) maxAge(s *secret, t token) time.Duration {
	age := c.cfg.MaxAge
	if s.Lease > 0 {
		age = min(age, time.Duration(s.Lease)*time.Second*2/3)
	}
	if t.life > 0 {
		age = min(age, t.life/3)
	}
	return max(age, time.Second)
}

func (s *secret) field(name string) (string, error) {
	data := s.Data
	var inner, metadata map[string]json.RawMessage
	if json.Unmarshal(data["data"], &inner) == nil && json.Unmarshal(data["metadata"], &metadata) == nil && metadata != nil {
		data = inner
	}
	raw, ok := data[name]
	var text string
	switch {
	case !ok:
		return "", unavailable("Vault's secret has no field '"+name+"'.", nil)
	case json.Unmarshal(raw, &text) != nil || text == "":
		return "", unavailable("the field '"+name+"' of Vault's secret must be a string that is not empty.", nil)
	}
	return strings.TrimSpace(text), nil
}

// refusal is an answer of Vault with an error status.
type refusal struct{ status int }

func (e *refusal) Error() string { return "vault: " + http.StatusText(e.status) }

func status(err error) int {
	var r *refusal
	if errors.As(err, &r) {
		return r.status
	}
	return 0
}

// call makes one call of Vault's API. Vault's own words are not passed on: they may quote what was
// sent.
func (c *Client) call(ctx context.Context, method, path, token string, body, into any) error {
	var payload io.Reader
	if body != nil {
		raw, err := json.Marshal(body)
		if err != nil {
			return unavailable("the login cannot be encoded.", err)
		}
		payload = bytes.NewReader(raw)
	}
	req, err := http.NewRequestWithContext(ctx, method, c.cfg.Address+"/v1/"+strings.ReplaceAll(path, " ", "%20"), payload)
	if err != nil {
		return unavailable("the path cannot be called.", nil)
	}
	req.Header.Set("X-Vault-Request", "true")
	if token != "" {
		req.Header.Set("X-Vault-Token", token)
	}
	if c.cfg.Namespace != "" {
		req.Header.Set("X-Vault-Namespace", c.cfg.Namespace)
	}
	res, err := c.http.Do(req)
	if err != nil {
		return unavailable("Vault does not answer at "+c.cfg.Address+".", err)
	}
	defer res.Body.Close()
	raw, err := io.ReadAll(io.LimitReader(res.Body, maxAnswer))
	switch {
	case res.StatusCode/100 != 2:
		return unavailable(reason(res.StatusCode, path), &refusal{res.StatusCode})
	case err != nil:
		return unavailable("Vault's answer breaks off.", err)
	case json.Unmarshal(raw, into) != nil:
		return unavailable("what answers at "+c.cfg.Address+" is not Vault.", nil)
	}
	return nil
}

func reason(status int, path string) string {
	switch status {
	case http.StatusNotFound:
		return "Vault has nothing at '" + path + "' (with a KV engine of version 2 the path holds 'data')."
	case http.StatusForbidden:
		return "Vault does not let this token read '" + path + "'."
	case http.StatusBadRequest:
		return "Vault refuses '" + path + "'."
	case http.StatusServiceUnavailable:
		return "Vault is sealed or in maintenance."
	}
	return "Vault answers with status " + http.StatusText(status) + "."
}

func unavailable(public string, err error) *gateway.Error {
	return &gateway.Error{Op: "vault.Read", Kind: gateway.Unavailable, Public: public, Err: err}
}
