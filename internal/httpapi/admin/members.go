package admin

import (
	"context"
	"net/http"
	"time"

	"github.com/sluicegate/sluice/gateway"
	"github.com/sluicegate/sluice/gateway/identity"
	"github.com/sluicegate/sluice/internal/httpapi/admin/action"
)

// Members administers the members of a workspace. ref is an id or a name.
type Members interface {
	Members(ctx context.Context, by *gateway.Principal) ([]identity.MemberInfo, error)
	CreateMember(ctx context.Context, by *gateway.Principal, n identity.NewMember) (identity.Member, error)
	PutMember(ctx context.Context, by *gateway.Principal, workspace, ref string, role gateway.Role) (identity.Member, error)
	SetEverywhere(ctx context.Context, by *gateway.Principal, ref string, role gateway.Role) (identity.Member, error)
	SetMemberDisabled(ctx context.Context, by *gateway.Principal, ref string, disabled bool) (identity.Member, error)
	SetPassword(ctx context.Context, by *gateway.Principal, ref, password string) (identity.Member, error)
	RemoveMember(ctx context.Context, by *gateway.Principal, ref string) (identity.Member, error)
}

func (a *resources) memberRoutes() []operation {
	return []operation{
		{"GET", "/v1/members", "member.list", gateway.MembersList, a.listMembers},
		{"POST", "/v1/members", "member.create", gateway.MembersCreate, a.createMember},
		{"PUT", "/v1/members/:name", "member.put", gateway.MembersUpdate, a.putMember},
		{"PUT", "/v1/members/:name/password", "member.password", gateway.SessionsOwn, a.setPassword},
		{"DELETE", "/v1/members/:name", "member.delete", gateway.MembersDelete, a.removeMember},
	}
}

type memberResponse struct {
	Object     string       `json:"object"`
	ID         string       `json:"id"`
	Name       string       `json:"name"`
	Role       gateway.Role `json:"role"`       // in the workspace
	Everywhere gateway.Role `json:"everywhere"` // in all workspaces, ""
	Service    bool         `json:"service"`    // a service account
	Disabled   bool         `json:"disabled"`   // nobody acts as the member
	CreatedAt  time.Time    `json:"created_at"`
}

func memberOf(m identity.Member, role gateway.Role) memberResponse {
	out := memberResponse{"member", m.ID, m.Name, role, m.Everywhere, m.Service, m.Disabled, m.CreatedAt}
	if m.Owner {
		out.Everywhere = gateway.RoleOwner
	}
	return out
}

// listMembers takes the parameter service: true lists service accounts, false people.
func (a *resources) listMembers(ctx context.Context, r *request) error {
	service := r.Query("service")
	if service != "" && service != "true" && service != "false" {
		return gateway.InvalidField("admin.listMembers", "service", "The parameter 'service' must be true or false.")
	}
	all, err := a.Members.Members(ctx, r.By)
	if err != nil {
		return err
	}
	out := []memberResponse{}
	for _, m := range all {
		if service == "" || m.Service == (service == "true") {
			out = append(out, memberOf(m.Member, m.Role))
		}
	}
	r.Reply = page{Object: "list", Data: out}
	return nil
}

// createMember takes {name, workspace, role, service}.
func (a *resources) createMember(ctx context.Context, r *request) error {
	f, err := action.ReadForm(ctx, r)
	if err != nil {
		return err
	}
	n := identity.NewMember{Name: f.Text("name", true), Workspace: f.Text("workspace", false), Role: gateway.Role(f.OneOf("role", gateway.RoleNames()...)),
		Service: f.Flag("service", false)}
	r.Target = n.Name
	if err := f.Done(); err != nil {
		return err
	}
	workspace, err := r.In(ctx, n.Workspace)
	if err != nil {
		return err
	}
	n.Workspace = workspace
	m, err := a.Members.CreateMember(ctx, r.By, n)
	if err != nil {
		return err
	}
	r.Workspace, r.Status, r.Reply = workspace, http.StatusCreated, memberOf(m, m.RoleIn(workspace))
	return nil
}

// putMember takes {role, everywhere, disabled}: the role in the workspace; with everywhere in all of
// them. everywhere: false takes such a role away.
func (a *resources) putMember(ctx context.Context, r *request) error {
	r.Target = r.Param("name")
	f, err := action.ReadForm(ctx, r)
	if err != nil {
		return err
	}
	given := f.Given("everywhere")
	everywhere := f.Flag("everywhere", false)
	role := gateway.Role(f.OneOf("role", gateway.RoleNames()...))
	disabled := f.GivenFlag("disabled")
	if everywhere && role == "" {
		f.Wrong("role", "is missing")
	}
	if err := f.Done(); err != nil {
		return err
	}
	var m identity.Member
	if given {
		to := role
		if !everywhere {
			to = ""
		}
		m, err = a.Members.SetEverywhere(ctx, r.By, r.Target, to)
	}
	if err == nil && !everywhere && (role != "" || !given && disabled == nil) {
		m, err = a.Members.PutMember(ctx, r.By, "", r.Target, role)
	}
	if err == nil && disabled != nil {
		m, err = a.Members.SetMemberDisabled(ctx, r.By, r.Target, *disabled)
	}
	if err != nil {
		return err
	}
	r.Workspace, r.Reply = r.By.Workspace, memberOf(m, m.RoleIn(r.By.Workspace))
	return nil
}

// setPassword takes {password}; null takes it away. It ends all sessions of the member.
func (a *resources) setPassword(ctx context.Context, r *request) error {
	r.Target = r.Param("name")
	f, err := action.ReadForm(ctx, r)
	if err != nil {
		return err
	}
	f.OneGiven("password") // null counts
	password := f.Text("password", false)
	if err := f.Done(); err != nil {
		return err
	}
	m, err := a.Members.SetPassword(ctx, r.By, r.Target, password)
	if err == nil && a.EndSessions != nil {
		err = a.EndSessions(ctx, m.ID)
	}
	if err != nil {
		return err
	}
	r.Workspace, r.Reply = r.By.Workspace, memberOf(m, m.RoleIn(r.By.Workspace))
	return nil
}

// removeMember takes the member's role in the workspace away. Its API keys there are refused from
// then on.
func (a *resources) removeMember(ctx context.Context, r *request) error {
	r.Target = r.Param("name")
	m, err := a.Members.RemoveMember(ctx, r.By, r.Target)
	if err != nil {
		return err
	}
	r.Workspace, r.Status, r.Reply = r.By.Workspace, http.StatusOK, deleted{ID: m.ID, Deleted: true}
	return nil
}
