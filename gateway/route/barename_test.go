package route_test

import (
	"context"
	"testing"

	"github.com/sluicegate/sluice/gateway"
	"github.com/sluicegate/sluice/gateway/route"
	"github.com/sluicegate/sluice/gateway/route/routetest"
)

// TestBareNamesFollowTheKeys: a remembered plan holds for its surface, and while the workspace's
// keys would give the same answer.
func TestBareNamesFollowTheKeys(t *testing.T) {
	keys := routetest.NewDirectory(gateway.VirtualKey{Name: "a", Provider: "openai"}, gateway.VirtualKey{Name: "b", Provider: "anthropic"})
	s := route.New(settings(routetest.NewMemory(), keys))
	want := func(when, request, key string) {
		t.Helper()
		for range 2 { // compiled, then remembered
			var got string
			h := s.Configure().Wrap(func(_ context.Context, ex *gateway.Exchange) (gateway.Stream, error) {
				got = ex.Plan.Root.Target.VirtualKey
				return gateway.Chunks(), nil
			})
			if _, err := h(t.Context(), asked(t, request)); err != nil || got != key {
				t.Errorf("%s: %q goes to %q, want %q (%v)", when, request, got, key, err)
			}
		}
	}
	const chat, messages = "model: new-model", "model: new-model\nsurface: anthropic"
	want("at first", chat, "a")
	want("at first", messages, "b")
	keys.Put(gateway.VirtualKey{Name: "z", Provider: "groq", Models: []string{"new-model"}})
	want("once a key lists it", chat, "z")
	want("once a key lists it", messages, "z")
	keys.Remove("z")
	keys.Put(gateway.VirtualKey{Name: "0", Provider: "openai"})
	want("with an earlier key", chat, "0")
	want("with an earlier key", messages, "b")
	keys.Remove("b")
	want("without its vendor", "model: @a/new-model\nsurface: anthropic", "a")
}
