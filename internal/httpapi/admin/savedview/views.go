// Package savedview administers saved views: the filters of a list or a graph, under a name.
package savedview

import (
	"context"
	"net/http"
	"time"

	"github.com/sluicegate/sluice/gateway"
	"github.com/sluicegate/sluice/internal/httpapi"
	"github.com/sluicegate/sluice/internal/httpapi/admin/action"
	"github.com/sluicegate/sluice/internal/httpapi/admin/analytics"
	"github.com/sluicegate/sluice/telemetry/view"
)

// Views are what is administered. ref is an id or a name.
type Views interface {
	Views(ctx context.Context, by *gateway.Principal) ([]view.View, error)
	View(ctx context.Context, by *gateway.Principal, ref string) (view.View, error)
	Create(ctx context.Context, by *gateway.Principal, v view.View) (view.View, error)
	Update(ctx context.Context, by *gateway.Principal, ref string, change func(*view.View)) (view.View, error)
	Delete(ctx context.Context, by *gateway.Principal, ref string) (view.View, error)
}

type resource struct{ Views }

// Actions are the operations.
func Actions(views Views) []action.Action {
	const path = "/v1/views"
	a := resource{views}
	return []action.Action{
		{Method: "GET", Path: path, Name: "view.list", Need: gateway.ViewsList,
			About: httpapi.Description{Summary: "Lists the caller's saved views, and those that others share with the workspace", Answer: action.ListLike(viewResponse{})}, Do: a.list},
		{Method: "POST", Path: path, Name: "view.create", Need: gateway.ViewsCreate,
			About: httpapi.Description{Summary: "Saves the filters of a list or a graph under a name", Answer: viewResponse{}, Status: http.StatusCreated}, Do: a.create},
		{Method: "GET", Path: path + "/:id", Name: "view.get", Need: gateway.ViewsList,
			About: httpapi.Description{Summary: "Shows a saved view, by id or name", Answer: viewResponse{}}, Do: a.get},
		{Method: "PUT", Path: path + "/:id", Name: "view.update", Need: gateway.ViewsUpdate,
			About: httpapi.Description{Summary: "Changes the fields of a saved view that are given", Answer: viewResponse{}}, Do: a.update},
		{Method: "DELETE", Path: path + "/:id", Name: "view.delete", Need: gateway.ViewsDelete,
			About: httpapi.Description{Summary: "Deletes a saved view", Answer: action.Deleted{}}, Do: a.delete},
	}
}

type viewResponse struct {
	Object    string    `json:"object"`
	ID        string    `json:"id"`
	Name      string    `json:"name"`
	Workspace string    `json:"workspace_id"`
	Member    string    `json:"member"` // id of whom it belongs to
	Own       bool      `json:"own"`    // it is the caller's
	Page      string    `json:"page"`   // "logs", "analytics" or "sessions"
	Query     string    `json:"query"`  // as in a URL
	Shared    bool      `json:"shared"` // everybody in the workspace sees it
	CreatedAt time.Time `json:"created_at"`
	UpdatedAt time.Time `json:"updated_at"`
}

func responseOf(by *gateway.Principal, v view.View) viewResponse {
	return viewResponse{"view", v.ID, v.Name, v.Workspace, v.Member, v.Member == by.Member, v.Page, v.Query, v.Shared, v.CreatedAt, v.UpdatedAt}
}

func (a resource) list(ctx context.Context, r *action.Request) error {
	p := action.ReadQuery(r)
	p.Text("workspace") // the performer has entered it
	page := p.Page()
	if err := p.Done(); err != nil {
		return err
	}
	all, err := a.Views.Views(ctx, r.By)
	if err != nil {
		return err
	}
	shown, next, err := action.PageOf(page, all, func(v view.View) string { return v.ID })
	if err != nil {
		return err
	}
	out := action.ListOf(shown, func(v view.View) viewResponse { return responseOf(r.By, v) })
	out.Next = next
	r.Reply = out
	return nil
}

func (a resource) get(ctx context.Context, r *action.Request) error {
	r.Target = r.Param("id")
	v, err := a.View(ctx, r.By, r.Target)
	if err != nil {
		return err
	}
	r.Reply = responseOf(r.By, v)
	return nil
}

// create takes {name, page, query, shared}.
func (a resource) create(ctx context.Context, r *action.Request) error {
	f, err := action.ReadForm(ctx, r)
	if err != nil {
		return err
	}
	by, err := r.As(ctx, f.Text("workspace", false))
	if err != nil {
		return err
	}
	v := view.View{Name: f.Text("name", true), Page: f.OneOf("page", view.Pages()...), Query: f.Text("query", false), Shared: f.Flag("shared", false)}
	r.Target = v.Name
	saved := analytics.ReadSaved(r, f, "query", v.Page, v.Query)
	if err := f.Done(); err != nil {
		return err
	}
	if v.Page == "" {
		v.Page = view.Pages()[0]
	}
	if err := saved.Check(by, "query"); err != nil {
		return err
	}
	if v, err = a.Create(ctx, by, v); err != nil {
		return err
	}
	r.Status, r.Reply = http.StatusCreated, responseOf(by, v)
	return nil
}

// update takes the fields of create, of which those that are given change.
func (a resource) update(ctx context.Context, r *action.Request) error {
	r.Target = r.Param("id")
	f, err := action.ReadForm(ctx, r)
	if err != nil {
		return err
	}
	by, err := r.As(ctx, f.Text("workspace", false))
	if err != nil {
		return err
	}
	given := map[string]bool{}
	for _, name := range []string{"name", "page", "query", "shared"} {
		given[name] = f.Given(name)
	}
	to := view.View{Name: f.Text("name", false), Page: f.OneOf("page", view.Pages()...), Query: f.Text("query", false), Shared: f.Flag("shared", false)}
	saved, unread := a.changedQuery(ctx, r, by, f, given, to)
	if err := f.Done(); err != nil {
		return err
	}
	if unread != nil {
		return unread
	}
	if saved != nil {
		if err := saved.Check(by, "query"); err != nil {
			return err
		}
	}
	v, err := a.Update(ctx, by, r.Target, func(v *view.View) {
		if given["name"] {
			v.Name = to.Name
		}
		if given["page"] {
			v.Page = to.Page
		}
		if given["query"] {
			v.Query = to.Query
		}
		if given["shared"] {
			v.Shared = to.Shared
		}
	})
	if err != nil {
		return err
	}
	r.Reply = responseOf(by, v)
	return nil
}

// changedQuery reads the query of a view after a change of it or of its page; nil if neither changes. What
// was saved before is not asked about again.
func (a resource) changedQuery(ctx context.Context, r *action.Request, by *gateway.Principal, f *action.Form, given map[string]bool, to view.View) (*analytics.SavedQuery, error) {
	if !given["query"] && !given["page"] {
		return nil, nil
	}
	v, err := a.View(ctx, by, r.Target)
	if err != nil {
		return nil, err
	}
	if given["page"] {
		v.Page = to.Page
	}
	if given["query"] {
		v.Query = to.Query
	}
	return analytics.ReadSaved(r, f, "query", v.Page, v.Query), nil
}

func (a resource) delete(ctx context.Context, r *action.Request) error {
	r.Target = r.Param("id")
	v, err := a.Delete(ctx, r.By, r.Target)
	if err != nil {
		return err
	}
	r.Reply = action.Deleted{ID: v.ID, Deleted: true}
	return nil
}
