package input

import (
	"github.com/sluicegate/sluice/gateway"
	"github.com/sluicegate/sluice/internal/httpapi"
)

// Read fills the exchange from the body. The first thing wrong is noted, headers before body.
// The body of a caller who is not authenticated is not read.
func Read(c *httpapi.Call, d gateway.Dialect, op gateway.Op, required ...string) {
	As(c, func(raw []byte) (*gateway.Request, error) { return gateway.NewRequest(d, op, raw, required...) })
}

// As is Read for a surface that parses the body itself.
func As(c *httpapi.Call, parse func(raw []byte) (*gateway.Request, error)) {
	With(c, func() (*gateway.Request, error) {
		raw, err := c.Body()
		if err != nil {
			return nil, err
		}
		return parse(raw)
	})
}

// With is Read for a surface that reads the body itself.
func With(c *httpapi.Call, body func() (*gateway.Request, error)) {
	ex := c.Exchange
	req, err := request(c, body)
	if ex.Refused == nil {
		ex.Refused = err
	}
	if ex.Refused == nil {
		ex.Request = req
		if req.Op != gateway.OpRender {
			ex.Refused = c.Admit()
		}
	}
}

func request(c *httpapi.Call, body func() (*gateway.Request, error)) (*gateway.Request, error) {
	req, err := body()
	if err != nil {
		return nil, err
	}
	if err := readGatewayFields(req, c.Exchange.Envelope); err != nil {
		return nil, err
	}
	if c.OpenRouter() || c.Exchange.Envelope.IncludeUsage {
		return withUsage(req)
	}
	return req, nil
}
