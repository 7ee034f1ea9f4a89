package logs

import (
	"fmt"
	"io"
	"strings"

	"github.com/tidwall/gjson"

	"github.com/sluicegate/sluice/internal/cli/api"
)

// showExchange prints the facts of one exchange and the result of each stage.
func showExchange(out io.Writer, ex gjson.Result) {
	var head []string
	note := func(label, paths string) {
		if v := api.FirstOf(ex, paths); v.Type != gjson.Null && v.Exists() {
			head = append(head, strings.TrimSpace(label+" "+api.Printable(v.String())))
		}
	}
	line := func() {
		if len(head) > 0 {
			fmt.Fprintln(out, strings.Join(head, " · "))
		}
		head = nil
	}
	note("request", "id")
	note("trace", "trace_id")
	note("", "time")
	line()
	note("status", "status")
	note("", "outcome")
	note("workspace", "workspace_name|workspace")
	note("member", "member_name|member")
	note("key", "api_key_name|api_key")
	head = append(head, describeConfig(ex.Get("config"))...)
	line()
	note("", "provider")
	note("", "model")
	note("ms", "latency_ms")
	note("first chunk ms", "ttft_ms")
	note("gateway ms", "gateway_ms")
	note("tokens in", "usage.input_tokens")
	note("out", "usage.output_tokens")
	note("cache", "cache.status")
	head = append(head, cost(ex))
	line()
	for _, detail := range []string{cacheDetail(ex.Get("cache")), promptCacheDetail(ex.Get("prompt_cache")), redacted(ex.Get("redacted"))} {
		if detail != "" {
			fmt.Fprintln(out, detail)
		}
	}
	if p := ex.Get("prompt"); p.IsObject() {
		s := "prompt " + api.Printable(p.Get("slug").String()) + "@" + p.Get("version").String()
		if arm := p.Get("variant").String(); arm != "" {
			s += " · arm " + api.Printable(arm) + " drawn by " + api.Printable(api.FirstOf(p, "drawn_by|arm").String())
		}
		head = append(head, s)
		line()
	}
	for _, g := range ex.Get("guardrails").Array() {
		head = append(head, "guardrail "+api.Printable(g.Get("id").String())+" "+api.Printable(g.Get("phase").String())+": "+verdict(g))
		line()
	}
	if e := ex.Get("error"); e.IsObject() {
		head = append(head, "error "+api.Printable(api.FirstOf(e, "kind|type|code").String())+": "+api.Printable(e.Get("message").String()))
		line()
	}
}

// describeConfig names the config that applied and its source.
func describeConfig(c gjson.Result) []string {
	slug, source := api.Printable(c.Get("slug").String()), api.Printable(c.Get("source").String())
	switch {
	case !c.IsObject():
		return nil
	case source == "request": // provider, virtual key or model said it all
		return []string{"no config"}
	case slug == "":
		return []string{"config of the " + source}
	case source == "":
		return []string{"config " + slug}
	}
	return []string{"config " + slug + " (" + source + ")"}
}

// cacheDetail says how the cache came to its status, "" if the status says everything.
func cacheDetail(c gjson.Result) string {
	var parts []string
	if tier := c.Get("tier").String(); tier != "" {
		parts = append(parts, api.Printable(tier)+" tier")
	}
	if s := c.Get("similarity"); s.Num != 0 {
		near := fmt.Sprintf("similarity %.3f", s.Num)
		if limit := c.Get("threshold"); limit.Exists() {
			near += " (threshold " + limit.Raw + ")"
		}
		parts = append(parts, near)
	}
	if origin := c.Get("origin_request_id").String(); origin != "" {
		parts = append(parts, "stored by "+api.Printable(origin))
	}
	if c.Get("stored").Bool() {
		parts = append(parts, "answer stored")
	}
	if why := c.Get("reason").String(); why != "" {
		parts = append(parts, api.Printable(why))
	}
	if len(parts) == 0 {
		return ""
	}
	return "cache " + strings.Join(parts, " · ")
}

// promptCacheDetail says whether the prompt still begins as that of the session's previous call
// did, and who changed it.
func promptCacheDetail(p gjson.Result) string {
	previous := api.Printable(p.Get("previous_request").String())
	switch p.Get("state").String() {
	case "kept":
		return "prompt cache: begins with the prompt of " + previous + " · " + p.Get("kept_bytes").Raw + " bytes"
	case "departed":
		where := "byte " + p.Get("departed_at").Raw
		if path := p.Get("path").String(); path != "" {
			where = api.Printable(path) + " · " + where
		}
		return "prompt cache: departed from " + previous + " at " + where + " · changed by " + api.Printable(p.Get("changed_by").String()) +
			" · " + p.Get("kept_bytes").Raw + " of " + p.Get("previous_bytes").Raw + " bytes kept"
	}
	return ""
}

// redacted lists the number of replaced spans by entity.
func redacted(counts gjson.Result) string {
	var parts []string
	counts.ForEach(func(entity, n gjson.Result) bool {
		parts = append(parts, api.Printable(entity.String())+" "+n.Raw)
		return true
	})
	if len(parts) == 0 {
		return ""
	}
	return "redacted " + strings.Join(parts, " · ")
}

func verdict(g gjson.Result) string {
	if g.Get("pass").Bool() {
		return "pass"
	}
	return api.Printable(g.Get("action").String())
}

// cost returns the cost of an exchange, which may be unknown, and the price where it differs.
func cost(ex gjson.Result) string {
	text, c, p := "cost unknown", ex.Get("cost_usd"), ex.Get("price_usd")
	if c.Type == gjson.Number {
		text = "cost $" + c.Raw
	}
	switch ex.Get("cost_state").String() {
	case "ceiling":
		text += " by ceiling"
	case "partial":
		text += " and what has no price"
	}
	if p.Type == gjson.Number && p.Raw != c.Raw {
		text += " · price $" + p.Raw
	}
	if rule := ex.Get("price_rule").String(); rule != "" {
		text += " by rule " + api.Printable(rule)
	}
	if s := ex.Get("saved_usd"); s.Num > 0 {
		text += " (saved $" + s.Raw + ")"
	}
	return text
}
