package route_test

import (
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"strings"
	"testing"

	"github.com/sluicegate/sluice/gateway"
	"github.com/sluicegate/sluice/gateway/dialect/openai"
	"github.com/sluicegate/sluice/gateway/route"
	"github.com/sluicegate/sluice/gateway/route/document"
	"github.com/sluicegate/sluice/gateway/route/routetest"
)

// groups is a service whose workspace answers some model names with configs.
func groups(t *testing.T) *route.Service {
	t.Helper()
	store := routetest.NewMemory()
	key := func(name, vendor string) gateway.VirtualKey {
		return gateway.VirtualKey{Name: name, Provider: vendor, Credential: gateway.NewSecret("key-of-" + name)}
	}
	keys := routetest.NewDirectory(key("ant", "anthropic"), key("oai", "openai"), key("oai2", "openai"))
	s := route.New(route.Config{Configs: store, Keys: keys, Rules: document.Rules{Vendor: func(id string) (string, bool) { return id, id == "openai" || id == "anthropic" || id == "groq" }},
		PricedModels: func(string) []string { return []string{"claude-a", "claude-b"} }})
	leaf := func(key, model string) string {
		if model == "" {
			return fmt.Sprintf(`{"virtual_key":%q,"retry":2}`, key)
		}
		return fmt.Sprintf(`{"virtual_key":%q,"override_params":{"model":%q}}`, key, model)
	}
	balanced := `{"strategy":{"mode":"loadbalance","failover":true},"targets":[` + leaf("oai", "gpt-x") + `,` + leaf("oai2", "gpt-x") + `]}`
	declared := map[string]json.RawMessage{
		"opus": json.RawMessage(`{"strategy":{"mode":"fallback"},"targets":[` + leaf("ant", "claude-opus-4-7") + `,` + balanced + `]}`),
		"gpt":  json.RawMessage(balanced),
		"any":  json.RawMessage(leaf("ant", "")),
		"deep": json.RawMessage(leaf("oai", "")),
	}
	if err := s.Declare(t.Context(), map[string]map[string]json.RawMessage{"ws": declared}); err != nil {
		t.Fatal(err)
	}
	s.DeclareGroups(map[string][]route.Group{"ws": {{Name: "claude-opus", Config: "opus", Model: "claude-opus-4-7", Provider: "anthropic"}, {Name: "gpt", Config: "gpt", Provider: "openai"},
		{Name: "anthropic/*", Config: "any", Model: "*", Provider: "anthropic"}, {Name: "fo::*:static::*", Config: "deep", Model: "*-at-*"}, {Name: "secret", Config: "gpt", Hidden: true}}})
	return s
}

// TestGroups: the model names a config; the targets that are called, and with which model.
func TestGroups(t *testing.T) {
	s := groups(t)
	if _, err := configured(t, s, `"model":"nobody"`); err == nil || !strings.Contains(gateway.AsError(err).Public, "'nobody' is none of this workspace") {
		t.Errorf("an unknown name: %v", err)
	}
	for name, c := range map[string]struct{ body, want string }{
		"a name":                     {`"model":"claude-opus"`, "ant/claude-opus-4-7 oai/gpt-x oai2/gpt-x"},
		"hidden":                     {`"model":"secret"`, "oai/gpt-x oai2/gpt-x"},
		"one star":                   {`"model":"anthropic/claude-b"`, "ant/claude-b"},
		"two stars":                  {`"model":"fo::a:static::b/c"`, "oai/a-at-b/c"},
		"no group: the old ways":     {`"model":"openai/gpt-y"`, "oai/gpt-y"},
		"a key wins over a group":    {`"model":"@oai/claude-opus"`, "oai/claude-opus"},
		"fallbacks of the body":      {`"model":"claude-opus","fallbacks":["anthropic/claude-b","@oai/gpt-z","groq"]`, "model"},
		"other fallbacks":            {`"model":"claude-opus","fallbacks":["anthropic/claude-b","@oai/gpt-z"]`, "ant/claude-opus-4-7 ant/claude-b oai/gpt-z"},
		"a group to fall back on":    {`"model":"anthropic/claude-b","fallbacks":["gpt"]`, "ant/claude-b oai/gpt-x oai2/gpt-x"},
		"a group's own are replaced": {`"model":"gpt","fallbacks":["claude-opus"]`, "oai/gpt-x oai2/gpt-x ant/claude-opus-4-7"},
		"for this model":             {`"model":"gpt","fallbacks":[{"gpt":["anthropic/claude-a"]},{"other":["claude-opus"]}]`, "oai/gpt-x oai2/gpt-x ant/claude-a"},
		"none":                       {`"model":"claude-opus","disable_fallbacks":true`, "ant/claude-opus-4-7"},
		"none, although given":       {`"model":"claude-opus","disable_fallbacks":true,"fallbacks":["gpt"]`, "ant/claude-opus-4-7"},
		"as usual":                   {`"model":"claude-opus","disable_fallbacks":false,"num_retries":3`, "ant/claude-opus-4-7 oai/gpt-x oai2/gpt-x"},
		"no number":                  {`"model":"claude-opus","num_retries":"3"`, "num_retries"},
		"too many":                   {`"model":"claude-opus","num_retries":6`, "num_retries"},
		"no truth":                   {`"model":"claude-opus","disable_fallbacks":"yes"`, "disable_fallbacks"},
	} {
		t.Run(name, func(t *testing.T) {
			for range 2 { // nothing of the first call may stay in a shared plan
				out, err := configured(t, s, c.body)
				if err != nil {
					if e := gateway.AsError(err); e.Kind != gateway.Invalid || e.Param != c.want {
						t.Errorf("%+v, want one about %s", err, c.want)
					}
					continue
				}
				var got []string
				for target := range out.Plan.Root.Targets() {
					sent, err := target.Apply(out.Request)
					if err != nil {
						t.Fatal(err)
					}
					got = append(got, target.VirtualKey+"/"+sent.Model())
					for _, field := range []string{"fallbacks", "num_retries", "disable_fallbacks"} {
						if sent.Field(field) != nil {
							t.Errorf("%s goes upstream: %s", field, sent.Raw)
						}
					}
					if want := 3; strings.Contains(c.body, `"num_retries":3`) != (target.Retry.Attempts == want) {
						t.Errorf("%d retries", target.Retry.Attempts)
					}
				}
				if strings.Join(got, " ") != c.want {
					t.Errorf("%v, want %s", got, c.want)
				}
			}
		})
	}
	if out, err := configured(t, s, `"model":"gpt","fallbacks":["claude-opus"]`); err != nil || out.Plan.Root.Nodes[0].Mode != gateway.ModeLoadbalance || !out.Plan.Root.Nodes[0].Failover {
		t.Errorf("the group is balanced no longer: %v", err)
	}
	if out, _ := configured(t, s, `"model":"claude-opus"`); out.Plan.Source != gateway.SourceModel || out.Plan.Slug != "opus" || !out.Plan.Root.Nodes[1].Failover {
		t.Errorf("%+v", out.Plan)
	}
}

// configured runs the stage Configure.
func configured(t *testing.T, s *route.Service, body string) (out *gateway.Exchange, err error) {
	t.Helper()
	req, err := gateway.NewRequest(openai.Dialect{}, gateway.OpEmbeddings, []byte("{"+body+"}"))
	if err != nil {
		t.Fatal(err)
	}
	ex := &gateway.Exchange{Envelope: &gateway.Envelope{Header: http.Header{}}, Principal: &gateway.Principal{Workspace: "ws"}, Request: req, Facts: &gateway.Facts{}}
	_, err = s.Configure().Wrap(func(_ context.Context, ex *gateway.Exchange) (gateway.Stream, error) {
		out = ex
		return gateway.Chunks(), nil
	})(t.Context(), ex)
	return out, err
}

// TestGroupsAreTheList: a workspace with groups lists those; a star stands for the models with
// prices, and a hidden name is not listed.
func TestGroupsAreTheList(t *testing.T) {
	list, err := groups(t).Models(t.Context(), "ws")
	got := ""
	for _, m := range list {
		got += m.ID + "=" + m.Upstream + " "
	}
	if want := "claude-opus=claude-opus-4-7 gpt=gpt anthropic/claude-a=claude-a anthropic/claude-b=claude-b "; err != nil || got != want {
		t.Errorf("%s (%v), want %s", got, err, want)
	}
}
