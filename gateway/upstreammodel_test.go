package gateway_test

import (
	"testing"

	"github.com/sluicegate/sluice/gateway"
	"github.com/sluicegate/sluice/gateway/dialect/openai"
)

// UpstreamModel and Apply agree on the model.
func TestTargetSends(t *testing.T) {
	req, err := openai.NewRequest(gateway.OpChat, []byte(`{"model":"asked"}`))
	if err != nil {
		t.Fatal(err)
	}
	none, err := openai.NewRequest(gateway.OpChat, []byte(`{}`))
	if err != nil {
		t.Fatal(err)
	}
	for want, tc := range map[string]struct {
		target gateway.Target
		req    *gateway.Request
	}{
		"asked":      {gateway.Target{}, req},
		"configured": {gateway.Target{Model: "configured"}, req},
		"overridden": {gateway.Target{Model: "configured", Override: []byte(`{"model":"overridden"}`)}, req},
		"filled":     {gateway.Target{Default: []byte(`{"model":"filled"}`)}, none},
		"gap":        {gateway.Target{Model: "gap", Default: []byte(`{"model":"filled"}`)}, none},
	} {
		applied, err := tc.target.Apply(tc.req)
		if err != nil {
			t.Fatal(err)
		}
		if got := tc.target.UpstreamModel(tc.req.Model()); got != want || applied.Model() != want {
			t.Errorf("model %q, sent upstream %q, want %q", got, applied.Model(), want)
		}
	}
}
