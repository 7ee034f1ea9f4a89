package identity

import (
	"context"
	"maps"
	"slices"

	"github.com/oklog/ulid/v2"

	"github.com/sluicegate/sluice/gateway"
)

// GroupRole is what a group at the identity provider gives its people.
type GroupRole struct {
	Group     string
	Workspace string // name; "" = every workspace
	Role      gateway.Role
	Team      string // name of a team of Workspace that its people belong to, too; "" = none
}

// Person is who has signed in at the identity provider.
type Person struct {
	Subject string // of the account: issuer and subject
	Email   string // that the provider has verified, in lower case
	Groups  []string
}

// SignInPerson finds or creates the member of a person, and gives it the roles that the person's
// groups have in the mapping. The mapping decides about every workspace that it names, about the
// role in every workspace and about owners, where it has an entry of that kind: a role that no
// group gives any more is taken away. What the mapping does not name stays as administrators have
// set it, and the last owner stays one. The same holds of teams: a person belongs to each team that
// the mapping names for one of its groups, and to none that it names for other groups only. changed
// reports whether the member was created, or its roles or teams changed.
//
// A member belongs to the account that signed in first. Another account with the same address is
// gateway.Forbidden, unless the member has lost all roles. So is a person without any role.
func (s *Service) SignInPerson(ctx context.Context, who Person, mapping []GroupRole) (_ Member, changed bool, err error) {
	const op = "identity.SignInPerson"
	if e := checkMember(op, "email", who.Email); e != nil {
		return Member{}, false, e
	}
	s.write.Lock()
	defer s.write.Unlock()
	x, err := s.beginChange(ctx, op)
	if err != nil {
		return Member{}, false, err
	}
	known, err := memberOfPerson(op, x, who)
	if err != nil {
		return Member{}, false, err
	}
	if known != nil && known.Disabled {
		return Member{}, false, &gateway.Error{Op: op, Kind: gateway.Forbidden, Code: "member_disabled", Public: "The member with your account is disabled."}
	}
	m := Member{ID: ulid.Make().String(), Organisation: x.organisation.ID, Name: who.Email, CreatedAt: s.cfg.Now().UTC()}
	if known != nil {
		m = *known
	}
	if err := s.applyMapping(ctx, x, &m, who.Groups, mapping); err != nil {
		return Member{}, false, err
	}
	m.Subject = who.Subject
	rights := known == nil || m.Owner != known.Owner || m.Everywhere != known.Everywhere || !maps.Equal(m.Roles, known.Roles)
	nobody := !m.Owner && m.Everywhere == "" && len(m.Roles) == 0
	if rights && !(known == nil && nobody) || known != nil && m.Subject != known.Subject {
		if err := s.putMember(ctx, m); err != nil {
			return Member{}, false, err
		}
	}
	if nobody {
		return m, rights && known != nil, &gateway.Error{Op: op, Kind: gateway.Forbidden, Code: "no_role", Public: "None of your groups at the identity provider has a role here."}
	}
	moved, err := s.applyTeams(ctx, x, m.ID, who.Groups, mapping)
	return m, rights || moved, err
}

// applyTeams puts a member into the teams that the mapping gives its groups, and out of the other
// ones that the mapping names. It reports whether that changed one. A team that is not there is made
// once somebody belongs to it; one that the server's file declares with its members stays. The
// caller holds write.
func (s *Service) applyTeams(ctx context.Context, x *index, member string, groups []string, mapping []GroupRole) (changed bool, err error) {
	belongs := map[nameIn]bool{} // by the workspace's id and the team's name
	for _, g := range mapping {
		if g.Team == "" {
			continue
		}
		w, err := s.ensureWorkspace(ctx, g.Workspace)
		if err != nil {
			return changed, err
		}
		at := nameIn{w.ID, g.Team}
		belongs[at] = belongs[at] || slices.Contains(groups, g.Group)
	}
	now := s.cfg.Now().UTC()
	for at, in := range belongs {
		t := Team{ID: ulid.Make().String(), Workspace: at.workspace, Name: at.name, CreatedAt: now}
		if known := x.teamNamed(at.workspace, at.name); known != nil {
			t = *known
		}
		if t.FromFile || t.has(member) == in {
			continue
		}
		to := t.without(member)
		if in {
			to = t.with(member)
		}
		if len(to.Members) > maxTeamMembers {
			return changed, tooManyMembers("identity.SignInPerson")
		}
		to.UpdatedAt = now
		if err := s.putTeam(ctx, to); err != nil {
			return changed, err
		}
		changed = true
	}
	return changed, nil
}

// memberOfPerson finds the member of a person: by the account, else by the address.
func memberOfPerson(op string, x *index, who Person) (*Member, error) {
	for _, m := range x.allMembers() {
		if m.Subject == who.Subject {
			return m, nil
		}
	}
	m := x.memberNamed(who.Email)
	switch {
	case m == nil:
		return nil, nil
	case m.Service:
		return nil, &gateway.Error{Op: op, Kind: gateway.Forbidden, Code: "service_account", Public: "Nobody signs in as a service account."}
	case m.Subject != "" && (m.Owner || m.Everywhere != "" || len(m.Roles) > 0):
		return nil, &gateway.Error{Op: op, Kind: gateway.Forbidden, Code: "another_account",
			Public: "The member with your address belongs to another account at the identity provider. Ask an administrator to take its roles away."}
	}
	return m, nil
}

// applyMapping sets the roles of m that the mapping decides about. The caller holds write.
func (s *Service) applyMapping(ctx context.Context, x *index, m *Member, groups []string, mapping []GroupRole) error {
	roles := clonedRoles(m.Roles)
	var owner, ownersMapped, everywhereMapped bool
	var everywhere gateway.Role
	given := map[string]gateway.Role{} // by workspace id
	for _, g := range mapping {
		has := slices.Contains(groups, g.Group)
		switch {
		case g.Role == gateway.RoleOwner:
			ownersMapped, owner = true, owner || has
		case g.Workspace == "":
			everywhereMapped = true
			if has {
				everywhere = stronger(everywhere, g.Role)
			}
		default:
			w, err := s.ensureWorkspace(ctx, g.Workspace)
			if err != nil {
				return err
			}
			role := gateway.Role("")
			if has {
				role = g.Role
			}
			given[w.ID] = stronger(given[w.ID], role)
		}
	}
	for w, role := range given {
		if roles[w] = role; role == "" {
			delete(roles, w)
		}
	}
	m.Roles = roles
	if everywhereMapped {
		m.Everywhere = everywhere
	}
	if ownersMapped && (owner || anotherOwner(x, m.ID)) {
		m.Owner = owner
	}
	return nil
}

// stronger is the one of two roles that comes first in the list of roles; "" comes last.
func stronger(a, b gateway.Role) gateway.Role {
	for _, r := range gateway.Roles() {
		if r == a || r == b {
			return r
		}
	}
	return ""
}

func anotherOwner(x *index, member string) bool {
	return slices.ContainsFunc(x.allMembers(), func(m *Member) bool { return m.Owner && m.ID != member })
}
