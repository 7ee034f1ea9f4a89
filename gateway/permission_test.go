package gateway

import "testing"

// The whole table of roles and permissions, so that a change of it is a change here.
func TestRoleMay(t *testing.T) {
	least := map[Permission]Role{
		WorkspacesRead: RoleMember, APIKeysRead: RoleMember, VirtualKeysRead: RoleMember, ConfigsRead: RoleMember, PromptsRead: RoleMember, LogsRead: RoleMember,
		WorkspacesWrite: RoleAdmin, MembersWrite: RoleAdmin, APIKeysReadAll: RoleAdmin, APIKeysWrite: RoleAdmin, VirtualKeysWrite: RoleAdmin,
		ConfigsWrite: RoleAdmin, PromptsWrite: RoleAdmin, AuditRead: RoleAdmin,
		AnyWorkspace: RoleOwner, WorkspacesCreate: RoleOwner, OwnersWrite: RoleOwner, AuditVerify: RoleOwner,
	}
	has := map[Role]map[Role]bool{
		RoleMember: {RoleMember: true, RoleAdmin: true, RoleOwner: true}, RoleAdmin: {RoleAdmin: true, RoleOwner: true}, RoleOwner: {RoleOwner: true},
	}
	for p, from := range least {
		if got := p.LeastRole(); got != from {
			t.Errorf("least role for %s: %q, want %q", p, got, from)
		}
		for _, r := range []Role{"", "god", RoleMember, RoleAdmin, RoleOwner} {
			if got := r.May(p); got != has[from][r] {
				t.Errorf("role %q, permission %s: %v", r, p, got)
			}
		}
	}
	for r, list := range rolePermissions {
		for _, p := range list {
			if least[p] == "" {
				t.Errorf("role %s has the permission %s, which this test does not know", r, p)
			}
		}
	}
	if RoleOwner.May("") || RoleOwner.May("everything") {
		t.Error("an unknown permission is granted")
	}
}

func TestPrincipalSees(t *testing.T) {
	var nobody *Principal
	if nobody.Sees("") || nobody.Sees("w1") || nobody.May(ConfigsRead) {
		t.Error("a nil principal may do something")
	}
	for role, other := range map[Role]bool{RoleMember: false, RoleAdmin: false, RoleOwner: true, "": false} {
		p := &Principal{Workspace: "w1", Role: role}
		if !p.Sees("w1") || p.Sees("w2") != other {
			t.Errorf("role %q: own %v, other %v", role, p.Sees("w1"), p.Sees("w2"))
		}
	}
}
