package account

import (
	"slices"
	"strings"
	"testing"

	"github.com/sluicegate/sluice/gateway"
	"github.com/sluicegate/sluice/gateway/provider/vendor"
)

const serviceAccount = `{"type":"service_account","project_id":"acme"}`

func TestMissing(t *testing.T) {
	type settings = gateway.ProviderSettings
	for _, c := range []struct {
		name    string
		key     gateway.VirtualKey
		field   string
		problem string // a part of it
	}{
		{"a common address", gateway.VirtualKey{Provider: "openai"}, "", ""},
		{"the mock", gateway.VirtualKey{Provider: "mock"}, "", ""},
		{"nobody", gateway.VirtualKey{Provider: "nobody"}, "", ""},
		{"Azure", gateway.VirtualKey{Provider: "azure"}, "settings.resource", "is missing (name of the Azure resource or the Databricks workspace, the first part of its address): the provider 'azure-openai' has no address without it or a base_url"},
		{"Azure with a resource", gateway.VirtualKey{Provider: "azure", Settings: settings{"resource": "acme"}}, "", ""},
		{"Azure with an address", gateway.VirtualKey{Provider: "azure", BaseURL: "https://acme.openai.azure.com"}, "", ""},
		{"Azure with addresses of all formats", gateway.VirtualKey{Provider: "azure", Formats: gateway.Formats{"chat": "https://acme.openai.azure.com"}}, "", ""},
		{"Azure with an address of one format", gateway.VirtualKey{Provider: "azure", Formats: gateway.Formats{"chat": "https://a.example", "responses": ""}}, "settings.resource", "is missing"},
		{"a cloud chooses formats itself", gateway.VirtualKey{Provider: "azure-ai", Formats: gateway.Formats{"chat": "https://a.example"}}, "settings.resource", "is missing"},
		{"a client without its tenant", gateway.VirtualKey{Provider: "azure", Settings: settings{"resource": "acme", "client_id": "1"}}, "settings.tenant_id", "client_id needs it"},
		{"a client with its own server of tokens", gateway.VirtualKey{Provider: "azure", Settings: settings{"resource": "acme", "client_id": "1", "token_url": "https://t.example"}}, "", ""},
		{"a managed identity", gateway.VirtualKey{Provider: "azure", Credential: gateway.ServerIdentity, Settings: settings{"resource": "acme", "client_id": "1"}}, "", ""},
		{"a workload identity", gateway.VirtualKey{Provider: "azure", Credential: gateway.ServerIdentity, Settings: settings{"resource": "acme", "client_id": "1", "token_file": "/t"}}, "settings.tenant_id", "client_id needs it"},
		{"a workload identity without client", gateway.VirtualKey{Provider: "azure", Credential: gateway.ServerIdentity, Settings: settings{"resource": "acme", "token_file": "/t"}}, "settings.client_id", "token_file needs it"},
		{"Bedrock", gateway.VirtualKey{Provider: "bedrock"}, "settings.region", "is missing (where the vendor's servers are): the provider 'bedrock' has no address"},
		{"keys of Amazon at an own address", gateway.VirtualKey{Provider: "bedrock", BaseURL: "https://b.example", Credential: gateway.NewSecret("AKIATEST:secret")}, "settings.region", "calls are signed for it"},
		{"the server's identity at an own address", gateway.VirtualKey{Provider: "bedrock", BaseURL: "https://b.example", Credential: gateway.ServerIdentity}, "settings.region", "calls are signed for it"},
		{"an API key of Bedrock at an own address", gateway.VirtualKey{Provider: "bedrock", BaseURL: "https://b.example", Credential: gateway.NewSecret("ABSK")}, "", ""},
		{"Vertex with a token", gateway.VirtualKey{Provider: "vertex-ai", Credential: gateway.NewSecret("ya29.token")}, "settings.project", "is missing (project of Google Cloud; by default that of the service account): the credential names none"},
		{"Vertex with the server's identity", gateway.VirtualKey{Provider: "vertex-ai", Credential: gateway.ServerIdentity}, "settings.project", "names none"},
		{"Vertex with a service account", gateway.VirtualKey{Provider: "vertex-ai", Credential: gateway.NewSecret(serviceAccount)}, "", ""},
		{"Vertex with what is not known here", gateway.VirtualKey{Provider: "vertex-ai"}, "", ""},
		{"Vertex with a project", gateway.VirtualKey{Provider: "vertex-ai", Credential: gateway.NewSecret("ya29.token"), Settings: settings{"project": "acme"}}, "", ""},
		{"a server of one's own", gateway.VirtualKey{Provider: "vllm"}, "base_url", "is missing: the provider 'vllm' has no address of its own"},
		{"Workers AI", gateway.VirtualKey{Provider: "cloudflare"}, "settings.account", "is missing (id of the account)"},
	} {
		field, problem := Missing(c.key)
		if field != c.field || !strings.Contains(problem, c.problem) || c.problem == "" && problem != "" {
			t.Errorf("%s: %q %q, want %q %q", c.name, field, problem, c.field, c.problem)
		}
	}
}

// TestEveryVendor: what is missing is exactly what the vendor's address lacks, for every vendor, and a
// key with all that is asked for has an address.
func TestEveryVendor(t *testing.T) {
	var asked []string
	for _, v := range vendor.All() {
		key := gateway.VirtualKey{Provider: v.ID, Settings: gateway.ProviderSettings{}}
		_, err := v.Address(&gateway.Target{})
		if field, problem := Missing(key); (err != nil) != (problem != "") && v.Format != vendor.FormatMock {
			t.Errorf("%s: missing %q %q, address %v", v.ID, field, problem, err)
		}
		for range 5 {
			field, problem := Missing(key)
			if problem == "" {
				break
			}
			if asked = append(asked, v.ID+" "+field); field == "base_url" {
				key.BaseURL = "https://x.example"
			}
			key.Settings[strings.TrimPrefix(field, "settings.")] = "x"
		}
		if _, problem := Missing(key); problem != "" {
			t.Errorf("%s: still %q", v.ID, problem)
		}
	}
	want := []string{"azure-ai settings.resource", "azure-openai settings.resource", "bedrock settings.region", "databricks settings.resource", "litellm base_url", "new-api base_url",
		"one-api base_url", "snowflake settings.account", "vllm base_url", "workers-ai settings.account"}
	if !slices.Equal(asked, want) {
		t.Errorf("asked for\n%q, want\n%q", asked, want)
	}
}
