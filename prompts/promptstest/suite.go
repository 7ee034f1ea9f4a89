// Package promptstest holds the conformance suite of prompts.Store, and a store in memory.
package promptstest

import (
	"context"
	"encoding/json"
	"errors"
	"slices"
	"strconv"
	"sync"
	"testing"

	"github.com/sluicegate/sluice/gateway"
	"github.com/sluicegate/sluice/prompts"
)

// The workspaces that the suite writes to. A store that keeps workspaces in a table
// creates them in open.
const (
	WorkspaceA = "ws-suite-a"
	WorkspaceB = "ws-suite-b"
)

// Store runs the conformance suite. open returns an empty store for each case.
func Store(t *testing.T, open func(t *testing.T) prompts.Store) {
	for _, c := range []struct {
		name string
		run  func(t *testing.T, s prompts.Store)
	}{
		{"template", templates}, {"conflict", conflict}, {"isolation", isolation}, {"versions", versions},
		{"concurrent versions", concurrent}, {"labels", labels}, {"delete", deletes},
	} {
		t.Run(c.name, func(t *testing.T) { c.run(t, open(t)) })
	}
}

func kindOf(err error) string {
	var e *gateway.Error
	if err == nil {
		return "none"
	}
	if !errors.As(err, &e) {
		return "not a *gateway.Error: " + err.Error()
	}
	return e.Kind.String()
}

func want(t *testing.T, what string, err error, k gateway.Kind) {
	t.Helper()
	if got := kindOf(err); got != k.String() {
		t.Errorf("%s: error is %s, want %s", what, got, k)
	}
}

func must(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

func put(t *testing.T, s prompts.Store, id, workspace, slug string) {
	t.Helper()
	must(t, s.PutTemplate(t.Context(), prompts.Template{ID: id, Workspace: workspace, Slug: slug, Name: "N " + slug}))
}

func add(t *testing.T, s prompts.Store, id, body string) prompts.Version {
	t.Helper()
	v, err := s.AddVersion(t.Context(), prompts.Version{Template: id, Body: json.RawMessage(body), Description: "d", CreatedBy: "mem-1"})
	must(t, err)
	return v
}

func templates(t *testing.T, s prompts.Store) {
	ctx := t.Context()
	put(t, s, "pp-2", WorkspaceA, "zebra")
	must(t, s.PutTemplate(ctx, prompts.Template{ID: "pp-1", Workspace: WorkspaceA, Slug: "adder", Name: "Adder", FromFile: true}))
	for _, ref := range []string{"pp-1", "adder"} {
		got, err := s.Template(ctx, WorkspaceA, ref)
		must(t, err)
		if got.ID != "pp-1" || got.Slug != "adder" || got.Name != "Adder" || !got.FromFile || got.Workspace != WorkspaceA {
			t.Errorf("template by %q: %+v", ref, got)
		}
		if got.CreatedAt.IsZero() || got.UpdatedAt.IsZero() {
			t.Errorf("template by %q has no times: %+v", ref, got)
		}
	}
	must(t, s.PutTemplate(ctx, prompts.Template{ID: "pp-2", Workspace: WorkspaceA, Slug: "ape", Name: "Ape"}))
	list, err := s.Templates(ctx, WorkspaceA)
	must(t, err)
	if len(list) != 2 || list[0].Slug != "adder" || list[1].Slug != "ape" || list[1].Name != "Ape" {
		t.Errorf("list after a rename, by slug: %+v", list)
	}
	_, err = s.Template(ctx, WorkspaceA, "zebra")
	want(t, "the old slug", err, gateway.NotFound)
	if list, err = s.Templates(ctx, WorkspaceB); err != nil || len(list) != 0 {
		t.Errorf("list of an empty workspace: %v, %v", list, err)
	}
}

func conflict(t *testing.T, s prompts.Store) {
	ctx := t.Context()
	put(t, s, "pp-1", WorkspaceA, "one")
	put(t, s, "pp-2", WorkspaceA, "two")
	want(t, "create with a slug in use", s.PutTemplate(ctx, prompts.Template{ID: "pp-3", Workspace: WorkspaceA, Slug: "one"}), gateway.Conflict)
	want(t, "rename to a slug in use", s.PutTemplate(ctx, prompts.Template{ID: "pp-2", Workspace: WorkspaceA, Slug: "one"}), gateway.Conflict)
	put(t, s, "pp-4", WorkspaceB, "one")
}

func isolation(t *testing.T, s prompts.Store) {
	ctx := t.Context()
	put(t, s, "pp-1", WorkspaceA, "one")
	add(t, s, "pp-1", `{"prompt":"x"}`)
	for _, ref := range []string{"pp-1", "one", "nobody", ""} {
		_, err := s.Template(ctx, WorkspaceB, ref)
		want(t, "template "+strconv.Quote(ref)+" of another workspace", err, gateway.NotFound)
	}
	want(t, "delete in another workspace", s.DeleteTemplate(ctx, WorkspaceB, "pp-1"), gateway.NotFound)
	err := s.PutTemplate(ctx, prompts.Template{ID: "pp-1", Workspace: WorkspaceB, Slug: "stolen"})
	want(t, "move to another workspace", err, gateway.NotFound)
	got, err := s.Template(ctx, WorkspaceA, "pp-1")
	if must(t, err); got.Slug != "one" {
		t.Errorf("template after foreign writes: %+v", got)
	}
}

func versions(t *testing.T, s prompts.Store) {
	ctx := t.Context()
	put(t, s, "pp-1", WorkspaceA, "one")
	_, err := s.Version(ctx, "pp-1", 0)
	want(t, "newest of none", err, gateway.NotFound)
	bodies := []string{`{"prompt":"a","parameters":{"temperature":0.10,"seed":12345678901234567890}}`, `{"prompt":"b"}`, `{"prompt":"<ü> & \u2028"}`}
	for i, b := range bodies {
		if v := add(t, s, "pp-1", b); v.Number != i+1 || v.CreatedAt.IsZero() {
			t.Errorf("version %d: %+v", i+1, v)
		}
	}
	if v := add(t, s, "pp-1", bodies[2]); v.Number != 3 {
		t.Errorf("an unchanged body made version %d", v.Number)
	}
	if v := add(t, s, "pp-1", bodies[0]); v.Number != 4 {
		t.Errorf("going back to an older body made version %d, want 4", v.Number)
	}
	list, err := s.Versions(ctx, "pp-1")
	must(t, err)
	var numbers []int
	for _, v := range list {
		numbers = append(numbers, v.Number)
	}
	if !slices.Equal(numbers, []int{4, 3, 2, 1}) {
		t.Errorf("versions, newest first: %v", numbers)
	}
	for i, b := range bodies {
		v, err := s.Version(ctx, "pp-1", i+1)
		must(t, err)
		if string(v.Body) != b || v.Description != "d" || v.CreatedBy != "mem-1" || v.Template != "pp-1" {
			t.Errorf("version %d: %+v, body %s, want the bytes %s", i+1, v, v.Body, b)
		}
	}
	if v, err := s.Version(ctx, "pp-1", 0); err != nil || v.Number != 4 {
		t.Errorf("newest: %d, %v", v.Number, err)
	}
	for _, n := range []int{5, -1} {
		_, err = s.Version(ctx, "pp-1", n)
		want(t, "version "+strconv.Itoa(n), err, gateway.NotFound)
	}
	_, err = s.AddVersion(ctx, prompts.Version{Template: "pp-absent", Body: json.RawMessage(`{"prompt":"x"}`)})
	want(t, "a version of no template", err, gateway.NotFound)
}

func concurrent(t *testing.T, s prompts.Store) {
	put(t, s, "pp-1", WorkspaceA, "one")
	const n = 8
	var wg sync.WaitGroup
	errs := make([]error, n)
	for i := range n {
		wg.Go(func() {
			_, errs[i] = s.AddVersion(context.Background(), prompts.Version{Template: "pp-1", Body: json.RawMessage(`{"prompt":"` + strconv.Itoa(i) + `"}`)})
		})
	}
	wg.Wait()
	must(t, errors.Join(errs...))
	list, err := s.Versions(t.Context(), "pp-1")
	must(t, err)
	if len(list) != n || list[0].Number != n || list[n-1].Number != 1 {
		t.Errorf("%d versions after %d concurrent writers", len(list), n)
	}
}

func labels(t *testing.T, s prompts.Store) {
	ctx := t.Context()
	put(t, s, "pp-1", WorkspaceA, "one")
	add(t, s, "pp-1", `{"prompt":"a"}`)
	add(t, s, "pp-1", `{"prompt":"b"}`)
	must(t, s.PutLabel(ctx, prompts.Label{Template: "pp-1", Name: "staging", Version: 2}))
	must(t, s.PutLabel(ctx, prompts.Label{Template: "pp-1", Name: "published", Version: 1}))
	must(t, s.PutLabel(ctx, prompts.Label{Template: "pp-1", Name: "published", Version: 2}))
	want(t, "a label on an absent version", s.PutLabel(ctx, prompts.Label{Template: "pp-1", Name: "x", Version: 3}), gateway.NotFound)
	want(t, "a label on version 0", s.PutLabel(ctx, prompts.Label{Template: "pp-1", Name: "x", Version: 0}), gateway.NotFound)
	list, err := s.Labels(ctx, "pp-1")
	must(t, err)
	expect := []prompts.Label{{Template: "pp-1", Name: "published", Version: 2}, {Template: "pp-1", Name: "staging", Version: 2}}
	if !slices.Equal(list, expect) {
		t.Errorf("labels by name: %+v", list)
	}
}

func deletes(t *testing.T, s prompts.Store) {
	ctx := t.Context()
	put(t, s, "pp-1", WorkspaceA, "one")
	add(t, s, "pp-1", `{"prompt":"a"}`)
	must(t, s.PutLabel(ctx, prompts.Label{Template: "pp-1", Name: "published", Version: 1}))
	must(t, s.DeleteTemplate(ctx, WorkspaceA, "pp-1"))
	want(t, "delete again", s.DeleteTemplate(ctx, WorkspaceA, "pp-1"), gateway.NotFound)
	_, err := s.Template(ctx, WorkspaceA, "one")
	want(t, "a deleted template", err, gateway.NotFound)
	_, err = s.Version(ctx, "pp-1", 1)
	want(t, "its version", err, gateway.NotFound)
	put(t, s, "pp-1", WorkspaceA, "one")
	if list, err := s.Labels(ctx, "pp-1"); err != nil || len(list) != 0 {
		t.Errorf("labels survived: %v, %v", list, err)
	}
	if v := add(t, s, "pp-1", `{"prompt":"a"}`); v.Number != 1 {
		t.Errorf("first version after a delete is %d", v.Number)
	}
}
