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

	// AccessGroups are named lists of models, which API keys may name in the place of models;
	// see gateway.ModelRules.
	AccessGroups         map[string][]string
	AccessGroupsFromFile bool // the server's file declares AccessGroups

	CreatedAt time.Time
}

// Member is a person or a service.
type Member struct {
	ID           string
	Organisation string                  // id
	Name         string                  // unique in the organisation; often an e-mail address
	Owner        bool                    // acts in every workspace
	Roles        map[string]gateway.Role // by workspace id
	Everywhere   gateway.Role            // role in every workspace, ""
	Password     string                  // argon2id hash, "" = none
	Subject      string                  // account at the identity provider: issuer and subject; "" = none
	Service      bool                    // a service account, as whom nobody signs in
	Disabled     bool                    // nobody acts as the member: not with API keys, not in sessions
	CreatedAt    time.Time
}

// role is the member's role in a workspace, "" if it does not belong to it.
func (m *Member) role(workspace string) gateway.Role {
	own := m.Roles[workspace]
	switch {
	case m.Owner:
		return gateway.RoleOwner
	case m.Everywhere != "" && (own == "" || m.Everywhere.Covers(own)):
		return m.Everywhere
	}
	return own
}

// everywhere reports whether the member has a role, its own, in every workspace.
func (m *Member) everywhere(role gateway.Role) bool { return m.Owner || m.Everywhere == role }

// modelRules replaces the access groups in a list of models by their models.
func (w *Workspace) modelRules(models []string) gateway.ModelRules {
	if models == nil {
		return nil
	}
	rules := gateway.ModelRules{}
	for _, m := range models {
		if group, ok := w.AccessGroups[m]; ok {
			rules = append(rules, group...)
		} else {
			rules = append(rules, m)
		}
	}
	return rules
}
