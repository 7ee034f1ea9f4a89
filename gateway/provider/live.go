package provider

import (
	"github.com/sluicegate/sluice/gateway"
	"github.com/sluicegate/sluice/gateway/dialect/live"
	"github.com/sluicegate/sluice/gateway/provider/vendor"
	"github.com/sluicegate/sluice/internal/jsonx"
)

// isLive reports a session of Gemini's Live API.
func isLive(req *gateway.Request) bool {
	_, ok := req.Dialect.(live.Dialect)
	return ok
}

// offersLive reports whether the vendor has the Live API.
func offersLive(v *vendor.Vendor) bool {
	return v.Format == vendor.FormatGoogle || v.Scheme == vendor.SchemeGoogle
}

// refusesSetup reports the code of WebSocket by which Google tells that the setup is wrong, or the model
// unknown.
func refusesSetup(code int) bool { return code == 1007 || code == 1008 }

// permitLive refuses a message of the caller's that would set the session up once more.
func permitLive(message []byte) error {
	if jsonx.Get(message, "setup") != nil {
		return gateway.InvalidField("provider.permitLive", "setup", "The field 'setup' belongs to the first message of a session.")
	}
	return nil
}
