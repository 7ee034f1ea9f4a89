package route_test

import (
	"context"
	"encoding/json"
	"errors"
	"strings"
	"testing"

	"github.com/sluicegate/sluice/gateway"
	"github.com/sluicegate/sluice/gateway/route"
)

var (
	owner  = &gateway.Principal{Workspace: "root", Role: gateway.RoleOwner}
	admin  = &gateway.Principal{Workspace: "ws", Role: gateway.RoleAdmin}
	member = &gateway.Principal{Workspace: "ws", Role: gateway.RoleMember}
	other  = &gateway.Principal{Workspace: "ws2", Role: gateway.RoleAdmin}
)

func saved(slug, config string) route.Saved {
	return route.Saved{Workspace: "ws", Slug: slug, Config: json.RawMessage(config)}
}

func wantKind(t *testing.T, what string, err error, kind gateway.Kind) {
	t.Helper()
	if err == nil || gateway.AsError(err).Kind != kind {
		t.Errorf("%s: got %v, want %v", what, err, kind)
	}
}

func TestWhoMayWhat(t *testing.T) {
	b, ctx := newBench(), context.Background()
	for _, by := range []*gateway.Principal{owner, admin} {
		if _, err := b.PutConfig(ctx, by, saved("prod", `{"retry":1}`)); err != nil {
			t.Fatal(err)
		}
	}
	_, err := b.PutConfig(ctx, member, saved("prod", `{}`))
	wantKind(t, "a member writes", err, gateway.Forbidden)
	_, err = b.PutConfig(ctx, other, saved("prod", `{}`))
	wantKind(t, "another workspace's admin writes", err, gateway.NotFound)
	_, err = b.PutConfig(ctx, nil, saved("prod", `{}`))
	wantKind(t, "nobody writes", err, gateway.Unauthorized)
	if c, err := b.Config(ctx, member, "", "prod"); err != nil || c.Version != 1 {
		t.Errorf("a member reads: %+v, %v", c, err)
	}
	_, err = b.Config(ctx, other, "ws", "prod")
	wantKind(t, "another workspace reads", err, gateway.NotFound)
	if list, err := b.Configs(ctx, other, ""); err != nil || len(list) != 0 {
		t.Errorf("another workspace lists %v, %v", list, err)
	}
	if list, err := b.Configs(ctx, owner, "ws"); err != nil || len(list) != 1 {
		t.Errorf("the owner lists %v, %v", list, err)
	}
	wantKind(t, "a member deletes", b.DeleteConfig(ctx, member, "ws", "prod"), gateway.Forbidden)
	wantKind(t, "what is not there is deleted", b.DeleteConfig(ctx, admin, "ws", "nope"), gateway.NotFound)
	if err := b.DeleteConfig(ctx, admin, "ws", "prod"); err != nil {
		t.Error(err)
	}
}

func TestPutConfigTellsEverything(t *testing.T) {
	b, ctx := newBench(), context.Background()
	_, err := b.PutConfig(ctx, admin, saved("prod", `{"retry":9,"cahce":"x"}`))
	wantKind(t, "two problems", err, gateway.Invalid)
	var invalid *route.InvalidConfig
	if !errors.As(err, &invalid) || len(invalid.Problems) != 2 {
		t.Errorf("%+v", err)
	}
	_, err = b.PutConfig(ctx, admin, saved("prod", `{"strategy":{"mode":"fallback"},"targets":[{"virtual_key":"own"},{"virtual_key":"nope"}]}`))
	if e := gateway.AsError(err); e.Param != "config.targets[1].virtual_key" || !strings.Contains(e.Public, "'nope'") {
		t.Errorf("an unknown virtual key: %v", err)
	}
	for _, slug := range []string{"{", "a b", "-a", strings.Repeat("a", 65), "a/b"} {
		_, err := b.PutConfig(ctx, admin, saved(slug, `{}`))
		wantKind(t, "slug "+slug, err, gateway.Invalid)
	}
	c := saved("", `{}`)
	c.Name = "My Config №1!"
	c, err = b.PutConfig(ctx, admin, c)
	if err != nil || !strings.HasPrefix(c.Slug, "pc-my-config-1-") {
		t.Errorf("a slug of its own: %q, %v", c.Slug, err)
	}
}

func TestDeclare(t *testing.T) {
	b, ctx := newBench(), context.Background()
	file := func(slugs ...string) map[string]map[string]json.RawMessage {
		m := map[string]json.RawMessage{}
		for _, s := range slugs {
			m[s] = json.RawMessage(`{"name":"` + s + `"}`)
		}
		return map[string]map[string]json.RawMessage{"ws": m}
	}
	if _, err := b.PutConfig(ctx, admin, saved("mine", `{}`)); err != nil {
		t.Fatal(err)
	}
	if err := b.Declare(ctx, file("a", "b")); err != nil {
		t.Fatal(err)
	}
	_, err := b.PutConfig(ctx, admin, saved("a", `{}`))
	wantKind(t, "the file's config is changed", err, gateway.Conflict)
	wantKind(t, "the file's config is deleted", b.DeleteConfig(ctx, owner, "ws", "a"), gateway.Conflict)
	if err := b.Declare(ctx, file("b", "c")); err != nil {
		t.Fatal(err)
	}
	list, _ := b.Configs(ctx, admin, "")
	got := ""
	for _, c := range list {
		got += c.Slug + map[bool]string{true: "(file) ", false: " "}[c.FromFile]
	}
	if got != "b(file) c(file) mine " {
		t.Errorf("after the file changed: %s", got)
	}
	wantKind(t, "the file takes what the API made", b.Declare(ctx, file("mine")), gateway.Conflict)
	bad := file("b")
	bad["ws"]["d"] = json.RawMessage(`{"retry":7}`)
	wantKind(t, "a bad config in the file", b.Declare(ctx, bad), gateway.Invalid)
	if list, _ := b.Configs(ctx, admin, ""); len(list) != 3 {
		t.Errorf("a file that was refused changed something: %v", list)
	}
}

func TestModels(t *testing.T) {
	b := newBench()
	list, err := b.Models(context.Background(), "ws")
	if err != nil {
		t.Fatal(err)
	}
	got := map[string]bool{}
	for _, m := range list {
		got[m.ID] = true
	}
	for _, id := range []string{"@local/gpt-mock", "@own/gpt-a", "@own/gpt-b", "mock/echo"} {
		if !got[id] {
			t.Errorf("%s is not listed in %v", id, list)
		}
	}
	if got["@local/gpt-a"] {
		t.Error("a model that the virtual key does not allow is listed")
	}
	for id := range got { // each can be called as it stands
		if _, err := b.plan(t, "model: "+id); err != nil {
			t.Errorf("%s: %v", id, err)
		}
	}
}
