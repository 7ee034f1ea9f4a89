package router

import (
	"context"
	"strings"
	"testing"

	"github.com/sluicegate/sluice/gateway"
	"github.com/sluicegate/sluice/gateway/gatewaytest"
)

// The model list of a virtual key holds for every field of the final body by which a vendor
// may choose a model.
func TestModelListHoldsForTheWholeBody(t *testing.T) {
	for _, tc := range []struct {
		name, fields string
		target       gateway.Target
		status       int
	}{
		{name: "allowed", status: 200},
		{name: "allowed, and no other", fields: `"models":["gpt-mock","also"],"fallbacks":null`, status: 200},
		{name: "OpenRouter's models", fields: `"models":["gpt-mock","dear"],"route":"fallback"`, status: 412},
		{name: "a single model in the list's place", fields: `"models":"dear"`, status: 412},
		{name: "fallbacks", fields: `"fallbacks":[{"model":"dear"}]`, status: 412},
		{name: "LiteLLM's fallbacks", fields: `"fallbacks":[{"gpt-mock":["dear"]}]`, status: 412},
		{name: "another spelling", fields: `"Model":"dear"`, status: 412},
		{name: "another letter that folds", fields: `"model` + "ſ" + `":["dear"]`, status: 412},
		{name: "an escaped spelling", fields: `"\u004dodel":"dear"`, status: 412},
		{name: "an extra body", fields: `"extra_body":{"model":"dear"}`, status: 412},
		{name: "a model's id", fields: `"model_id":"dear"`, status: 412},
		{name: "a deployment", fields: `"deployment_id":"dear"`, status: 412},
		{name: "a preset", fields: `"preset":"dear"`, status: 412},
		{name: "no name", fields: `"models":[7]`, status: 400},
		{name: "an override", target: gateway.Target{Override: []byte(`{"models":["dear"]}`)}, status: 412},
		{name: "an override of the model", target: gateway.Target{Override: []byte(`{"model":"dear"}`)}, status: 412},
		{name: "a default", target: gateway.Target{Default: []byte(`{"fallback_models":["dear"]}`)}, status: 412},
		{name: "what is dropped does not count", fields: `"models":["dear"]`, target: gateway.Target{Drop: []string{"models"}}, status: 200},
	} {
		t.Run(tc.name, func(t *testing.T) {
			body := gatewaytest.Hello
			if tc.fields != "" {
				body = strings.TrimSuffix(body, "}") + "," + tc.fields + "}"
			}
			tc.target.Path, tc.target.Provider, tc.target.VirtualKey = "config", "mock", "vk"
			tc.target.Models = []string{"gpt-mock", "also"}
			end := gatewaytest.NewHandler()
			ex := gatewaytest.Exchange(t, body, gatewaytest.WithPlan(gatewaytest.Plan(&tc.target)))
			st, err := New(Config{}, end.Handle)(context.Background(), ex)
			status := 200
			if err != nil {
				status = gateway.AsError(err).HTTPStatus()
			} else {
				st.Close()
			}
			if status != tc.status || (status == 200) != (len(end.Calls()) == 1) {
				t.Errorf("%d (%v), %d calls; want %d", status, err, len(end.Calls()), tc.status)
			}
		})
	}
}
