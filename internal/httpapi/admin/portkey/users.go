package portkey

import (
	"context"
	"slices"
	"strings"
	"time"

	"github.com/sluicegate/sluice/gateway"
	"github.com/sluicegate/sluice/gateway/identity"
	"github.com/sluicegate/sluice/internal/httpapi/admin/action"
)

func (a *routes) userRoutes() []action.Action {
	const path = "/v1/admin/users"
	return []action.Action{
		{Method: "GET", Path: path, Name: "member.list", Need: gateway.MembersList, Do: a.listUsers},
		{Method: "GET", Path: path + "/:user", Name: "member.get", Need: gateway.MembersRead, Do: a.getUser},
		{Method: "PUT", Path: path + "/:user", Name: "member.put", Need: gateway.MembersUpdate, Do: a.updateUser},
	}
}

type userRow struct {
	Object     string    `json:"object"` // "user"
	ID         string    `json:"id"`
	Email      string    `json:"email"` // name
	FirstName  string    `json:"first_name"`
	LastName   string    `json:"last_name"`
	Role       string    `json:"role"` // owner, admin or member
	Workspaces []string  `json:"workspace_ids"`
	CreatedAt  time.Time `json:"created_at"`
	UpdatedAt  time.Time `json:"last_updated_at"` // of its creation: later changes are in the audit log
}

// users are the members of the workspaces that the caller sees, by name.
func (a *routes) users(ctx context.Context, r *action.Request) ([]userRow, error) {
	workspaces, err := a.Workspaces.Workspaces(ctx, r.By)
	if err != nil {
		return nil, err
	}
	rows := map[string]userRow{}
	for _, w := range workspaces {
		if r.Named && w.ID != r.By.Workspace {
			continue
		}
		by := *r.By
		by.Workspace = w.ID
		members, err := a.People.Members(ctx, &by)
		if err != nil {
			return nil, err
		}
		for _, m := range members {
			row := rows[m.ID]
			row = userRow{"user", m.ID, m.Name, "", "", orgRole(m.Member), append(row.Workspaces, w.ID), m.CreatedAt, m.CreatedAt}
			rows[m.ID] = row
		}
	}
	out := make([]userRow, 0, len(rows))
	for _, row := range rows {
		out = append(out, row)
	}
	slices.SortFunc(out, func(x, y userRow) int { return strings.Compare(x.Email, y.Email) })
	return out, nil
}

func (a *routes) listUsers(ctx context.Context, r *action.Request) error {
	q := action.ReadQuery(r)
	q.Text("workspace")
	size, current := pageOf(q, "pageSize", "currentPage")
	role, email := q.Text("role"), q.Text("email")
	if err := q.Done(); err != nil {
		return err
	}
	all, err := a.users(ctx, r)
	if err != nil {
		return err
	}
	all = slices.DeleteFunc(all, func(u userRow) bool { return role != "" && u.Role != role || !contains(u.Email, email) })
	r.Reply = listOf(all, size, current)
	return nil
}

func (a *routes) getUser(ctx context.Context, r *action.Request) error {
	u, err := a.user(ctx, r)
	r.Reply = u
	return err
}

// user is the one that the path names, by id or name.
func (a *routes) user(ctx context.Context, r *action.Request) (userRow, error) {
	all, err := a.users(ctx, r)
	for _, u := range all {
		if u.ID == r.Param("user") || u.Email == r.Param("user") {
			r.Target = u.ID
			return u, nil
		}
	}
	if err == nil {
		err = &gateway.Error{Op: "portkey.user", Kind: gateway.NotFound, Param: "user", Public: "There is no such user."}
	}
	return userRow{}, err
}

// updateUser takes {role}: admin is one in all workspaces, and member one in those that it belongs
// to.
func (a *routes) updateUser(ctx context.Context, r *action.Request) error {
	f, err := action.ReadForm(ctx, r)
	if err != nil {
		return err
	}
	f.OneGiven("role")
	role := f.OneOf("role", "admin", "member")
	if err := f.Done(); err != nil {
		return err
	}
	u, err := a.user(ctx, r)
	if err != nil {
		return err
	}
	r.ActsOn(ctx, u.ID, u.Workspaces[0])
	everywhere := gateway.Role("")
	if role == "admin" {
		everywhere = gateway.RoleAdmin
	}
	by := *r.By
	by.Workspace = u.Workspaces[0]
	var m identity.Member
	if m, err = a.People.SetEverywhere(ctx, &by, u.ID, everywhere); err != nil {
		return err
	}
	u.Role = orgRole(m)
	r.Reply = u
	return nil
}
