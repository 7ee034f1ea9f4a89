package identity

import (
	"context"
	"slices"
	"sort"
	"time"

	"github.com/sluicegate/sluice/gateway"
)

// Team is a group of members of a workspace. An API key may belong to a team of its member: what
// the key uses then counts for the team. A team has no role of its own: what a member may do
// follows from its role in the workspace.
type Team struct {
	ID        string
	Workspace string   // id
	Name      string   // unique in the workspace
	Members   []string // ids, sorted
	FromFile  bool     // the server's file declares the team with its members
	CreatedAt time.Time
	UpdatedAt time.Time
}

// maxTeamMembers bounds the members of one team.
const maxTeamMembers = 10_000

func (t *Team) has(member string) bool {
	_, found := slices.BinarySearch(t.Members, member)
	return found
}

// with returns the team with a member more.
func (t *Team) with(member string) Team {
	out := *t
	if at, found := slices.BinarySearch(t.Members, member); !found {
		out.Members = slices.Insert(slices.Clone(t.Members), at, member)
	}
	return out
}

// without returns the team with a member less.
func (t *Team) without(member string) Team {
	out := *t
	if at, found := slices.BinarySearch(t.Members, member); found {
		out.Members = slices.Delete(slices.Clone(t.Members), at, at+1)
	}
	return out
}

// TeamInfo is a team as the admin API shows it.
type TeamInfo struct {
	Team
	WorkspaceName string
	People        []TeamMember // who belongs to the workspace, by name
	APIKeys       int          // that belong to the team
}

// TeamMember is a member of a team.
type TeamMember struct {
	ID, Name string
	Role     gateway.Role // in the workspace
}

func (s *Service) teamInfo(x *index, t *Team) TeamInfo {
	info := TeamInfo{Team: *t, People: []TeamMember{}, APIKeys: len(x.apiKeysOf(t.ID))}
	if w := x.workspace(t.Workspace); w != nil {
		info.WorkspaceName = w.Name
	}
	for _, id := range t.Members {
		if m := x.member(id); m != nil && m.role(t.Workspace) != "" {
			info.People = append(info.People, TeamMember{ID: m.ID, Name: m.Name, Role: m.role(t.Workspace)})
		}
	}
	sort.Slice(info.People, func(i, j int) bool { return info.People[i].Name < info.People[j].Name })
	return info
}

// seesTeam reports whether the principal sees a team: one of its workspace that it belongs to, or
// all of them with gateway.TeamsReadAll.
func seesTeam(by *gateway.Principal, t *Team) bool {
	return by.Sees(t.Workspace) && (t.has(by.Member) || by.May(gateway.TeamsReadAll))
}

// visibleTeam finds a team by id, or by name in the principal's workspace.
func visibleTeam(op, param string, x *index, by *gateway.Principal, ref string) (*Team, error) {
	for _, t := range []*Team{x.team(ref), x.teamNamed(by.Workspace, ref)} {
		if t != nil && seesTeam(by, t) {
			return t, nil
		}
	}
	return nil, absent(op, param, "There is no team '"+ref+"' in this workspace.")
}

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
