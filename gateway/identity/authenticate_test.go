package identity_test

import (
	"testing"
	"time"

	"github.com/sluicegate/sluice/gateway"
	"github.com/sluicegate/sluice/gateway/gatewaytest"
	"github.com/sluicegate/sluice/gateway/identity"
	"github.com/sluicegate/sluice/gateway/identity/identitytest"
)

func TestAuthenticate(t *testing.T) {
	ctx := t.Context()
	h := memory(t)
	good, _ := h.key(t, identity.NewAPIKey{Name: "good", Member: "alice@example.com", Config: "prod"})
	off, _ := h.key(t, identity.NewAPIKey{Name: "off"})
	_, err := h.SetAPIKeyDisabled(ctx, h.owner, "off", true)
	must(t, err)
	expiring, _ := h.key(t, identity.NewAPIKey{Name: "expiring", ExpiresAt: h.clock.now.Add(time.Hour)})
	deleted, _ := h.key(t, identity.NewAPIKey{Name: "deleted"})
	_, err = h.DeleteAPIKey(ctx, h.owner, "deleted")
	must(t, err)
	h.clock.now = h.clock.now.Add(time.Hour)

	for _, tc := range []struct {
		name string
		key  gateway.Secret
		code string // "": let in
	}{
		{"good", good, ""}, {"none", gateway.Secret{}, "03"}, {"unknown", gateway.NewSecret("sk-sl-unknown"), "03"},
		{"empty prefix", gateway.NewSecret("sk-sl-"), "03"}, {"disabled", off, "03"}, {"expired", expiring, "01"}, {"deleted", deleted, "03"},
		{"cut", gateway.NewSecret(good.Reveal()[:len(good.Reveal())-1]), "03"},
	} {
		t.Run(tc.name, func(t *testing.T) {
			end := gatewaytest.NewHandler()
			ex := gatewaytest.Exchange(t, "")
			ex.Principal, ex.Facts.Principal = nil, nil
			ex.Envelope.APIKey = tc.key
			ex.Refused = gateway.InvalidField("test", "messages", "Something else is wrong as well.")
			s, err := gateway.Chain("end", end.Handle, h.Authenticate())(ctx, ex)
			if tc.code != "" {
				e := wantKind(t, tc.name, err, gateway.Unauthorized)
				if e.Code != tc.code || e.HTTPStatus() != 401 || len(end.Calls()) != 0 {
					t.Errorf("code %q, status %d, %d calls went on", e.Code, e.HTTPStatus(), len(end.Calls()))
				}
				return
			}
			must(t, err)
			defer s.Close()
			p := end.Calls()[0].Principal
			if p.APIKeyName != "good" || p.MemberRef != "alice@example.com" || p.Role != gateway.RoleMember || p.WorkspaceRef != "default" ||
				p.KeyConfig != "prod" || !p.Redact.On() || ex.Facts.Principal != p || p.APIKey == good.Reveal() {
				t.Errorf("principal %+v", p)
			}
		})
	}
}

// An owner may name another workspace. To everybody else it does not exist.
func TestAuthenticateInAnotherWorkspace(t *testing.T) {
	ctx := t.Context()
	h := memory(t)
	admin, _ := h.key(t, identity.NewAPIKey{Name: "adm", Role: gateway.RoleAdmin})
	owner, own := h.key(t, identity.NewAPIKey{Name: "boss", Member: "owner", Config: "mine"})
	_, team := h.key(t, identity.NewAPIKey{Name: "b", Workspace: "team-b"})
	must(t, h.UpdateWorkspace(ctx, h.owner, "team-b", defaultConfig("theirs")))
	for name, tc := range map[string]struct {
		key               gateway.Secret
		workspace, in, is string // is: the configs
	}{
		"none":              {owner, "", "default", "mine "},
		"its own":           {owner, "default", "default", "mine "},
		"another":           {owner, "team-b", "team-b", " theirs"},
		"another, by id":    {owner, team.Workspace, "team-b", " theirs"},
		"an absent one":     {owner, "team-c", "", ""},
		"an admin's own":    {admin, own.Workspace, "default", " "},
		"an admin, another": {admin, "team-b", "", ""},
	} {
		end := gatewaytest.NewHandler()
		ex := gatewaytest.Exchange(t, "")
		ex.Principal, ex.Facts.Principal = nil, nil
		ex.Envelope.APIKey, ex.Envelope.Workspace = tc.key, tc.workspace
		s, err := gateway.Chain("end", end.Handle, h.Authenticate())(ctx, ex)
		if tc.in == "" {
			wantKind(t, name, err, gateway.NotFound)
			if ex.Facts.Principal == nil || ex.Facts.Principal.WorkspaceRef != "default" || len(end.Calls()) != 0 {
				t.Errorf("%s: recorded for %+v", name, ex.Facts.Principal)
			}
			continue
		}
		must(t, err)
		s.Close()
		if p := end.Calls()[0].Principal; p.WorkspaceRef != tc.in || p.KeyConfig+" "+p.Config != tc.is {
			t.Errorf("%s: %+v", name, p)
		} else if moved := tc.in != "default"; moved != (p.HomeConfig == "mine" && p.HomeWorkspace == own.Workspace) {
			t.Errorf("%s: what the key pins: %+v", name, p)
		}
	}
	if own.WorkspaceRef != "default" || own.KeyConfig != "mine" {
		t.Errorf("the shared principal was changed: %+v", own)
	}
}

// What the organisation pins goes with every caller, also into another workspace.
func TestOrganisationConfig(t *testing.T) {
	ctx := t.Context()
	h := memory(t)
	owner, own := h.key(t, identity.NewAPIKey{Name: "boss", Member: "owner"})
	team, other := h.key(t, identity.NewAPIKey{Name: "b", Workspace: "team-b"})
	for name, call := range map[string]struct {
		key       gateway.Secret
		workspace string
	}{"an owner": {owner, ""}, "an owner elsewhere": {owner, "team-b"}, "a member of another workspace": {team, ""}} {
		end := gatewaytest.NewHandler()
		ex := gatewaytest.Exchange(t, "")
		ex.Principal = nil
		ex.Envelope.APIKey, ex.Envelope.Workspace = call.key, call.workspace
		s, err := gateway.Chain("end", end.Handle, h.Authenticate())(ctx, ex)
		must(t, err)
		s.Close()
		if p := end.Calls()[0].Principal; p.OrganisationConfig != "base" || p.OrganisationWorkspace != own.Workspace || other.Workspace == own.Workspace {
			t.Errorf("%s: %+v", name, p)
		}
	}
}

// Calls never wait for the store.
func TestAuthenticateReadsNoStore(t *testing.T) {
	store := identitytest.NewMemory()
	h := start(t, store)
	before, _ := store.Calls()
	store.Fail(errDown)
	for _, key := range []string{ownerKey, "sk-sl-unknown"} {
		_, _ = h.Identify(t.Context(), gateway.NewSecret(key), "")
	}
	if _, err := h.Identify(t.Context(), gateway.NewSecret(ownerKey), ""); err != nil {
		t.Errorf("with the store down: %v", err)
	}
	if after, _ := store.Calls(); after != before {
		t.Errorf("%d calls of the store", after-before)
	}
}
