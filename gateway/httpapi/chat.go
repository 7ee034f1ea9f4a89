package httpapi

import (
	"strings"

	"github.com/tidwall/gjson"

	"github.com/sluicegate/sluice/gateway"
)

// chat answers POST /v1/chat/completions. A model is not required here: a config may
// bring it.
func (s *Server) chat(c *call) {
	c.open()
	c.read(gateway.OpChat, "messages")
	s.serve(c)
}

// beside reads the fields of the body that are not for the provider: Portkey's config,
// and the user, who is metadata as well.
func beside(req *gateway.Request, env *gateway.Envelope) error {
	const op = "httpapi.beside"
	if config := req.Field("config"); config != nil && string(config) != "null" {
		if config[0] != '{' && config[0] != '"' {
			return gateway.Refuse(op, "config", "The field 'config' must be an object or the slug of a saved config.")
		}
		env.BodyConfig = config
	}
	user := gjson.GetBytes(req.Raw, "user")
	switch user.Type {
	case gjson.Null: // absent too
		return nil
	case gjson.String:
	default:
		return gateway.Refuse(op, "user", "The field 'user' must be a string.")
	}
	env.User = strings.ToValidUTF8(user.Str, "\uFFFD")
	if _, taken := env.Metadata["_user"]; env.User != "" && !taken && len(env.User) <= maxUser {
		if env.Metadata == nil {
			env.Metadata = make(map[string]string, 1)
		}
		env.Metadata["_user"] = env.User
	}
	return nil
}
