package action

import (
	"context"
	"net/http"

	"github.com/sluicegate/sluice/gateway"
)

// EveryWorkspace is how callers write that an object is for all workspaces.
const EveryWorkspace = "*"

// Scoped is a kind of object that is for one workspace or for all of them, and that the server's file
// may declare: rate limits, budgets, price rules, targets of alerts. Its methods are the operations on
// them. Only an owner makes or changes what is for all workspaces, and nobody changes through the API
// what the file declares. A workspace is an id; "" stands for all of them.
type Scoped[T any] struct {
	Noun string // in errors: "rate limit"
	List func(workspace string) []T
	Get  func(workspace, id string) (T, error)
	// Create and Update store an object and return what they have stored.
	Create, Update func(ctx context.Context, object T) (T, error)
	Delete         func(ctx context.Context, id string) error

	New     T // holds the defaults of a new object
	Facts   func(object *T) ScopedFacts
	Answers func(object T) any // what callers see of an object
	// Read reads the fields of a new object, or those that are given of one that exists, and returns
	// the change that they make.
	Read func(f *Form, creates bool) (change func(object *T))
}

// ScopedFacts is what all objects with a scope have.
type ScopedFacts struct {
	ID, Name  string
	Workspace *string
	Declared  bool // in the server's file
}

// ListAll answers with the objects of the workspace and of all workspaces.
func (s Scoped[T]) ListAll(ctx context.Context, r *Request) error {
	workspace, err := r.In(ctx, r.Query("workspace"))
	if err != nil {
		return err
	}
	r.Reply = ListOf(s.List(workspace), s.Answers)
	return nil
}

// GetOne answers with the object of the path.
func (s Scoped[T]) GetOne(ctx context.Context, r *Request) error {
	object, err := s.Seen(ctx, r, r.Query("workspace"))
	if err != nil {
		return err
	}
	r.Reply = s.Answers(object)
	return nil
}

// CreateOne makes an object from a form.
func (s Scoped[T]) CreateOne(ctx context.Context, r *Request) error {
	f, err := ReadForm(ctx, r)
	if err != nil {
		return err
	}
	object := s.New
	ref := f.Text("workspace", false)
	s.Read(f, true)(&object)
	facts := s.Facts(&object)
	r.Target = facts.Name
	if err := f.Done(); err != nil {
		return err
	}
	if ref != EveryWorkspace {
		*facts.Workspace, err = r.In(ctx, ref)
	} else if !r.By.May(gateway.AnyWorkspace) {
		err = &gateway.Error{Op: "action.CreateOne", Kind: gateway.Forbidden, Param: "workspace", Public: "Only an owner may make a " + s.Noun + " for all workspaces."}
	}
	if err != nil {
		return err
	}
	if object, err = s.Create(ctx, object); err != nil {
		return err
	}
	r.Target, r.Status, r.Reply = s.Facts(&object).ID, http.StatusCreated, s.Answers(object)
	return nil
}

// UpdateOne changes the fields of an object that a form gives; the others stay.
func (s Scoped[T]) UpdateOne(ctx context.Context, r *Request) error {
	f, err := ReadForm(ctx, r)
	if err != nil {
		return err
	}
	r.Target = r.Param("id")
	ref, change := f.Text("workspace", false), s.Read(f, false)
	if err := f.Done(); err != nil {
		return err
	}
	object, err := s.changeable(ctx, r, ref)
	if err != nil {
		return err
	}
	change(&object)
	if object, err = s.Update(ctx, object); err != nil {
		return err
	}
	r.Reply = s.Answers(object)
	return nil
}

// DeleteOne deletes the object of the path.
func (s Scoped[T]) DeleteOne(ctx context.Context, r *Request) error {
	object, err := s.changeable(ctx, r, r.Query("workspace"))
	if err != nil {
		return err
	}
	id := s.Facts(&object).ID
	if err := s.Delete(ctx, id); err != nil {
		return err
	}
	r.Reply = Deleted{ID: id, Deleted: true}
	return nil
}

// Seen is the object of the path, in a workspace of the caller's.
func (s Scoped[T]) Seen(ctx context.Context, r *Request, workspaceRef string) (object T, err error) {
	r.Target = r.Param("id")
	workspace, err := r.In(ctx, workspaceRef)
	if err != nil {
		return object, err
	}
	return s.Get(workspace, r.Target)
}

// Own is the object of the path for who uses it: what is for all workspaces belongs to owners.
func (s Scoped[T]) Own(ctx context.Context, r *Request, workspaceRef string) (T, error) {
	object, err := s.Seen(ctx, r, workspaceRef)
	if err == nil && *s.Facts(&object).Workspace == "" && !r.By.May(gateway.AnyWorkspace) {
		err = &gateway.Error{Op: "action.Own", Kind: gateway.Forbidden, Param: "id", Public: "This " + s.Noun + " is for all workspaces: only an owner may use or change it."}
	}
	return object, err
}

// changeable is Own for who changes the object.
func (s Scoped[T]) changeable(ctx context.Context, r *Request, workspaceRef string) (T, error) {
	object, err := s.Own(ctx, r, workspaceRef)
	if err != nil {
		return object, err
	}
	if facts := s.Facts(&object); facts.Declared {
		err = &gateway.Error{Op: "action.changeable", Kind: gateway.Conflict, Param: "id", Public: "The " + s.Noun + " '" + facts.Name + "' is declared in the server's file. Change it there."}
	}
	return object, err
}
