// Command sluice is the gateway, and the client of its admin API: `sluice serve` runs the
// one, every other command the other. The packages meet in app.go and nowhere else; the
// environment, the exit code and the signals are dealt with here and in serve.go.
package main

import (
	"fmt"
	"os"
	"runtime/debug"

	"github.com/spf13/cobra"
)

func main() {
	err := root().Execute()
	if err != nil {
		fmt.Fprintln(os.Stderr, "sluice: "+err.Error())
	}
	os.Exit(exitCode(err))
}

func root() *cobra.Command {
	cmd := &cobra.Command{
		Use:           "sluice",
		Short:         "An observability-first LLM gateway with a semantic cache and guardrails",
		Version:       version(),
		SilenceErrors: true,
		SilenceUsage:  true,
	}
	cmd.SetFlagErrorFunc(func(_ *cobra.Command, err error) error { return usage("%w", err) })
	cmd.AddCommand(serveCommand(), checkCommand(checks()))
	cmd.AddCommand(clientCommands()...)
	return cmd
}

// version is the module's, as the build knows it.
func version() string {
	if info, ok := debug.ReadBuildInfo(); ok && info.Main.Version != "" {
		return info.Main.Version
	}
	return "(devel)"
}
