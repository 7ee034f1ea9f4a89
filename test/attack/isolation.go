package main

import (
	"context"
	"strings"
	"time"

	"github.com/sluicegate/sluice/test/sluice"
)

// isolation names things of another workspace, by id and by name, on every route.
type isolation struct{}

func (isolation) Name() string   { return "isolation" }
func (isolation) Bounds() Bounds { return usual }

// secretWord stands in everything that the workspace other holds.
const secretWord = "quetzalcoatl"

func (isolation) Run(ctx context.Context, t *Target, r *Result) error {
	refs, err := stock(ctx, t)
	if err != nil {
		return err
	}
	for _, key := range []string{memberKey, adminKey} {
		for _, path := range []string{
			"/v1/api-keys/{api key}", "/v1/api-keys/" + secretWord, "/v1/virtual-keys/{virtual key}", "/v1/virtual-keys/" + secretWord, "/v1/configs/" + secretWord,
			"/v1/prompts/{prompt}", "/v1/prompts/" + secretWord, "/v1/prompts/{prompt}/versions", "/v1/prompts/" + secretWord + "@1", "/v1/logs/{request}", "/v1/logs/{trace}",
		} {
			path = refs.Replace(path)
			for _, query := range []string{"", "?workspace=other", "?workspace={workspace}"} {
				foreign(ctx, t, r, refs, sluice.Call{Method: "GET", Path: path + refs.Replace(query), Key: key}, 404)
			}
		}
		for _, list := range []string{"/v1/api-keys", "/v1/virtual-keys", "/v1/configs", "/v1/prompts", "/v1/logs", "/v1/audit-logs", "/v1/workspaces", "/v1/models"} {
			foreign(ctx, t, r, refs, sluice.Call{Method: "GET", Path: list, Key: key}, 0)
			for _, query := range []string{"?workspace=other", "?workspace={workspace}", "?workspace=other&workspace=default", "?workspace=OTHER", "?workspace=%2a", "?workspace=other%00"} {
				foreign(ctx, t, r, refs, sluice.Call{Method: "GET", Path: list + refs.Replace(query), Key: key}, 0)
			}
		}
		for _, q := range []string{"member={member}", "api_key={api key}", "virtual_key=" + secretWord, "trace_id={trace}", "config=" + secretWord, "prompt=" + secretWord, "metadata.k=" + secretWord, "cursor=" + strings.Repeat("A", 40)} {
			foreign(ctx, t, r, refs, sluice.Call{Method: "GET", Path: "/v1/logs?" + refs.Replace(q), Key: key}, 0)
		}
		for _, c := range []sluice.Call{
			{Path: "/v1/prompts/{prompt}/completions", Body: `{"variables":{}}`}, {Path: "/v1/prompts/" + secretWord + "/render", Body: `{"variables":{}}`}, {Path: "/v1/prompts/{prompt}/render?workspace=other", Body: `{"variables":{}}`},
			{Path: chat, Body: ask("@"+secretWord+"/m", "x", "")}, {Path: chat, Body: ask("@{virtual key}/m", "x", "")}, {Path: messages, Body: ask("@"+secretWord+"/m", "x", `,"max_tokens":9`)},
			{Path: chat, Body: ask("m", "x", ""), Header: []string{"X-Sluice-Config", secretWord}}, {Path: chat, Body: ask("m", "x", `,"config":"`+secretWord+`"`)},
			{Path: chat, Body: ask("m", "x", ""), Header: []string{"X-Sluice-Virtual-Key", secretWord}}, {Path: chat, Body: ask("m", "x", ""), Header: []string{"X-Sluice-Provider", "@" + secretWord}},
			{Path: chat, Body: ask("m", "x", ""), Header: []string{"X-Sluice-Config", `{"virtual_key":"` + secretWord + `"}`}},
			{Path: chat, Body: ask("m", "x", ""), Header: []string{"X-Sluice-Config", `{"strategy":{"mode":"fallback"},"targets":[{"prompt_id":"{prompt}"}]}`}},
			{Path: chat + "?workspace=other", Body: ask("@"+secretWord+"/m", "x", "")},
		} {
			c.Key, c.Path, c.Body = key, refs.Replace(c.Path), refs.Replace(c.Body)
			for i := range c.Header {
				c.Header[i] = refs.Replace(c.Header[i])
			}
			before := t.Upstream.Hits("")
			foreign(ctx, t, r, refs, c, 0)
			r.Check(t.Upstream.Hits("") == before, "a call with a thing of another workspace went upstream: POST %s %v %s", c.Path, c.Header, c.Body)
		}
		// The same question as in the other workspace, which holds it in its cache.
		a := t.Do(ctx, sluice.Call{Path: chat, Key: key, Body: ask("@up/m", "what is "+secretWord+" to "+key[6:9], ""), Header: []string{"X-Sluice-Cache", "semantic", "X-Sluice-Cache-Namespace", "n"}})
		r.Check(!strings.Contains(a.Header.Get("X-Sluice-Cache-Status"), "HIT"), "a cache entry of another workspace is served: %s", a.Brief())
	}
	for _, c := range []sluice.Call{
		{Method: "DELETE", Path: "/v1/api-keys/{api key}"}, {Method: "POST", Path: "/v1/api-keys/{api key}/disable"}, {Method: "POST", Path: "/v1/api-keys/{api key}/enable"},
		{Method: "DELETE", Path: "/v1/virtual-keys/{virtual key}"}, {Method: "DELETE", Path: "/v1/virtual-keys/" + secretWord}, {Method: "POST", Path: "/v1/virtual-keys/{virtual key}/disable"},
		{Method: "PUT", Path: "/v1/configs/" + secretWord, Body: `{"config":{"virtual_key":"up"}}`}, {Method: "DELETE", Path: "/v1/configs/" + secretWord},
		{Method: "DELETE", Path: "/v1/prompts/{prompt}"}, {Method: "POST", Path: "/v1/prompts/{prompt}/versions", Body: `{"body":{"model":"m","messages":[{"role":"user","content":"x"}]}}`},
		{Method: "PUT", Path: "/v1/prompts/{prompt}/labels/published", Body: `{"version":1}`}, {Method: "PUT", Path: "/v1/workspaces/other", Body: `{"config":null}`}, {Method: "PUT", Path: "/v1/workspaces/{workspace}", Body: `{"config":null}`},
	} {
		c.Path = refs.Replace(c.Path)
		for _, query := range []string{"", "?workspace=other"} {
			c := c
			c.Key, c.Path = adminKey, c.Path+query
			foreign(ctx, t, r, refs, c, 404)
		}
	}
	for _, c := range []sluice.Call{ // what the other workspace has, or its members, as a part of something new
		{Path: "/v1/api-keys", Body: `{"name":"x1","member":"other@example.com"}`}, {Path: "/v1/api-keys", Body: `{"name":"x2","member":"{member}"}`}, {Path: "/v1/api-keys", Body: `{"name":"x3","workspace":"other"}`},
		{Path: "/v1/api-keys", Body: `{"name":"x4","workspace":"{workspace}"}`}, {Path: "/v1/virtual-keys", Body: `{"name":"x5","provider":"openai","api_key":"k","workspace":"other"}`},
		{Path: "/v1/configs", Body: `{"slug":"x6","config":{"virtual_key":"up"},"workspace":"other"}`}, {Path: "/v1/prompts", Body: `{"slug":"x7","workspace":"other","body":{"model":"m","messages":[{"role":"user","content":"x"}]}}`},
	} {
		c.Key, c.Body = adminKey, refs.Replace(c.Body)
		foreign(ctx, t, r, refs, c, 404)
	}
	a := t.Do(ctx, sluice.Call{Method: "GET", Path: refs.Replace("/v1/api-keys/{api key}"), Key: otherKey})
	r.Check(a.Status == 200 && !a.JSON("disabled").Bool(), "the other workspace's key afterwards: %s", a.Brief())
	return nil
}

// foreign makes one call that must not show anything of the other workspace. status 0 allows any.
func foreign(ctx context.Context, t *Target, r *Result, refs *strings.Replacer, c sluice.Call, status int) {
	a := t.Do(ctx, c)
	who := "a member"
	if c.Key == adminKey {
		who = "an admin"
	}
	r.Check(a.Err == nil && a.Status < 500 && (status == 0 || a.Status == status || a.Status == 403 && c.Key == memberKey), "%s of another workspace: %s %s %s: %s, expected %d", who, c.Method, c.Path, c.Body, a.Brief(), status)
	if list, _, _ := strings.Cut(c.Path, "?"); a.Status == 200 && (list == "/v1/logs" || list == "/v1/audit-logs") {
		// The word alone says nothing: refused calls of this caller name what they asked for.
		for _, row := range a.JSON("data").Array() {
			r.Check(row.Get("workspace").String() != refs.Replace("{workspace}"), "%s sees a row of another workspace: %s %s: %s", who, c.Method, c.Path, row.Raw)
		}
		return
	}
	if !strings.Contains(c.Path+c.Body+strings.Join(c.Header, " "), secretWord) {
		r.Check(!strings.Contains(a.Body, secretWord), "%s sees another workspace: %s %s %s: %s", who, c.Method, c.Path, c.Body, a.Brief())
	} else {
		r.Check(a.Status >= 400 || !strings.Contains(a.Body, secretWord), "%s sees another workspace: %s %s %s: %s", who, c.Method, c.Path, c.Body, a.Brief())
	}
}

// stock fills the workspace other and returns a replacer of the ids of what it holds.
func stock(ctx context.Context, t *Target) (*strings.Replacer, error) {
	var pairs []string
	for _, c := range []struct{ name, path, body, field string }{
		{"{api key}", "/v1/api-keys", `{"name":"` + secretWord + `","workspace":"other","config":"elsewhere"}`, "id"},
		{"{virtual key}", "/v1/virtual-keys", `{"name":"` + secretWord + `","provider":"openai","api_key":"k-` + secretWord + `","workspace":"other"}`, "id"},
		{"{config}", "/v1/configs", `{"slug":"` + secretWord + `","workspace":"other","config":{"virtual_key":"elsewhere"}}`, "slug"},
		{"{prompt}", "/v1/prompts", `{"slug":"` + secretWord + `","workspace":"other","body":{"model":"@elsewhere/m","messages":[{"role":"user","content":"` + secretWord + `"}]}}`, "id"},
	} {
		id, err := t.Create(ctx, c.path, c.body, c.field)
		if err != nil {
			return nil, err
		}
		pairs = append(pairs, c.name, id)
	}
	for _, key := range []string{memberKey, adminKey} { // who asks the same later
		a := t.Do(ctx, sluice.Call{Path: chat, Key: otherKey, Body: ask("@elsewhere/m", "what is "+secretWord+" to "+key[6:9], ""), Header: []string{"X-Sluice-Cache", "semantic", "X-Sluice-Cache-Namespace", "n", "X-Sluice-Metadata", `{"k":"` + secretWord + `"}`}})
		pairs = append(pairs, "{request}", a.Header.Get("X-Sluice-Request-Id"), "{trace}", a.Header.Get("X-Sluice-Trace-Id"))
	}
	time.Sleep(1200 * time.Millisecond) // rows can be read after a second
	own := t.Do(ctx, sluice.Call{Method: "GET", Path: "/v1/api-keys", Key: otherKey})
	pairs = append(pairs, "{workspace}", own.JSON("data.0.workspace_id").String(), "{member}", own.JSON("data.0.member_id").String())
	return strings.NewReplacer(pairs...), nil
}
