package inference

import (
	"strings"

	"github.com/sluicegate/sluice/gateway"
	"github.com/sluicegate/sluice/gateway/dialect/openai"
	"github.com/sluicegate/sluice/internal/httpapi"
)

// chat answers POST /v1/chat/completions. A model is not required here: a config may bring it.
func (s *surfaces) chat(c *httpapi.Call) error {
	open(c, gateway.OpChat)
	read(c, openai.Dialect{}, gateway.OpChat, "messages")
	return s.serve(c, chatWire)
}

// maxUser is how long the field "user" may be to serve as metadata, in bytes.
const maxUser = 512

// readGatewayFields reads the fields of the body that are for Sluice: Portkey's "config", and
// who the end user is, which is metadata as well.
func readGatewayFields(req *gateway.Request, env *gateway.Envelope) error {
	const op = "inference.readGatewayFields"
	if v := req.Field("config"); v != nil && v[0] != 'n' { // null counts as absent
		if v[0] != '{' && v[0] != '"' {
			return gateway.InvalidField(op, "config", "The field 'config' must be an object or the slug of a saved config.")
		}
		env.BodyConfig = v
	}
	env.User = strings.ToValidUTF8(req.Parameters().User, "\uFFFD")
	if env.User != "" && len(env.User) <= maxUser {
		env.AddMetadata("_user", env.User)
	}
	return nil
}
