package identity

import (
	"context"
	"fmt"
	"slices"

	"github.com/oklog/ulid/v2"

	"github.com/sluicegate/sluice/gateway"
)

// NewTeam describes a team that an admin wants to create.
type NewTeam struct {
	Name      string   // unique in the workspace
	Workspace string   // id or name; "" = the admin's own
	Members   []string // ids or names of members of the workspace
}

// CreateTeam creates a team.
func (s *Service) CreateTeam(ctx context.Context, by *gateway.Principal, n NewTeam) (TeamInfo, error) {
	const op = "identity.CreateTeam"
	if err := gateway.Require(op, by, gateway.TeamsCreate); err != nil {
		return TeamInfo{}, err
	}
	if e := gateway.CheckName(op, "name", n.Name); e != nil {
		return TeamInfo{}, e
	}
	s.write.Lock()
	defer s.write.Unlock()
	x, err := s.beginChange(ctx, op)
	if err != nil {
		return TeamInfo{}, err
	}
	w, err := visibleWorkspace(op, x, by, n.Workspace)
	if err != nil {
		return TeamInfo{}, err
	}
	if x.teamNamed(w.ID, n.Name) != nil {
		return TeamInfo{}, conflict(op, "name", "There is already a team '"+n.Name+"' in this workspace.")
	}
	now := s.cfg.Now().UTC()
	t := Team{ID: ulid.Make().String(), Workspace: w.ID, Name: n.Name, CreatedAt: now, UpdatedAt: now}
	if t.Members, err = teamMembers(op, x, w, n.Members); err != nil {
		return TeamInfo{}, err
	}
	if err := s.putTeam(ctx, t); err != nil {
		return TeamInfo{}, err
	}
	return s.teamInfo(x, &t), nil
}

// teamMembers finds members of a workspace, by id or name, and returns their ids, sorted.
func teamMembers(op string, x *index, w *Workspace, refs []string) ([]string, error) {
	if len(refs) > maxTeamMembers {
		return nil, tooManyMembers(op)
	}
	var out []string
	for i, ref := range refs {
		m, err := memberOf(op, fmt.Sprintf("members[%d]", i), x, w, ref)
		if err != nil {
			return nil, err
		}
		out = append(out, m.ID)
	}
	slices.Sort(out)
	return slices.Compact(out), nil
}

func tooManyMembers(op string) error {
	return gateway.InvalidField(op, "members", fmt.Sprintf("A team has at most %d members.", maxTeamMembers))
}

// memberOf finds a member of a workspace by id or name.
func memberOf(op, param string, x *index, w *Workspace, ref string) (*Member, error) {
	for _, m := range []*Member{x.member(ref), x.memberNamed(ref)} {
		if m != nil && m.role(w.ID) != "" {
			return m, nil
		}
	}
	return nil, absent(op, param, "The field '"+param+"' names no member of this workspace: '"+ref+"'.")
}

// TeamChange lists what changes of a team; nil leaves it as it is.
type TeamChange struct {
	Name    *string
	Members *[]string // ids or names: all of them
}

// UpdateTeam changes a team.
func (s *Service) UpdateTeam(ctx context.Context, by *gateway.Principal, ref string, to TeamChange) (TeamInfo, error) {
	const op = "identity.UpdateTeam"
	if to.Name != nil {
		if e := gateway.CheckName(op, "name", *to.Name); e != nil {
			return TeamInfo{}, e
		}
	}
	return s.editTeam(ctx, op, by, ref, func(x *index, w *Workspace, t *Team) (err error) {
		if to.Name != nil && *to.Name != t.Name {
			if x.teamNamed(w.ID, *to.Name) != nil {
				return conflict(op, "name", "There is already a team '"+*to.Name+"' in this workspace.")
			}
			t.Name = *to.Name
		}
		if to.Members != nil {
			t.Members, err = teamMembers(op, x, w, *to.Members)
		}
		return err
	})
}

// AddTeamMember makes a member of the workspace one of the team.
func (s *Service) AddTeamMember(ctx context.Context, by *gateway.Principal, ref, member string) (TeamInfo, error) {
	const op = "identity.AddTeamMember"
	return s.editTeam(ctx, op, by, ref, func(x *index, w *Workspace, t *Team) error {
		m, err := memberOf(op, "member", x, w, member)
		if err != nil {
			return err
		}
		if *t = t.with(m.ID); len(t.Members) > maxTeamMembers {
			return tooManyMembers(op)
		}
		return nil
	})
}

// RemoveTeamMember takes a member out of a team. Its API keys that belong to the team are refused
// from then on.
func (s *Service) RemoveTeamMember(ctx context.Context, by *gateway.Principal, ref, member string) (TeamInfo, error) {
	const op = "identity.RemoveTeamMember"
	return s.editTeam(ctx, op, by, ref, func(x *index, _ *Workspace, t *Team) error {
		m := x.member(member)
		if m == nil {
			m = x.memberNamed(member)
		}
		if m == nil || !t.has(m.ID) {
			return absent(op, "member", "There is no member '"+member+"' in this team.")
		}
		*t = t.without(m.ID)
		return nil
	})
}

func (s *Service) editTeam(ctx context.Context, op string, by *gateway.Principal, ref string, edit func(*index, *Workspace, *Team) error) (TeamInfo, error) {
	if err := gateway.Require(op, by, gateway.TeamsUpdate); err != nil {
		return TeamInfo{}, err
	}
	s.write.Lock()
	defer s.write.Unlock()
	x, err := s.beginChange(ctx, op)
	if err != nil {
		return TeamInfo{}, err
	}
	known, err := changeableTeam(op, x, by, ref)
	if err != nil {
		return TeamInfo{}, err
	}
	w, err := visibleWorkspace(op, x, by, known.Workspace)
	if err != nil {
		return TeamInfo{}, err
	}
	t := *known
	if err := edit(x, w, &t); err != nil {
		return TeamInfo{}, err
	}
	t.UpdatedAt = s.cfg.Now().UTC()
	if err := s.putTeam(ctx, t); err != nil {
		return TeamInfo{}, err
	}
	return s.teamInfo(x, &t), nil
}

// DeleteTeam removes a team that no API key belongs to. What it returns is the team as it was.
func (s *Service) DeleteTeam(ctx context.Context, by *gateway.Principal, ref string) (TeamInfo, error) {
	const op = "identity.DeleteTeam"
	if err := gateway.Require(op, by, gateway.TeamsDelete); err != nil {
		return TeamInfo{}, err
	}
	s.write.Lock()
	defer s.write.Unlock()
	x, err := s.beginChange(ctx, op)
	if err != nil {
		return TeamInfo{}, err
	}
	t, err := changeableTeam(op, x, by, ref)
	if err != nil {
		return TeamInfo{}, err
	}
	if n := len(x.apiKeysOf(t.ID)); n > 0 {
		return TeamInfo{}, conflict(op, "team", fmt.Sprintf("%d API keys belong to the team '%s'. Delete them, or take them out of the team, first.", n, t.Name))
	}
	gone := s.teamInfo(x, t)
	return gone, s.deleteTeam(ctx, t.ID)
}

// changeableTeam finds a team that the principal may change.
func changeableTeam(op string, x *index, by *gateway.Principal, ref string) (*Team, error) {
	t, err := visibleTeam(op, "team", x, by, ref)
	if err != nil {
		return nil, err
	}
	if t.FromFile {
		return nil, conflict(op, "team", "The team '"+t.Name+"' is declared in the server's file. Change it there.")
	}
	return t, nil
}

// teamOfKey finds the team that an API key of a member is to belong to; nil for "". Whoever gives a
// member a key of a team makes it one of the team, and must be allowed to. w and m are nil while
// they do not exist yet.
func teamOfKey(op string, x *index, by *gateway.Principal, w *Workspace, m *Member, ref string) (*Team, error) {
	if ref == "" {
		return nil, nil
	}
	var t *Team
	if w != nil {
		if t = x.team(ref); t == nil || t.Workspace != w.ID {
			t = x.teamNamed(w.ID, ref)
		}
	}
	if t == nil || !seesTeam(by, t) {
		return nil, absent(op, "team", "The field 'team' names no team of this workspace: '"+ref+"'.")
	}
	if m != nil && t.has(m.ID) {
		return t, nil
	}
	if t.FromFile {
		return nil, conflict(op, "team", "The member of the key does not belong to the team '"+t.Name+"', which is declared in the server's file. Change it there.")
	}
	if len(t.Members) >= maxTeamMembers {
		return nil, tooManyMembers(op)
	}
	return t, gateway.Require(op, by, gateway.TeamsUpdate)
}

// join makes a member one of a team and returns the team's id, "" for no team. The caller holds
// write.
func (s *Service) join(ctx context.Context, t *Team, member string) (string, error) {
	if t == nil {
		return "", nil
	}
	if t.has(member) {
		return t.ID, nil
	}
	joined := t.with(member)
	joined.UpdatedAt = s.cfg.Now().UTC()
	return t.ID, s.putTeam(ctx, joined)
}

// leaveTeams takes a member out of the teams of a workspace, except those of the server's file.
func (s *Service) leaveTeams(ctx context.Context, workspace, member string) error {
	s.write.Lock()
	defer s.write.Unlock()
	x, err := s.beginChange(ctx, "identity.leaveTeams")
	if err != nil {
		return err
	}
	for _, t := range x.allTeams() {
		if t.Workspace == workspace && t.has(member) && !t.FromFile {
			if err := s.putTeam(ctx, t.without(member)); err != nil {
				return err
			}
		}
	}
	return nil
}
