package main

import (
	"context"
	"strings"

	"github.com/sluicegate/sluice/test/clients/double"
	"github.com/sluicegate/sluice/test/sluice"
)

// Target is a virtual key of the gateway under test, named after the format of its vendor.
type Target string

// The targets.
const (
	openai    Target = "openai"
	anthropic Target = "anthropic"
	google    Target = "google"
)

// models are the names that a client of a target uses: the usual one, one that thinks, and one
// for embeddings. Clients look at names to decide what they send.
var models = map[Target][3]string{
	openai:    {"gpt-4.1", "gpt-5", "text-embedding-3-small"},
	anthropic: {"claude-sonnet-4-6", "claude-sonnet-4-6", ""},
	google:    {"gemini-2.5-flash", "gemini-2.5-flash", "gemini-embedding-001"},
}

func (t Target) key() string       { return "sk-sl-" + string(t) + "-0123456789abcdef0123456789abcdef" }
func (t Target) redactKey() string { return "sk-sl-" + string(t) + "-redacts-0123456789abcdef01234567" }

// serverFile is the server's file. The config of an API key names the target, so that a client
// needs to know nothing but its base URL and its key.
func serverFile(vendor string) string {
	var keys, configs strings.Builder
	for _, t := range []Target{openai, anthropic, google} {
		n := string(t)
		configs.WriteString("  - {slug: " + n + ", config: {virtual_key: " + n + "}}\n" +
			"  - {slug: " + n + "-redacts, config: {virtual_key: " + n + ", redact: {input: [email, card], restore: true}}}\n")
		keys.WriteString("  - {name: " + n + ", key: " + t.key() + ", config: " + n + "}\n" +
			"  - {name: " + n + "-redacts, key: " + t.redactKey() + ", config: " + n + "-redacts}\n")
	}
	return `
limits: {unknown_keys: 100000} # each client is tried with a wrong key, all from one address
virtual_keys:
  - {name: openai, provider: openai, base_url: "` + vendor + `/v1", api_key: ` + double.OpenAIKey + `}
  - {name: anthropic, provider: anthropic, base_url: "` + vendor + `", api_key: ` + double.AnthropicKey + `}
  - {name: google, provider: google, base_url: "` + vendor + `/v1beta", api_key: ` + double.GoogleKey + `}
configs:
` + configs.String() + "api_keys:\n" + keys.String()
}

// gateway is the binary with the vendor behind it.
type gateway struct {
	*sluice.Process
	vendor *double.Upstream
}

func startGateway(ctx context.Context, binary string) (*gateway, error) {
	vendor, err := double.Listen(ctx)
	if err != nil {
		return nil, err
	}
	process, err := sluice.Start(ctx, binary, serverFile(vendor.URL()))
	if err != nil {
		vendor.Close()
		return nil, err
	}
	return &gateway{process, vendor}, nil
}

// Stop ends both.
func (g *gateway) Stop() {
	g.Process.Stop()
	g.vendor.Close()
}
