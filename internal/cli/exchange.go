package cli

import (
	"fmt"
	"io"
	"strings"

	"github.com/tidwall/gjson"
)

// showExchange prints one exchange: what it was, what each part did to it, and its spans.
func showExchange(out io.Writer, ex gjson.Result) error {
	var head []string
	note := func(label, paths string) {
		if v := firstOf(ex, paths); v.Type != gjson.Null && v.Exists() {
			head = append(head, strings.TrimSpace(label+" "+clean(v.String())))
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
	head = append(head, configured(ex.Get("config"))...)
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
	for _, detail := range []string{cacheDetail(ex.Get("cache")), redacted(ex.Get("redacted"))} {
		if detail != "" {
			fmt.Fprintln(out, detail)
		}
	}
	if p := ex.Get("prompt"); p.IsObject() {
		s := "prompt " + clean(p.Get("slug").String()) + "@" + p.Get("version").String()
		if arm := p.Get("variant").String(); arm != "" {
			s += " · arm " + clean(arm) + " drawn by " + clean(firstOf(p, "drawn_by|arm").String())
		}
		head = append(head, s)
		line()
	}
	for _, g := range ex.Get("guardrails").Array() {
		head = append(head, "guardrail "+clean(g.Get("id").String())+" "+clean(g.Get("phase").String())+": "+verdict(g))
		line()
	}
	if e := ex.Get("error"); e.IsObject() {
		head = append(head, "error "+clean(firstOf(e, "kind|type|code").String())+": "+clean(e.Get("message").String()))
		line()
	}
	return showSpans(out, ex.Get("spans").Array())
}

// configured names the config that applied and where it stood.
func configured(c gjson.Result) []string {
	slug, source := clean(c.Get("slug").String()), clean(c.Get("source").String())
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

// cacheDetail is how the cache came to its status, where there is more to say.
func cacheDetail(c gjson.Result) string {
	var parts []string
	if tier := c.Get("tier").String(); tier != "" {
		parts = append(parts, clean(tier)+" tier")
	}
	if s := c.Get("similarity"); s.Num != 0 {
		near := fmt.Sprintf("similarity %.3f", s.Num)
		if limit := c.Get("threshold"); limit.Exists() {
			near += " (threshold " + limit.Raw + ")"
		}
		parts = append(parts, near)
	}
	if origin := c.Get("origin_request_id").String(); origin != "" {
		parts = append(parts, "stored by "+clean(origin))
	}
	if c.Get("stored").Bool() {
		parts = append(parts, "answer stored")
	}
	if why := c.Get("reason").String(); why != "" {
		parts = append(parts, clean(why))
	}
	if len(parts) == 0 {
		return ""
	}
	return "cache " + strings.Join(parts, " · ")
}

// redacted counts what was replaced, by entity.
func redacted(counts gjson.Result) string {
	var parts []string
	counts.ForEach(func(entity, n gjson.Result) bool {
		parts = append(parts, clean(entity.String())+" "+n.Raw)
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
	return clean(g.Get("action").String())
}

// cost is a state of its own where the price is unknown.
func cost(ex gjson.Result) string {
	saved := ""
	if s := ex.Get("saved_usd"); s.Num > 0 {
		saved = " (saved $" + s.Raw + ")"
	}
	if v := ex.Get("cost_usd"); v.Type == gjson.Number {
		return "cost $" + v.Raw + saved
	}
	return "cost unknown" + saved
}
