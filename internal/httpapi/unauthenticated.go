package httpapi

import (
	"net/http"

	"github.com/sluicegate/sluice/gateway"
)

// status is how the server is.
type status struct {
	Status   string   `json:"status"`             // "ok", "ready"
	Warnings []string `json:"warnings,omitempty"` // what fails although the server can serve
}

type greeting struct {
	Message string `json:"message"`
}

// healthz says that the process answers.
func (s *Server) healthz(c *Call) error {
	return c.SendJSON(http.StatusOK, status{Status: "ok"})
}

// hello answers Claude Code, which asks its gateway so whether it is there.
func (s *Server) hello(c *Call) error {
	return c.SendJSON(http.StatusOK, greeting{"hello"})
}

// readyz says whether traffic should come here, and what fails although it may.
func (s *Server) readyz(c *Call) error {
	if s.settings.Ready != nil {
		if err := s.settings.Ready(c.Context()); err != nil {
			return &gateway.Error{Op: "httpapi.readyz", Kind: gateway.Unavailable, Public: "Sluice is not ready to serve.", Err: err}
		}
	}
	answer := status{Status: "ready"}
	if s.settings.Warnings != nil {
		answer.Warnings = s.settings.Warnings()
	}
	return c.SendJSON(http.StatusOK, answer)
}

func (s *Server) metrics(c *Call) error {
	if s.settings.Metrics == nil {
		return &gateway.Error{Op: "httpapi.metrics", Kind: gateway.NotFound, Public: "Metrics are not served here."}
	}
	s.settings.Metrics.ServeHTTP(c.Writer(), c.Request())
	return nil
}

// alive answers the probes of LiteLLM's chart (https://docs.litellm.ai/docs/proxy/health).
func (s *Server) alive(c *Call) error { return c.SendJSON(http.StatusOK, "I'm alive!") }

// readiness says in LiteLLM's form what readyz says.
func (s *Server) readiness(c *Call) error {
	answer := struct {
		Status    string   `json:"status"`
		Store     string   `json:"db"`
		Cache     *string  `json:"cache"`
		Version   string   `json:"litellm_version"` // none: this is another program
		Callbacks []string `json:"success_callbacks"`
	}{"healthy", "connected", nil, "", []string{}}
	if s.settings.Ready != nil && s.settings.Ready(c.Context()) != nil {
		answer.Status, answer.Store = "unhealthy", "Not connected"
		return c.SendJSON(http.StatusServiceUnavailable, answer)
	}
	return c.SendJSON(http.StatusOK, answer)
}

// console answers with the web console; the root of the server leads there.
func (s *Server) console(c *Call) error {
	s.settings.Console.ServeHTTP(c.Writer(), c.Request())
	return nil
}
