package action

import (
	"context"
	"errors"
	"fmt"
	"slices"

	"github.com/sluicegate/sluice/gateway"
	"github.com/sluicegate/sluice/internal/httpapi"
)

// errLearned ends an action that was only asked what it reads.
var errLearned = errors.New("action: it was only asked what it reads")

// inputOf lets an action run up to the point where it has read its query or its body, and tells
// what it asked of them: so the documentation of a body is the code that reads it. An action
// therefore reads all of its body before it asks for anything else. One without a body finds its
// context ended.
func (p Performer) inputOf(o Action) (httpapi.Input, error) {
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	in := &httpapi.Input{}
	r := &Request{Call: httpapi.NewCall(o.Method, o.Path), workspaces: p.Workspaces, By: &gateway.Principal{Role: gateway.RoleOwner}, learn: in}
	err := o.Do(ctx, r)
	if !errors.Is(err, errLearned) && len(in.Body) > 0 {
		return *in, fmt.Errorf("the action %s does something else before it calls Form.Done: %w", o.Name, err)
	}
	return *in, nil
}

// learnField records a field of the body. A field that is read twice is one field.
func learnField(in *httpapi.Input, name string, required bool, example any) {
	if i := slices.IndexFunc(in.Body, func(f httpapi.Field) bool { return f.Name == name }); i >= 0 {
		in.Body[i].Required = in.Body[i].Required || required
		return
	}
	in.Body = append(in.Body, httpapi.Field{Name: name, Required: required, Example: example})
}

// learnAllowed records which values a field may have.
func learnAllowed(in *httpapi.Input, name string, allowed []string) {
	for i := range in.Body {
		if in.Body[i].Name == name {
			in.Body[i].Allowed = allowed
		}
	}
}

// learnParameter records a parameter of the query.
func learnParameter(in *httpapi.Input, name string, example any) {
	if !slices.ContainsFunc(in.Query, func(f httpapi.Field) bool { return f.Name == name }) {
		in.Query = append(in.Query, httpapi.Field{Name: name, Example: example})
	}
}
