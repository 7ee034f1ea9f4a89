package identity

import (
	"context"
	"errors"
	"fmt"
	"reflect"
	"slices"

	"github.com/oklog/ulid/v2"

	"github.com/sluicegate/sluice/gateway"
)

// DeclaredTeam is a team of the server's file. The members of the file's API keys that name it
// belong to it, too.
type DeclaredTeam struct {
	Name      string
	Workspace string   // name; "" = gateway.DefaultWorkspace
	Members   []string // names; who is not known yet becomes a member of the workspace
}

func checkDeclaredTeams(op string, x *index, d Declared) error {
	var problems []error
	names := map[nameIn]bool{}
	for i, n := range d.Teams {
		at := fmt.Sprintf("teams[%d].", i)
		name := nameIn{workspaceOrDefault(n.Workspace), n.Name}
		for _, e := range []*gateway.Error{gateway.CheckName(op, at+"name", n.Name), gateway.CheckName(op, at+"workspace", name.workspace)} {
			if e != nil {
				problems = append(problems, e)
			}
		}
		for j, m := range n.Members {
			if e := checkMember(op, fmt.Sprintf("%smembers[%d]", at, j), m); e != nil {
				problems = append(problems, e)
			}
		}
		if len(n.Members) > maxTeamMembers {
			problems = append(problems, gateway.InvalidField(op, at+"members", fmt.Sprintf("The field '%smembers' lists more than %d members.", at, maxTeamMembers)))
		}
		if names[name] {
			problems = append(problems, gateway.InvalidField(op, at+"name", "The field '"+at+"name' declares the team '"+n.Name+"' a second time."))
		}
		if known := x.teamIn(name); known != nil && !known.FromFile {
			problems = append(problems, refuseDeclared(op, at+"name", ": there is already a team '"+n.Name+"' that was made through the admin API. Delete that one, or choose another name."))
		}
		names[name] = true
	}
	for i, k := range d.APIKeys {
		name := nameIn{workspaceOrDefault(k.Workspace), k.Team}
		if known := x.teamIn(name); k.Team != "" && !names[name] && (known == nil || known.FromFile) {
			field := fmt.Sprintf("api_keys[%d].team", i)
			problems = append(problems, gateway.InvalidField(op, field, "The field '"+field+"' names no team of the workspace '"+name.workspace+"': '"+k.Team+"'."))
		}
	}
	return errors.Join(problems...)
}

// teamIn finds a team by the names of its workspace and its own.
func (x *index) teamIn(name nameIn) *Team {
	if w := x.workspaceNamed(name.workspace); w != nil {
		return x.teamNamed(w.ID, name.name)
	}
	return nil
}

// declareTeams writes the declared teams with their members, who become members of the workspace.
func (s *Service) declareTeams(ctx context.Context, x *index, d Declared) error {
	for _, n := range d.Teams {
		w, err := s.ensureWorkspace(ctx, n.Workspace)
		if err != nil {
			return err
		}
		now := s.cfg.Now().UTC()
		t := Team{ID: ulid.Make().String(), Workspace: w.ID, Name: n.Name, FromFile: true, CreatedAt: now, UpdatedAt: now}
		members := slices.Clone(n.Members)
		for _, k := range d.APIKeys {
			if k.Team == n.Name && workspaceOrDefault(k.Workspace) == w.Name {
				members = append(members, k.memberName())
			}
		}
		for _, name := range members {
			m, err := s.ensureMember(ctx, w.ID, name, "")
			if err != nil {
				return err
			}
			t = t.with(m.ID)
		}
		if known := x.teamNamed(w.ID, n.Name); known != nil {
			t.ID, t.CreatedAt = known.ID, known.CreatedAt
			same := t
			same.UpdatedAt = known.UpdatedAt
			if reflect.DeepEqual(same, *known) {
				continue
			}
		}
		if err := s.putTeam(ctx, t); err != nil {
			return err
		}
	}
	return nil
}

// dropUndeclaredTeams deletes the teams that the file no longer declares. One that an API key of
// the admin API belongs to stays, and can be changed there from then on.
func (s *Service) dropUndeclaredTeams(ctx context.Context, x *index, list []DeclaredTeam) error {
	declared := map[nameIn]bool{}
	for _, n := range list {
		if w := x.workspaceNamed(workspaceOrDefault(n.Workspace)); w != nil {
			declared[nameIn{w.ID, n.Name}] = true
		}
	}
	for _, t := range x.allTeams() {
		if !t.FromFile || declared[nameIn{t.Workspace, t.Name}] {
			continue
		}
		if len(x.apiKeysOf(t.ID)) == 0 {
			if err := s.deleteTeam(ctx, t.ID); err != nil {
				return err
			}
			continue
		}
		left := *t
		left.FromFile = false
		if err := s.putTeam(ctx, left); err != nil {
			return err
		}
	}
	return nil
}
