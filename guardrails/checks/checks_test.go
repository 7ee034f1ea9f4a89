package checks

import (
	"context"
	"encoding/json"
	"errors"
	"strings"
	"testing"

	"golang.org/x/tools/txtar"

	"github.com/sluicegate/sluice/gateway"
)

func TestCases(t *testing.T) {
	a, err := txtar.ParseFile("testdata/cases.txtar")
	if err != nil {
		t.Fatal(err)
	}
	for _, f := range a.Files {
		t.Run(f.Name, func(t *testing.T) {
			text, want, ok := strings.Cut(string(f.Data), "=> ")
			head, text, _ := strings.Cut(text, "\n")
			id, params, ok2 := strings.Cut(head, " ")
			if !ok || !ok2 {
				t.Fatal("malformed case")
			}
			want = strings.TrimSpace(want)
			e, known := Find(Table, id)
			if !known {
				t.Fatal("no check " + id)
			}
			c, err := e.New(json.RawMessage(params))
			if param, refused := strings.CutPrefix(want, "refused: "); refused {
				var ge *gateway.Error
				if !errors.As(err, &ge) || ge.Param != param || ge.Kind != gateway.Invalid || !strings.Contains(ge.Public, param) && !strings.Contains(ge.Public, "parameters.") {
					t.Fatalf("got %v, want a refusal of %s", err, param)
				}
				return
			}
			if err != nil {
				t.Fatal(err)
			}
			if c.Name() != e.ID {
				t.Errorf("name %s of %s", c.Name(), e.ID)
			}
			in := Content{}
			for _, p := range strings.Split(text, "---\n") {
				in.Parts = append(in.Parts, Part{Text: strings.TrimSuffix(p, "\n")})
			}
			r, err := c.Inspect(context.Background(), in)
			if err != nil {
				t.Fatal(err)
			}
			if got := map[bool]string{true: "pass", false: "fail"}[r.Pass]; got != want {
				t.Errorf("got %s (%s), want %s", got, r.Explanation, want)
			}
			for _, p := range r.Findings {
				if p.Start < 0 || p.End > len(in.Parts[p.Part].Text) || p.Start >= p.End {
					t.Errorf("finding %+v outside its text", p)
				}
			}
			for _, word := range strings.Fields(text) {
				if len(word) > 6 && strings.Contains(r.Explanation, word) {
					t.Errorf("the explanation quotes: %s", r.Explanation)
				}
			}
		})
	}
}

func TestThoughtsAreNoAnswer(t *testing.T) {
	c, err := newJSONSchema(json.RawMessage(`{"schema":{"type":"object"}}`))
	if err != nil {
		t.Fatal(err)
	}
	r, err := c.Inspect(context.Background(), Content{Output: true, Parts: []Part{{Path: "reasoning", Text: `{"a":1}`}}})
	if err != nil || r.Pass {
		t.Fatal(r, err)
	}
}

func FuzzCandidates(f *testing.F) {
	f.Add("a {\"b\": [1, \"}\"]} ```json\n{}\n``` [")
	f.Fuzz(func(t *testing.T, text string) {
		for _, c := range candidates(text) {
			if !json.Valid([]byte(c)) || !strings.Contains(text, c) {
				t.Fatalf("%q is no JSON of %q", c, text)
			}
		}
	})
}
