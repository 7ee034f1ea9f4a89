package cache_test

import (
	"flag"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"golang.org/x/tools/txtar"

	"github.com/sluicegate/sluice/gateway"
)

var update = flag.Bool("update", false, "rewrite the expectations under testdata")

// TestCases walks testdata/pairs: each archive holds bodies a, b, … that are asked in
// order, and what the cache made of them. A line "@member" before a body changes the
// exchange: see setup.
func TestCases(t *testing.T) {
	files, _ := filepath.Glob("testdata/pairs/*.txtar")
	if len(files) == 0 {
		t.Fatal("no cases")
	}
	for _, file := range files {
		t.Run(strings.TrimSuffix(filepath.Base(file), ".txtar"), func(t *testing.T) {
			ar, err := txtar.ParseFile(file)
			if err != nil {
				t.Fatal(err)
			}
			r := newRig(t, nil)
			var got strings.Builder
			want := -1
			for i, f := range ar.Files {
				if f.Name == "want" {
					want = i
					continue
				}
				body, changes := setup(string(f.Data))
				if !strings.HasPrefix(body, "{") {
					body = chat(body)
				}
				facts, _ := r.ask(body, changes...)
				got.WriteString(f.Name + ": " + outcome(facts))
				if facts.Cache.Reason != "" {
					got.WriteString(" (" + facts.Cache.Reason + ")")
				}
				got.WriteString("\n")
			}
			if *update {
				if want < 0 {
					ar.Files = append(ar.Files, txtar.File{Name: "want"})
					want = len(ar.Files) - 1
				}
				ar.Files[want].Data = []byte(got.String())
				if err := os.WriteFile(file, txtar.Format(ar), 0o644); err != nil {
					t.Fatal(err)
				}
				return
			}
			if want < 0 || string(ar.Files[want].Data) != got.String() {
				t.Errorf("got\n%s", got.String())
			}
		})
	}
}

func setup(text string) (string, []func(*gateway.Exchange)) {
	var changes []func(*gateway.Exchange)
	for strings.HasPrefix(text, "@") {
		line, rest, _ := strings.Cut(text, "\n")
		text = rest
		name, value, _ := strings.Cut(line[1:], " ")
		changes = append(changes, func(ex *gateway.Exchange) {
			env, plan := *ex.Envelope, *ex.Plan
			ex.Envelope, ex.Plan = &env, &plan
			switch name {
			case "workspace":
				ex.Principal = &gateway.Principal{Workspace: value}
			case "namespace":
				env.CacheNamespace, env.CacheScoped = value, true
			case "metadata":
				k, v, _ := strings.Cut(value, "=")
				env.Metadata = map[string]string{k: v}
			case "user":
				env.User, env.Metadata = value, map[string]string{"_user": value}
			case "refresh":
				env.CacheRefresh = true
			case "nobodies":
				env.KeepBodies = false
			case "mode":
				plan.Cache.Mode = gateway.CacheMode(value)
			case "guard":
				plan.Output = []gateway.GuardrailSpec{{ID: "g", Version: value}}
			case "prompt":
				ex.Facts.Prompt = &gateway.PromptFact{ID: value, Version: 1}
			case "redact":
				plan.Redact.Input = []string{value}
			case "provider":
				plan.Root = &gateway.Node{Path: "config", Target: &gateway.Target{Path: "config", Provider: value}}
			case "host":
				plan.Root = &gateway.Node{Path: "config", Target: &gateway.Target{Path: "config", Provider: "openai", BaseURL: value}}
			case "model":
				plan.Root = &gateway.Node{Path: "config", Target: &gateway.Target{Path: "config", Provider: "openai", Model: value}}
			case "override":
				plan.Root = &gateway.Node{Path: "config", Target: &gateway.Target{Path: "config", Provider: "openai", Override: []byte(value)}}
			case "balance":
				plan.Root = &gateway.Node{Path: "config", Mode: gateway.ModeLoadbalance}
				for _, m := range strings.Fields(value) {
					plan.Root.Nodes = append(plan.Root.Nodes, &gateway.Node{Weight: 1, Target: &gateway.Target{Path: "config.targets[" + m + "]", Provider: "openai", Model: m}})
				}
			default:
				panic(name)
			}
		})
	}
	return strings.TrimSuffix(text, "\n"), changes
}
