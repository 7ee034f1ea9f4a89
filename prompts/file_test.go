package prompts_test

import (
	"context"
	"strings"
	"testing"

	"golang.org/x/tools/txtar"

	"github.com/sluicegate/sluice/gateway"
	"github.com/sluicegate/sluice/internal/goldentest"
	"github.com/sluicegate/sluice/prompts"
	"github.com/sluicegate/sluice/prompts/promptstest"
)

func workspaceID(_ context.Context, name string) (string, error) {
	if name != "default" {
		return "", &gateway.Error{Kind: gateway.NotFound, Public: "There is no workspace '" + name + "'."}
	}
	return promptstest.WorkspaceA, nil
}

// TestFiles reads testdata/file: p.prompt.yaml in, its fields or its problems out.
func TestFiles(t *testing.T) {
	goldentest.Run(t, "testdata/file/*.txtar", func(_ *testing.T, in *txtar.Archive) *txtar.Archive {
		f, ps := prompts.ReadFile(in.Files[0].Name, in.Files[0].Data)
		text := f.Workspace + " " + f.Slug + " " + f.Name + " " + strings.Join(f.Labels, ",") + "\n" + string(f.Body) + "\n"
		if len(ps) > 0 {
			text = ps.Error() + "\n"
		}
		return goldentest.With(in, txtar.File{Name: "want", Data: []byte(text)})
	})
}

func BenchmarkStage(b *testing.B) {
	m := promptstest.NewMemory()
	s := prompts.New(prompts.Settings{Store: m, Resolve: resolve})
	body := `{"model":"m","messages":[{"role":"system","content":"You help {{name}} of {{company}}. ` + strings.Repeat("Be brief. ", 40) + `"},{"role":"user","content":"{{question}}"}],
		"parameters":{"temperature":0.2},"variants":[{"name":"a"},{"name":"b","prompt":"{{question}}"}]}`
	if _, err := s.Create(b.Context(), owner, "", draft("p", body)); err != nil {
		b.Fatal(err)
	}
	req, err := gateway.NewRequest(gateway.OpChat, []byte(`{"temperature":1}`))
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
