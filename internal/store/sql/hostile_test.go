package sqlstore

import (
	"encoding/json"
	"fmt"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"github.com/sluicegate/sluice/gateway"
	"github.com/sluicegate/sluice/gateway/credential"
	"github.com/sluicegate/sluice/gateway/identity"
	"github.com/sluicegate/sluice/gateway/route"
	"github.com/sluicegate/sluice/internal/store/sql/db"
	"github.com/sluicegate/sluice/prompts"
)

// FuzzHostileStrings puts any text through every method of every store. It comes back as it
// was, and never reaches a row of another name: no query is built by hand.
func FuzzHostileStrings(f *testing.F) {
	for _, s := range []string{"plain", `'; DROP TABLE api_keys; --`, `" OR ""="`, "?", "?0", ":name", "%", "_", `\`, "{}", "null", "\x00", "a\x00b", "\u202e\ufeff", "é", "你好", "💥", "\n\r\t", " ", "\xff"} {
		f.Add(s)
	}
	stores := []*Store{open(f), openPostgres(f)}
	n := 0
	f.Fuzz(func(t *testing.T, text string) {
		n++
		for _, s := range stores {
			if !db.Storable(text) {
				refusesText(t, s, text)
				continue
			}
			hostileIdentity(t, s, text, n)
			hostileConfigs(t, s, text, n)
			hostilePrompts(t, s, text, n)
		}
	})
}

// refusesText holds that a text that cannot be stored is Invalid in a write and names nothing in
// a lookup; it is never an error of the database.
func refusesText(t *testing.T, s *Store, text string) {
	ctx := t.Context()
	_, noConfig := s.Config(ctx, "w", text)
	_, noPrompt := s.Template(ctx, "w", text)
	_, noVersion := s.Version(ctx, text, 0)
	for method, err := range map[string]error{"Config": noConfig, "Template": noPrompt, "Version": noVersion, "DeleteConfig": s.DeleteConfig(ctx, "w", text),
		"DeleteTemplate": s.DeleteTemplate(ctx, "w", text), "DeleteAPIKey": s.DeleteAPIKey(ctx, text), "DeleteVirtualKey": s.DeleteVirtualKey(ctx, text)} {
		if e := gateway.AsError(err); e == nil || e.Kind != gateway.NotFound {
			t.Errorf("%s: %v", method, err)
		}
	}
	_, badConfig := s.PutConfig(ctx, route.Saved{Workspace: "w", Slug: text, Config: []byte("{}")})
	_, badVersion := s.AddVersion(ctx, prompts.Version{Template: "t", Description: text})
	for method, err := range map[string]error{"PutConfig": badConfig, "AddVersion": badVersion, "PutTemplate": s.PutTemplate(ctx, prompts.Template{ID: "t", Slug: text}),
		"PutLabel": s.PutLabel(ctx, prompts.Label{Template: "t", Name: text}), "PutOrganisation": s.PutOrganisation(ctx, identity.Organisation{ID: "o", Name: text}),
		"PutWorkspace": s.PutWorkspace(ctx, identity.Workspace{ID: "w", Name: text}), "PutMember": s.PutMember(ctx, identity.Member{ID: "m", Name: text}),
		"PutAPIKey": s.PutAPIKey(ctx, identity.APIKey{ID: "k", Name: text}), "PutVirtualKey": s.PutVirtualKey(ctx, credential.VirtualKey{ID: "v", Name: text})} {
		if e := gateway.AsError(err); e == nil || e.Kind != gateway.Invalid {
			t.Errorf("%s: %v", method, err)
		}
	}
}

var hostileTime = time.Unix(1, 0).UTC()

func hostileIdentity(t *testing.T, s *Store, text string, n int) {
	ctx, id := t.Context(), func(kind string) string { return fmt.Sprintf("%s%d-%s", kind, n, text) }
	o := identity.Organisation{ID: "o", Name: text, Canary: []byte(text), CreatedAt: hostileTime}
	check(t, "PutOrganisation", s.PutOrganisation(ctx, o))
	gotO, err := s.Organisation(ctx)
	same(t, "Organisation", o, gotO, err)

	w := identity.Workspace{ID: id("w"), Organisation: "o", Name: id("w"), Config: text, CreatedAt: hostileTime}
	check(t, "PutWorkspace", s.PutWorkspace(ctx, w))
	ws, err := s.Workspaces(ctx)
	same(t, "Workspaces", w, find(ws, func(x identity.Workspace) bool { return x.ID == w.ID }), err)

	m := identity.Member{ID: id("m"), Organisation: "o", Name: id("m"), CreatedAt: hostileTime}
	check(t, "PutMember", s.PutMember(ctx, m))
	ms, err := s.Members(ctx)
	same(t, "Members", m.Name, find(ms, func(x identity.Member) bool { return x.ID == m.ID }).Name, err)

	k := identity.APIKey{ID: id("k"), Workspace: w.ID, Member: m.ID, Name: text, Masked: text, Config: text, CreatedAt: hostileTime, UpdatedAt: hostileTime}
	k.Hash[0], k.Hash[1], k.Hash[2] = byte(n), byte(n>>8), byte(n>>16)
	check(t, "PutAPIKey", s.PutAPIKey(ctx, k))
	ks, err := s.APIKeys(ctx)
	same(t, "APIKeys", k, find(ks, func(x identity.APIKey) bool { return x.ID == k.ID }), err)

	v := credential.VirtualKey{ID: id("v"), Workspace: w.ID, Name: text, Provider: text, BaseURL: text, Models: []string{text}, Credentials: []credential.StoredCredential{{Name: "default", Weight: 1, Sealed: []byte(text)}, {Name: text, Weight: 1, Reference: text}}, CreatedAt: hostileTime, UpdatedAt: hostileTime}
	check(t, "PutVirtualKey", s.PutVirtualKey(ctx, v))
	vs, err := s.VirtualKeys(ctx)
	got := find(vs, func(x credential.VirtualKey) bool { return x.ID == v.ID })
	same(t, "VirtualKeys", []string{v.Name, v.Provider, v.BaseURL, v.Models[0], string(v.Credentials[0].Sealed), v.Credentials[1].Name, v.Credentials[1].Reference}, []string{got.Name, got.Provider, got.BaseURL, got.Models[0], string(got.Credentials[0].Sealed), got.Credentials[1].Name, got.Credentials[1].Reference}, err)

	before := len(vs)
	check(t, "DeleteVirtualKey", s.DeleteVirtualKey(ctx, v.ID))
	check(t, "DeleteAPIKey", s.DeleteAPIKey(ctx, k.ID))
	if vs, err = s.VirtualKeys(ctx); err != nil || len(vs) != before-1 {
		t.Errorf("%d virtual keys are left of %d: %v", len(vs), before, err)
	}
}

func hostileConfigs(t *testing.T, s *Store, text string, n int) {
	ctx := t.Context()
	doc, _ := json.Marshal(map[string]string{text: text})
	c := route.Saved{Workspace: fmt.Sprint("w", n, text), Slug: text, Name: text, Config: doc}
	other, err := s.PutConfig(ctx, route.Saved{Workspace: c.Workspace, Slug: "other", Config: doc})
	check(t, "PutConfig", err)
	_, err = s.PutConfig(ctx, c)
	check(t, "PutConfig", err)
	got, err := s.Config(ctx, c.Workspace, c.Slug)
	same(t, "Config", []string{c.Slug, c.Name, string(c.Config)}, []string{got.Slug, got.Name, string(got.Config)}, err)
	all, err := s.Configs(ctx, c.Workspace)
	same(t, "Configs", c.Name, find(all, func(x route.Saved) bool { return x.Slug == c.Slug }).Name, err)
	check(t, "DeleteConfig", s.DeleteConfig(ctx, c.Workspace, c.Slug))
	if left, err := s.Configs(ctx, c.Workspace); text != "other" && (err != nil || len(left) != 1 || left[0].Slug != other.Slug) {
		t.Errorf("another config went too: %v, %v", left, err)
	}
}

func hostilePrompts(t *testing.T, s *Store, text string, n int) {
	ctx := t.Context()
	doc, _ := json.Marshal(map[string]string{text: text})
	p := prompts.Template{ID: fmt.Sprint("p", n, text), Workspace: fmt.Sprint("w", n, text), Slug: text, Name: text, CreatedAt: hostileTime, UpdatedAt: hostileTime}
	check(t, "PutTemplate", s.PutTemplate(ctx, p))
	for _, ref := range []string{p.ID, p.Slug} {
		got, err := s.Template(ctx, p.Workspace, ref)
		same(t, "Template", []string{p.ID, p.Slug, p.Name}, []string{got.ID, got.Slug, got.Name}, err)
	}
	list, err := s.Templates(ctx, p.Workspace)
	same(t, "Templates", 1, len(list), err)
	v, err := s.AddVersion(ctx, prompts.Version{Template: p.ID, Body: doc, Description: text, CreatedAt: hostileTime})
	check(t, "AddVersion", err)
	got, err := s.Version(ctx, p.ID, v.Number)
	same(t, "Version", []string{string(doc), text}, []string{string(got.Body), got.Description}, err)
	versions, err := s.Versions(ctx, p.ID)
	same(t, "Versions", 1, len(versions), err)
	l := prompts.Label{Template: p.ID, Name: text, Version: v.Number}
	check(t, "PutLabel", s.PutLabel(ctx, l))
	labels, err := s.Labels(ctx, p.ID)
	same(t, "Labels", text, find(labels, func(x prompts.Label) bool { return x.Version == v.Number }).Name, err)
	check(t, "DeleteTemplate", s.DeleteTemplate(ctx, p.Workspace, p.ID))
	left, err := s.Templates(ctx, p.Workspace)
	same(t, "Templates", 0, len(left), err)
}

func check(t *testing.T, method string, err error) {
	t.Helper()
	if err != nil {
		t.Errorf("%s: %v", method, err)
	}
}

func same[T any](t *testing.T, method string, want, got T, err error) {
	t.Helper()
	if d := cmp.Diff(want, got, cmpopts.EquateEmpty()); err != nil || d != "" {
		t.Errorf("%s: %v (-want +got)\n%s", method, err, d)
	}
}

func find[T any](list []T, match func(T) bool) (none T) {
	for _, x := range list {
		if match(x) {
			return x
		}
	}
	return none
}
