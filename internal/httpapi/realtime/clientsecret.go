package realtime

import (
	"net/http"
	"strconv"
	"time"

	"github.com/sluicegate/sluice/gateway"
	"github.com/sluicegate/sluice/gateway/clientsecret"
	"github.com/sluicegate/sluice/internal/httpapi"
	"github.com/sluicegate/sluice/internal/jsonx"
)

// How long client secrets last where the caller does not say.
const (
	secretLife = 10 * time.Minute
	betaLife   = time.Minute // of those with a session of the beta version
)

type (
	secretRequest struct { // for the OpenAPI document
		Session map[string]any `json:"session"`
		Expires map[string]any `json:"expires_after,omitempty"`
	}
	secretAnswer struct {
		Value   string         `json:"value"`
		Expires int64          `json:"expires_at"`
		Session map[string]any `json:"session"`
	}
)

func (s *Service) secretRoutes() []httpapi.Route {
	about := func(summary string, body, answer any) httpapi.Description {
		return httpapi.Description{Group: "realtime", Summary: summary, Body: body, Answer: answer, Vendor: "https://platform.openai.com/docs/api-reference/realtime-sessions"}
	}
	return []httpapi.Route{
		{Method: http.MethodPost, Path: "/v1/realtime/client_secrets", Need: gateway.CompletionsWrite, Audit: httpapi.AuditEvery("client_secret.create"), Bare: true,
			Handle: s.issue(false), About: about("Issues a secret by which a web page opens realtime sessions", secretRequest{}, secretAnswer{})},
		{Method: http.MethodPost, Path: "/v1/realtime/sessions", Need: gateway.CompletionsWrite, Audit: httpapi.AuditEvery("client_secret.create"), Bare: true,
			Handle: s.issue(true), About: about("Issues such a secret, as the beta version of the API did", map[string]any{}, map[string]any{})},
	}
}

// issue answers with a new client secret. In the beta version the body is the session; now it has one.
func (s *Service) issue(beta bool) httpapi.Handler {
	return func(c *httpapi.Call) error {
		const op = "realtime.issue"
		by, err := c.Authenticated()
		if err != nil {
			return err
		}
		body, err := c.Body()
		if err != nil {
			return err
		}
		if err := gateway.CheckBody(op, body); err != nil {
			return err
		}
		if by.APIKey == "" {
			return &gateway.Error{Op: op, Kind: gateway.Invalid, Code: "api_key_required", Public: "Client secrets belong to an API key: send one."}
		}
		session, prefix, life := body, "", betaLife
		if !beta {
			if life, err = lifeOf(jsonx.Get(body, "expires_after")); err != nil {
				return err
			}
			session, prefix = jsonx.Get(body, "session"), "session."
		}
		if err := checkSession(session, prefix, beta); err != nil {
			return err
		}
		secret, expires, err := s.Secrets.Issue(c.Context(), clientsecret.Grant{APIKey: by.APIKey, API: clientsecret.Realtime, Session: session, Header: c.GrantHeader()}, life)
		if err != nil {
			return err
		}
		c.SetHeader("Cache-Control", "no-store")
		shown := jsonx.Update(session, jsonx.Change{Name: "id", Value: jsonx.Quote("sess_" + c.ID)}, jsonx.Change{Name: "object", Value: jsonx.Quote("realtime.session")})
		var told jsonx.Object
		told.Text("value", secret.Reveal())
		told.Int("expires_at", expires.Unix())
		if beta {
			c.Send(http.StatusOK, jsonx.Update(shown, jsonx.Change{Name: "client_secret", Value: told.JSON()}))
			return nil
		}
		told.Raw("session", shown)
		c.Send(http.StatusOK, told.JSON())
		return nil
	}
}

// lifeOf reads expires_after: {"anchor": "created_at", "seconds": 600}.
func lifeOf(after []byte) (time.Duration, error) {
	const op = "realtime.issue"
	if len(after) == 0 || after[0] == 'n' { // null
		return secretLife, nil
	}
	if anchor := jsonx.Get(after, "anchor"); after[0] != '{' || anchor != nil && jsonx.String(anchor) != "created_at" {
		return 0, gateway.InvalidField(op, "expires_after", "The field 'expires_after' must be an object whose 'anchor' is created_at.")
	}
	seconds, ok := gateway.ReadCount(jsonx.Get(after, "seconds"))
	if life := time.Duration(seconds) * time.Second; ok && seconds <= int64(clientsecret.MaxLife/time.Second) && life >= clientsecret.MinLife {
		return life, nil
	}
	return 0, gateway.InvalidField(op, "expires_after.seconds", "The field 'expires_after.seconds' must be a number from "+
		strconv.Itoa(int(clientsecret.MinLife/time.Second))+" to "+strconv.Itoa(int(clientsecret.MaxLife/time.Second))+".")
}

// checkSession checks the configuration of a session. prefix is where it stands.
func checkSession(session []byte, prefix string, beta bool) error {
	const op = "realtime.issue"
	kind := jsonx.String(jsonx.Get(session, "type"))
	switch {
	case len(session) == 0 || session[0] != '{':
		return gateway.InvalidField(op, "session", "The field 'session' must be an object.")
	case len(session) > clientsecret.MaxSize:
		return gateway.InvalidField(op, "session", "The field 'session' must have at most "+strconv.Itoa(clientsecret.MaxSize)+" bytes.")
	case !beta && kind != "realtime":
		return gateway.InvalidField(op, prefix+"type", "The field '"+prefix+"type' must be realtime: other sessions are not offered.")
	case jsonx.String(jsonx.Get(session, "model")) == "":
		return gateway.InvalidField(op, prefix+"model", "The field '"+prefix+"model' must name a model.")
	}
	return nil
}

// sessionUpdate is the event that sets up a session as its client secret says. The model stands in the
// vendor's address.
func sessionUpdate(session []byte) []byte {
	var o jsonx.Object
	o.Text("type", "session.update")
	o.Raw("session", jsonx.Delete(session, "model"))
	return o.JSON()
}
