package prompts_test

import (
	"context"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"golang.org/x/tools/txtar"

	"github.com/sluicegate/sluice/gateway"
	"github.com/sluicegate/sluice/prompts"
	"github.com/sluicegate/sluice/prompts/promptstest"
)

func workspaceID(_ context.Context, name string) (string, error) {
	if name != "default" {
		return "", &gateway.Error{Kind: gateway.NotFound, Public: "There is no workspace '" + name + "'."}
	}
	return promptstest.WorkspaceA, nil
}

// TestFiles walks testdata/file: p.prompt.yaml in, what it holds or what is wrong with it out.
func TestFiles(t *testing.T) {
	files, _ := filepath.Glob("testdata/file/*.txtar")
	if len(files) == 0 {
		t.Fatal("no cases")
	}
	for _, file := range files {
		t.Run(strings.TrimSuffix(filepath.Base(file), ".txtar"), func(t *testing.T) {
			ar, err := txtar.ParseFile(file)
			if err != nil {
				t.Fatal(err)
			}
			f, ps := prompts.ReadFile(ar.Files[0].Name, ar.Files[0].Data)
			text := f.Workspace + " " + f.Slug + " " + f.Name + " " + strings.Join(f.Labels, ",") + "\n" + string(f.Body) + "\n"
			if len(ps) > 0 {
				text = ps.Error() + "\n"
			}
			got := txtar.Format(&txtar.Archive{Comment: ar.Comment, Files: []txtar.File{ar.Files[0], {Name: "want", Data: []byte(text)}}})
			if *update {
				if err := os.WriteFile(file, got, 0o644); err != nil {
					t.Fatal(err)
				}
				return
			}
			if want := txtar.Format(ar); string(want) != string(got) {
				t.Errorf("got\n%s\nwant\n%s", got, want)
			}
		})
	}
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
