package api

import (
	"github.com/spf13/cobra"
)

// Command returns a command that calls a server. args is the number of its arguments.
func Command(use, short string, args int, run func(cmd *cobra.Command, c *Client, args []string) error) *cobra.Command {
	return &cobra.Command{Use: use, Short: short, Args: Exactly(args), RunE: func(cmd *cobra.Command, args []string) error {
		c, err := NewClient(cmd)
		if err != nil {
			return err
		}
		return run(cmd, c, args)
	}}
}

// Exactly is cobra.ExactArgs with a UsageError.
func Exactly(n int) cobra.PositionalArgs {
	return func(cmd *cobra.Command, args []string) error {
		if len(args) != n {
			arguments := "arguments"
			if n == 1 {
				arguments = "argument"
			}
			return Usage("%s takes %d %s, not %d; usage: %s", cmd.CommandPath(), n, arguments, len(args), cmd.UseLine())
		}
		return nil
	}
}

// Group returns a command that has subcommands and does nothing itself.
func Group(use, short string, subs ...*cobra.Command) *cobra.Command {
	cmd := &cobra.Command{Use: use, Short: short, Args: func(cmd *cobra.Command, args []string) error {
		if len(args) > 0 {
			return Usage("%s has no subcommand '%s'", cmd.CommandPath(), args[0])
		}
		return nil
	}, RunE: func(cmd *cobra.Command, _ []string) error {
		_ = cmd.Help()
		return Usage("%s needs a subcommand", cmd.CommandPath())
	}}
	cmd.AddCommand(subs...)
	return AddServerFlags(cmd)
}

// AddServerFlags adds the flags of every client command.
func AddServerFlags(cmd *cobra.Command) *cobra.Command {
	f := cmd.PersistentFlags()
	f.String("url", "", "the server (default $SLUICE_URL, else http://127.0.0.1:8787)")
	f.String("api-key", "", "your API key (default $SLUICE_API_KEY, which other users of this machine cannot see)")
	f.Bool("json", false, "print the server's JSON")
	return cmd
}
