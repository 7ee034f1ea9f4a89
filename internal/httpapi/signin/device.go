package signin

import (
	"context"
	"encoding/json"
	"net/http"
	"time"

	"github.com/tidwall/gjson"

	"github.com/sluicegate/sluice/gateway"
	"github.com/sluicegate/sluice/gateway/identity/device"
	"github.com/sluicegate/sluice/gateway/identity/session"
	"github.com/sluicegate/sluice/internal/httpapi"
)

// Devices keeps the programs that ask to be let in. It is device's service.
type Devices interface {
	Start(ctx context.Context, scope device.Scope, client, address string) (device.Started, error)
	Poll(ctx context.Context, code gateway.Secret) (device.Grant, error)
	Find(ctx context.Context, userCode, from string) (device.Grant, error)
	Decide(ctx context.Context, g device.Grant, d device.Decision) error
}

// deviceStarted is what a program gets (RFC 8628, section 3.2).
type deviceStarted struct {
	DeviceCode      string `json:"device_code"`
	UserCode        string `json:"user_code"`
	Verification    string `json:"verification_uri"`
	VerificationAll string `json:"verification_uri_complete"`
	ExpiresIn       int64  `json:"expires_in"` // seconds
	Interval        int64  `json:"interval"`   // seconds
}

// startDevice lets a program ask. Without a scope it asks to call models.
func (h *handlers) startDevice(c *httpapi.Call) error {
	c.SetHeader("Cache-Control", "no-store")
	f, err := form(c)
	if err != nil {
		return err
	}
	scope := device.Scope(f.Get("scope"))
	switch scope {
	case "":
		scope = device.Inference
	case device.Inference, device.Admin:
	default:
		return oauthRefusal("signin.startDevice", "invalid_scope", "The parameter 'scope' must be inference or admin.")
	}
	s, err := h.Devices.Start(c.Context(), scope, userAgent(c), c.ClientIP())
	if err != nil {
		return err
	}
	at := c.Origin() + "/device"
	return c.SendJSON(http.StatusOK, deviceStarted{DeviceCode: s.Device.Reveal(), UserCode: s.User, Verification: at, VerificationAll: at + "?user_code=" + s.User,
		ExpiresIn: int64(device.Lifetime / time.Second), Interval: int64(device.Interval / time.Second)})
}

// waiting is a program that asks, as a person sees it before deciding.
type waiting struct {
	Object    string       `json:"object"`
	Scope     device.Scope `json:"scope"`
	Client    string       `json:"client"`
	Address   string       `json:"address"`
	CreatedAt time.Time    `json:"created_at"`
	ExpiresAt time.Time    `json:"expires_at"`
	APIKeys   []string     `json:"api_keys"` // as which it may call models
}

// approver is the person who decides. A device lets in no other one, and an API key has no person
// in front of it.
func (h *handlers) approver(c *httpapi.Call, p *gateway.Principal, token gateway.Secret) error {
	if x, ok := h.Sessions.Find(c.Context(), token); p.Session != "" && ok && x.Method != session.WithDevice {
		return nil
	}
	return &gateway.Error{Op: "signin.approver", Kind: gateway.Forbidden, Code: "session_required", Public: "Sign in with a browser to let programs in: neither API keys nor programs may."}
}

func (h *handlers) showDevice(c *httpapi.Call) error {
	p, err := c.Authenticated()
	if err != nil {
		return err
	}
	if err := h.approver(c, p, c.Token()); err != nil {
		return err
	}
	g, err := h.Devices.Find(c.Context(), c.Query("user_code"), c.ClientIP())
	if err != nil {
		return err
	}
	keys, err := h.Accounts.DeviceKeys(p)
	if err != nil {
		return err
	}
	out := waiting{"device", g.Scope, g.Client, g.Address, g.CreatedAt, g.ExpiresAt, []string{}}
	for _, k := range keys {
		out.APIKeys = append(out.APIKeys, k.Name)
	}
	return c.SendJSON(http.StatusOK, out)
}

// approveDevice takes {user_code}, {approve: false} to refuse, and {api_key} as which the program
// calls models.
func (h *handlers) approveDevice(c *httpapi.Call) error {
	const op = "signin.approveDevice"
	p, err := c.Authenticated()
	if err != nil {
		return err
	}
	if err := h.approver(c, p, c.Token()); err != nil {
		return err
	}
	raw, err := c.Body()
	if err != nil {
		return err
	}
	if err := gateway.CheckBody(op, raw); err != nil {
		return err
	}
	code, key, approve := "", "", true
	gjson.ParseBytes(raw).ForEach(func(k, v gjson.Result) bool {
		name := gateway.Clip(k.String(), 100)
		switch {
		case name == "user_code" && v.Type == gjson.String:
			code = v.String()
		case name == "api_key" && v.Type == gjson.String:
			key = v.String()
		case name == "approve" && v.IsBool():
			approve = v.Bool()
		case name == "user_code" || name == "api_key":
			err = gateway.InvalidField(op, name, "The field '"+name+"' must be a string.")
		case name == "approve":
			err = gateway.InvalidField(op, name, "The field 'approve' must be true or false.")
		default:
			err = gateway.InvalidField(op, name, "The field '"+name+"' is unknown.")
		}
		return err == nil
	})
	if err != nil {
		return err
	}
	if err := h.decide(c, p, code, key, approve); err != nil {
		return err
	}
	return c.SendJSON(http.StatusOK, decided{"device", approve})
}

// decision is what the audit event of a decision shows.
type decision struct {
	APIKey   string       `json:"api_key_id,omitempty"`
	Approved bool         `json:"approved"`
	Client   string       `json:"client"`
	Scope    device.Scope `json:"scope"`
}

// decide lets a program in, or refuses it. Both are audit events, as is a wrong code.
func (h *handlers) decide(c *httpapi.Call, p *gateway.Principal, code, key string, approve bool) error {
	note := c.AuditNote()
	note.Always, note.Member, note.MemberName, note.Workspace = true, p.Member, p.MemberRef, p.Workspace
	g, err := h.Devices.Find(c.Context(), code, c.ClientIP())
	d := device.Decision{Approve: approve, Member: p.Member, Workspace: p.Workspace}
	if err == nil && approve && g.Scope == device.Inference {
		d.APIKey, err = h.Accounts.DeviceKey(c.Context(), p, key)
	}
	if err == nil {
		err = h.Devices.Decide(c.Context(), g, d)
	}
	if note.Object = g.ID; err != nil {
		return err
	}
	note.After, err = json.Marshal(decision{d.APIKey, approve, g.Client, g.Scope})
	if err != nil {
		return &gateway.Error{Op: "signin.decide", Kind: gateway.Internal, Err: err}
	}
	return nil
}
