package signin

import (
	"context"
	"net/http"
	"strings"
	"time"

	"github.com/tidwall/gjson"

	"github.com/sluicegate/sluice/gateway"
	"github.com/sluicegate/sluice/gateway/identity"
	"github.com/sluicegate/sluice/gateway/identity/session"
	"github.com/sluicegate/sluice/internal/httpapi"
	"github.com/sluicegate/sluice/telemetry/audit"
)

// Accounts knows members. It is identity's service.
type Accounts interface {
	Identify(ctx context.Context, key gateway.Secret, from string) (*gateway.Principal, error)
	SignIn(ctx context.Context, name, password, from string) (identity.Member, error)
	SignInPerson(ctx context.Context, who identity.Person, mapping []identity.GroupRole) (m identity.Member, changed bool, err error)
	Home(member, workspace string) (id string, err error)
	DeviceKeys(by *gateway.Principal) ([]identity.DeviceKeyRef, error)
	DeviceKey(ctx context.Context, by *gateway.Principal, ref string) (id string, err error)
}

// Sessions keeps sessions. It is session's service.
type Sessions interface {
	Create(ctx context.Context, s session.Session) (session.Session, gateway.Secret, error)
	CreateRenewable(ctx context.Context, s session.Session) (session.Session, session.Tokens, error)
	Renew(ctx context.Context, refresh gateway.Secret) (session.Session, session.Tokens, error)
	RevokeToken(ctx context.Context, token gateway.Secret) (session.Session, error)
	Find(ctx context.Context, token gateway.Secret) (session.Session, bool)
	List(member string) []session.Session
	Revoke(ctx context.Context, member, id string) error
}

// Guesses counts wrong secrets by address. It is identity's service.
type Guesses interface {
	MayGuess(from string) error
	GuessedWrong(from string)
}

// AuditSink keeps the events of what a sign-in changes besides.
type AuditSink interface {
	Audit(ctx context.Context, e audit.Event) error
}

// Settings is what the routes are made of. Provider may be nil; all other fields are required.
type Settings struct {
	Accounts Accounts
	Sessions Sessions
	Devices  Devices
	Audit    AuditSink
	Provider Provider             // where people sign in; nil = nowhere
	Mapping  []identity.GroupRole // what the provider's groups give
	Cookies  Sealer               // seals what a browser keeps for us
	Guesses  Guesses
}

// Routes are the routes of sessions.
func Routes(settings Settings) []httpapi.Route {
	h := &handlers{settings}
	return append([]httpapi.Route{
		{Method: http.MethodPost, Path: "/v1/auth/sessions", Need: gateway.SignIn, Audit: httpapi.AuditEvery("session.create"), Handle: h.create,
			About: httpapi.Description{Summary: "Signs in with an API key, or with a name and a password", Body: credentials{}, Answer: current{}, Status: http.StatusCreated}},
		{Method: http.MethodGet, Path: "/v1/auth/sessions", Need: gateway.SessionsOwn, Audit: httpapi.AuditDenied("session.list"), Handle: h.list,
			About: httpapi.Description{Summary: "Lists the caller's own sessions", Answer: list{}}},
		{Method: http.MethodDelete, Path: "/v1/auth/sessions/:id", Need: gateway.SessionsOwn, Audit: httpapi.AuditEvery("session.delete"), Handle: h.revoke,
			About: httpapi.Description{Summary: "Ends one of the caller's own sessions; the id 'current' is the one that the call came with", Answer: ended{}}},
		{Method: http.MethodGet, Path: "/v1/auth/session", Need: gateway.SessionsOwn, Audit: httpapi.AuditDenied("session.get"), Handle: h.current,
			About: httpapi.Description{Summary: "Tells who the caller is", Answer: current{}}},
		{Method: http.MethodGet, Path: "/v1/auth/methods", Need: gateway.SignIn, Audit: httpapi.AuditDenied("session.methods"), Handle: h.methods,
			About: httpapi.Description{Summary: "Tells how people sign in here", Answer: signInMethods{}}},
		{Method: http.MethodGet, Path: "/v1/auth/oidc/login", Need: gateway.SignIn, Audit: httpapi.AuditDenied("session.begin"), Handle: h.beginOIDC,
			About: httpapi.Description{Summary: "Sends a browser to the OpenID provider"}},
		{Method: http.MethodGet, Path: "/v1/auth/oidc/callback", Need: gateway.SignIn, Audit: httpapi.AuditEvery("session.create"), Handle: h.finishOIDC,
			About: httpapi.Description{Summary: "Ends a sign-in at the OpenID provider"}},
	}, append(h.deviceRoutes(), h.oauthRoutes()...)...)
}

type handlers struct{ Settings }

// current tells who the caller is, and what a browser sends back with changes.
type current struct {
	Object    string       `json:"object"`
	Session   string       `json:"id"` // "" = an API key
	Member    string       `json:"member"`
	MemberID  string       `json:"member_id"`
	Workspace string       `json:"workspace"`
	Role      gateway.Role `json:"role"`
	// Permissions are what the caller may do, so that a client shows nothing else.
	Permissions []gateway.Permission `json:"permissions"`
	CSRF        string               `json:"csrf_token,omitempty"`
	Token       string               `json:"token,omitempty"` // once, for a client that asked for it
	ExpiresAt   *time.Time           `json:"expires_at,omitempty"`
}

// signInMethods tells a sign-in page what to offer.
type signInMethods struct {
	Object string `json:"object"`
	OIDC   bool   `json:"oidc"` // GET /v1/auth/oidc/login leads to an identity provider
}

func (h *handlers) methods(c *httpapi.Call) error {
	return c.SendJSON(http.StatusOK, signInMethods{Object: "sign_in_methods", OIDC: h.Provider != nil})
}

// credentials is the body of a sign-in, for the documentation: {api_key}, or {member, password}.
type credentials struct {
	APIKey    string `json:"api_key,omitempty"`
	Member    string `json:"member,omitempty"`
	Password  string `json:"password,omitempty"`
	Workspace string `json:"workspace,omitempty"` // where the session acts; absent: the API key's, or the member's first. An API key of one workspace opens no session in another
	Token     bool   `json:"token,omitempty"`     // true: the client keeps the token itself and wants no cookie
}

// list is the caller's sessions.
type list struct {
	Object string   `json:"object"`
	Data   []listed `json:"data"`
}

// ended is the answer to the end of a session.
type ended struct {
	ID      string `json:"id"`
	Deleted bool   `json:"deleted"`
}

func currentOf(p *gateway.Principal) current {
	return current{Object: "session", Session: p.Session, Member: p.MemberRef, MemberID: p.Member, Workspace: p.WorkspaceRef, Role: p.Role,
		Permissions: p.Permissions()}
}

// create takes {api_key} or {member, password}, {workspace}, and {token: true} for a client that
// keeps the token itself and wants no cookie.
func (h *handlers) create(c *httpapi.Call) error {
	keep, who, x, err := h.signIn(c)
	x, token, err := h.open(c, who, x, err)
	if err != nil {
		return err
	}
	p, err := h.Accounts.Identify(c.Context(), token, c.ClientIP())
	if err != nil {
		return err
	}
	out := currentOf(p)
	out.CSRF, out.ExpiresAt = session.CSRF(token), &x.ExpiresAt
	if keep {
		out.CSRF, out.Token = "", token.Reveal()
	} else {
		c.SetSessionCookie(token, x.ExpiresAt)
	}
	return c.SendJSON(http.StatusCreated, out)
}

// open opens the session x of a member who has signed in, unless err says that the sign-in was
// refused. who is the name that was tried. The token is always a new one:
// what a browser brought along never becomes a session.
func (h *handlers) open(c *httpapi.Call, who string, x session.Session, err error) (session.Session, gateway.Secret, error) {
	var token gateway.Secret
	if err == nil {
		x.Address, x.Client = c.ClientIP(), userAgent(c)
		x, token, err = h.Sessions.Create(c.Context(), x)
	}
	note := c.AuditNote()
	note.Member, note.MemberName, note.Workspace, note.Object = x.Member, who, x.Workspace, x.ID
	return x, token, err
}

// event is an audit event of what a member does here, successful until somebody says otherwise.
func (h *handlers) event(c *httpapi.Call, action, resource, member, name, workspace string) audit.Event {
	return audit.Event{Time: c.Now(), Action: action, Resource: resource, Outcome: "ok", Status: http.StatusOK,
		RequestID: c.ID, TraceID: c.Trace.ID.String(), Client: c.ClientIP(), Member: member, MemberName: name, Workspace: workspace}
}

// userAgent is what the caller says that it is, cut to what is kept.
func userAgent(c *httpapi.Call) string {
	return strings.ToValidUTF8(gateway.Clip(strings.ReplaceAll(c.Request().UserAgent(), "\x00", ""), 200), "")
}

// signIn finds the member that the body proves to be, and the workspace. keep tells that the client
// keeps the token, who is the name that was tried.
func (h *handlers) signIn(c *httpapi.Call) (keep bool, who string, x session.Session, err error) {
	const op = "signin.create"
	raw, err := c.Body()
	if err != nil {
		return keep, "", x, err
	}
	if err := gateway.CheckBody(op, raw); err != nil {
		return keep, "", x, err
	}
	fields := map[string]string{}
	gjson.ParseBytes(raw).ForEach(func(k, v gjson.Result) bool {
		name := k.String()
		switch name {
		case "api_key", "member", "password", "workspace":
			fields[name] = v.String()
			if v.Type != gjson.String {
				err = gateway.InvalidField(op, name, "The field '"+name+"' must be a string.")
			}
		case "token":
			if keep = v.Bool(); !v.IsBool() {
				err = gateway.InvalidField(op, name, "The field 'token' must be true or false.")
			}
		default:
			err = gateway.InvalidField(op, gateway.Clip(name, 100), "The field '"+gateway.Clip(name, 100)+"' is unknown.")
		}
		return err == nil
	})
	if err != nil {
		return keep, "", x, err
	}
	if !keep { // the answer sets a cookie
		if err = fromOwnPage(c); err != nil {
			return keep, "", x, err
		}
	}
	who, x, err = h.prove(c, fields)
	return keep, who, x, err
}

// prove finds the member that an api_key, or a member and a password, prove to be, and the
// workspace. who is the name that was tried.
func (h *handlers) prove(c *httpapi.Call, fields map[string]string) (who string, x session.Session, err error) {
	const op = "signin.prove"
	key := gateway.NewSecret(fields["api_key"])
	switch {
	case !key.Empty() && session.HasToken(key):
		return "", x, gateway.InvalidField(op, "api_key", "A session cannot open another one: sign in again.")
	case !key.Empty():
		p, err := h.Accounts.Identify(c.Context(), key, c.ClientIP())
		if err != nil {
			return "", x, err
		}
		if p.Scopes != nil || p.AddressBound {
			return p.MemberRef, session.Session{Member: p.Member, Workspace: p.Workspace}, &gateway.Error{Op: op, Kind: gateway.Forbidden, Code: gateway.CodeScope, Public: "An API key with scopes or allowed addresses cannot sign in: a session would have neither."}
		}
		workspace := p.Workspace
		if fields["workspace"] != "" {
			workspace, err = h.Accounts.Home(p.Member, fields["workspace"])
		}
		if err == nil && workspace != p.Workspace && !p.May(gateway.AnyWorkspace) { // whoever made the key may have no role there
			err = &gateway.Error{Op: op, Kind: gateway.NotFound, Param: "workspace",
				Public: "There is no workspace '" + gateway.Shorten(fields["workspace"]) + "' for this API key: it is of another one. Sign in with your password or at the identity provider."}
		}
		return p.MemberRef, session.Session{Member: p.Member, Workspace: workspace, Method: session.WithAPIKey}, err
	case fields["member"] == "" || fields["password"] == "":
		return "", x, gateway.InvalidField(op, "api_key", "Sign in with 'api_key', or with 'member' and 'password'.")
	}
	who = gateway.Clip(strings.ToValidUTF8(fields["member"], ""), 200)
	m, err := h.Accounts.SignIn(c.Context(), fields["member"], fields["password"], c.ClientIP())
	if err != nil {
		return who, x, err
	}
	workspace, err := h.Accounts.Home(m.ID, fields["workspace"])
	return who, session.Session{Member: m.ID, Workspace: workspace, Method: session.WithPassword}, err
}

func (h *handlers) current(c *httpapi.Call) error {
	p, err := c.Authenticated()
	if err != nil {
		return err
	}
	out := currentOf(p)
	if p.Session != "" {
		out.CSRF = session.CSRF(c.Token())
	}
	return c.SendJSON(http.StatusOK, out)
}

// listed is a session in a list.
type listed struct {
	Object    string         `json:"object"`
	ID        string         `json:"id"`
	Current   bool           `json:"current"`
	Method    session.Method `json:"method"`
	Address   string         `json:"address"`
	Client    string         `json:"client"`
	CreatedAt time.Time      `json:"created_at"`
	ExpiresAt time.Time      `json:"expires_at"`
}

func (h *handlers) list(c *httpapi.Call) error {
	p, err := c.Authenticated()
	if err != nil {
		return err
	}
	out := []listed{}
	for _, s := range h.Sessions.List(p.Member) {
		out = append(out, listed{"session", s.ID, s.ID == p.Session, s.Method, s.Address, s.Client, s.CreatedAt, s.ExpiresAt})
	}
	return c.SendJSON(http.StatusOK, list{"list", out})
}

// revoke ends one of the caller's own sessions; "current" is the one that the call came with.
func (h *handlers) revoke(c *httpapi.Call) error {
	p, err := c.Authenticated()
	if err != nil {
		return err
	}
	id := c.Param("id")
	if id == "current" {
		id = p.Session
	}
	ctx := context.WithoutCancel(c.Context())
	c.AuditNote().Object = id
	if err := h.Sessions.Revoke(ctx, p.Member, id); err != nil {
		return err
	}
	if id == p.Session {
		c.SetSessionCookie(gateway.Secret{}, time.Time{})
	}
	return c.SendJSON(http.StatusOK, ended{id, true})
}
