package route_test

import (
	"context"
	"encoding/json"
	"testing"

	"github.com/sluicegate/sluice/gateway"
	"github.com/sluicegate/sluice/gateway/dialect/openai"
	"github.com/sluicegate/sluice/gateway/route"
	"github.com/sluicegate/sluice/gateway/route/routetest"
)

// TestPromptsOwnConfig: a template's config takes precedence over the API key's, also after
// rendering, when the request no longer names the template.
func TestPromptsOwnConfig(t *testing.T) {
	store := routetest.NewMemory()
	set := settings(store, directory())
	set.PromptConfig = func(_ context.Context, workspace, prompt string) (string, error) {
		if workspace == "ws" && prompt == "support@3" {
			return "of-prompt", nil
		}
		return "", nil
	}
	s := route.New(set)
	for slug, config := range map[string]string{"of-prompt": `{"virtual_key":"own","retry":1}`, "of-key": `{"virtual_key":"zed","retry":2}`} {
		if _, err := store.PutConfig(context.Background(), route.Saved{Workspace: "ws", Slug: slug, Config: json.RawMessage(config)}); err != nil {
			t.Fatal(err)
		}
	}
	var got *gateway.Exchange
	h := s.Configure().Wrap(func(_ context.Context, ex *gateway.Exchange) (gateway.Stream, error) { got = ex; return nil, nil })
	if _, err := h(context.Background(), asked(t, "prompt: support@3\nkey-config: of-key")); err != nil {
		t.Fatal(err)
	}
	if got.Plan.Source != "prompt" || got.Plan.Slug != "of-prompt" || got.Plan.Root.Target.VirtualKey != "own" {
		t.Fatalf("%+v", got.Plan)
	}
	rendered, err := openai.NewRequest(gateway.OpChat, []byte(`{"model":"@local/gpt-mock","messages":[{"role":"user","content":"x"}]}`))
	if err != nil {
		t.Fatal(err)
	}
	p, err := s.Resolve(context.Background(), got.With(rendered), "@local/gpt-mock")
	if err != nil {
		t.Fatal(err)
	}
	if target := p.Root.Target; p.Slug != "of-prompt" || target.VirtualKey != "own" || target.Model != "gpt-mock" || target.Retry.Attempts != 1 {
		t.Errorf("%+v", target)
	}
	if again, err := s.Resolve(context.Background(), got, "@local/gpt-mock"); err != nil || again.Root.Target.Model != "gpt-mock" {
		t.Errorf("of the request as it was asked: %v", err)
	} else if third, err := s.Resolve(context.Background(), got, "@local/gpt-mock"); err != nil || third != again {
		t.Errorf("the same model was resolved again: %v", err)
	}
	if got.Plan.Root.Target.Model != "" {
		t.Error("Resolve changed the shared plan")
	}
	if again, err := s.Resolve(context.Background(), got.With(rendered), "gpt-mock"); err != nil || again != got.Plan {
		t.Errorf("nothing to resolve, yet another plan: %v", err)
	}
	if _, err := h(context.Background(), asked(t, "prompt: other\nkey-config: of-key")); err != nil || got.Plan.Source != "api_key" {
		t.Errorf("a prompt without a config: %+v, %v", got.Plan, err)
	}
}
