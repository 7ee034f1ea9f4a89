package cache_test

import (
	"strings"
	"testing"

	"golang.org/x/tools/txtar"

	"github.com/sluicegate/sluice/gateway"
	"github.com/sluicegate/sluice/internal/goldentest"
)

// TestCases reads testdata/pairs: each archive holds bodies a, b, … that are asked in order,
// and how the cache answered them. A line "@member" before a body changes the exchange: see
// setup.
func TestCases(t *testing.T) {
	goldentest.Run(t, "testdata/pairs/*.txtar", func(t *testing.T, in *txtar.Archive) *txtar.Archive {
		r := newRig(t, nil)
		var got strings.Builder
		for _, f := range in.Files {
			if f.Name == "want" {
				continue
			}
			body, changes := setup(string(f.Data))
			if !strings.HasPrefix(body, "{") {
				body = chat(body)
			}
			facts, _ := r.ask(body, changes...)
			got.WriteString(f.Name + ": " + outcome(facts))
			if facts.Cache.Reason != "" && facts.Cache.Similarity == 0 { // of a near question, the reason depends on the weights of decide
				got.WriteString(" (" + facts.Cache.Reason + ")")
			}
			got.WriteString("\n")
		}
		return goldentest.With(in, txtar.File{Name: "want", Data: []byte(got.String())})
	})
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
