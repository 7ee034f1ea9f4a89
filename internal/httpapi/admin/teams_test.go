package admin

import (
	"context"

	"github.com/sluicegate/sluice/gateway"
	"github.com/sluicegate/sluice/gateway/identity"
	"github.com/sluicegate/sluice/telemetry"
)

func (o *office) CreateMember(_ context.Context, by *gateway.Principal, n identity.NewMember) (identity.Member, error) {
	o.in(by, n.Workspace)
	o.done("create member", n.Name, string(n.Role))
	return identity.Member{ID: "m1", Name: n.Name, Service: n.Service}, nil
}

func (o *office) SetMemberDisabled(_ context.Context, by *gateway.Principal, ref string, disabled bool) (identity.Member, error) {
	o.in(by, "")
	o.done("disable member", ref)
	return identity.Member{ID: "m1", Name: ref, Disabled: disabled}, nil
}

// squads are the teams of the office.
type squads struct{ o *office }

func (s squads) act(by *gateway.Principal, workspace string, did ...string) (identity.TeamInfo, error) {
	s.o.in(by, workspace)
	if did != nil {
		s.o.done(did...)
	}
	return identity.TeamInfo{Team: identity.Team{ID: "t1", Name: "ml", Workspace: by.Workspace}, WorkspaceName: by.WorkspaceRef}, nil
}

func (s squads) Teams(_ context.Context, by *gateway.Principal) ([]identity.TeamInfo, error) {
	t, err := s.act(by, "")
	return []identity.TeamInfo{t}, err
}

func (s squads) Team(_ context.Context, by *gateway.Principal, _ string) (identity.TeamInfo, error) {
	return s.act(by, "")
}

func (s squads) CreateTeam(_ context.Context, by *gateway.Principal, n identity.NewTeam) (identity.TeamInfo, error) {
	return s.act(by, n.Workspace, "create team", n.Name)
}

func (s squads) UpdateTeam(_ context.Context, by *gateway.Principal, ref string, _ identity.TeamChange) (identity.TeamInfo, error) {
	return s.act(by, "", "update team", ref)
}

func (s squads) DeleteTeam(_ context.Context, by *gateway.Principal, ref string) (identity.TeamInfo, error) {
	return s.act(by, "", "delete team", ref)
}

func (s squads) AddTeamMember(_ context.Context, by *gateway.Principal, ref, member string) (identity.TeamInfo, error) {
	return s.act(by, "", "add to team", ref, member)
}

func (s squads) RemoveTeamMember(_ context.Context, by *gateway.Principal, ref, member string) (identity.TeamInfo, error) {
	return s.act(by, "", "remove from team", ref, member)
}

func (o *office) Usage(_ context.Context, q telemetry.UsageQuery) ([]telemetry.UsageRow, error) {
	o.query.Scope = q.Scope
	return []telemetry.UsageRow{{Calls: 1}}, nil
}
