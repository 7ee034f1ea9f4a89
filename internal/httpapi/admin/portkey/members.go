package portkey

import (
	"context"
	"strconv"
	"strings"
	"time"

	"github.com/sluicegate/sluice/gateway"
	"github.com/sluicegate/sluice/gateway/identity"
	"github.com/sluicegate/sluice/internal/httpapi/admin/action"
)

func (a *routes) memberRoutes() []action.Action {
	const path = "/v1/admin/workspaces/:workspace/users"
	return []action.Action{
		{Method: "GET", Path: path, Name: "member.list", Need: gateway.MembersList, Do: a.listMembers},
		{Method: "POST", Path: path, Name: "member.put", Need: gateway.MembersCreate, Do: a.addMembers},
		{Method: "GET", Path: path + "/:user", Name: "member.get", Need: gateway.MembersRead, Do: a.getMember},
		{Method: "PUT", Path: path + "/:user", Name: "member.put", Need: gateway.MembersUpdate, Do: a.updateMember},
		{Method: "DELETE", Path: path + "/:user", Name: "member.delete", Need: gateway.MembersDelete, Do: a.removeMember},
	}
}

type memberRow struct {
	Object      string       `json:"object"` // "workspace-user"
	ID          string       `json:"id"`
	Email       string       `json:"email"` // name
	FirstName   string       `json:"first_name"`
	LastName    string       `json:"last_name"`
	Role        gateway.Role `json:"role"`
	OrgRole     string       `json:"org_role"`
	Status      string       `json:"status"` // "active"
	WorkspaceID string       `json:"workspace_id"`
	CreatedAt   time.Time    `json:"created_at"`
	UpdatedAt   time.Time    `json:"last_updated_at"` // of its creation: later changes are in the audit log
}

func memberOf(m identity.MemberInfo, workspace string) memberRow {
	return memberRow{"workspace-user", m.ID, m.Name, "", "", m.Role, orgRole(m.Member), "active", workspace, m.CreatedAt, m.CreatedAt}
}

// orgRole is a member's role in the organisation.
func orgRole(m identity.Member) string {
	switch {
	case m.Owner:
		return "owner"
	case m.Everywhere == gateway.RoleAdmin:
		return "admin"
	}
	return "member"
}

func contains(text, part string) bool {
	return strings.Contains(strings.ToLower(text), strings.ToLower(part))
}

func (a *routes) listMembers(ctx context.Context, r *action.Request) error {
	q := action.ReadQuery(r)
	q.Text("workspace")
	size, current := pageOf(q, "page_size", "current_page")
	role, email := q.Text("role"), q.Text("email")
	if ref := q.Text("workspaceId"); ref != "" && ref != r.Param("workspace") { // portkey-ai repeats the path
		q.Wrong("workspaceId", "must be the workspace of the path")
	}
	if err := q.Done(); err != nil {
		return err
	}
	by, err := in(ctx, r)
	if err != nil {
		return err
	}
	all, err := a.People.Members(ctx, by)
	if err != nil {
		return err
	}
	rows := []memberRow{}
	for _, m := range all {
		if (role == "" || string(m.Role) == role) && contains(m.Name, email) {
			rows = append(rows, memberOf(m, by.Workspace))
		}
	}
	r.Reply = listOf(rows, size, current)
	return nil
}

// newMember is whom addMembers makes a member.
type newMember struct {
	ID   string       `json:"id"` // or name
	Role gateway.Role `json:"role,omitempty"`
}

// addMembers takes {users: [{id, role}]}: ids or names of members.
func (a *routes) addMembers(ctx context.Context, r *action.Request) error {
	f, err := action.ReadForm(ctx, r)
	if err != nil {
		return err
	}
	var users []newMember
	if v, ok := f.Take("users", true, users); ok {
		if !v.IsArray() || len(v.Array()) == 0 {
			f.Wrong("users", `must be a list such as [{"id": "ada@example.com", "role": "member"}]`)
		}
		for i, item := range v.Array() {
			at := "users[" + strconv.Itoa(i) + "]"
			if !item.IsObject() {
				f.Wrong(at, "must be {id, role}")
				continue
			}
			one := action.Inside(item)
			users = append(users, newMember{one.Text("id", true), gateway.Role(one.OneOf("role", gateway.RoleNames()...))})
			f.Close(at, one)
		}
	}
	f.Same("workspace", r.Param("workspace")) // portkey-ai repeats the path in the body
	if err := f.Done(); err != nil {
		return err
	}
	by, err := in(ctx, r)
	if err != nil {
		return err
	}
	rows := []memberRow{}
	var ids []string
	for i, u := range users {
		m, err := a.People.PutMember(ctx, by, by.Workspace, u.ID, u.Role)
		if err != nil {
			return at(err, "users["+strconv.Itoa(i)+"]")
		}
		rows, ids = append(rows, memberOf(identity.MemberInfo{Member: m, Role: m.RoleIn(by.Workspace)}, by.Workspace)), append(ids, m.ID)
	}
	r.Target, r.Workspace, r.Reply = strings.Join(ids, ","), by.Workspace, listOf(rows, len(rows), 0)
	return nil
}

// at puts the place of a field before its name.
func at(err error, place string) error {
	e := *gateway.AsError(err)
	switch e.Param {
	case "role":
		e.Param = place + ".role"
	default:
		e.Param = place + ".id"
	}
	return &e
}

// member is the one that the path names, by id or name.
func (a *routes) member(ctx context.Context, r *action.Request) (identity.MemberInfo, *gateway.Principal, error) {
	by, err := in(ctx, r)
	if err != nil {
		return identity.MemberInfo{}, nil, err
	}
	all, err := a.People.Members(ctx, by)
	for _, m := range all {
		if m.ID == r.Param("user") || m.Name == r.Param("user") {
			r.ActsOn(ctx, m.ID, by.Workspace)
			return m, by, nil
		}
	}
	if err == nil {
		err = &gateway.Error{Op: "portkey.member", Kind: gateway.NotFound, Param: "user", Public: "There is no such user in this workspace."}
	}
	return identity.MemberInfo{}, nil, err
}

func (a *routes) getMember(ctx context.Context, r *action.Request) error {
	m, by, err := a.member(ctx, r)
	if err != nil {
		return err
	}
	r.Reply = memberOf(m, by.Workspace)
	return nil
}

// updateMember takes {role}.
func (a *routes) updateMember(ctx context.Context, r *action.Request) error {
	f, err := action.ReadForm(ctx, r)
	if err != nil {
		return err
	}
	f.OneGiven("role")
	role := gateway.Role(f.OneOf("role", gateway.RoleNames()...))
	f.Same("user_id", r.Param("user")) // portkey-ai repeats the path in the body
	if err := f.Done(); err != nil {
		return err
	}
	known, by, err := a.member(ctx, r)
	if err != nil {
		return err
	}
	m, err := a.People.PutMember(ctx, by, by.Workspace, known.ID, role)
	if err != nil {
		return err
	}
	r.Reply = memberOf(identity.MemberInfo{Member: m, Role: m.RoleIn(by.Workspace)}, by.Workspace)
	return nil
}

// removeMember takes the member's role in the workspace away.
func (a *routes) removeMember(ctx context.Context, r *action.Request) error {
	m, by, err := a.member(ctx, r)
	if err != nil {
		return err
	}
	r.Reply = struct{}{}
	_, err = a.People.RemoveMember(ctx, by, m.ID)
	return err
}
