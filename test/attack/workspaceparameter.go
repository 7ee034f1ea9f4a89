package main

import (
	"context"
	"fmt"

	"github.com/sluicegate/sluice/test/sluice"
)

// workspaceParameters names a workspace in the URL, as a field, or both, when creating.
type workspaceParameters struct{}

func (workspaceParameters) Name() string   { return "workspace parameter" }
func (workspaceParameters) Bounds() Bounds { return usual }

func (workspaceParameters) Run(ctx context.Context, t *Target, r *Result) error {
	other := t.Do(ctx, sluice.Call{Method: "GET", Path: "/v1/api-keys", Key: otherKey}).JSON("data.0.workspace_id").String()
	if other == "" {
		return fmt.Errorf("the id of the workspace other is not known")
	}
	in := func(a sluice.Answer) string {
		for _, field := range []string{"workspace_id", "workspace"} {
			if w := a.JSON(field).String(); w != "" {
				return w
			}
		}
		return ""
	}
	for i, c := range []struct{ path, body string }{
		{"/v1/api-keys", `{"name":"%s"%s}`}, {"/v1/virtual-keys", `{"name":"%s","provider":"openai","api_key":"k"%s}`},
		{"/v1/configs", `{"slug":"%s","config":{"virtual_key":"up"}%s}`}, {"/v1/prompts", `{"slug":"%s","body":{"model":"m","messages":[{"role":"user","content":"x"}]}%s}`},
	} {
		name := fmt.Sprintf("n%d-%d", i, t.Rand.IntN(1e6))
		a := t.Do(ctx, sluice.Call{Path: c.path + "?workspace=other", Body: fmt.Sprintf(c.body, name, "")})
		if a.Status < 300 {
			r.Check(in(a) == other || in(a) == "other", "POST %s?workspace=other creates in the workspace %q: %s", c.path, in(a), a.Brief())
		} else {
			r.Check(a.Status < 500, "POST %s?workspace=other: %s", c.path, a.Brief())
		}
		a = t.Do(ctx, sluice.Call{Path: c.path + "?workspace=other", Body: fmt.Sprintf(c.body, name+"b", `,"workspace":"default"`)})
		r.Check(a.Status >= 400 && a.Status < 500, "POST %s?workspace=other with the field workspace \"default\": %s", c.path, a.Brief())
		for _, query := range []string{"?workspace=nowhere", "?workspace=other&workspace=default", "?workspace=%00", "?workspace=other%20", "?Workspace=other", "?WORKSPACE=other", "?work%C5%BFpace=other", "?workspace=default&workSpace=other"} {
			a = t.Do(ctx, sluice.Call{Path: c.path + query, Body: fmt.Sprintf(c.body, name+"c", "")})
			r.Check(a.Status >= 400 && a.Status < 500, "POST %s%s is carried out: %s", c.path, query, a.Brief())
		}
		a = t.Do(ctx, sluice.Call{Method: "GET", Path: c.path + "?Workspace=other"})
		r.Check(a.Status == 400, "GET %s?Workspace=other: %s, expected 400", c.path, a.Brief())
		a = t.Do(ctx, sluice.Call{Path: c.path + "?workspace=other", Key: adminKey, Body: fmt.Sprintf(c.body, name+"d", "")})
		r.Check(a.Status == 404, "an admin of default: POST %s?workspace=other: %s, expected 404", c.path, a.Brief())
	}
	return nil
}
