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
