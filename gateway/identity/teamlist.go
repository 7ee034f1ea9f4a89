package identity

import (
	"context"
	"sort"

	"github.com/sluicegate/sluice/gateway"
)

// Teams lists the teams of the principal's workspace that it sees, by name.
func (s *Service) Teams(_ context.Context, by *gateway.Principal) ([]TeamInfo, error) {
	const op = "identity.Teams"
	x, err := s.loaded(op)
	if err != nil {
		return nil, err
	}
	if err := gateway.Require(op, by, gateway.TeamsList); err != nil {
		return nil, err
	}
	out := []TeamInfo{}
	for _, t := range x.allTeams() {
		if t.Workspace == by.Workspace && seesTeam(by, t) {
			out = append(out, s.teamInfo(x, t))
		}
	}
	sort.Slice(out, func(i, j int) bool { return out[i].Name < out[j].Name })
	return out, nil
}

// Team finds a team by id or name.
func (s *Service) Team(_ context.Context, by *gateway.Principal, ref string) (TeamInfo, error) {
	const op = "identity.Team"
	x, err := s.loaded(op)
	if err != nil {
		return TeamInfo{}, err
	}
	if err := gateway.Require(op, by, gateway.TeamsRead); err != nil {
		return TeamInfo{}, err
	}
	t, err := visibleTeam(op, "team", x, by, ref)
	if err != nil {
		return TeamInfo{}, err
	}
	return s.teamInfo(x, t), nil
}
