// Package cli is the command line of the binary: `sluice serve` and `sluice check`, which work
// in this process, and the commands that call the admin API of a running server.
//
// The commands that call a server are in packages of their own by what they are about: access,
// documents and logs; the package api holds what they share. Here are those that work in this
// process or that belong to the server itself.
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
	"github.com/sluicegate/sluice/internal/cli/access"
	"github.com/sluicegate/sluice/internal/cli/api"
	"github.com/sluicegate/sluice/internal/cli/documents"
	"github.com/sluicegate/sluice/internal/cli/logs"
	"github.com/sluicegate/sluice/internal/config"
)

// Run runs the command line of this process and returns its exit code.
func Run(ctx context.Context) int {
	err := root().ExecuteContext(ctx)
	if err != nil {
		fmt.Fprintln(os.Stderr, "sluice: "+api.Message(err))
	}
	return api.ExitCode(err)
}

func root() *cobra.Command {
	cmd := &cobra.Command{
		Use:           "sluice",
		Short:         "An observability-first LLM gateway with a semantic cache and guardrails",
		Version:       api.Version(),
		SilenceErrors: true,
		SilenceUsage:  true,
	}
	cmd.SetFlagErrorFunc(api.FlagError)
	cmd.AddCommand( // in this process
		serveCommand(), checkCommand(fileChecks()), demoCommand(), doctorCommand(), backupCommand(), restoreCommand(), migrateCommand(), masterKeyCommand(), modelsCommand())
	cmd.AddCommand( // who may call, and how much
		access.Login(), access.Logout(), access.Workspaces(), access.Members(), access.Teams(), access.Sessions(), access.Keys(), access.VirtualKeys(), access.Limits(), access.Budgets(), access.Wallets(), access.Alerts())
	cmd.AddCommand( // what users write
		documents.Configs(), documents.Prompts(), documents.Experiments(), documents.Guardrails())
	cmd.AddCommand( // what happened
		logs.Command(), logs.CallSessions(), logs.Usage(), logs.Analytics(), logs.Reconcile(), logs.Views(), logs.Trace(), logs.Feedback(), auditCommand())
	cmd.AddCommand( // the server
		pricesCommand(), catalogCommand(), cacheCommand(), serverCommand())
	return cmd
}

// fileChecks are the rules of `sluice check`, which looks at the clock: what has expired is a
// mistake in a file, and none at the start of a server that ran with it.
func fileChecks() config.Checks {
	checks := app.Checks()
	checks.Now = time.Now
	return checks
}
