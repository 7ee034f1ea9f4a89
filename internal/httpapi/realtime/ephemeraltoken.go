package realtime

import (
	"net/http"
	"strconv"
	"strings"
	"time"

	"github.com/sluicegate/sluice/gateway"
	"github.com/sluicegate/sluice/gateway/clientsecret"
	"github.com/sluicegate/sluice/internal/httpapi"
	"github.com/sluicegate/sluice/internal/httpapi/errorformat"
	"github.com/sluicegate/sluice/internal/jsonx"
)

// How long ephemeral tokens open sessions, and how long these last, where the caller does not say; and
// the most of both. Source: https://ai.google.dev/gemini-api/docs/ephemeral-tokens.
const (
	tokenLife    = time.Minute
	tokenSession = 30 * time.Minute
	tokenMost    = 20 * time.Hour
)

// The limits of what a token names.
const (
	maxUses   = 1_000_000
	maxFields = 100
	maxMask   = 8 << 10 // bytes of fieldMask
)

type (
	tokenRequest struct { // for the OpenAPI document
		Uses    int            `json:"uses,omitempty"`
		Expires string         `json:"expireTime,omitempty"`
		Opens   string         `json:"newSessionExpireTime,omitempty"`
		Setup   map[string]any `json:"bidiGenerateContentSetup,omitempty"`
		Fields  string         `json:"fieldMask,omitempty"`
	}
	tokenAnswer struct {
		Name    string `json:"name"`
		Expires string `json:"expireTime"`
		Opens   string `json:"newSessionExpireTime"`
		Uses    int    `json:"uses"`
	}
)

// tokenPaths are where Google's clients make ephemeral tokens.
var tokenPaths = []string{"/v1alpha/auth_tokens", "/v1beta/auth_tokens"}

func (s *Service) tokenRoutes() (routes []httpapi.Route) {
	for _, path := range tokenPaths {
		routes = append(routes, httpapi.Route{Method: http.MethodPost, Path: path, Need: gateway.CompletionsWrite, Audit: httpapi.AuditEvery("client_secret.create"), Errors: errorformat.Google{}, Handle: s.issueToken,
			About: httpapi.Description{Group: "realtime", Summary: "Issues an ephemeral token by which a web page opens sessions of Gemini's Live API", Body: tokenRequest{}, Answer: tokenAnswer{},
				Vendor: "https://ai.google.dev/gemini-api/docs/ephemeral-tokens"}})
	}
	return routes
}

// issueToken answers with a new ephemeral token.
func (s *Service) issueToken(c *httpapi.Call) error {
	const op = "realtime.issueToken"
	by, err := c.Authenticated()
	if err != nil {
		return err
	}
	if by.APIKey == "" {
		return &gateway.Error{Op: op, Kind: gateway.Invalid, Code: "api_key_required", Public: "Ephemeral tokens belong to an API key: send one."}
	}
	body, err := c.Body()
	if err != nil {
		return err
	}
	if err := gateway.CheckBody(op, body); err != nil {
		return err
	}
	grant, life, err := readToken(body, c.Now())
	if err != nil {
		return err
	}
	grant.APIKey, grant.Header = by.APIKey, c.GrantHeader()
	secret, opens, err := s.Secrets.Issue(c.Context(), grant, life)
	if err != nil {
		return err
	}
	c.SetHeader("Cache-Control", "no-store")
	var told jsonx.Object
	told.Text("name", clientsecret.TokenPrefix+secret.Reveal())
	told.Text("expireTime", grant.Until.Format(time.RFC3339))
	told.Text("newSessionExpireTime", opens.Format(time.RFC3339))
	told.Int("uses", int64(grant.Uses))
	c.Send(http.StatusOK, told.JSON())
	return nil
}

// readToken reads what a token is asked for, and for how long it opens sessions.
func readToken(body []byte, now time.Time) (g clientsecret.Grant, life time.Duration, err error) {
	const op = "realtime.readToken"
	g = clientsecret.Grant{API: clientsecret.Live, Uses: 1}
	if uses := jsonx.Get(body, "uses"); len(uses) > 0 && string(uses) != "null" {
		n, err := strconv.Atoi(string(uses))
		if err != nil || n < 0 || n > maxUses {
			return g, 0, gateway.InvalidField(op, "uses", "The field 'uses' must be a whole number from 0, for any number of sessions, to "+strconv.Itoa(maxUses)+".")
		}
		g.Uses = n
	}
	ends, err := readTime(body, "expireTime", now, tokenSession)
	if err != nil {
		return g, 0, err
	}
	opens, err := readTime(body, "newSessionExpireTime", now, tokenLife)
	if err != nil {
		return g, 0, err
	}
	g.Until = ends.UTC()
	if opens.After(ends) {
		opens = ends
	}
	setup := jsonx.Get(body, "bidiGenerateContentSetup")
	switch {
	case len(setup) == 0 || string(setup) == "null":
		setup = nil
	case setup[0] != '{':
		return g, 0, gateway.InvalidField(op, "bidiGenerateContentSetup", "The field 'bidiGenerateContentSetup' must be an object.")
	case len(setup) > clientsecret.MaxSize:
		return g, 0, gateway.InvalidField(op, "bidiGenerateContentSetup", "The field 'bidiGenerateContentSetup' must have at most "+strconv.Itoa(clientsecret.MaxSize)+" bytes.")
	}
	mask := jsonx.Get(body, "fieldMask")
	if len(mask) > 0 && mask[0] != '"' && string(mask) != "null" {
		return g, 0, gateway.InvalidField(op, "fieldMask", "The field 'fieldMask' must be a string of paths with commas between them, such as model,generationConfig.temperature.")
	}
	if len(mask) > maxMask {
		return g, 0, gateway.InvalidField(op, "fieldMask", "The field 'fieldMask' must have at most "+strconv.Itoa(maxMask)+" bytes.")
	}
	if names := jsonx.Text(mask); names != "" {
		g.Fields = strings.Split(names, ",")
	}
	if len(g.Fields) > maxFields {
		return g, 0, gateway.InvalidField(op, "fieldMask", "The field 'fieldMask' must have at most "+strconv.Itoa(maxFields)+" paths.")
	}
	for i, f := range g.Fields {
		if g.Fields[i] = strings.TrimSpace(f); !isPath(g.Fields[i]) {
			return g, 0, gateway.InvalidField(op, "fieldMask", "The field 'fieldMask' has '"+gateway.Shorten(f)+"', which is no path of a field.")
		}
	}
	if len(g.Fields) == 0 && setup != nil && jsonx.String(jsonx.Get(setup, "model")) == "" {
		return g, 0, gateway.InvalidField(op, "bidiGenerateContentSetup.model", "The field 'bidiGenerateContentSetup.model' must name a model, because no other setup counts. 'fieldMask' says which fields the caller may not choose.")
	}
	g.Session = setup
	return g, opens.Sub(now), nil
}

// isPath reports whether a path has names of fields with dots between them, at most four.
func isPath(path string) bool {
	names := strings.Split(path, ".")
	for _, name := range names {
		if name == "" || strings.ContainsFunc(name, func(r rune) bool { return r != '_' && (r < '0' || r > '9') && (r|0x20 < 'a' || r|0x20 > 'z') }) {
			return false
		}
	}
	return len(names) <= 4
}

// readTime reads a time of RFC 3339 that lies ahead.
func readTime(body []byte, name string, now time.Time, otherwise time.Duration) (time.Time, error) {
	raw := jsonx.Get(body, name)
	if len(raw) == 0 || string(raw) == "null" {
		return now.Add(otherwise), nil
	}
	at, err := time.Parse(time.RFC3339, jsonx.String(raw))
	if err != nil || !at.After(now) || at.After(now.Add(tokenMost)) {
		return time.Time{}, gateway.InvalidField("realtime.readTime", name, "The field '"+name+"' must be a time within the next "+tokenMost.String()+", such as "+now.UTC().Add(otherwise).Format(time.RFC3339)+".")
	}
	return at, nil
}
