package identity_test

import (
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"net/netip"
	"testing"
	"time"

	"github.com/sluicegate/sluice/gateway"
	"github.com/sluicegate/sluice/gateway/identity"
	"github.com/sluicegate/sluice/gateway/identity/access"
)

// refusal is the code, else the field, of an error; "" of none.
func refusal(err error) string {
	var e *gateway.Error
	if !errors.As(err, &e) {
		return ""
	}
	if e.Code != "" {
		return e.Code
	}
	return e.Kind.String() + " " + e.Param
}

// TestAKeysAccess: what the key may do and use stands in the principal, and an address outside its
// list is refused.
func TestAKeysAccess(t *testing.T) {
	h := memory(t)
	rules := access.Rules{Scopes: []gateway.Permission{"workspace_user_api_keys.list", gateway.CompletionsWrite}, Models: []string{"small", "o3"}, VirtualKeys: []string{"vk"},
		Addresses: []netip.Prefix{netip.MustParsePrefix("10.1.0.0/16"), netip.MustParsePrefix("2001:db8::/32")}, Metadata: map[string]string{"team": "b"}, LockConfig: true}
	groups := map[string][]string{"small": {"gpt-5-mini", "haiku"}}
	if err := h.UpdateWorkspace(t.Context(), h.owner, "", identity.WorkspaceChange{AccessGroups: &groups}); err != nil {
		t.Fatal(err)
	}
	_, key, err := h.CreateAPIKey(t.Context(), h.owner, identity.NewAPIKey{Name: "k", Access: rules})
	if err != nil {
		t.Fatal(err)
	}
	for from, code := range map[string]string{"10.1.2.3": "", "::ffff:10.1.2.3": "", "2001:db8::7": "", "10.2.0.1": "ip_not_allowed", "": "ip_not_allowed", "nonsense": "ip_not_allowed"} {
		p, err := h.Identify(t.Context(), key, from)
		if got := refusal(err); got != code {
			t.Errorf("from %q: %q, want %q", from, got, code)
		}
		if err != nil {
			continue
		}
		if fmt.Sprint(p.Models) != "[gpt-5-mini haiku o3]" || fmt.Sprint(p.VirtualKeys) != "[vk]" || p.Metadata["team"] != "b" || !p.LockConfig {
			t.Errorf("%+v", p)
		}
		if !p.May(gateway.APIKeysList) || p.May(gateway.APIKeysRead) {
			t.Errorf("scopes %v", p.Scopes)
		}
	}
}

func TestAccessThatCannotBeMeant(t *testing.T) {
	h := memory(t)
	for field, rules := range map[string]access.Rules{
		"scopes":        {Scopes: []gateway.Permission{"everything"}},
		"models":        {Models: []string{""}},
		"virtual_keys":  {VirtualKeys: []string{"a\nb"}},
		"tags":          {Tags: make([]string, 1001)},
		"metadata":      {Metadata: map[string]string{"k": string(make([]byte, 200))}},
		"model_aliases": {ModelAliases: map[string]string{"": "x"}},
	} {
		if _, _, err := h.CreateAPIKey(t.Context(), h.owner, identity.NewAPIKey{Name: "k", Access: rules}); refusal(err) != gateway.Invalid.String()+" "+field {
			t.Errorf("%s: %v", field, err)
		}
	}
	if _, err := access.ParseAddresses("test", "allowed_ips", []string{"10.0.0.0/33"}); err == nil {
		t.Error("a range that is none")
	}
}

// TestScopedKeysMakeNoMore: a key with scopes makes only keys with some of them.
func TestScopedKeysMakeNoMore(t *testing.T) {
	h := memory(t)
	scoped := *h.owner
	scoped.Scopes = []gateway.Permission{gateway.APIKeysCreate, gateway.APIKeysUpdate, gateway.LogsList}
	for name, c := range map[string]struct {
		scopes []gateway.Permission
		code   string
	}{"all": {nil, gateway.CodeScope}, "more": {[]gateway.Permission{gateway.LogsView}, gateway.CodeScope}, "some": {[]gateway.Permission{gateway.LogsList}, ""}} {
		_, _, err := h.CreateAPIKey(t.Context(), &scoped, identity.NewAPIKey{Name: name, Access: access.Rules{Scopes: c.scopes}})
		if got := refusal(err); got != c.code {
			t.Errorf("%s: %q", name, got)
		}
	}
	_, err := h.UpdateAPIKey(t.Context(), &scoped, "some", identity.APIKeyChange{Access: func(a *access.Rules) { a.Scopes = nil }})
	if got := refusal(err); got != gateway.CodeScope {
		t.Errorf("taking the scopes away: %q", got)
	}
}

// TestRotation: the old value of a key is good for the overlap, and only the last old value.
func TestRotation(t *testing.T) {
	h := memory(t)
	_, first, err := h.CreateAPIKey(t.Context(), h.owner, identity.NewAPIKey{Name: "k"})
	if err != nil {
		t.Fatal(err)
	}
	_, second, err := h.RotateAPIKey(t.Context(), h.owner, "k", time.Hour)
	if err != nil {
		t.Fatal(err)
	}
	try := func(when string, key gateway.Secret, code string) {
		t.Helper()
		if _, err := h.Identify(t.Context(), key, "10.0.0.1"); refusal(err) != code {
			t.Errorf("%s: %q, want %q", when, refusal(err), code)
		}
	}
	try("the old value, within the overlap", first, "")
	try("the new value", second, "")
	h.clock.now = h.clock.now.Add(time.Hour)
	try("the old value, after the overlap", first, "01")
	try("the new value, after the overlap", second, "")
	_, third, err := h.RotateAPIKey(t.Context(), h.owner, "k", 0)
	if err != nil {
		t.Fatal(err)
	}
	try("a value without an overlap", second, "03")
	try("the newest value", third, "")
	for _, overlap := range []time.Duration{-1, identity.MaxOverlap + 1} {
		if _, _, err := h.RotateAPIKey(t.Context(), h.owner, "k", overlap); err == nil {
			t.Errorf("an overlap of %v", overlap)
		}
	}
}

// TestHashOfAnotherGateway: whoever has the key of a hash that was taken over is known by it.
func TestHashOfAnotherGateway(t *testing.T) {
	h := memory(t)
	sum := sha256.Sum256([]byte("sk-1234567890abcdef-of-litellm"))
	hash := hex.EncodeToString(sum[:])
	_, key, err := h.CreateAPIKey(t.Context(), h.owner, identity.NewAPIKey{Name: "moved", Hash: hash})
	if err != nil || !key.Empty() {
		t.Fatal(err, key.Empty())
	}
	if p, err := h.Identify(t.Context(), gateway.NewSecret("sk-1234567890abcdef-of-litellm"), ""); err != nil || p.APIKeyName != "moved" {
		t.Error(p, err)
	}
	for bad, want := range map[string]string{hash: gateway.Conflict.String() + " key_hash", hash[2:]: gateway.Invalid.String() + " key_hash", "zz" + hash[2:]: gateway.Invalid.String() + " key_hash"} {
		if _, _, err := h.CreateAPIKey(t.Context(), h.owner, identity.NewAPIKey{Name: "other", Hash: bad}); refusal(err) != want {
			t.Errorf("%s: %q", bad, refusal(err))
		}
	}
}

// TestUnknownKeysOfOneAddress: an address that guesses has to wait, whatever it says next. Keys
// that nobody can guess still work from there, and other addresses are not affected.
func TestUnknownKeysOfOneAddress(t *testing.T) {
	h := memory(t)
	_, generated, err := h.CreateAPIKey(t.Context(), h.owner, identity.NewAPIKey{Name: "k"})
	if err != nil {
		t.Fatal(err)
	}
	long, short := gateway.NewSecret(ownerKey), gateway.NewSecret("sk-1234567")
	if err := h.Declare(t.Context(), identity.Declared{APIKeys: []identity.DeclaredAPIKey{{Name: "short", Key: short, Workspace: "default"}}}); err != nil {
		t.Fatal(err)
	}
	try := func(what string, key gateway.Secret, from, code string) {
		t.Helper()
		if _, err := h.Identify(t.Context(), key, from); refusal(err) != code {
			t.Errorf("%s: %q, want %q", what, refusal(err), code)
		}
	}
	for i := range 20 {
		try("a guess", gateway.NewSecret(fmt.Sprint("guess-", i)), fmt.Sprintf("2001:db8::%d", i), "03")
	}
	try("one more guess", gateway.NewSecret("guess-20"), "2001:db8::7", "too_many_unknown_keys")
	try("a long guess", gateway.NewSecret("guess-of-thirty-two-or-more-bytes"), "2001:db8::7", "too_many_unknown_keys")
	try("a short key", short, "2001:db8::7", "too_many_unknown_keys")
	try("a long key", long, "2001:db8::7", "")
	try("a generated key", generated, "2001:db8::7", "")
	try("another address", short, "2001:db8:0:1::7", "")
	h.clock.now = h.clock.now.Add(time.Minute)
	try("a minute later", short, "2001:db8::7", "")
}

// TestChosenKey: a key whose value the admin chose is good as it is, and found by its value or by
// its hash, by those who see it.
func TestChosenKey(t *testing.T) {
	ctx := t.Context()
	h := memory(t)
	chosen := gateway.NewSecret("sk-chosen-by-an-operator")
	info, secret, err := h.CreateAPIKey(ctx, h.owner, identity.NewAPIKey{Name: "chosen", Key: chosen})
	must(t, err)
	if secret.Reveal() != chosen.Reveal() {
		t.Errorf("%s", secret.Reveal())
	}
	_, err = h.Identify(ctx, chosen, "")
	must(t, err)
	_, other := h.key(t, identity.NewAPIKey{Name: "elsewhere", Workspace: "b", Role: gateway.RoleAdmin})
	for _, presented := range []string{chosen.Reveal(), hex.EncodeToString(info.Hash[:])} {
		found, err := h.APIKeyOf(ctx, h.owner, gateway.NewSecret(presented))
		must(t, err)
		if found.ID != info.ID {
			t.Errorf("%s: %+v", presented, found)
		}
		_, err = h.APIKeyOf(ctx, other, gateway.NewSecret(presented))
		wantKind(t, "a key of another workspace", err, gateway.NotFound)
	}
	_, err = h.Identify(ctx, gateway.NewSecret(hex.EncodeToString(info.Hash[:])), "")
	wantKind(t, "a hash as a key", err, gateway.Unauthorized)
	_, _, err = h.CreateAPIKey(ctx, h.owner, identity.NewAPIKey{Name: "again", Key: chosen})
	if e := wantKind(t, "the same value", err, gateway.Conflict); e.Param != "key" {
		t.Errorf("names %q", e.Param)
	}
	_, _, err = h.CreateAPIKey(ctx, h.owner, identity.NewAPIKey{Name: "short", Key: gateway.NewSecret("sk-1")})
	if e := wantKind(t, "a short value", err, gateway.Invalid); e.Param != "key" {
		t.Errorf("names %q", e.Param)
	}
	_, off, err := h.CreateAPIKey(ctx, h.owner, identity.NewAPIKey{Name: "off", Disabled: true})
	must(t, err)
	_, err = h.Identify(ctx, off, "")
	wantKind(t, "created disabled", err, gateway.Unauthorized)
}
