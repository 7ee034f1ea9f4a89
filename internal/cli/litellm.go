package cli

import (
	"fmt"
	"io"
	"os"

	"github.com/sluicegate/sluice/internal/app"
	"github.com/sluicegate/sluice/internal/cli/api"
	"github.com/sluicegate/sluice/internal/config"
	"github.com/sluicegate/sluice/internal/config/litellm"
)

// loadFile reads the file of `sluice serve --config`: Sluice's own, or that of LiteLLM's proxy,
// whose findings it prints.
func loadFile(file string, strict bool, stderr io.Writer) (config.Config, error) {
	if !litellm.RecogniseFile(file) {
		cfg, err := config.Load(file, os.LookupEnv, app.Checks())
		if err != nil {
			return cfg, api.Usage("%w", err)
		}
		return cfg, nil
	}
	read, err := litellm.Load(file, os.LookupEnv, app.Checks())
	if err != nil {
		return read.Config, api.Usage("%w", err)
	}
	printFindings(stderr, file, read.Findings)
	if refused := read.Findings.Strict(); strict && len(refused) > 0 {
		return read.Config, api.Usage("--strict: %d of these are %s or %s", len(refused), litellm.Unsupported, litellm.Missing)
	}
	return read.Config, nil
}

// checkOwnerKey refuses a master key that can be guessed where others than this machine reach
// the server.
func checkOwnerKey(cfg config.Config, stderr io.Writer) error {
	if !litellm.Weak(cfg.OwnerKey) {
		return nil
	}
	if !litellm.Loopback(cfg.Listen) {
		return api.Usage("general_settings.master_key is so short that it can be guessed, and %s is reached from other machines. Set a key of at least 20 characters, or listen on 127.0.0.1", cfg.Listen)
	}
	fmt.Fprintln(stderr, "warning: general_settings.master_key is so short that it can be guessed. It is accepted because only this machine reaches "+cfg.Listen)
	return nil
}

func printFindings(w io.Writer, file string, findings litellm.Findings) {
	for _, f := range findings {
		fmt.Fprintln(w, f)
	}
	fmt.Fprintf(w, "%s: read as LiteLLM's file: %d ignored, %d unsupported, %d missing\n", file,
		len(findings.With(litellm.Ignored)), len(findings.With(litellm.Unsupported)), len(findings.With(litellm.Missing)))
}
