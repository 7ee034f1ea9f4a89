// Package cli is the command line of the binary: `sluice serve` and `sluice check`, which work
// in this process, and the commands that call the admin API of a running server.
//
// A command returns an error; [Run] prints it and turns it into the exit code. The API key of
// a caller and the credentials that it stores are never printed.
package cli

import (
	"context"
	"fmt"
	"os"
	"time"

	"github.com/spf13/cobra"

	"github.com/sluicegate/sluice/internal/app"
	"github.com/sluicegate/sluice/internal/config"
)

// Run runs the command line of this process and returns its exit code.
func Run(ctx context.Context) int {
	err := root().ExecuteContext(ctx)
	if err != nil {
		fmt.Fprintln(os.Stderr, "sluice: "+err.Error())
	}
	return exitCode(err)
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
	cmd.AddCommand(serveCommand(), checkCommand(fileChecks()), backupCommand(), restoreCommand(), migrateCommand(), loginCommand(), logoutCommand(), workspacesCommand(), membersCommand(), teamsCommand(), sessionsCommand(), keysCommand(), virtualKeysCommand(),
		configsCommand(), limitsCommand(), budgetsCommand(), walletsCommand(), pricesCommand(), alertsCommand(), promptsCommand(), experimentsCommand(), logsCommand(), callSessionsCommand(), usageCommand(), analyticsCommand(), reconcileCommand(), viewsCommand(), traceCommand(), auditCommand(), doctorCommand())
	cmd.AddCommand(masterKeyCommand(), modelsCommand(), cacheCommand(), demoCommand(), feedbackCommand(), guardrailsCommand(), serverCommand(), catalogCommand())
	return cmd
}

// fileChecks are the rules of `sluice check`, which looks at the clock: what has expired is a
// mistake in a file, and none at the start of a server that ran with it.
func fileChecks() config.Checks {
	checks := app.Checks()
	checks.Now = time.Now
	return checks
}
