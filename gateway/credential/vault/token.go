package vault

import (
	"context"
	"net/http"
	"os"
	"strings"
	"time"

	"github.com/sluicegate/sluice/gateway"
)

// Auth says how Sluice gets its token.
type Auth struct {
	Method    string         // MethodToken, MethodAppRole or MethodKubernetes
	Mount     string         // of the method at auth/; "" = its name
	Token     gateway.Secret // of MethodToken
	TokenFile string         // of MethodToken, instead of Token: an agent may write it
	RoleID    string         // of MethodAppRole
	SecretID  gateway.Secret // of MethodAppRole
	Role      string         // of MethodKubernetes
	JWTFile   string         // of MethodKubernetes; "" = where Kubernetes mounts it
}

// The methods.
const (
	MethodToken      = "token"
	MethodAppRole    = "approle"
	MethodKubernetes = "kubernetes"
)

const serviceAccountToken = "/var/run/secrets/kubernetes.io/serviceaccount/token"

// token is what Vault knows Sluice by. The zero value is none.
type token struct {
	value     string
	life      time.Duration // when it was got or renewed; 0 = it does not expire
	since     time.Time
	renewable bool
}

// due reports whether a third of the token's life is left at most.
func (t *token) due(now time.Time) bool { return t.life > 0 && now.Sub(t.since) >= t.life*2/3 }

// granted is the part of an answer that grants a token.
type granted struct {
	Auth struct {
		Token     string `json:"client_token"`
		Lease     int64  `json:"lease_duration"` // s
		Renewable bool   `json:"renewable"`
	} `json:"auth"`
}

func (c *Client) tokenOf(g *granted) token {
	return token{value: g.Auth.Token, life: time.Duration(g.Auth.Lease) * time.Second, since: c.cfg.Now(), renewable: g.Auth.Renewable}
}

// currentToken returns the token, after getting or renewing it where that is due.
func (c *Client) currentToken(ctx context.Context) (token, error) {
	c.login.Lock()
	defer c.login.Unlock()
	if c.token.value != "" && !c.token.due(c.cfg.Now()) {
		return c.token, nil
	}
	if c.token.value != "" && c.token.renewable {
		var g granted
		if err := c.call(ctx, http.MethodPost, "auth/token/renew-self", c.token.value, map[string]string{}, &g); err == nil && g.Auth.Token != "" {
			c.token = c.tokenOf(&g)
			return c.token, nil
		}
	}
	t, err := c.signIn(ctx)
	if err != nil {
		if c.token.value != "" && c.cfg.Now().Sub(c.token.since) < c.token.life { // it has not expired yet
			return c.token, nil
		}
		return token{}, err
	}
	c.token = t
	return t, nil
}

// forget drops a token that Vault refused. It reports whether another one can be got.
func (c *Client) forget(t token) bool {
	c.login.Lock()
	defer c.login.Unlock()
	if c.token.value == t.value {
		c.token = token{}
	}
	return c.cfg.Auth.Method != MethodToken || c.cfg.Auth.TokenFile != ""
}

// signIn gets a token.
func (c *Client) signIn(ctx context.Context) (token, error) {
	a := &c.cfg.Auth
	mount := a.Method
	if a.Mount != "" {
		mount = strings.Trim(a.Mount, "/")
	}
	switch a.Method {
	case MethodAppRole:
		return c.grant(ctx, mount, map[string]string{"role_id": a.RoleID, "secret_id": a.SecretID.Reveal()})
	case MethodKubernetes:
		file := a.JWTFile
		if file == "" {
			file = serviceAccountToken
		}
		jwt, err := readFile(file)
		if err != nil {
			return token{}, err
		}
		return c.grant(ctx, mount, map[string]string{"role": a.Role, "jwt": jwt})
	}
	value := a.Token.Reveal()
	if a.TokenFile != "" {
		var err error
		if value, err = readFile(a.TokenFile); err != nil {
			return token{}, err
		}
	}
	var looked struct {
		Data struct {
			TTL       int64 `json:"ttl"` // s; 0 = it does not expire
			Renewable bool  `json:"renewable"`
		} `json:"data"`
	}
	if err := c.call(ctx, http.MethodGet, "auth/token/lookup-self", value, nil, &looked); err != nil {
		if status(err) == http.StatusForbidden {
			return token{}, unavailable("Vault does not take the token.", err)
		}
		return token{}, err
	}
	return token{value: value, life: time.Duration(looked.Data.TTL) * time.Second, since: c.cfg.Now(), renewable: looked.Data.Renewable}, nil
}

func (c *Client) grant(ctx context.Context, mount string, login map[string]string) (token, error) {
	var g granted
	err := c.call(ctx, http.MethodPost, "auth/"+mount+"/login", "", login, &g)
	switch {
	case status(err) == http.StatusBadRequest || status(err) == http.StatusForbidden:
		return token{}, unavailable("Vault refuses the login at auth/"+mount+".", err)
	case err != nil:
		return token{}, err
	case g.Auth.Token == "":
		return token{}, unavailable("Vault's answer to the login at auth/"+mount+" has no token.", nil)
	}
	return c.tokenOf(&g), nil
}

func readFile(path string) (string, error) {
	raw, err := os.ReadFile(path)
	if err != nil {
		return "", unavailable("the file "+path+", which signs in at Vault, cannot be read.", err)
	}
	return strings.TrimSpace(string(raw)), nil
}
