// Package view keeps saved views: the filters of a list or a graph, under a name. A view belongs to a
// member of a workspace, who may share it with the workspace.
package view

import (
	"context"
	"net/url"
	"slices"
	"time"

	"github.com/sluicegate/sluice/gateway"
)

// View is a saved view.
type View struct {
	ID        string
	Workspace string // id
	Member    string // id of whom it belongs to
	Name      string // unique among the member's views of the workspace
	Page      string // what it is a view of: one of Pages
	Query     string // the parameters, as in a URL
	Shared    bool   // everybody in the workspace sees it
	CreatedAt time.Time
	UpdatedAt time.Time
}

// Pages are what views can be of.
func Pages() []string { return []string{"logs", "analytics", "sessions"} }

// Bounds of views.
const (
	MaxName      = 100  // bytes
	MaxQuery     = 4096 // bytes
	MaxPerMember = 200  // of one workspace
)

// Store keeps views. Its conformance suite runs in package sqlstore.
type Store interface {
	// Views returns the views of a workspace that the member sees: its own and shared ones, by name.
	Views(ctx context.Context, workspace, member string) ([]View, error)
	// PutView adds a view, or replaces the one with its id. Another view of the same member with this
	// name is a gateway.Conflict.
	PutView(ctx context.Context, v View) error
	// DeleteView deletes a view. If there is none, the error is gateway.NotFound.
	DeleteView(ctx context.Context, id string) error
}

// Service administers views. It is safe for concurrent use.
type Service struct {
	store Store
	newID func(time.Time) string
	now   func() time.Time
}

// New returns the service of a store.
func New(store Store, newID func(time.Time) string, now func() time.Time) *Service {
	return &Service{store, newID, now}
}

// Views returns the views that the caller sees in its workspace, by name.
func (s *Service) Views(ctx context.Context, by *gateway.Principal) ([]View, error) {
	return s.store.Views(ctx, by.Workspace, by.Member)
}

// View finds a view by id, or by name: the caller's own before those of others.
func (s *Service) View(ctx context.Context, by *gateway.Principal, ref string) (View, error) {
	all, err := s.Views(ctx, by)
	if err != nil {
		return View{}, err
	}
	for _, is := range []func(View) bool{
		func(v View) bool { return v.ID == ref },
		func(v View) bool { return v.Name == ref && v.Member == by.Member },
		func(v View) bool { return v.Name == ref },
	} {
		if i := slices.IndexFunc(all, is); i >= 0 {
			return all[i], nil
		}
	}
	return View{}, &gateway.Error{Op: "view.View", Kind: gateway.NotFound, Param: "id", Public: "There is no view '" + ref + "' in this workspace."}
}

// Create adds a view of the caller's.
func (s *Service) Create(ctx context.Context, by *gateway.Principal, v View) (View, error) {
	const op = "view.Create"
	if err := check(op, v); err != nil {
		return View{}, err
	}
	all, err := s.Views(ctx, by)
	if err != nil {
		return View{}, err
	}
	own := 0
	for _, other := range all {
		if other.Member == by.Member {
			own++
		}
	}
	if own >= MaxPerMember {
		return View{}, &gateway.Error{Op: op, Kind: gateway.Conflict, Param: "name", Public: "You have 200 views in this workspace already. Delete one first."}
	}
	now := s.now().UTC()
	v.ID, v.Workspace, v.Member, v.CreatedAt, v.UpdatedAt = s.newID(now), by.Workspace, by.Member, now, now
	return v, s.store.PutView(ctx, v)
}

// Update changes a view of the caller's, or a shared one with gateway.ViewsManage.
func (s *Service) Update(ctx context.Context, by *gateway.Principal, ref string, change func(*View)) (View, error) {
	const op = "view.Update"
	v, err := s.changeable(ctx, op, by, ref)
	if err != nil {
		return View{}, err
	}
	change(&v)
	if err := check(op, v); err != nil {
		return View{}, err
	}
	v.UpdatedAt = s.now().UTC()
	return v, s.store.PutView(ctx, v)
}

// Delete deletes a view of the caller's, or a shared one with gateway.ViewsManage.
func (s *Service) Delete(ctx context.Context, by *gateway.Principal, ref string) (View, error) {
	v, err := s.changeable(ctx, "view.Delete", by, ref)
	if err != nil {
		return View{}, err
	}
	return v, s.store.DeleteView(ctx, v.ID)
}

func (s *Service) changeable(ctx context.Context, op string, by *gateway.Principal, ref string) (View, error) {
	v, err := s.View(ctx, by, ref)
	if err == nil && v.Member != by.Member && !by.May(gateway.ViewsManage) {
		err = &gateway.Error{Op: op, Kind: gateway.Forbidden, Param: "id", Code: gateway.CodeRole, Public: "The view '" + v.Name + "' is somebody else's. Save one of your own."}
	}
	return v, err
}

func check(op string, v View) error {
	if v.Name == "" || len(v.Name) > MaxName {
		return gateway.InvalidField(op, "name", "The 'name' of a view must have 1 to 100 bytes.")
	}
	if !slices.Contains(Pages(), v.Page) {
		return gateway.InvalidField(op, "page", "The 'page' must be logs, analytics or sessions.")
	}
	if len(v.Query) > MaxQuery {
		return gateway.InvalidField(op, "query", "The 'query' is longer than 4096 bytes.")
	}
	if _, err := url.ParseQuery(v.Query); err != nil {
		return gateway.InvalidField(op, "query", "The 'query' must be parameters as in a URL, such as status=5xx&model=gpt-5.")
	}
	return nil
}
