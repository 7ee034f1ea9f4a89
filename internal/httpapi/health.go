package httpapi

import (
	"net/http"

	"github.com/sluicegate/sluice/gateway"
)

// healthz says that the process answers.
func (s *Server) healthz(c *call) { c.send(http.StatusOK, []byte(`{"status":"ok"}`)) }

// readyz says whether traffic should come here.
func (s *Server) readyz(c *call) {
	if s.Ready != nil {
		if err := s.Ready(c.r.Context()); err != nil {
			c.fail(&gateway.Error{Op: "httpapi.readyz", Kind: gateway.Unavailable, Public: "Sluice is not ready to serve.", Err: err})
			return
		}
	}
	c.send(http.StatusOK, []byte(`{"status":"ready"}`))
}

func (s *Server) metrics(c *call) {
	if s.Metrics == nil {
		c.fail(&gateway.Error{Op: "httpapi.metrics", Kind: gateway.NotFound, Public: "Metrics are not served here."})
		return
	}
	c.status = http.StatusOK
	s.Metrics.ServeHTTP(c.w, c.r)
}
