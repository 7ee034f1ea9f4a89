package app

import (
	"bytes"
	"context"
	"log/slog"
	"os"
	"strings"
	"testing"

	"github.com/sluicegate/sluice/gateway"
	"github.com/sluicegate/sluice/internal/config"
)

// TestUnknownKeysAreLogged: the log of a start names the places of the file's configs whose virtual keys no
// call can use, and none other.
func TestUnknownKeysAreLogged(t *testing.T) {
	cfg, err := config.Read("sluice.yaml", []byte(`
virtual_keys: [{name: a, provider: openai, api_key: x}]
configs: [{slug: prod, config: {strategy: {mode: fallback}, targets: [{virtual_key: a}, {virtual_key: b}, {override_params: {model: "@c/gpt-5"}}]}}]
`), os.LookupEnv, Checks())
	if err != nil {
		t.Fatal(err)
	}
	cfg.DataDir = t.TempDir()
	var out bytes.Buffer
	a, err := newApp(t.Context(), cfg, environment{apiKey: gateway.NewSecret(ownersKey)}, slog.New(slog.NewTextHandler(&out, nil)))
	if err != nil {
		t.Fatal(err)
	}
	if err := a.close(context.Background()); err != nil {
		t.Fatal(err)
	}
	var fields []string
	for line := range strings.Lines(out.String()) {
		if _, after, ok := strings.Cut(line, "names a virtual key that cannot be used\" config=prod workspace=default field="); ok {
			fields = append(fields, strings.Fields(after)[0])
		}
	}
	if got := strings.Join(fields, " "); got != "targets[1].virtual_key targets[2].override_params.model" {
		t.Errorf("%q of %s", got, out.String())
	}
}
