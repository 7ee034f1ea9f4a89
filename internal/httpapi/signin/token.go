package signin

import (
	"net/http"
	"strings"
	"time"

	"github.com/sluicegate/sluice/gateway"
	"github.com/sluicegate/sluice/gateway/identity/device"
	"github.com/sluicegate/sluice/gateway/identity/session"
	"github.com/sluicegate/sluice/internal/httpapi"
)

// The grants that the token endpoint knows.
const (
	grantDevice  = "urn:ietf:params:oauth:grant-type:device_code"
	grantRefresh = "refresh_token"
)

// issued is what a program gets for a device code or a refresh token (RFC 6749, section 5.1).
type issued struct {
	Access    string `json:"access_token"`
	Type      string `json:"token_type"` // "Bearer"
	ExpiresIn int64  `json:"expires_in"` // seconds
	Refresh   string `json:"refresh_token,omitempty"`
	Scope     string `json:"scope"`
	Email     string `json:"email,omitempty"` // who has let the program in; Claude Code shows it
}

func (h *handlers) token(c *httpapi.Call) error {
	const op = "signin.token"
	c.SetHeader("Cache-Control", "no-store")
	f, err := form(c)
	if err != nil {
		return err
	}
	switch f.Get("grant_type") {
	case grantDevice:
		if f.Get("device_code") == "" {
			return oauthRefusal(op, "invalid_request", "The parameter 'device_code' is missing.")
		}
		return h.redeemDevice(c, gateway.NewSecret(f.Get("device_code")))
	case grantRefresh:
		if f.Get("refresh_token") == "" {
			return oauthRefusal(op, "invalid_request", "The parameter 'refresh_token' is missing.")
		}
		return h.renew(c, gateway.NewSecret(f.Get("refresh_token")))
	}
	return oauthRefusal(op, "unsupported_grant_type", "The parameter 'grant_type' must be "+grantDevice+" or "+grantRefresh+".")
}

// redeemDevice opens the session of a program that a person has let in.
func (h *handlers) redeemDevice(c *httpapi.Call, code gateway.Secret) error {
	g, err := h.Devices.Poll(c.Context(), code)
	if err != nil {
		return err
	}
	x := session.Session{Member: g.Member, Workspace: g.Workspace, APIKey: g.APIKey, Method: session.WithDevice, Address: g.Address, Client: g.Client}
	var tokens session.Tokens
	if g.Scope == device.Inference {
		x, tokens, err = h.Sessions.CreateRenewable(c.Context(), x)
	} else {
		x, tokens.Access, err = h.Sessions.Create(c.Context(), x)
	}
	return h.issue(c, x, tokens, err)
}

func (h *handlers) renew(c *httpapi.Call, refresh gateway.Secret) error {
	x, tokens, err := h.Sessions.Renew(c.Context(), refresh)
	return h.issue(c, x, tokens, err)
}

// issue answers with tokens, which is an audit event. A program whose member has lost its role, or
// whose API key is gone, gets none.
func (h *handlers) issue(c *httpapi.Call, x session.Session, tokens session.Tokens, err error) error {
	if err != nil {
		return err
	}
	note := c.AuditNote()
	note.Always, note.Member, note.Workspace, note.Object = true, x.Member, x.Workspace, x.ID
	p, err := h.Accounts.Identify(c.Context(), tokens.Access, c.ClientIP())
	if err != nil {
		if e := gateway.AsError(err); e.Kind == gateway.Unauthorized {
			err = &gateway.Error{Op: "signin.issue", Kind: gateway.Unauthorized, Code: "invalid_grant", Public: e.Public}
		}
		return err
	}
	note.MemberName = p.MemberRef
	out := issued{Access: tokens.Access.Reveal(), Type: "Bearer", ExpiresIn: int64(x.ExpiresAt.Sub(c.Now()) / time.Second), Refresh: tokens.Refresh.Reveal(), Scope: string(device.Admin)}
	if x.APIKey != "" {
		out.Scope = string(device.Inference)
	}
	if strings.Contains(p.MemberRef, "@") {
		out.Email = p.MemberRef
	}
	return c.SendJSON(http.StatusOK, out)
}

// revokeToken ends the session of a token (RFC 7009). The answer is the same for one that nobody
// has.
func (h *handlers) revokeToken(c *httpapi.Call) error {
	f, err := form(c)
	if err != nil {
		return err
	}
	token := gateway.NewSecret(f.Get("token"))
	if token.Empty() {
		return oauthRefusal("signin.revokeToken", "invalid_request", "The parameter 'token' is missing.")
	}
	x, err := h.Sessions.RevokeToken(c.Context(), token)
	if err != nil {
		return err
	}
	note := c.AuditNote()
	note.Always, note.Member, note.Workspace, note.Object = x.ID != "", x.Member, x.Workspace, x.ID
	return c.SendJSON(http.StatusOK, struct{}{})
}
