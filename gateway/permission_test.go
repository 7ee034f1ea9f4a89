package gateway

import (
	"errors"
	"slices"
	"strings"
	"testing"

	"github.com/sluicegate/sluice/internal/goldentest"
)

// TestGrants shows the whole table of permissions and roles, so that a change of it is a change
// of the golden file.
func TestGrants(t *testing.T) {
	var b strings.Builder
	row := func(name string, cell func(Role) string) {
		b.WriteString(name + strings.Repeat(" ", 26-len(name)))
		for _, r := range Roles() {
			b.WriteString(cell(r) + strings.Repeat(" ", 9-len(cell(r))))
		}
		b.WriteString("\n")
	}
	row("permission", func(r Role) string { return string(r) })
	for _, p := range slices.Concat(Permissions(), widening) {
		row(string(p), func(r Role) string {
			if r.May(p) {
				return "yes"
			}
			return "-"
		})
	}
	lines := strings.Split(b.String(), "\n")
	for i := range lines {
		lines[i] = strings.TrimRight(lines[i], " ")
	}
	goldentest.Text(t, "testdata/permissions.txt", strings.Join(lines, "\n"))
	for _, r := range []Role{"", "god", "Owner"} {
		if r.Known() || r.May(WorkspacesList) {
			t.Errorf("the role %q is known", r)
		}
	}
	if RoleOwner.May("") || RoleOwner.May("everything") {
		t.Error("an unknown permission is granted")
	}
}

func TestRoleCovers(t *testing.T) {
	covers := map[Role][]Role{
		RoleOwner: Roles(), RoleAdmin: {RoleAdmin, RoleManager, RoleMember, RoleViewer, RoleAuditor, RoleBilling},
		RoleManager: {RoleManager, RoleMember, RoleViewer, RoleBilling}, RoleMember: {RoleMember}, RoleViewer: {RoleViewer, RoleBilling},
		RoleAuditor: {RoleAuditor, RoleBilling}, RoleBilling: {RoleBilling},
	}
	for _, r := range Roles() {
		for _, other := range Roles() {
			if r.Covers(other) != slices.Contains(covers[r], other) {
				t.Errorf("%s covers %s: %v", r, other, r.Covers(other))
			}
		}
	}
}

func TestPrincipalSees(t *testing.T) {
	var nobody *Principal
	if nobody.Sees("") || nobody.Sees("w1") || nobody.May(ConfigsRead) {
		t.Error("a nil principal may do something")
	}
	for _, role := range append(Roles(), "") {
		p := &Principal{Workspace: "w1", Role: role}
		if !p.Sees("w1") || p.Sees("w2") != (role == RoleOwner) {
			t.Errorf("role %q: own %v, other %v", role, p.Sees("w1"), p.Sees("w2"))
		}
		if p.OrganisationWide = true; !p.Sees("w2") {
			t.Errorf("role %q of the organisation does not see another workspace", role)
		}
	}
}

// TestScopes: a key does what both its role and its scopes allow, and is told which of them lacks
// the permission.
func TestScopes(t *testing.T) {
	p := &Principal{Role: RoleMember, Scopes: []Permission{LogsList, ConfigsUpdate}}
	for permission, code := range map[Permission]string{LogsList: "", LogsView: CodeScope, CompletionsWrite: CodeScope, ConfigsUpdate: CodeRole, "": CodeRole, AnyWorkspace: CodeRole} {
		err := Require("test", p, permission)
		var e *Error
		if errors.As(err, &e); code == "" && err != nil || code != "" && (e == nil || e.Code != code || e.Kind != Forbidden) {
			t.Errorf("%s: %v", permission, err)
		}
		if p.May(permission) != (code == "") {
			t.Errorf("%s: may %v", permission, p.May(permission))
		}
	}
	owner := &Principal{Role: RoleOwner, Scopes: []Permission{}}
	if owner.May(CompletionsWrite) || !owner.May(AnyWorkspace) {
		t.Error("a key without scopes calls models, or lost what its role sees")
	}
}
