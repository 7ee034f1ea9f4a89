package route_test

import (
	"context"
	"encoding/json"
	"errors"
	"net/http"
	"slices"
	"strings"
	"testing"

	"github.com/sluicegate/sluice/gateway"
	"github.com/sluicegate/sluice/gateway/dialect/anthropic"
	"github.com/sluicegate/sluice/gateway/dialect/openai"
	"github.com/sluicegate/sluice/gateway/route"
	"github.com/sluicegate/sluice/gateway/route/routetest"
)

// gateways are a Service whose workspace has keys for several vendors, one of them a gateway.
func gateways(t *testing.T) *route.Service {
	t.Helper()
	key := func(name, vendor string, models ...string) gateway.VirtualKey {
		return gateway.VirtualKey{Name: name, Provider: vendor, Credential: gateway.NewSecret("key-of-" + name), Models: models}
	}
	store := routetest.NewMemory()
	cfg := settings(store, routetest.NewDirectory(key("ant", "anthropic"), key("ant2", "anthropic"), key("oai", "openai"),
		key("groq1", "groq", "claude-x", "llama"), key("router", "openrouter"), key("together", "together-ai")))
	known := cfg.Rules.Vendor
	cfg.Rules.Vendor = func(id string) (string, bool) {
		if id == "openrouter" {
			return id, true
		}
		return known(id)
	}
	cfg.TakesField = func(vendor, field string) bool {
		return vendor == "mock" && field == "mock_response" || vendor == "openrouter" && slices.Contains([]string{"models", "provider", "transforms", "route", "plugins", "usage"}, field)
	}
	for slug, config := range map[string]string{
		"targets": `{"strategy":{"mode":"fallback"},"targets":[{"virtual_key":"oai"},{"virtual_key":"ant"}]}`,
		"router":  `{"virtual_key":"router"}`,
		"both":    `{"strategy":{"mode":"fallback"},"targets":[{"virtual_key":"router"},{"virtual_key":"oai"}]}`,
		"leaf":    `{"virtual_key":"ant","retry":2}`,
		"plain":   `{"retry":1}`,
	} {
		if _, err := store.PutConfig(t.Context(), route.Saved{Workspace: "ws", Slug: slug, Config: json.RawMessage(config)}); err != nil {
			t.Fatal(err)
		}
	}
	return route.New(cfg)
}

// TestGatewayFields: what a body says to a gateway chooses targets, is dropped and said so, or
// is refused by name. The rest of the body is left as it is.
func TestGatewayFields(t *testing.T) {
	s := gateways(t)
	const o = `"model":"anthropic/claude-x"`
	for name, c := range map[string]struct {
		body, config string // of the API key
		want         string // "key/model key/model"; or the field at fault
		left         string // of the body
		dropped      string
	}{
		"nothing":                    {o, "", "ant/claude-x", `"model":"claude-x"`, ""},
		"models":                     {o + `,"models":["openai/gpt-a","groq/llama"]`, "", "ant/claude-x oai/gpt-a groq1/llama", `"model":"claude-x"`, ""},
		"models, the first again":    {o + `,"models":["anthropic/claude-x","openai/gpt-a"]`, "", "ant/claude-x oai/gpt-a", `"model":"claude-x"`, ""},
		"models alone":               {`"models":["anthropic/claude-x","openai/gpt-a"]`, "", "ant/claude-x oai/gpt-a", `"model":"claude-x"`, ""},
		"models on the same key":     {`"model":"@oai/gpt-a","models":["gpt-b","@ant/claude-x"]`, "", "oai/gpt-a oai/gpt-b ant/claude-x", `"model":"gpt-a"`, ""},
		"models under a config":      {`"model":"claude-x","models":["claude-y"]`, "leaf", "ant/claude-x ant/claude-y", `"model":"claude-x"`, ""},
		"models under a plain one":   {o + `,"models":["openai/gpt-a"]`, "plain", "ant/claude-x oai/gpt-a", `"model":"claude-x"`, ""},
		"models and targets":         {o + `,"models":["openai/gpt-a"]`, "targets", "models", "", ""},
		"models replace no targets":  {`"model":"@ant/claude-x","models":["claude-y"]`, "targets", "ant/claude-x ant/claude-y", `"model":"claude-x"`, ""},
		"models, none":               {o + `,"models":[]`, "", "ant/claude-x", `"model":"claude-x"`, ""},
		"models, null":               {o + `,"models":null`, "", "ant/claude-x", `"model":"claude-x"`, ""},
		"models, no list":            {o + `,"models":"gpt-a"`, "", "models", "", ""},
		"models, no string":          {o + `,"models":["a",7]`, "", "models[1]", "", ""},
		"models, empty":              {o + `,"models":[""]`, "", "models[0]", "", ""},
		"models, too many":           {o + `,"models":["m` + strings.Join(numbers(200), `","m`) + `"]`, "", "models", "", ""},
		"fallbacks":                  {o + `,"fallbacks":["openai/gpt-a",{"model":"groq/llama"}]`, "", "ant/claude-x oai/gpt-a groq1/llama", `"model":"claude-x"`, ""},
		"fallbacks by model":         {`"model":"@oai/gpt-a","fallbacks":[{"@oai/gpt-a":["gpt-b"]},{"other":["gpt-c"]}]`, "", "oai/gpt-a oai/gpt-b", `"model":"gpt-a"`, ""},
		"fallbacks with more":        {o + `,"fallbacks":[{"model":"b","messages":[]}]`, "", "fallbacks[0].messages", "", ""},
		"fallbacks and models":       {o + `,"fallbacks":["openai/gpt-b"],"models":["openai/gpt-a"]`, "", "ant/claude-x oai/gpt-a oai/gpt-b", `"model":"claude-x"`, ""},
		"hints":                      {o + `,"transforms":["middle-out"],"route":"fallback","plugins":[{"id":"web"}]`, "", "ant/claude-x", `"model":"claude-x"`, "plugins, route, transforms"},
		"hints, null":                {o + `,"transforms":null`, "", "ant/claude-x", `"model":"claude-x"`, ""},
		"a fixed answer":             {o + `,"mock_response":"Hi"`, "", "ant/claude-x", `"model":"claude-x"`, "mock_response"},
		"a fixed answer, the mock's": {`"model":"mock/reply","mock_response":"Hi"`, "", "/reply", `"model":"reply","mock_response":"Hi"`, ""},
		"read by the API":            {o + `,"usage":{"include":true},"cache":{"no-cache":true},"tags":["x"]`, "", "ant/claude-x", `"model":"claude-x"`, ""},
		"tags in metadata":           {o + `,"metadata":{"tags":["x"],"a":"b"}`, "", "ant/claude-x", `"model":"claude-x","metadata":{"a":"b"}`, ""},
		"only tags in metadata":      {o + `,"metadata":{"tags":["x"]}`, "", "ant/claude-x", `"model":"claude-x"`, ""},
		"a string in metadata":       {o + `,"metadata":{"tags":"x"}`, "", "ant/claude-x", `"model":"claude-x","metadata":{"tags":"x"}`, ""},
		"guardrails":                 {o + `,"guardrails":["pii"]`, "", "guardrails", "", ""},
		"guardrails, none":           {o + `,"guardrails":[]`, "", "ant/claude-x", `"model":"claude-x"`, ""},
		"order":                      {`"model":"claude-x","provider":{"order":["Groq","anthropic"]}`, "", "groq1/claude-x ant/claude-x ant2/claude-x", `"model":"claude-x"`, ""},
		"order, then the prefix's":   {o + `,"provider":{"order":["groq/fast"]}`, "", "groq1/claude-x ant/claude-x ant2/claude-x", `"model":"anthropic/claude-x"`, ""},
		"order of keys":              {o + `,"provider":{"order":["@ant2"]}`, "", "ant2/claude-x ant/claude-x groq1/claude-x", `"model":"anthropic/claude-x"`, ""},
		"order to a gateway":         {o + `,"provider":{"order":["openrouter"],"allow_fallbacks":false}`, "", "router/anthropic/claude-x", `"model":"anthropic/claude-x"`, ""},
		"order without fallbacks":    {o + `,"provider":{"order":["groq"],"allow_fallbacks":false}`, "", "groq1/claude-x", `"model":"anthropic/claude-x"`, ""},
		"order, list says no":        {`"model":"gpt-a","provider":{"order":["groq","openai"]}`, "", "oai/gpt-a", `"model":"gpt-a"`, ""},
		"no fallbacks":               {o + `,"provider":{"allow_fallbacks":false}`, "", "ant/claude-x", `"model":"anthropic/claude-x"`, ""},
		"only":                       {`"model":"claude-x","provider":{"only":["anthropic"]}`, "", "ant/claude-x ant2/claude-x", `"model":"claude-x"`, ""},
		"ignore":                     {o + `,"provider":{"ignore":["anthropic","nobody"]}`, "", "groq1/claude-x", `"model":"anthropic/claude-x"`, ""},
		"a priced model":             {`"model":"gpt-a","provider":{"ignore":["groq"]}`, "", "oai/gpt-a", `"model":"gpt-a"`, ""},
		"nothing left":               {o + `,"provider":{"only":["cloudflare"]}`, "", "provider", "", ""},
		"order and models":           {`"model":"claude-x","models":["llama"],"provider":{"order":["groq"],"allow_fallbacks":false}`, "", "groq1/claude-x groq1/llama", `"model":"claude-x"`, ""},
		"a key that may":             {`"model":"@ant/claude-x","provider":{"only":["anthropic"]}`, "", "ant/claude-x", `"model":"claude-x"`, ""},
		"a key that may not":         {`"model":"@ant/claude-x","provider":{"ignore":["anthropic"]}`, "", "provider", "", ""},
		"a config's key that may":    {`"model":"claude-x","provider":{"order":["anthropic"],"allow_fallbacks":false}`, "leaf", "ant/claude-x", `"model":"claude-x"`, ""},
		"a config's that may not":    {`"model":"claude-x","provider":{"ignore":["anthropic"]}`, "leaf", "provider", "", ""},
		"order and targets":          {o + `,"provider":{"order":["groq"]}`, "targets", "provider", "", ""},
		"an unknown vendor":          {o + `,"provider":{"order":["nobody"]}`, "", "provider.order[0]", "", ""},
		"a field that changes who":   {o + `,"provider":{"data_collection":"deny"}`, "", "provider.data_collection", "", ""},
		"sort and order":             {o + `,"provider":{"order":["groq"],"sort":"price"}`, "", "provider.sort", "", ""},
		"sort":                       {o + `,"provider":{"sort":"price"}`, "", "cheapest ant/claude-x ant2/claude-x groq1/claude-x", `"model":"anthropic/claude-x"`, ""},
		"sort of an object":          {`"model":"claude-x","provider":{"sort":{"by":"latency"},"only":["anthropic"]}`, "", "fastest ant/claude-x ant2/claude-x", `"model":"claude-x"`, ""},
		"sort, the first only":       {o + `,"provider":{"sort":"latency","allow_fallbacks":false}`, "", "fastest-first ant/claude-x ant2/claude-x groq1/claude-x", `"model":"anthropic/claude-x"`, ""},
		"sort of models":             {`"model":"claude-x","models":["llama"],"provider":{"sort":"price","only":["groq","anthropic"]}`, "", "cheapest cheapest ant/claude-x ant2/claude-x groq1/claude-x ant/llama ant2/llama groq1/llama", `"model":"claude-x"`, ""},
		"sort by throughput":         {o + `,"provider":{"sort":"throughput"}`, "", "provider.sort", "", ""},
		"sort across models":         {o + `,"provider":{"sort":{"by":"price","partition":"none"}}`, "", "provider.sort.partition", "", ""},
		"no object":                  {o + `,"provider":"anthropic"`, "", "provider", "", ""},
		"no truth":                   {o + `,"provider":{"allow_fallbacks":"no"}`, "", "provider.allow_fallbacks", "", ""},
		"empty":                      {o + `,"provider":{}`, "", "ant/claude-x", `"model":"claude-x"`, ""},
		"a gateway takes its own":    {`"model":"m","models":["b"],"provider":{"sort":"price"},"transforms":["x"],"usage":{"include":true}`, "router", "router/m", `"model":"m","models":["b"],"provider":{"sort":"price"},"transforms":["x"],"usage":{"include":true}`, ""},
		"a gateway, not LiteLLM's":   {`"model":"m","fallbacks":["b"],"tags":["x"],"route":"fallback"`, "router", "router/m router/b", `"model":"m","route":"fallback"`, ""},
		"a gateway, models alone":    {`"models":["a","b"]`, "router", "router/a", `"models":["a","b"],"model":"a"`, ""},
		"a gateway among others":     {`"model":"m","transforms":["x"]`, "both", "router/m oai/m", `"model":"m"`, "transforms"},
		"a gateway among, by models": {`"model":"m","models":["b"]`, "both", "models", "", ""},
	} {
		t.Run(name, func(t *testing.T) {
			for _, d := range []gateway.Dialect{openai.Dialect{}, anthropic.Dialect{}} {
				req, err := gateway.NewRequest(d, gateway.OpEmbeddings, []byte("{"+c.body+"}"))
				if err != nil {
					t.Fatal(err)
				}
				ex := &gateway.Exchange{Envelope: &gateway.Envelope{Header: http.Header{}}, Principal: &gateway.Principal{Workspace: "ws", KeyConfig: c.config}, Request: req, Facts: &gateway.Facts{}}
				for range 2 { // nothing of the first call may stay in a shared plan
					var out *gateway.Exchange
					h := s.Configure().Wrap(func(_ context.Context, ex *gateway.Exchange) (gateway.Stream, error) {
						out = ex
						return gateway.Chunks(), nil
					})
					if _, err = h(t.Context(), ex); err != nil {
						var e *gateway.Error
						if !errors.As(err, &e) || e.Kind != gateway.Invalid || e.Param != c.want || !strings.Contains(e.Public, "'"+strings.TrimSuffix(c.want, "[0]")) {
							t.Errorf("%+v, want one about %s", err, c.want)
						}
						continue
					}
					got := ranks(out.Plan.Root)
					for target := range out.Plan.Root.Targets() {
						sent, err := target.Apply(out.Request)
						if err != nil {
							t.Fatal(err)
						}
						got = append(got, target.VirtualKey+"/"+sent.Model())
					}
					if strings.Join(got, " ") != c.want || string(out.Request.Raw) != "{"+c.left+"}" || strings.Join(ex.Facts.Dropped, ", ") != c.dropped {
						t.Errorf("%s\n%s with %s, dropped %v", name, got, out.Request.Raw, ex.Facts.Dropped)
					}
				}
			}
		})
	}
}

// ranks lists the nodes that order their children, by their modes.
func ranks(n *gateway.Node) (out []string) {
	if n.Mode.Ranks() {
		mode := string(n.Mode)
		if n.FirstOnly {
			mode += "-first"
		}
		out = append(out, mode)
	}
	for _, child := range n.Nodes {
		out = append(out, ranks(child)...)
	}
	return out
}

func numbers(n int) (out []string) {
	for i := range n {
		out = append(out, strings.Repeat("x", i+1))
	}
	return out
}
