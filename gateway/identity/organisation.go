package identity

import (
	"time"

	"github.com/sluicegate/sluice/gateway"
)

// Organisation owns everything in one database.
type Organisation struct {
	ID        string
	Name      string
	Canary    []byte // a constant text sealed under the master key
	CreatedAt time.Time
}

// Workspace is the unit of isolation.
type Workspace struct {
	ID             string
	Organisation   string         // id
	Name           string         // unique in the organisation
	Config         string         // slug of the default config, ""
	ConfigFromFile bool           // the server's file declares Config
	Compat         gateway.Compat // "" = the server's
	CompatFromFile bool           // the server's file declares Compat
	CreatedAt      time.Time
}

// Member is a person or a service.
type Member struct {
	ID           string
	Organisation string                  // id
	Name         string                  // unique in the organisation; often an e-mail address
	Owner        bool                    // acts in every workspace
	Roles        map[string]gateway.Role // by workspace id
	CreatedAt    time.Time
}

// role is the member's role in a workspace, "" if it does not belong to it.
func (m *Member) role(workspace string) gateway.Role {
	if m.Owner {
		return gateway.RoleOwner
	}
	return m.Roles[workspace]
}
