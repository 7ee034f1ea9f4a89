package realtime

import (
	"context"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"sync"

	"github.com/coder/websocket"

	"github.com/sluicegate/sluice/gateway"
	"github.com/sluicegate/sluice/gateway/clientsecret"
	"github.com/sluicegate/sluice/gateway/dialect/realtime"
	"github.com/sluicegate/sluice/internal/httpapi"
	"github.com/sluicegate/sluice/internal/jsonx"
)

// Settings is what a Service is made of. Pipeline, Judge and Secrets are required.
type Settings struct {
	Pipeline gateway.Handler
	// Judge asks the input guardrails of the plan about an event of the caller's, which is the request
	// of ex. An error refuses the event.
	Judge   func(ctx context.Context, ex *gateway.Exchange) error
	Secrets *clientsecret.Service
	Limits  Limits
}

// Service has the sessions that last. Close ends them.
type Service struct {
	Settings

	mu       sync.Mutex
	perKey   map[string]int // sessions, by id of the API key
	running  int            // sessions in all
	drained  bool
	draining chan struct{} // closed by Drain
	idle     chan struct{} // closed when the last session has ended, after Drain
}

// New makes a service.
func New(settings Settings) *Service {
	settings.Limits = settings.Limits.withDefaults()
	return &Service{Settings: settings, perKey: map[string]int{}, draining: make(chan struct{}), idle: make(chan struct{})}
}

// Routes are the routes of sessions.
func (s *Service) Routes() []httpapi.Route {
	return append(slices.Concat(s.liveRoutes(), s.secretRoutes(), s.tokenRoutes()), httpapi.Route{Method: http.MethodGet, Path: "/v1/realtime", Need: gateway.CompletionsWrite, Audit: httpapi.AuditDenied("realtime"), Handle: s.Handle, Bare: true, ClientSecrets: clientsecret.Realtime,
		About: httpapi.Description{Group: "realtime", Summary: "Opens a session of the Realtime API over WebSocket", Status: http.StatusSwitchingProtocols, Types: []string{"application/json"},
			Query:  []httpapi.Field{{Name: "model", Example: ""}},
			Vendor: "https://platform.openai.com/docs/guides/realtime-websocket"}})
}

// Drain tells all sessions to end, and lets no other one begin. It does not wait.
func (s *Service) Drain() {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.drained {
		return
	}
	s.drained = true
	close(s.draining)
	if s.running == 0 {
		close(s.idle)
	}
}

// Close drains, and waits for the sessions, at most until ctx ends.
func (s *Service) Close(ctx context.Context) error {
	s.Drain()
	select {
	case <-s.idle:
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}

// enter counts a session of an API key until leave is called.
func (s *Service) enter(key string) (leave func(), err error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	switch {
	case s.drained:
		return nil, &gateway.Error{Op: "realtime.enter", Kind: gateway.Unavailable, Public: "Sluice is shutting down."}
	case s.perKey[key] >= s.Limits.PerKey:
		return nil, &gateway.Error{Op: "realtime.enter", Kind: gateway.RateLimited, Code: "too_many_sessions",
			Public: "This API key has " + strconv.Itoa(s.Limits.PerKey) + " realtime sessions open, which is the limit. End one of them."}
	}
	s.perKey[key]++
	s.running++
	return func() {
		s.mu.Lock()
		defer s.mu.Unlock()
		if s.perKey[key]--; s.perKey[key] == 0 {
			delete(s.perKey, key)
		}
		if s.running--; s.running == 0 && s.drained {
			close(s.idle)
		}
	}, nil
}

// Handle serves a session.
func (s *Service) Handle(c *httpapi.Call) error {
	ex := c.Open(gateway.OpRealtime)
	if ex.Refused == nil {
		ex.Request, ex.Refused = request(c)
	}
	if ex.Refused == nil {
		leave, err := s.enter(ex.Principal.APIKey)
		if ex.Refused = err; err == nil {
			defer leave()
		}
	}
	if ex.Refused == nil {
		ex.Refused = c.Admit()
	}
	stream, err := s.Pipeline(c.Context(), ex)
	if err != nil {
		return err
	}
	defer stream.Close()
	c.SetRoutingHeaders()
	ex.Facts.Status = http.StatusSwitchingProtocols
	// A page of any origin may connect, as at the vendor: a key authenticates it, never a cookie.
	conn, err := websocket.Accept(c.Writer(), c.Request(), &websocket.AcceptOptions{Subprotocols: []string{"realtime"}, InsecureSkipVerify: true})
	if err != nil {
		ex.Facts.Status = http.StatusBadRequest
		ex.Request.Realtime.Vendor.End(c.Context())
		return httpapi.ErrCallerGone // Accept has answered
	}
	conn.SetReadLimit(s.Limits.Event)
	ex.Facts.FirstByte = c.Now()
	session := newSession(s, c, conn, stream, openAI)
	if g := c.Grant(); g != nil {
		session.first = sessionUpdate(g.Session)
	}
	session.run()
	return nil
}

// passedOn are the caller's headers that go to the vendor.
var passedOn = []string{"Openai-Beta", "Openai-Safety-Identifier"}

// betaProtocol is the subprotocol by which browsers ask for the beta version of the API.
const betaProtocol = "openai-beta.realtime-v1"

// upgrades returns an error for a call that asks for no WebSocket.
func upgrades(r *http.Request) error {
	if strings.EqualFold(r.Header.Get("Upgrade"), "websocket") {
		return nil
	}
	return httpapi.UpgradeRequired("A session of the Realtime API needs a WebSocket connection: send Upgrade: websocket.")
}

// request is that of a session: an object with the model of the URL.
func request(c *httpapi.Call) (*gateway.Request, error) {
	r := c.Request()
	if err := upgrades(r); err != nil {
		return nil, err
	}
	if r.URL.Query().Has("call_id") {
		return nil, gateway.InvalidField("realtime.request", "call_id", "The parameter 'call_id' joins a call whose sound does not pass Sluice, and cannot be metered.")
	}
	model := c.Query("model")
	if model == "" {
		model = c.Query("deployment") // Azure's name
	}
	if g := c.Grant(); g != nil {
		own := jsonx.String(jsonx.Get(g.Session, "model"))
		if model != "" && model != own {
			return nil, gateway.InvalidField("realtime.request", "model", "This client secret is for the model '"+gateway.Shorten(own)+"': leave the parameter 'model' out.")
		}
		model = own
	}
	raw := []byte("{}")
	if model != "" {
		raw = jsonx.Update(raw, jsonx.Change{Name: "model", Value: jsonx.Quote(model)})
	}
	req, err := gateway.NewRequest(realtime.Dialect{}, gateway.OpRealtime, raw)
	if err != nil {
		return nil, err
	}
	req.Realtime = &gateway.Realtime{Header: http.Header{}}
	for _, name := range passedOn {
		if v := r.Header[name]; len(v) > 0 {
			req.Realtime.Header[name] = v[:1]
		}
	}
	if strings.Contains(strings.Join(r.Header["Sec-Websocket-Protocol"], ","), betaProtocol) {
		req.Realtime.Header["Openai-Beta"] = []string{"realtime=v1"}
	}
	return req, nil
}
