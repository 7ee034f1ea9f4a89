package prompts_test

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"strconv"
	"strings"
	"sync"
	"testing"

	"github.com/sluicegate/sluice/gateway"
	"github.com/sluicegate/sluice/prompts"
	"github.com/sluicegate/sluice/prompts/promptstest"
)

func kind(err error) gateway.Kind { return gateway.AsError(err).Kind }

func draft(slug, body string) prompts.Draft {
	return prompts.Draft{Slug: slug, Body: json.RawMessage(body)}
}

func TestAdminValidates(t *testing.T) {
	s, _ := service(t)
	create(t, s, "taken", `{"prompt":"x"}`)
	for _, c := range []struct{ name, slug, body, param, want string }{
		{"no JSON", "a", `{`, "", "the body must be a JSON object"},
		{"empty", "a", `{}`, "messages", "messages: is missing (or 'prompt')"},
		{"slug", "a b", `{"prompt":"x"}`, "slug", "slug: must be letters"},
		{"slug like an id", "pp-x", `{"prompt":"x"}`, "slug", "must not begin with 'pp-'"},
		{"both", "a", `{"prompt":"x","messages":[{"role":"user","content":"y"}]}`, "messages", "stands beside 'prompt'"},
		{"everything at once", "", `{"messages":[{"role":"boss","content":5},7],"modle":"x","by":"hair","parameters":{"stream":true,"model":"m"},"tools":{},"tool_choice":1,"response_format":[],"virtual_key":"a","model":"@b/c"}`,
			"slug", "slug: is missing; messages[0].role: must be system, developer, user, assistant, tool or function; messages[0].content: must be a text or a list of parts; messages[1]: must be an object with role and content; " +
				"parameters.stream: is no parameter: the call alone decides it; parameters.model: is no parameter: write it beside 'parameters'; tools: must be a list; tool_choice: must be a string or an object; response_format: must be an object; " +
				"virtual_key: stands beside a model that names a virtual key; give one of them; modle: unknown field; by: must be \"member\" or \"metadata.<key>\""},
		{"variables", "a", `{"prompt":"x","variables":{"v":{"type":"text"},"w":{"type":"number","default":"1"},"x":{"required":1,"colour":2},"y":[]}}`, "variables.v.type",
			"variables.v.type: must be string, number, integer, boolean, array or object; variables.w.default: does not fit the type; variables.x.required: must be true or false; variables.x.colour: unknown field; variables.y: must be an object"},
		{"variants", "a", `{"prompt":"x","variants":[{"weight":-1},{"name":"a","version":9},{"name":"a","weight":0},{"name":"b","version":1,"prompt":"y","weight":0}]}`, "variants[0].weight",
			"variants[0].weight: must be a number, 0 or more; variants[0].name: is missing; variants[2].name: 'a' is the name of another arm; variants[3].version: stands beside a text; give one of them"},
		{"arm of an absent version", "a", `{"prompt":"x","variants":[{"name":"a","version":9}]}`, "variants[0].version", "there is no version 9"},
		{"test cases", "a", `{"prompt":"{{q}}","variables":{"n":{"type":"number","default":1}},"test_cases":[{"name":"one","expect":{"contains":"x"}},{"name":"two","variables":{"q":"x","n":"5","shop":"A"},"expect":{"equals":"y"}},{"name":"three","variables":{"q":1,"q":2},"expect":{"equals":"y"}}]}`, "test_cases[0].expect.contains",
			"test_cases[0].expect.contains: must be a list of 1 to 20 texts; test_cases[0].variables.q: is missing; test_cases[1].variables.shop: is not known to this prompt; test_cases[1].variables.n: must be a number, not a string; " +
				"test_cases[2].variables.q: The variable 'q' is given twice."},
		{"template", "a", `{"messages":[{"role":"user","content":[{"type":"text","text":"{{#x}}"}]}]}`, "messages[0].content[0].text", "the section 'x' is not closed"},
		{"partial", "a", `{"prompt":"{{>nobody}}"}`, "prompt", "There is no prompt 'nobody'."},
		{"given twice", "a", `{"prompt":"x","prompt":"y"}`, "prompt", "given twice"},
		{"many variables", "a", `{"prompt":"` + strings.Repeat("{{a}}", 10) + names("{{v%d}}", 1001) + `"}`, "prompt", "has more than 1000 variables"},
		{"many declared", "a", `{"prompt":"{{x}}","variables":{` + strings.TrimSuffix(names(`"v%d":{},`, 50_000), ",") + `}}`, "prompt", "has more than 1000 variables"},
		{"many problems", "a", `{"prompt":"x","variables":{` + strings.TrimSuffix(names(`"v%d":7,`, 50_000), ",") + `}}`, "variables.v0", "must be an object"},
		{"taken", "taken", `{"prompt":"x"}`, "slug", "A prompt 'taken' exists already."},
	} {
		_, err := s.Create(t.Context(), owner, "", draft(c.slug, c.body))
		var e *gateway.Error
		if !errors.As(err, &e) || e.Param != c.param || !strings.Contains(e.Public, c.want) {
			t.Errorf("%s: %+v\nwant %s: %s", c.name, e, c.param, c.want)
		}
	}
	if list, _ := s.List(t.Context(), owner, ""); len(list) != 1 {
		t.Errorf("%d prompts after refusals", len(list))
	}
}

// names repeats format with the numbers below n.
func names(format string, n int) string {
	var b strings.Builder
	for i := range n {
		fmt.Fprintf(&b, format, i)
	}
	return b.String()
}

func TestAdminRights(t *testing.T) {
	s, _ := service(t)
	create(t, s, "p", `{"prompt":"x"}`)
	ctx := t.Context()
	member := &gateway.Principal{Workspace: promptstest.WorkspaceA, Member: "m", Role: gateway.RoleMember}
	foreign := &gateway.Principal{Workspace: promptstest.WorkspaceB, Member: "f", Role: gateway.RoleAdmin}
	if _, err := s.Get(ctx, member, "", "p"); err != nil {
		t.Errorf("a member reads: %v", err)
	}
	for name, err := range map[string]error{
		"create": func() error { _, err := s.Create(ctx, member, "", draft("q", `{"prompt":"x"}`)); return err }(),
		"add":    func() error { _, err := s.AddVersion(ctx, member, "", "p", draft("", `{"prompt":"y"}`)); return err }(),
		"label":  func() error { _, err := s.SetLabel(ctx, member, "", "p", "x", 1); return err }(),
		"delete": s.Delete(ctx, member, "", "p"),
	} {
		if kind(err) != gateway.Forbidden {
			t.Errorf("a member may %s: %v", name, err)
		}
	}
	for name, err := range map[string]error{
		"get":     func() error { _, err := s.Get(ctx, foreign, "", "p"); return err }(),
		"get in":  func() error { _, err := s.Get(ctx, foreign, promptstest.WorkspaceA, "p"); return err }(),
		"list in": func() error { _, err := s.List(ctx, foreign, promptstest.WorkspaceA); return err }(),
		"delete":  s.Delete(ctx, foreign, "", "p"),
	} {
		if kind(err) != gateway.NotFound {
			t.Errorf("another workspace's admin may %s: %v", name, err)
		}
	}
	if _, err := s.List(ctx, nil, ""); kind(err) != gateway.Unauthorized {
		t.Errorf("nobody lists: %v", err)
	}
}

// TestWritesShowAtOnce: templates are cached, and the next call sees every write.
func TestWritesShowAtOnce(t *testing.T) {
	s, m := service(t)
	ctx := t.Context()
	create(t, s, "p", `{"model":"m","prompt":"v1"}`)
	says := func(ref string) string {
		k, _, err := run(t, s, exchange(t, gateway.OpChat, ref, `{}`, `{}`, "mem-1"))
		if err != nil {
			return describe(err)
		}
		_, text, _ := strings.Cut(string(k.got.Request.Raw), `"content":"`)
		return strings.TrimSuffix(text, `"}]}`)
	}
	if got := says("p"); got != "v1" {
		t.Fatal(got)
	}
	reads := m.Reads()
	for range 50 {
		says("p")
		says("nobody")
	}
	if m.Reads() != reads {
		t.Errorf("the hot path read the store %d times", m.Reads()-reads)
	}
	if v, err := s.AddVersion(ctx, owner, "", "p", draft("", `{"model":"m","prompt":"v2"}`)); err != nil || v.Number != 2 || v.CreatedBy != "mem-1" {
		t.Fatalf("%+v, %v", v, err)
	}
	if got := says("p"); got != "v2" {
		t.Errorf("after a version: %s", got)
	}
	if v, err := s.SetLabel(ctx, owner, "", "p", prompts.Published, 1); err != nil || v.Active != 1 || v.Newest != 2 {
		t.Fatalf("%+v, %v", v, err)
	}
	for ref, want := range map[string]string{"p": "v1", "p@latest": "v2", "p@published": "v1", "p@2": "v2"} {
		if got := says(ref); got != want {
			t.Errorf("%s says %s, want %s", ref, got, want)
		}
	}
	for label, version := range map[string]int{"latest": 1, "7": 1, "": 1, "a b": 1, "ok": 3} {
		if _, err := s.SetLabel(ctx, owner, "", "p", label, version); kind(err) != gateway.Invalid {
			t.Errorf("label %q on %d: %v", label, version, err)
		}
	}
	if err := s.Delete(ctx, owner, "", "p"); err != nil {
		t.Fatal(err)
	}
	if got := says("p"); !strings.HasPrefix(got, "404") {
		t.Errorf("after the delete: %s", got)
	}
	m.Fail(errors.New("disk"))
	create2 := prompts.New(prompts.Config{Store: m})
	if _, _, err := run(t, create2, exchange(t, gateway.OpChat, "p", `{}`, `{}`, "m")); kind(err) != gateway.Unavailable {
		t.Errorf("a store that fails: %v", err)
	}
}

// TestConcurrentWrites: calls and writes at once; run with -race.
func TestConcurrentWrites(t *testing.T) {
	s, _ := service(t)
	create(t, s, "p", `{"model":"m","prompt":"v0 {{x}}"}`)
	var wg sync.WaitGroup
	for i := range 4 {
		wg.Go(func() {
			for j := range 25 {
				if _, err := s.AddVersion(t.Context(), owner, "", "p", draft("", `{"model":"m","prompt":"`+strconv.Itoa(i*100+j)+` {{x}}"}`)); err != nil {
					t.Error(err)
				}
			}
		})
		wg.Go(func() {
			for range 100 {
				if _, _, err := run(t, s, exchange(t, gateway.OpChat, "p", `{"x":1}`, `{}`, "m")); err != nil {
					t.Error(err)
				}
			}
		})
	}
	wg.Wait()
	if v, err := s.Get(t.Context(), owner, "", "p"); err != nil || v.Newest != 101 {
		t.Errorf("newest %d, %v", v.Newest, err)
	}
}

func workspaceID(_ context.Context, name string) (string, error) {
	if name != "default" {
		return "", &gateway.Error{Kind: gateway.NotFound, Public: "There is no workspace '" + name + "'."}
	}
	return promptstest.WorkspaceA, nil
}

func TestDeclare(t *testing.T) {
	s, _ := service(t)
	ctx := t.Context()
	declare := func(list ...prompts.Declared) error {
		for i := range list {
			list[i].Path, list[i].Workspace = list[i].Slug+".prompt.yaml", "default"
		}
		return s.Declare(ctx, list, workspaceID)
	}
	production := []string{"production"}
	z := prompts.Declared{Slug: "z", Body: []byte(`{"prompt":"Z1"}`)}
	for range 2 {
		if err := declare(prompts.Declared{Slug: "a", Name: "A", Labels: production, Body: []byte(`{"model":"m","prompt":"A {{>z}}"}`)}, z); err != nil {
			t.Fatal(err)
		}
	}
	v, err := s.Get(ctx, owner, "", "a@production")
	if err != nil || v.Version != 1 || !v.FromFile || v.Name != "A" {
		t.Fatalf("%+v, %v", v, err)
	}
	a := prompts.Declared{Slug: "a", Labels: production, Body: []byte(`{"model":"m","prompt":"B {{>z}}"}`)}
	if err := declare(a, z); err != nil {
		t.Fatal(err)
	}
	if v, err = s.Get(ctx, owner, "", "a@production"); err != nil || v.Version != 2 || v.Name != "a" {
		t.Errorf("%+v, %v", v, err)
	}
	for name, err := range map[string]error{
		"version": func() error { _, err := s.AddVersion(ctx, owner, "", "a", draft("", `{"prompt":"x"}`)); return err }(),
		"label":   func() error { _, err := s.SetLabel(ctx, owner, "", "a", "x", 1); return err }(),
		"delete":  s.Delete(ctx, owner, "", "a"),
	} {
		if kind(err) != gateway.Conflict {
			t.Errorf("%s of a declared prompt: %v", name, err)
		}
	}
	create(t, s, "made", `{"prompt":"x"}`)
	if err := declare(a); err == nil || !strings.Contains(err.Error(), "There is no prompt 'z'") {
		t.Errorf("a partial that is gone: %v", err)
	}
	if err := declare(a, z, prompts.Declared{Slug: "made", Body: []byte(`{"prompt":"y"}`)}); kind(err) != gateway.Conflict {
		t.Errorf("a slug that was created through the admin API: %v", err)
	}
}
