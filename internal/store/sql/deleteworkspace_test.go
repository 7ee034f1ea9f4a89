package sqlstore

import (
	"encoding/json"
	"testing"
	"time"

	"github.com/sluicegate/sluice/gateway"
	"github.com/sluicegate/sluice/gateway/credential"
	"github.com/sluicegate/sluice/gateway/identity"
	"github.com/sluicegate/sluice/gateway/route"
)

// TestDeleteWorkspace: a workspace that holds something stays, and the refusal counts what it holds.
// A deleted config is not in the way, and keeps its versions.
func TestDeleteWorkspace(t *testing.T) {
	onBoth(t, func(t *testing.T, open func(testing.TB) *Store) {
		ctx, s, at := t.Context(), open(t), time.Unix(0, 1000).UTC()
		check(t, "PutOrganisation", s.PutOrganisation(ctx, identity.Organisation{ID: "o", Name: "acme", Canary: []byte{1}, CreatedAt: at}))
		check(t, "PutWorkspace", s.PutWorkspace(ctx, identity.Workspace{ID: "w", Organisation: "o", Name: "red", CreatedAt: at}))
		check(t, "PutMember", s.PutMember(ctx, identity.Member{ID: "m", Organisation: "o", Name: "ada", Roles: map[string]gateway.Role{"w": gateway.RoleMember}, CreatedAt: at}))
		for _, name := range []string{"x", "y"} {
			check(t, "PutAPIKey", s.PutAPIKey(ctx, identity.APIKey{ID: name, Workspace: "w", Member: "m", Name: name, Hash: identity.Hash{name[0]}, CreatedAt: at, UpdatedAt: at}))
		}
		check(t, "PutVirtualKey", s.PutVirtualKey(ctx, credential.VirtualKey{ID: "v", Workspace: "w", Name: "vk", CreatedAt: at, UpdatedAt: at,
			Credentials: []credential.StoredCredential{{Name: "default", Weight: 1, Reference: "env:C"}}}))
		_, err := s.PutConfig(ctx, route.Saved{Workspace: "w", Slug: "prod", Config: json.RawMessage(`{}`), CreatedAt: at, UpdatedAt: at})
		check(t, "PutConfig", err)

		wantText := func(want string) {
			t.Helper()
			e := gateway.AsError(s.DeleteWorkspace(ctx, "w"))
			if e == nil || e.Kind != gateway.Conflict || e.Public != want {
				t.Errorf("%v, want %q", e, want)
			}
		}
		wantText("The workspace still holds 2 API keys, 1 virtual key and 1 config. Delete what it holds first.")
		check(t, "DeleteAPIKey", s.DeleteAPIKey(ctx, "x"))
		check(t, "DeleteAPIKey", s.DeleteAPIKey(ctx, "y"))
		check(t, "DeleteVirtualKey", s.DeleteVirtualKey(ctx, "v"))
		wantText("The workspace still holds 1 config. Delete what it holds first.")
		check(t, "DeleteConfig", s.DeleteConfig(ctx, "w", "prod"))
		check(t, "DeleteWorkspace", s.DeleteWorkspace(ctx, "w"))
		if n, err := s.db.NewSelect().Table("config_versions").Where("workspace_id = ?", "w").Count(ctx); err != nil || n != 1 {
			t.Errorf("%d versions are left, %v", n, err)
		}
	})
}
