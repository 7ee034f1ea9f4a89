package realtime

import (
	"context"
	"net/http"
	"strings"

	"github.com/coder/websocket"

	"github.com/sluicegate/sluice/gateway"
	"github.com/sluicegate/sluice/gateway/clientsecret"
	"github.com/sluicegate/sluice/gateway/dialect/live"
	"github.com/sluicegate/sluice/internal/httpapi"
	"github.com/sluicegate/sluice/internal/httpapi/errorformat"
)

// constrained ends the paths at which Google's clients open sessions with an ephemeral token.
const constrained = "Constrained"

// livePaths are where Google's clients open sessions of the Live API: those of AI Studio, and those of
// Vertex AI.
var livePaths = []string{
	"/ws/google.ai.generativelanguage.v1beta.GenerativeService.BidiGenerateContent" + constrained,
	"/ws/google.ai.generativelanguage.v1alpha.GenerativeService.BidiGenerateContent" + constrained,
	"/ws/google.ai.generativelanguage.v1.GenerativeService.BidiGenerateContent" + constrained,
	"/ws/google.ai.generativelanguage.v1beta.GenerativeService.BidiGenerateContent",
	"/ws/google.ai.generativelanguage.v1alpha.GenerativeService.BidiGenerateContent",
	"/ws/google.ai.generativelanguage.v1.GenerativeService.BidiGenerateContent",
	"/ws/google.cloud.aiplatform.v1beta1.LlmBidiService/BidiGenerateContent",
	"/ws/google.cloud.aiplatform.v1.LlmBidiService/BidiGenerateContent",
}

func (s *Service) liveRoutes() (routes []httpapi.Route) {
	for _, path := range livePaths {
		var secrets clientsecret.API
		if strings.HasSuffix(path, constrained) {
			secrets = clientsecret.Live
		}
		routes = append(routes, httpapi.Route{Method: http.MethodGet, Path: path, ClientSecrets: secrets, Need: gateway.CompletionsWrite, Audit: httpapi.AuditDenied("realtime"), Handle: s.HandleLive, Errors: errorformat.Google{},
			About: httpapi.Description{Group: "realtime", Summary: "Opens a session of Gemini's Live API over WebSocket", Status: http.StatusSwitchingProtocols, Types: []string{"application/json"},
				Vendor: "https://ai.google.dev/api/live"}})
	}
	return routes
}

// HandleLive serves a session of Gemini's Live API. Its first message names the model, so the connection
// is upgraded before the pipeline runs: what is wrong with the key is answered over HTTP, what is wrong
// with the setup by the close frame.
func (s *Service) HandleLive(c *httpapi.Call) error {
	ex := c.Open(gateway.OpRealtime)
	if ex.Refused == nil {
		ex.Refused = upgrades(c.Request())
	}
	if ex.Refused == nil {
		leave, err := s.enter(ex.Principal.APIKey)
		if ex.Refused = err; err == nil {
			defer leave()
		}
	}
	if ex.Refused != nil {
		_, err := s.Pipeline(c.Context(), ex)
		return err
	}
	conn, err := websocket.Accept(c.Writer(), c.Request(), &websocket.AcceptOptions{InsecureSkipVerify: true}) // as for Handle
	if err != nil {
		ex.Facts.Status = http.StatusBadRequest
		ex.Refused = httpapi.ErrCallerGone // Accept has answered
	} else {
		defer func() { _ = conn.CloseNow() }() // it may be closed
		conn.SetReadLimit(s.Limits.Event)
		if ex.Request, ex.Refused = s.setup(c, conn); ex.Refused == nil {
			ex.Refused = c.Admit()
		}
	}
	stream, err := s.Pipeline(c.Context(), ex)
	if err != nil {
		if ex.Refused != httpapi.ErrCallerGone {
			e := gateway.AsError(err)
			ex.Facts.Status = c.StatusOf(e)
			_ = conn.Close(codeOf(e), gateway.Clip(e.Public, maxReason)) // the caller may have left
		}
		return httpapi.ErrCallerGone
	}
	defer stream.Close()
	ex.Facts.Status, ex.Facts.FirstByte = http.StatusSwitchingProtocols, c.Now()
	newSession(s, c, conn, stream, gemini).run()
	return nil
}

// setup reads the first message of a session: the setup, within what an ephemeral token allows.
func (s *Service) setup(c *httpapi.Call, conn *websocket.Conn) (*gateway.Request, error) {
	ctx, cancel := context.WithTimeout(c.Context(), s.Limits.Stall)
	defer cancel()
	var message []byte
	_, from, err := conn.Reader(ctx)
	if err == nil {
		message, _, err = c.Message(from, s.Limits.Event+1, cancel) // the request holds it as long as the session lasts
	}
	if refused := endOfCaller(err); err != nil && refused != errCallerLeft {
		return nil, refused
	}
	if err != nil {
		return nil, &gateway.Error{Op: "realtime.setup", Kind: gateway.Cancelled, Public: "The caller has sent no message with the setup of the session.", Err: err}
	}
	var token *live.Token
	if g := c.Grant(); g != nil {
		token = &live.Token{Setup: g.Session, Fields: g.Fields}
	}
	req, err := live.Request(message, token)
	if err == nil && token != nil {
		err = s.Secrets.Use(ctx, c.Grant())
	}
	if err != nil {
		return nil, err
	}
	req.Realtime = &gateway.Realtime{Header: http.Header{}}
	return req, nil
}
