package httpapi

import (
	_ "embed"
	"net/http"
)

// OpenAPI is the OpenAPI document of all routes. It is made of them: see package openapitest.
//
//go:embed openapi.json
var OpenAPI []byte

// openAPI sends the document.
func (s *Server) openAPI(c *Call) error {
	c.Send(http.StatusOK, OpenAPI)
	return nil
}
