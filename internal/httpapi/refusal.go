package httpapi

import (
	"net/http"
	"net/url"

	"github.com/sluicegate/sluice/gateway"
)

// Refusal answers what HTTP itself forbids, before there is a request: in the shape of all
// errors, with a trace id, and a line in the access log under the route "unparsed". It gives the
// headers and the body; status is what the server in front will answer, why says more of it.
func (s *Server) Refusal(status int, why string) (http.Header, []byte) {
	a := answer{header: http.Header{}}
	now := s.Now()
	c := &call{server: s, w: &a, r: &http.Request{Method: "none", URL: &url.URL{}}, route: "unparsed", start: now, id: s.NewID(now)}
	c.trace, _ = c.head.trace(nil)
	c.identify()
	text := "The request is not valid HTTP"
	if status != http.StatusBadRequest {
		text = "The request was refused: " + http.StatusText(status)
	}
	if why != "" {
		text += ": " + why
	}
	c.fail(&gateway.Error{Op: "httpapi.Refusal", Kind: gateway.Invalid, Code: "malformed_http", Public: text + "."})
	c.status = status
	c.logAccess()
	return a.header, a.body
}

// answer keeps what is written.
type answer struct {
	header http.Header
	body   []byte
}

func (a *answer) Header() http.Header { return a.header }
func (a *answer) WriteHeader(int)     {}
func (a *answer) Write(p []byte) (int, error) {
	a.body = append(a.body, p...)
	return len(p), nil
}
