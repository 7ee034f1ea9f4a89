package credential_test

import (
	"context"
	"testing"

	"github.com/sluicegate/sluice/gateway"
	"github.com/sluicegate/sluice/gateway/credential"
	"github.com/sluicegate/sluice/gateway/credential/local"
)

// identity:default leads to the server's identity itself, which nobody can send as a text.
func TestServerIdentity(t *testing.T) {
	s := credential.New(newStore(), master(t), known, credential.Config{Sources: map[string]credential.Source{
		credential.SchemeIdentity: local.Identity{}, credential.SchemeFile: fileLike("{\n \"type\": \"service_account\",\n \"private_key\": \"a\\nb\"\n}\n")}})
	must(t, s.Load(t.Context()))
	owner := principal("default", gateway.RoleOwner)
	for name, reference := range map[string]string{"vk": "identity:default", "file": "file:/x", "text": "value:identity:default"} {
		_, err := s.CreateVirtualKey(t.Context(), owner, credential.NewVirtualKey{Name: name, Provider: "vertex-ai", Credential: gateway.NewSecret(reference)})
		must(t, err)
	}
	value := func(name string) gateway.Secret {
		k, err := s.VirtualKey(t.Context(), owner.Workspace, name)
		must(t, err)
		c, ok := k.Pool.Named(credential.DefaultCredential)
		if !ok {
			t.Fatalf("%s has no value", name)
		}
		return c.Value
	}
	if !value("vk").IsServerIdentity() || value("text").IsServerIdentity() {
		t.Error("not the identity, or the text is taken for it")
	}
	if got := value("file").Reveal(); got != `{"type":"service_account","private_key":"a\nb"}` {
		t.Errorf("the key of a service account over several lines: %s", got)
	}
	admin := principal("default", gateway.RoleAdmin)
	if _, err := s.CreateVirtualKey(t.Context(), admin, credential.NewVirtualKey{Name: "mine", Provider: "vertex-ai", Credential: gateway.NewSecret("identity:default")}); gateway.AsError(err).Kind != gateway.Forbidden {
		t.Errorf("an admin takes the server's identity: %v", err)
	}
	if _, _, problem := credential.ReadAPIKey("identity:other"); problem != "must be identity:default" {
		t.Errorf("%q", problem)
	}
}

// fileLike is a source with one value.
type fileLike string

func (f fileLike) Read(context.Context, string) (credential.Value, error) {
	return credential.Value{Secret: gateway.NewSecret(string(f))}, nil
}
