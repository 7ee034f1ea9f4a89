package httpapi

import (
	"github.com/sluicegate/sluice/gateway"
	"github.com/sluicegate/sluice/internal/httpapi/header"
)

const (
	routeUnmatched = "unmatched"
	maxPath        = 200 // bytes of an unknown path that are recorded and logged
)

// path returns the call's path as it is recorded and logged where no route names it. Personal
// data in it is replaced.
func (c *Call) path() string {
	path := gateway.Clip(c.Request().URL.Path, maxPath)
	if cleanse := c.server.settings.Cleanse; cleanse != nil {
		path = cleanse(path)
	}
	return path
}

// recordUnknown records a call to a path that no route has as an exchange of its own kind, so
// that its trace id is found. Its route is the path.
func (c *Call) recordUnknown(e *gateway.Error) {
	record := c.server.settings.Unknown
	if record == nil || c.Route != routeUnmatched {
		return
	}
	c.authenticate(c.server.settings.Authenticator) // who is not known is recorded without a name
	r := c.Request()
	ex := &gateway.Exchange{ID: c.ID, Start: c.Start, Trace: c.Trace, Request: &gateway.Request{Op: gateway.OpUnknownPath},
		Envelope: &gateway.Envelope{Method: r.Method, Route: c.path(), ClientIP: c.ClientIP(), UserAgent: gateway.Clip(r.UserAgent(), header.MaxUserAgent)},
		Facts:    &gateway.Facts{Status: c.StatusOf(e)}}
	if c.principal != nil {
		ex.SetPrincipal(c.principal)
	}
	c.Exchange = ex
	record(ex, e)
}
