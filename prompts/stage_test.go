package prompts_test

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	"golang.org/x/tools/txtar"

	"github.com/sluicegate/sluice/gateway"
	"github.com/sluicegate/sluice/gateway/dialect/openai"
	"github.com/sluicegate/sluice/internal/goldentest"
	"github.com/sluicegate/sluice/prompts"
	"github.com/sluicegate/sluice/prompts/promptstest"
)

var owner = &gateway.Principal{Workspace: promptstest.WorkspaceA, Member: "mem-1", Role: gateway.RoleOwner}

// sink is the end of the pipeline and keeps its request.
type sink struct {
	got   *gateway.Exchange
	calls int
}

func (k *sink) handle(_ context.Context, ex *gateway.Exchange) (gateway.Stream, error) {
	k.got, k.calls = ex, k.calls+1
	return gateway.Chunks(gateway.Chunk{Form: gateway.FormBody, Raw: []byte(`{}`)}), nil
}

// resolve gives targets without a provider one that shows which model was asked for.
func resolve(_ context.Context, ex *gateway.Exchange, model string) (*gateway.Plan, error) {
	if strings.HasPrefix(model, "unknown/") {
		return nil, gateway.InvalidField("test", "model", "Nobody serves '"+model+"'.")
	}
	plan := *ex.Plan
	if plan.Root == nil {
		plan.Root = &gateway.Node{Path: "config", Mode: gateway.ModeSingle, Target: &gateway.Target{Path: "config"}}
	}
	plan.Root = fill(plan.Root, model)
	return &plan, nil
}

func fill(n *gateway.Node, model string) *gateway.Node {
	c := *n
	if n.Target != nil && n.Target.Provider == "" {
		t := *n.Target
		t.Provider, t.Model = "resolved", model
		c.Target = &t
	}
	c.Nodes = nil
	for _, child := range n.Nodes {
		c.Nodes = append(c.Nodes, fill(child, model))
	}
	return &c
}

func service(t *testing.T) (*prompts.Service, *promptstest.Memory) {
	t.Helper()
	m := promptstest.NewMemory()
	return prompts.New(prompts.Config{Store: m, Resolve: resolve}), m
}

func create(t *testing.T, s *prompts.Service, slug string, bodies ...string) prompts.View {
	t.Helper()
	v, err := s.Create(t.Context(), owner, "", prompts.Draft{Slug: slug, Body: json.RawMessage(bodies[0])})
	if err != nil {
		t.Fatalf("create %s: %v", slug, err)
	}
	for _, b := range bodies[1:] {
		if _, err := s.AddVersion(t.Context(), owner, "", slug, prompts.Draft{Body: json.RawMessage(b)}); err != nil {
			t.Fatalf("add a version to %s: %v", slug, err)
		}
	}
	return v
}

// exchange is a prompt call of member with the body as its parameters.
func exchange(t *testing.T, op gateway.Op, id, variables, params string, member string) *gateway.Exchange {
	t.Helper()
	req, err := openai.NewRequest(op, []byte(params))
	if err != nil {
		t.Fatal(err)
	}
	if id != "" {
		req.Prompt = &gateway.PromptCall{ID: id, Variables: []byte(variables)}
	}
	return &gateway.Exchange{ID: "ex-1", Start: time.Now(), Envelope: &gateway.Envelope{}, Request: req, Facts: &gateway.Facts{},
		Principal: &gateway.Principal{Workspace: promptstest.WorkspaceA, Member: member, Role: gateway.RoleMember}}
}

func run(t *testing.T, s *prompts.Service, ex *gateway.Exchange) (*sink, string, error) {
	t.Helper()
	k := &sink{}
	st, err := s.Stage().Wrap(k.handle)(t.Context(), ex)
	if err != nil {
		return k, "", err
	}
	defer st.Close()
	c, err := st.Next()
	if err != nil {
		t.Fatal(err)
	}
	return k, string(c.Raw), nil
}

func describe(err error) string {
	var e *gateway.Error
	if !errors.As(err, &e) {
		return "not a *gateway.Error: " + fmt.Sprint(err)
	}
	return fmt.Sprintf("%d %s\n%s", e.HTTPStatus(), e.Param, e.Public)
}

// TestRender reads testdata/render: each file holds prompts (slug.json, several versions
// separated by a line of ---), and calls "op ref" with variables and parameters, each
// followed by the rendered request.
func TestRender(t *testing.T) {
	goldentest.Run(t, "testdata/render/*.txtar", func(t *testing.T, in *txtar.Archive) *txtar.Archive {
		s, _ := service(t)
		out := &txtar.Archive{Comment: in.Comment}
		for _, f := range in.Files {
			if slug, ok := strings.CutSuffix(f.Name, ".json"); ok {
				out.Files = append(out.Files, f)
				create(t, s, slug, strings.Split(string(f.Data), "---\n")...)
			}
			if op, ref, ok := strings.Cut(f.Name, " "); ok && op != "want" {
				out.Files = append(out.Files, f, txtar.File{Name: "want " + f.Name, Data: []byte(call(t, s, op, ref, string(f.Data)))})
			}
		}
		return out
	})
}

// call runs one call of a golden file: the first line holds the variables, the second the
// parameters.
func call(t *testing.T, s *prompts.Service, op, ref, text string) string {
	vars, params, _ := strings.Cut(strings.TrimSpace(text), "\n")
	if params == "" {
		params = "{}"
	}
	ref, _, _ = strings.Cut(ref, " ")
	ex := exchange(t, gateway.Op(op), ref, vars, params, "mem-9")
	k, out, err := run(t, s, ex)
	if err != nil {
		return describe(err) + "\n"
	}
	if k.got != nil {
		out = string(k.got.Request.Raw)
		for _, target := range k.got.Plan.Root.Leaves() {
			out += "\n" + target.Provider + " " + target.Model
		}
	}
	if !json.Valid([]byte(strings.SplitN(out, "\n", 2)[0])) {
		t.Errorf("not JSON: %s", out)
	}
	f := ex.Facts.Prompt
	return out + fmt.Sprintf("\n%s@%d label=%s variant=%s by=%s\n", f.Slug, f.Version, f.Label, f.Variant, f.Arm)
}

func BenchmarkStage(b *testing.B) {
	m := promptstest.NewMemory()
	s := prompts.New(prompts.Config{Store: m, Resolve: resolve})
	body := `{"model":"m","messages":[{"role":"system","content":"You help {{name}} of {{company}}. ` + strings.Repeat("Be brief. ", 40) + `"},{"role":"user","content":"{{question}}"}],
		"parameters":{"temperature":0.2},"variants":[{"name":"a"},{"name":"b","prompt":"{{question}}"}]}`
	if _, err := s.Create(b.Context(), owner, "", draft("p", body)); err != nil {
		b.Fatal(err)
	}
	req, err := openai.NewRequest(gateway.OpChat, []byte(`{"temperature":1}`))
	if err != nil {
		b.Fatal(err)
	}
	req.Prompt = &gateway.PromptCall{ID: "p", Variables: []byte(`{"name":"Ann","company":"Acme","question":"` + strings.Repeat("Why? ", 60) + `"}`)}
	ex := &gateway.Exchange{Envelope: &gateway.Envelope{}, Request: req, Facts: &gateway.Facts{}, Plan: balance(gateway.ModeSingle, leaf("a", "openai", "", 1)),
		Principal: &gateway.Principal{Workspace: promptstest.WorkspaceA, Member: "m"}}
	h := s.Stage().Wrap((&sink{}).handle)
	b.ReportAllocs()
	for b.Loop() {
		if _, err := h(b.Context(), ex); err != nil {
			b.Fatal(err)
		}
	}
}
