package inference

import (
	"context"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/tidwall/gjson"

	"github.com/sluicegate/sluice/gateway"
	"github.com/sluicegate/sluice/gateway/gatewaytest"
)

// with adds members to the smallest useful body.
func with(members string) string { return strings.TrimSuffix(hello, "}") + "," + members + "}" }

// TestGatewayFieldsOfTheEnvelope: what a body says about cache, tags and usage, or the name of
// the field at fault.
func TestGatewayFieldsOfTheEnvelope(t *testing.T) {
	for name, c := range map[string]struct {
		members string
		header  []string
		bad     string
		ok      func(e *gateway.Envelope) bool
	}{
		"no-cache":               {`"cache":{"no-cache":true}`, nil, "", func(e *gateway.Envelope) bool { return e.CacheRefresh && !e.CacheNoStore }},
		"no-store":               {`"cache":{"no-store":true,"no-cache":false}`, nil, "", func(e *gateway.Envelope) bool { return e.CacheNoStore && !e.CacheRefresh }},
		"ttl":                    {`"cache":{"ttl":60,"s-maxage":30}`, nil, "", func(e *gateway.Envelope) bool { return e.CacheMaxAge == 30*time.Second }},
		"ttl, a header":          {`"cache":{"ttl":60}`, []string{"cache-control", "max-age=7"}, "", func(e *gateway.Envelope) bool { return e.CacheMaxAge == 7*time.Second }},
		"namespace":              {`"cache":{"namespace":"n","use-cache":true}`, nil, "", func(e *gateway.Envelope) bool { return e.CacheNamespace == "n" && e.CacheScoped }},
		"namespace, a header":    {`"cache":{"namespace":"n"}`, []string{"x-sluice-cache-namespace", "h"}, "", func(e *gateway.Envelope) bool { return e.CacheNamespace == "h" }},
		"cache, null":            {`"cache":null`, nil, "", func(e *gateway.Envelope) bool { return !e.CacheRefresh }},
		"cache, no object":       {`"cache":true`, nil, "cache", nil},
		"cache, no truth":        {`"cache":{"no-cache":"yes"}`, nil, "cache.no-cache", nil},
		"cache, no seconds":      {`"cache":{"ttl":"60"}`, nil, "cache.ttl", nil},
		"cache, no time":         {`"cache":{"ttl":0}`, nil, "cache.ttl", nil},
		"cache, unknown":         {`"cache":{"no_cache":true}`, nil, "cache.no_cache", nil},
		"tags":                   {`"tags":["a","b","a"],"metadata":{"tags":["c","b"]}`, nil, "", func(e *gateway.Envelope) bool { return e.Metadata["tags"] == "a,b,c" }},
		"tags, a header":         {`"tags":["a"]`, []string{"x-sluice-metadata", `{"tags":"h"}`}, "", func(e *gateway.Envelope) bool { return e.Metadata["tags"] == "h" }},
		"tags, no list":          {`"tags":"a"`, nil, "tags", nil},
		"tags, no string":        {`"tags":[1]`, nil, "tags[0]", nil},
		"tags, long":             {`"metadata":{"tags":["` + strings.Repeat("ü", 129) + `"]}`, nil, "metadata.tags[0]", nil},
		"tags, many":             {`"tags":["` + strings.Join(strings.Split(strings.Repeat("x", 80), ""), `","`) + `"]`, nil, "", func(e *gateway.Envelope) bool { return e.Metadata["tags"] == "x" }},
		"tags, 65 of them":       {`"tags":` + tagList(65), nil, "tags", nil},
		"metadata, no list":      {`"metadata":{"tags":"a"}`, nil, "", func(e *gateway.Envelope) bool { return e.Metadata["tags"] == "" }},
		"usage":                  {`"usage":{"include":true}`, nil, "", func(e *gateway.Envelope) bool { return e.IncludeUsage }},
		"usage, not included":    {`"usage":{"include":false}`, nil, "", func(e *gateway.Envelope) bool { return !e.IncludeUsage }},
		"usage, no object":       {`"usage":true`, nil, "usage", nil},
		"usage, no truth":        {`"usage":{"include":1}`, nil, "usage.include", nil},
		"and Portkey's, no text": {`"config":7`, nil, "config", nil},
	} {
		t.Run(name, func(t *testing.T) {
			ex, w := catch(t, "POST", "/v1/chat/completions", with(c.members), c.header...)
			if c.bad != "" {
				if w.Code != 400 || gjson.Get(w.Body.String(), "error.param").String() != c.bad {
					t.Errorf("%d %s", w.Code, w.Body)
				}
			} else if w.Code != 200 || !c.ok(ex.Envelope) {
				t.Errorf("%d %s %+v", w.Code, w.Body, ex.Envelope)
			}
		})
	}
}

func tagList(n int) string {
	var b strings.Builder
	for i := range n {
		b.WriteString(`,"` + strings.Repeat("t", i+1) + `"`)
	}
	return "[" + b.String()[1:] + "]"
}

// TestUsageInclude: usage.include brings the token counts of a stream and the cost, without
// OpenRouter's other fields.
func TestUsageInclude(t *testing.T) {
	var asked *gateway.Request
	s := api(Settings{Pipeline: func(_ context.Context, ex *gateway.Exchange) (gateway.Stream, error) {
		asked = ex.Request
		ex.Facts.Cost = gateway.Cost{Known: true, Nano: 1_500_000}
		if !ex.Request.Stream() {
			return gateway.Chunks(gatewaytest.Body(`{"choices":[],"usage":{"total_tokens":3}}`)), nil
		}
		usage := gatewaytest.Event(`{"choices":[],"usage":{"total_tokens":3}}`)
		usage.Usage = &gateway.Usage{Input: 1, Output: 2}
		return gateway.Chunks(gatewaytest.Event(`{"choices":[{"delta":{"content":"a"}}]}`), usage), nil
	}})
	for members, want := range map[string]string{
		`"usage":{"include":true},"stream":true`: `data: {"choices":[],"usage":{"total_tokens":3,"cost":0.0015}}`,
		`"usage":{"include":true}`:               `{"choices":[],"usage":{"total_tokens":3,"cost":0.0015}}`,
		`"stream":true`:                          `data: {"choices":[],"usage":{"total_tokens":3}}`,
	} {
		w := httptest.NewRecorder()
		s.ServeHTTP(w, call("/v1/chat/completions", with(members)))
		if !strings.Contains(w.Body.String(), want) || strings.Contains(w.Body.String(), "provider") {
			t.Errorf("%s: %s", members, w.Body)
		}
		if asked.WantsUsage() != (strings.Contains(members, "usage") && strings.Contains(members, "stream")) {
			t.Errorf("%s: upstream gets %s", members, asked.Raw)
		}
	}
}

// TestDroppedFieldsAreTold: the header names the hints that nobody acted on.
func TestDroppedFieldsAreTold(t *testing.T) {
	s := api(Settings{Pipeline: func(_ context.Context, ex *gateway.Exchange) (gateway.Stream, error) {
		ex.Facts.Dropped = []string{"route", "transforms"}
		return gateway.Chunks(gatewaytest.Body(`{"choices":[]}`)), nil
	}})
	for _, members := range []string{`"stream":false`, `"stream":true`} {
		w := httptest.NewRecorder()
		s.ServeHTTP(w, call("/v1/chat/completions", with(members)))
		if h := w.Header(); h.Get("X-Sluice-Dropped") != "route, transforms" || h.Get("X-Portkey-Dropped") != "route, transforms" {
			t.Errorf("%s: %v", members, h)
		}
	}
}
