package litellm

import (
	"context"
	"strconv"

	"github.com/sluicegate/sluice/gateway"
	"github.com/sluicegate/sluice/gateway/identity"
	"github.com/sluicegate/sluice/internal/httpapi/admin/action"
)

// userUpdate is the answer of /user/update.
type userUpdate struct {
	ID   string  `json:"user_id"`
	Data userRow `json:"data"`
}

// updateUser takes {user_id, user_role}; user_email stands for user_id.
func (a *routes) updateUser(ctx context.Context, r *action.Request) error {
	f, err := action.ReadForm(ctx, r)
	if err != nil {
		return err
	}
	user, email := f.Text("user_id", !f.Given("user_email")), f.Text("user_email", false)
	if user == "" {
		user = email
	}
	if email != "" && user != email {
		f.Wrong("user_email", "must be the user_id where both are given: a member has one name")
	}
	f.OneGiven("user_role")
	role := readRole(f)
	readUserIdleFields(f)
	r.Target = user
	if err := f.Done(); err != nil {
		return err
	}
	known, err := a.user(ctx, r, user)
	if err != nil {
		return err
	}
	r.ActsOn(ctx, known.ID, r.By.Workspace)
	if _, err = a.People.PutMember(ctx, r.By, "", known.ID, role); err != nil {
		return named(err)
	}
	members, teams, keys, err := a.office(ctx, r)
	if err != nil {
		return err
	}
	for _, m := range members {
		if m.ID == known.ID {
			r.Reply = userUpdate{m.Name, a.userOf(m, teams, keys)}
		}
	}
	return nil
}

// user is a member of the caller's workspace, by name or id.
func (a *routes) user(ctx context.Context, r *action.Request, ref string) (identity.MemberInfo, error) {
	members, err := a.People.Members(ctx, r.By)
	for _, m := range members {
		if m.ID == ref || m.Name == ref {
			return m, nil
		}
	}
	if err == nil {
		err = &gateway.Error{Op: "litellm.user", Kind: gateway.NotFound, Param: "user_id", Public: "There is no such user."}
	}
	return identity.MemberInfo{}, err
}

// deleteUsers takes {user_ids}, and answers with their number. All of them are found before one loses
// its role in the workspace.
func (a *routes) deleteUsers(ctx context.Context, r *action.Request) error {
	f, err := action.ReadForm(ctx, r)
	if err != nil {
		return err
	}
	f.OneGiven("user_ids")
	refs := f.Texts("user_ids")
	if err := f.Done(); err != nil {
		return err
	}
	found := make([]identity.MemberInfo, len(refs))
	for i, ref := range refs {
		if found[i], err = a.user(ctx, r, ref); err != nil {
			return at(err, "user_ids["+strconv.Itoa(i)+"]")
		}
	}
	for _, m := range found {
		r.ActsOn(ctx, m.ID, r.By.Workspace)
		if _, err := a.People.RemoveMember(ctx, r.By, m.ID); err != nil {
			return named(err)
		}
	}
	r.Reply = len(found)
	return nil
}
