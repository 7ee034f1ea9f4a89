package route_test

import (
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"strconv"
	"strings"
	"testing"
	"time"

	"golang.org/x/tools/txtar"

	"github.com/sluicegate/sluice/gateway"
	"github.com/sluicegate/sluice/gateway/dialect/anthropic"
	"github.com/sluicegate/sluice/gateway/dialect/gemini"
	"github.com/sluicegate/sluice/gateway/dialect/openai"
	"github.com/sluicegate/sluice/gateway/dialect/responses"
	"github.com/sluicegate/sluice/gateway/route"
	"github.com/sluicegate/sluice/gateway/route/document"
	"github.com/sluicegate/sluice/gateway/route/routetest"
	"github.com/sluicegate/sluice/internal/goldentest"
)

// TestGolden reads testdata. The input is a config (inline, saved as "-- saved --", or of the server's file as
// "-- declared --") and a
// request. The output is the plan, or all problems of the config.
func TestGolden(t *testing.T) {
	goldentest.Run(t, "testdata/*/*.txtar", func(t *testing.T, in *txtar.Archive) *txtar.Archive {
		sections := map[string]string{}
		for _, f := range in.Files {
			sections[f.Name] = strings.TrimSuffix(string(f.Data), "\n")
		}
		return goldentest.With(in, txtar.File{Name: "want", Data: []byte(golden(t, sections))})
	})
}

func golden(t *testing.T, in map[string]string) string {
	store := routetest.NewMemory()
	s := route.New(settings(store, virtualKeys(t, in["request"])))
	ex := asked(t, in["request"])
	if saved, ok := in["saved"]; ok {
		if problems := s.Validate([]byte(saved)); len(problems) > 0 {
			return listed(saved, problems)
		}
		if _, err := store.PutConfig(context.Background(), route.Saved{Workspace: "ws", Slug: "prod", Config: json.RawMessage(saved)}); err != nil {
			t.Fatal(err)
		}
	}
	if declared, ok := in["declared"]; ok {
		if err := s.Declare(context.Background(), map[string]map[string]json.RawMessage{"ws": {"prod": json.RawMessage(declared)}}); err != nil {
			t.Fatal(err)
		}
	}
	if config, ok := in["config"]; ok {
		if strings.Contains(in["request"], "source: body") {
			ex.Envelope.BodyConfig = []byte(config)
		} else {
			ex.Envelope.Config = config
		}
	}
	var out *gateway.Exchange
	h := s.Configure().Wrap(func(_ context.Context, ex *gateway.Exchange) (gateway.Stream, error) {
		out = ex
		return gateway.Chunks(), nil
	})
	if _, err := h(context.Background(), ex); err != nil {
		return refused(err)
	}
	text := dump(out)
	if model, ok := in["template"]; ok {
		p, err := s.Resolve(context.Background(), out, strings.TrimSpace(model))
		if err != nil {
			return text + "then " + refused(err)
		}
		text += "then\n" + dump(out.WithPlan(p, out.Request))
	}
	return text
}

func refused(err error) string {
	e := gateway.AsError(err)
	return fmt.Sprintf("%d %s\nparam: %s\ntarget: %s\n%s\n", e.HTTPStatus(), e.WireType(), e.Param, e.Target, e.Public)
}

func listed(raw string, problems []document.Problem) string {
	var b strings.Builder
	for _, p := range problems {
		before := raw[:p.Offset]
		fmt.Fprintf(&b, "%d:%d %s\n", strings.Count(before, "\n")+1, p.Offset-strings.LastIndexByte(before, '\n'), p)
	}
	return b.String()
}

// settings returns the rules of a server that knows a few vendors.
func settings(store route.Store, keys route.Directory) route.Config {
	return route.Config{
		Rules: document.Rules{
			Vendor: func(id string) (string, bool) {
				switch id {
				case "openai", "anthropic", "groq", "ollama", "lmstudio", "cloudflare", "openrouter":
					return id, true
				case "together":
					return "together-ai", true
				}
				return "", false
			},
			CheckAddress: func(raw string) error {
				if strings.Contains(raw, "169.254") {
					return gateway.InvalidField("test", "custom_host", "This address is not allowed.")
				}
				return nil
			},
			CheckGuardrail: func(g gateway.GuardrailSpec) error {
				for i, c := range g.Checks {
					if c.ID == "default.nonsense" {
						return gateway.InvalidField("test", "checks["+strconv.Itoa(i)+"]", "There is no check 'default.nonsense'.")
					}
				}
				return nil
			},
			Entities: []string{"email", "phone", "card", "ip"},
		},
		Configs: store, Keys: keys, Now: func() time.Time { return time.Date(2026, 12, 1, 12, 0, 0, 0, time.UTC) },
		Keyless: func(v string) bool { return v == "ollama" || v == "lmstudio" },
		LocalAddress: func(v string) string {
			return map[string]string{"lmstudio": "http://127.0.0.1:1234/v1", "ollama": "http://trusted.example/"}[v]
		},
		TrustedAddress: func(raw string) bool { return strings.Contains(raw, "trusted.example") },
		ModelVendors: func(model string) []string {
			return map[string][]string{"claude-a": {"anthropic"}, "gpt-a": {"openai"}, "shared": {"anthropic", "groq"}, "openai/gpt-oss": {"groq"}}[model]
		},
		SurfaceVendor: func(dialect string) string {
			return map[string]string{"openai": "openai", "responses": "openai", "anthropic": "anthropic"}[dialect]
		},
		TakesField:   func(vendor, field string) bool { return vendor == "openrouter" && field == "models" },
		PricedModels: func(v string) []string { return map[string][]string{"openai": {"gpt-a", "gpt-b"}}[v] },
	}
}

func directory() *routetest.Directory {
	key := func(name, vendor string, models ...string) gateway.VirtualKey {
		return gateway.VirtualKey{Name: name, Provider: vendor, Credential: gateway.NewSecret("key-of-" + name), Models: models}
	}
	local := key("local", "openai", "gpt-mock")
	local.BaseURL, local.Trusted = "http://127.0.0.1:9100/v1", true
	own := key("own", "openai")
	own.BaseURL = "https://llm.example/v1"
	return routetest.NewDirectory(local, own, key("vk_anthropic_prod", "anthropic"), key("a_anthropic", "anthropic"), key("zed", "groq"))
}

// virtualKeys returns the workspace's virtual keys: those of the request's line "keys", each as
// "name=vendor" or "name=vendor:model+model", with "!" behind the vendor for an address of its
// own; else those of directory.
func virtualKeys(t *testing.T, request string) *routetest.Directory {
	for line := range strings.Lines(request) {
		text, ok := strings.CutPrefix(line, "keys:")
		if !ok {
			continue
		}
		var keys []gateway.VirtualKey
		for _, word := range strings.Fields(text) {
			name, rest, ok := strings.Cut(word, "=")
			if !ok {
				t.Fatalf("bad key %q", word)
			}
			vendor, models, listed := strings.Cut(rest, ":")
			vendor, own := strings.CutSuffix(vendor, "!")
			key := gateway.VirtualKey{Name: name, Provider: vendor, Credential: gateway.NewSecret("key-of-" + name)}
			if listed {
				key.Models = strings.Split(models, "+")
			}
			if own {
				key.BaseURL, key.Trusted = "http://127.0.0.1:9100/v1", true
			}
			keys = append(keys, key)
		}
		return routetest.NewDirectory(keys...)
	}
	return directory()
}

// asked parses a request with one "name: value" per line.
func asked(t *testing.T, text string) *gateway.Exchange {
	env := &gateway.Envelope{Header: http.Header{}}
	who := &gateway.Principal{Workspace: "ws"}
	model, op, prompt := "", gateway.OpChat, ""
	params := map[string]any{}
	var surface gateway.Dialect = openai.Dialect{}
	for _, line := range strings.Split(text, "\n") {
		name, value, _ := strings.Cut(line, ":")
		switch value = strings.TrimSpace(value); strings.TrimSpace(name) {
		case "", "source":
		case "model":
			model = value
		case "provider":
			env.Provider = value
		case "virtual-key":
			env.VirtualKey = value
		case "credential":
			env.Credential = gateway.NewSecret(value)
		case "config":
			env.Config = value
		case "body-config":
			env.BodyConfig = []byte(value)
		case "key-config":
			who.KeyConfig = value
		case "home-config":
			who.HomeWorkspace, who.HomeConfig = "home", value
		case "organisation-config":
			who.OrganisationWorkspace, who.OrganisationConfig = "first", value
		case "workspace-config":
			who.Config = value
		case "custom-host":
			env.CustomHost = value
			env.Header.Set("x-portkey-custom-host", value)
		case "timeout":
			ms, _ := strconv.Atoi(value)
			env.RequestTimeout = time.Duration(ms) * time.Millisecond
		case "cache":
			env.Cache = value
		case "forward":
			env.ForwardHeaders = strings.Split(value, ",")
		case "redact":
			who.Redact = gateway.RedactPolicy{Input: strings.Split(value, ","), Restore: true}
		case "prompt":
			prompt = value
		case "surface":
			surface = map[string]gateway.Dialect{"anthropic": anthropic.Dialect{}, "responses": responses.Dialect{}, "gemini": gemini.Dialect{}}[value]
		case "keys": // read by virtualKeys
		case "metadata":
			key, value, _ := strings.Cut(value, "=")
			env.AddMetadata(key, value)
		case "param":
			key, value, _ := strings.Cut(value, "=")
			params[key] = json.RawMessage(value)
		case "path":
			env.Path = value
		case "may-use":
			who.VirtualKeys = strings.Fields(value)
		case "op":
			op = gateway.Op(value)
		default:
			t.Fatalf("unknown line %q", line)
		}
	}
	body := params
	if model != "" {
		body["model"] = model
	}
	if len(env.BodyConfig) > 0 || strings.Contains(text, "source: body") {
		body["config"] = map[string]any{}
	}
	raw, _ := json.Marshal(body)
	req, err := gateway.NewRequest(surface, op, raw)
	if err != nil {
		t.Fatal(err)
	}
	if prompt != "" {
		req.Prompt = &gateway.PromptCall{ID: prompt}
	}
	return &gateway.Exchange{Envelope: env, Principal: who, Request: req, Facts: &gateway.Facts{}}
}

func dump(ex *gateway.Exchange) string {
	var b strings.Builder
	p := ex.Plan
	fmt.Fprintf(&b, "body %s\nsource=%s slug=%s version=%d\n", ex.Request.Raw, p.Source, p.Slug, p.Version)
	if p.Redact.On() {
		fmt.Fprintf(&b, "redact %v restore=%t\n", p.Redact.Input, p.Redact.Restore)
	}
	if p.Cache.Mode != gateway.CacheOff {
		fmt.Fprintf(&b, "cache %s max_age=%s threshold=%g max_error=%g sharing=%s\n", p.Cache.Mode, p.Cache.MaxAge, p.Cache.Threshold, p.Cache.MaxError, p.Cache.Sharing)
	}
	rails(&b, "input", p.Input)
	rails(&b, "output", p.Output)
	dumpNode(&b, p.Root, "")
	return b.String()
}

func rails(b *strings.Builder, phase string, gs []gateway.GuardrailSpec) {
	for _, g := range gs {
		fmt.Fprintf(b, "  %s %s@%s deny=%t allow=%t", phase, g.ID, g.Version, g.Deny, g.Allow)
		for _, c := range g.Checks {
			fmt.Fprintf(b, " %s%s", c.ID, c.Params)
		}
		b.WriteByte('\n')
	}
}

func dumpNode(b *strings.Builder, n *gateway.Node, in string) {
	fmt.Fprintf(b, "%s%s %s", in, n.Path, n.Mode)
	if n.Name != "" {
		fmt.Fprintf(b, " name=%s", n.Name)
	}
	if n.Weight != 1 {
		fmt.Fprintf(b, " weight=%g", n.Weight)
	}
	if len(n.OnStatus) > 0 {
		fmt.Fprintf(b, " on=%v", n.OnStatus)
	}
	if p := n.Breaker; p != nil {
		fmt.Fprintf(b, " breaker=%d,%g%%of%d,%s%v", p.Failures, p.Percentage, p.Minimum, p.Cooldown, p.OnStatus)
	}
	if n.Ordered {
		b.WriteString(" in order")
	}
	b.WriteByte('\n')
	for _, c := range n.Nodes {
		dumpNode(b, c, in+"  ")
	}
	t := n.Target
	if t == nil {
		return
	}
	fmt.Fprintf(b, "%s  → provider=%s key=%s credential=%s", in, t.Provider, t.VirtualKey, t.Credential.Reveal())
	for _, f := range []struct {
		name string
		show bool
		v    any
	}{
		{"url", t.BaseURL != "", t.BaseURL}, {"checked", t.CustomHost, true}, {"model", t.Model != "", t.Model}, {"prompt", t.PromptID != "", t.PromptID},
		{"default", len(t.Default) > 0, string(t.Default)}, {"override", len(t.Override) > 0, string(t.Override)}, {"drop", len(t.Drop) > 0, t.Drop},
		{"cache_points", t.CachePoints, "auto"}, {"billing_line", t.BillingLine != "", t.BillingLine}, {"timeout", t.Timeout > 0, t.Timeout}, {"forward", len(t.Forward) > 0, t.Forward},
		{"retry", t.Retry.Attempts > 0, fmt.Sprintf("%d%v%t", t.Retry.Attempts, t.Retry.OnStatus, t.Retry.UseRetryAfter)},
	} {
		if f.show {
			fmt.Fprintf(b, " %s=%v", f.name, f.v)
		}
	}
	b.WriteByte('\n')
	rails(b, in+"input", t.Input)
	rails(b, in+"output", t.Output)
}
