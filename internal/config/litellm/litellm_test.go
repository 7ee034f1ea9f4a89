package litellm

import (
	"bytes"
	"encoding/json"
	"errors"
	"strings"
	"testing"

	"golang.org/x/tools/txtar"

	"github.com/sluicegate/sluice/gateway"
	"github.com/sluicegate/sluice/gateway/provider/vendor"
	"github.com/sluicegate/sluice/gateway/route/document"
	"github.com/sluicegate/sluice/internal/config"
	"github.com/sluicegate/sluice/internal/goldentest"
)

// checks are those of a server that knows some vendors.
func checks() config.Checks {
	vendors := " anthropic openai azure-openai google groq vllm mock ollama bedrock vertex-ai azure-ai "
	known := func(id string) bool { return strings.Contains(vendors, " "+id+" ") }
	rules := document.Rules{Vendor: func(id string) (string, bool) { return id, known(id) }}
	return config.Checks{Vendor: known, Settings: vendor.CheckSettings, Config: func(raw []byte) (out []config.Problem) {
		_, problems := rules.Parse(raw, true)
		for _, p := range problems {
			out = append(out, config.Problem{Path: p.Path, Message: p.Message})
		}
		return out
	}}
}

// TestFile reads testdata: LiteLLM's file and the environment in; what it becomes and the
// findings out.
func TestFile(t *testing.T) { goldentest.Run(t, "testdata/*.txtar", golden) }

func golden(t *testing.T, in *txtar.Archive) *txtar.Archive {
	env := map[string]string{}
	for line := range strings.Lines(string(goldentest.Section(in, "env"))) {
		name, value, _ := strings.Cut(strings.TrimSpace(line), "=")
		env[name] = value
	}
	read, err := Read("litellm_config.yaml", goldentest.Section(in, "litellm_config.yaml"), func(name string) (string, bool) { v, ok := env[name]; return v, ok }, checks())
	if err != nil {
		var bad *config.Error
		if !errors.As(err, &bad) {
			t.Fatal(err)
		}
		return goldentest.With(in, txtar.File{Name: "findings", Data: []byte(err.Error() + "\n")})
	}
	type key struct {
		Name, Provider, BaseURL, Credential string
		Prices                              gateway.Prices           `json:",omitempty"`
		MaxOutput                           map[string]int64         `json:",omitempty"`
		Settings                            gateway.ProviderSettings `json:",omitempty"`
	}
	out := struct {
		Listen, Compat, OwnerKey string
		Keys                     []key
		Configs                  map[string]json.RawMessage
		Models                   []string
	}{Listen: read.Config.Listen, Compat: string(read.Config.Compat), OwnerKey: read.Config.OwnerKey.Reveal(), Configs: map[string]json.RawMessage{}}
	for _, k := range read.Config.VirtualKeys {
		out.Keys = append(out.Keys, key{k.Name, k.Provider, k.BaseURL, k.Credential.Reveal(), k.Prices, k.MaxOutput, k.Settings})
	}
	for _, c := range read.Config.Configs {
		out.Configs[c.Slug] = c.Document
	}
	for _, m := range read.Config.Models {
		line := m.Name + " → " + m.Config + ", " + m.Model + " of " + m.Provider
		if m.Hidden {
			line += ", hidden"
		}
		out.Models = append(out.Models, line)
	}
	var text bytes.Buffer
	enc := json.NewEncoder(&text)
	enc.SetEscapeHTML(false)
	enc.SetIndent("", "  ")
	if err := enc.Encode(out); err != nil {
		t.Fatal(err)
	}
	var findings strings.Builder
	for _, f := range read.Findings {
		findings.WriteString(f.String() + "\n")
	}
	return goldentest.With(in, txtar.File{Name: "becomes", Data: text.Bytes()}, txtar.File{Name: "findings", Data: []byte(findings.String())})
}

// TestNothingSecretIsQuoted: whatever is wrong with a value, its text is in no finding.
func TestNothingSecretIsQuoted(t *testing.T) {
	file := `
model_list:
  - {model_name: a, litellm_params: {model: nobody/canary, api_key: canary, api_base: canary, weight: canary, timeout: canary, rpm: canary, order: canary, input_cost_per_token: canary, max_retries: canary, aws_secret_access_key: canary}}
  - {model_name: b, litellm_params: {model: openai/x, api_key: os.environ/KEY, temperature: canary, litellm_credential_name: canary}}
  - {model_name: canary}
general_settings: {master_key: [canary], database_url: canary}
router_settings: {routing_strategy: canary, model_group_alias: {x: canary}, num_retries: canary}
litellm_settings: {fallbacks: [{b: [canary, 7]}]}
`
	read, err := Read("f", []byte(file), func(string) (string, bool) { return "canary", true }, checks())
	if err != nil || len(read.Findings) < 15 {
		t.Fatalf("%d findings, %v", len(read.Findings), err)
	}
	for _, f := range read.Findings {
		if strings.Contains(f.Message, "canary") || f.Line == 0 || f.Path == "" {
			t.Errorf("%s", f)
		}
	}
}

// TestRecognise: a file of LiteLLM's proxy has a model_list, Sluice's own has none.
func TestRecognise(t *testing.T) {
	for text, want := range map[string]bool{"model_list: []": true, "listen: 1.2.3.4:5": false, "{": false, "": false, "[model_list]": false} {
		if Recognise([]byte(text)) != want {
			t.Errorf("%q", text)
		}
	}
}

// TestMasterKey: a key as in LiteLLM's documentation is weak, and only a loopback address may
// have one.
func TestMasterKey(t *testing.T) {
	if !Weak(gateway.NewSecret("sk-1234")) || Weak(gateway.NewSecret("sk-0123456789abcdef0123")) || Weak(gateway.Secret{}) {
		t.Error("what is weak")
	}
	for listen, want := range map[string]bool{"127.0.0.1:4000": true, "localhost:4000": true, "[::1]:4000": true, "0.0.0.0:4000": false, ":4000": false, "10.0.0.1:1": false, "x": false} {
		if Loopback(listen) != want {
			t.Errorf("%s", listen)
		}
	}
}
