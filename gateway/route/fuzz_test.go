package route_test

import (
	"bytes"
	"context"
	"encoding/json"
	"os"
	"path/filepath"
	"testing"

	"golang.org/x/tools/txtar"

	"github.com/sluicegate/sluice/gateway"
)

// FuzzConfig checks that any text has either problems with positions in it, or a plan in
// which every leaf has a provider or an error with a status.
func FuzzConfig(f *testing.F) {
	files, _ := filepath.Glob("testdata/*/*.txtar")
	for _, file := range files {
		raw, err := os.ReadFile(file)
		if err != nil {
			f.Fatal(err)
		}
		for _, part := range txtar.Parse(raw).Files {
			if part.Name == "config" || part.Name == "saved" {
				f.Add(bytes.TrimSpace(part.Data))
			}
		}
	}
	f.Add([]byte(`{"targets":[[[[`))
	f.Add([]byte("{\"retry\":1e400,\"weight\":-0,\"\xff\":1}"))
	f.Fuzz(func(t *testing.T, raw []byte) {
		b := newBench()
		problems := b.Validate(raw)
		for _, p := range problems {
			if p.Offset < 0 || p.Offset > len(raw) || p.Path == "" || p.Message == "" {
				t.Fatalf("%+v in a text of %d bytes", p, len(raw))
			}
		}
		if !json.Valid(raw) && len(problems) == 0 {
			t.Fatal("no problem with what is not JSON")
		}
		ex := asked(t, "model: @own/m")
		ex.Envelope.BodyConfig = raw
		if !json.Valid(raw) {
			return // httpapi refuses the body
		}
		_, err := b.Configure().Wrap(func(_ context.Context, ex *gateway.Exchange) (gateway.Stream, error) {
			for _, leaf := range ex.Plan.Root.Leaves() {
				if leaf.Provider == "" && leaf.PromptID == "" {
					t.Fatalf("a target without provider: %s", leaf.Path)
				}
				if _, err := leaf.Apply(ex.Request); err != nil && gateway.AsError(err).HTTPStatus() >= 500 {
					t.Fatal(err)
				}
			}
			return nil, nil
		})(context.Background(), ex)
		if err != nil {
			if s := gateway.AsError(err).HTTPStatus(); s != 400 && s != 412 {
				t.Fatalf("%d: %v", s, err)
			}
		}
	})
}
