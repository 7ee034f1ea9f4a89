package httpapi

import (
	"strings"

	"github.com/sluicegate/sluice/gateway"
	"github.com/sluicegate/sluice/internal/jsonx"
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
	for m := range jsonx.Members(req.Raw) {
		null := m.Value[0] == 'n'
		switch m.Key {
		case "config":
			if m.Value[0] != '{' && m.Value[0] != '"' && !null {
				return gateway.InvalidField(op, "config", "The field 'config' must be an object or the slug of a saved config.")
			}
			if !null {
				env.BodyConfig = m.Value
			}
		case "user":
			if m.Value[0] != '"' && !null {
				return gateway.InvalidField(op, "user", "The field 'user' must be a string.")
			}
			env.User = strings.ToValidUTF8(jsonx.Text(m.Value), "\uFFFD")
		}
	}
	if _, taken := env.Metadata["_user"]; env.User != "" && !taken && len(env.User) <= maxUser {
		if env.Metadata == nil {
			env.Metadata = make(map[string]string, 1)
		}
		env.Metadata["_user"] = env.User
	}
	return nil
}
