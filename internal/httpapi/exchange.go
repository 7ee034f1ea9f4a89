package httpapi

import "github.com/sluicegate/sluice/gateway"

// Open makes the exchange of the call from its headers. What is wrong with them, or with the
// caller's key, is in Refused.
func (c *Call) Open(op gateway.Op) *gateway.Exchange {
	ex := &gateway.Exchange{ID: c.ID, Start: c.Start, Trace: c.Trace, Envelope: &gateway.Envelope{}, Facts: &gateway.Facts{}, ErrorStatus: c.StatusOf}
	ex.Refused = c.Envelope(ex.Envelope)
	if ex.Refused == nil && op != gateway.OpRender {
		ex.Refused = c.RefuseWorkspace()
	}
	who, err := c.Authenticated()
	if ex.Principal = who; err != nil {
		ex.Refused = err
	}
	ex.Envelope.Metadata = who.WithMetadata(ex.Envelope.Metadata)
	c.Exchange = ex
	if ex.Refused == nil && op != gateway.OpRender {
		ex.Refused = c.Admit()
	}
	return ex
}

// Envelope reads the request's metadata. It is filled as far as possible even when an error tells what
// was wrong: a caller without a key must learn that first.
func (c *Call) Envelope(env *gateway.Envelope) error {
	r := c.Request()
	env.Method, env.Route, env.Path = r.Method, c.Route, r.URL.Path
	env.ClientIP, env.APIKey, env.Credential = c.ClientIP(), c.apiKey, c.credential
	if err := c.headers.Envelope(env, c.DefaultProvider); c.badTrace == nil {
		return err
	}
	return c.badTrace
}

// Strict reports whether the answer may hold only what OpenAI's does: x-…-strict-open-ai-compliance.
func (c *Call) Strict() bool { return c.headers.Strict() }
