package identity

import (
	"net/netip"
	"slices"

	"github.com/sluicegate/sluice/gateway"
)

// SignedIn is who presents a session's token.
type SignedIn struct {
	Session           string // id
	Member, Workspace string // ids
	Proven            bool   // by the member's password or at the identity provider
	APIKey            string // id of the API key as which a device calls models; "" = a person, who calls none
}

// callScopes are what a device may do: call models, and send telemetry about that.
var callScopes = []gateway.Permission{gateway.CompletionsWrite, gateway.PromptsRender, gateway.LogsWrite}

// identifySession returns the principal of a session. A member who is disabled, or has
// lost its role in the workspace, is nobody there.
func (s *Service) identifySession(op string, x *index, who SignedIn, from netip.Addr) (*gateway.Principal, error) {
	w, m := x.workspace(who.Workspace), x.member(who.Member)
	if w == nil || w.ID != who.Workspace || m == nil || m.Disabled || m.role(w.ID) == "" {
		return nil, refuseKey(op, codeInvalid, "The session has ended.")
	}
	if who.APIKey != "" {
		return s.identifyDevice(op, x, who, w, m, from)
	}
	p := s.principal(x, w, m)
	p.Session, p.Proven, p.APIKey, p.APIKeyName = who.Session, who.Proven, who.Session, "session"
	return p, s.addOrganisation(op, x, p)
}

// identifyDevice returns the principal of a device: the API key, with what it may do cut to calling
// models.
func (s *Service) identifyDevice(op string, x *index, who SignedIn, w *Workspace, m *Member, from netip.Addr) (*gateway.Principal, error) {
	k := x.apiKey(who.APIKey)
	if k == nil || k.Workspace != w.ID || k.Member != m.ID {
		return nil, refuseKey(op, codeInvalid, "The API key of this device was deleted. Sign in again.")
	}
	p, err := s.identifyKey(op, x, k, w, m, from)
	if err != nil {
		return nil, err
	}
	p.Device = who.Session
	own := p.Scopes
	p.Scopes = slices.DeleteFunc(slices.Clone(callScopes), func(scope gateway.Permission) bool { return own != nil && !slices.Contains(own, scope) })
	return p, nil
}

// principal is the member in the workspace.
func (s *Service) principal(x *index, w *Workspace, m *Member) *gateway.Principal {
	role := m.role(w.ID)
	return &gateway.Principal{Organisation: x.organisation.ID, Workspace: w.ID, WorkspaceRef: w.Name, Member: m.ID, MemberRef: m.Name,
		Role: role, OrganisationWide: m.everywhere(role), Config: w.Config, Redact: s.cfg.Redact, Compat: w.Compat}
}

// addOrganisation adds what the organisation pins.
func (s *Service) addOrganisation(op string, x *index, p *gateway.Principal) error {
	if s.cfg.OrganisationConfig == "" {
		return nil
	}
	first := x.workspaceNamed(gateway.DefaultWorkspace)
	if first == nil { // what the organisation pins is not known
		return &gateway.Error{Op: op, Kind: gateway.Unavailable, Public: "Sluice is starting."}
	}
	p.OrganisationWorkspace, p.OrganisationConfig = first.ID, s.cfg.OrganisationConfig
	return nil
}

// Home finds the workspace in which a member signs in: the one named by id or name, else the
// default one, else the first by name in which it has a role.
func (s *Service) Home(member, ref string) (workspace string, err error) {
	const op = "identity.Home"
	x, err := s.loaded(op)
	if err != nil {
		return "", err
	}
	m := x.member(member)
	if m == nil {
		return "", absent(op, "member", "There is no such member.")
	}
	if ref != "" {
		if w := x.workspace(ref); w != nil && m.role(w.ID) != "" {
			return w.ID, nil
		}
		return "", absent(op, "workspace", "There is no workspace '"+ref+"'.")
	}
	var first *Workspace
	for _, w := range x.allWorkspaces() {
		if m.role(w.ID) == "" {
			continue
		}
		if w.Name == gateway.DefaultWorkspace {
			return w.ID, nil
		}
		if first == nil || w.Name < first.Name {
			first = w
		}
	}
	if first == nil {
		return "", absent(op, "workspace", "The member belongs to no workspace.")
	}
	return first.ID, nil
}
