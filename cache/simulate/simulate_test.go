package simulate_test

import (
	"context"
	"fmt"
	"testing"
	"time"

	"github.com/sluicegate/sluice/cache/embed"
	"github.com/sluicegate/sluice/cache/simulate"
	"github.com/sluicegate/sluice/gateway"
	"github.com/sluicegate/sluice/gateway/dialect/openai"
)

func TestReplay(t *testing.T) {
	s, err := simulate.New(simulate.Settings{Policy: gateway.CachePolicy{Mode: gateway.CacheFixed, Threshold: .9}, Embedder: embed.Builtin{}})
	if err != nil {
		t.Fatal(err)
	}
	at := time.Date(2026, 1, 2, 3, 4, 5, 0, time.UTC)
	for i, c := range []struct{ question, answer string }{
		{"Why is the sky so blue in summer?", "Because of Rayleigh scattering."},
		{"Why is the sky so blue in summer?", "Because of Rayleigh scattering."},
		{"why is the sky so blue in summer", "Because of Rayleigh scattering."},
		{"And why is the sky so blue in the summer?", "because of rayleigh scattering"},
		{"Tell me, why is the sky so blue in summer?", "There are 7 reasons."},
		{"Who wrote Hamlet?", "Shakespeare."},
	} {
		body := fmt.Sprintf(`{"model":"m","messages":[{"role":"user","content":%q}]}`, c.question)
		req, err := openai.NewRequest(gateway.OpChat, []byte(body))
		if err != nil {
			t.Fatal(err)
		}
		answer := fmt.Sprintf(`{"id":"c","object":"chat.completion","model":"m","choices":[{"index":0,"message":{"role":"assistant","content":%q},"finish_reason":"stop"}]}`, c.answer)
		if err := s.Replay(context.Background(), simulate.Call{Time: at.Add(time.Duration(i) * time.Minute), Workspace: "w", Request: req, Answer: []byte(answer),
			Cost: 1000, Took: time.Second, Certain: true}); err != nil {
			t.Fatal(err)
		}
	}
	want := simulate.Result{Calls: 6, Exact: 1, Alias: 1, Near: 2, Right: 1, Unsure: 1, Saved: 4000, SavedTime: 4 * time.Second}
	if got := s.Result(); got != want {
		t.Errorf("%+v", got)
	}
	if err := s.Close(context.Background()); err != nil {
		t.Fatal(err)
	}
}
