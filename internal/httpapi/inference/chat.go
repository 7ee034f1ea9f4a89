package inference

import (
	"strings"

	"github.com/sluicegate/sluice/gateway"
	"github.com/sluicegate/sluice/internal/httpapi"
	"github.com/sluicegate/sluice/internal/jsonx"
)

// chat answers POST /v1/chat/completions. A model is not required here: a config may bring it.
func (s *surfaces) chat(c *httpapi.Call) error {
	open(c)
	read(c, gateway.OpChat, "messages")
	return s.serve(c)
}

// maxUser is how long the field "user" may be to serve as metadata, in bytes.
const maxUser = 512

// readGatewayFields reads the fields of the body that are for Sluice: Portkey's "config", and
// "user", which is metadata as well.
func readGatewayFields(req *gateway.Request, env *gateway.Envelope) error {
	const op = "inference.readGatewayFields"
	if v := req.Field("config"); v != nil && v[0] != 'n' { // null counts as absent
		if v[0] != '{' && v[0] != '"' {
			return gateway.InvalidField(op, "config", "The field 'config' must be an object or the slug of a saved config.")
		}
		env.BodyConfig = v
	}
	if v := req.Field("user"); v != nil && v[0] != 'n' {
		if v[0] != '"' {
			return gateway.InvalidField(op, "user", "The field 'user' must be a string.")
		}
		env.User = strings.ToValidUTF8(jsonx.Text(v), "\uFFFD")
	}
	if _, taken := env.Metadata["_user"]; env.User != "" && !taken && len(env.User) <= maxUser {
		if env.Metadata == nil {
			env.Metadata = make(map[string]string, 1)
		}
		env.Metadata["_user"] = env.User
	}
	return nil
}
