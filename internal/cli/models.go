package cli

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"text/tabwriter"

	"github.com/spf13/cobra"

	"github.com/sluicegate/sluice/cache/embed/model/library"
	"github.com/sluicegate/sluice/internal/cli/api"
)

// modelsCommand manages the models of the data directory. It works in this process: a server
// reads them at its start.
func modelsCommand() *cobra.Command {
	cmd := &cobra.Command{Use: "models", Short: "Models that let the cache compare meaning, in the data directory",
		Args: func(cmd *cobra.Command, args []string) error {
			if len(args) > 0 {
				return api.Usage("%s has no subcommand '%s'", cmd.CommandPath(), args[0])
			}
			return nil
		}, RunE: func(cmd *cobra.Command, _ []string) error {
			_ = cmd.Help()
			return api.Usage("%s needs a subcommand", cmd.CommandPath())
		}}
	cmd.AddCommand(addModelCommand(), listModelsCommand(), removeModelCommand())
	return cmd
}

func addModelCommand() *cobra.Command {
	var flags controlFlags
	var addition library.Addition
	cmd := &cobra.Command{
		Use:   "add FILE",
		Short: "Add a model from a wheel, zip, tar.gz or folder",
		Long: "Add a model from a wheel, zip, tar.gz or folder.\n\n" +
			"The files are compared with the pinned hashes of the models that this release knows. An\n" +
			"unknown model is refused: its vectors decide which answers are served, so look where it\n" +
			"comes from, and add it with --unverified. The server reads it at its next start.",
		Args: api.Exactly(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			cfg, err := flags.config(cmd)
			if err != nil {
				return err
			}
			addition.Source = args[0]
			m, err := library.New(cfg.DataDir).Add(cmd.Context(), addition)
			if errors.Is(err, library.ErrUnverified) {
				return fmt.Errorf("%s: %w. Its hash is %s. Where you trust it, add it with --unverified", args[0], err, m.Hash())
			}
			if err != nil {
				return err
			}
			if !m.Verified {
				fmt.Fprintf(cmd.ErrOrStderr(), "WARNING: nobody has checked this model. It decides which answers the cache serves.\n"+
					"Its hash is %s. No threshold is known for it: set cache.threshold in your configs.\n", m.Hash())
			}
			fmt.Fprintf(cmd.OutOrStdout(), "added %s, licence: %s. Start the server again to use it.\n", m.Name, m.License)
			return nil
		},
	}
	flags.add(cmd)
	cmd.Flags().BoolVar(&addition.Unverified, "unverified", false, "add a model that this release does not know")
	cmd.Flags().StringVar(&addition.Name, "name", "", "name of an unverified model (default that of the file)")
	return cmd
}

func listModelsCommand() *cobra.Command {
	var flags controlFlags
	var asJSON bool
	cmd := &cobra.Command{
		Use:   "list",
		Short: "List the models, the one that is used first",
		Args:  api.Exactly(0),
		RunE: func(cmd *cobra.Command, _ []string) error {
			cfg, err := flags.config(cmd)
			if err != nil {
				return err
			}
			models, err := library.New(cfg.DataDir).List()
			if err != nil {
				return err
			}
			return printModels(cmd.OutOrStdout(), models, asJSON)
		},
	}
	flags.add(cmd)
	cmd.Flags().BoolVar(&asJSON, "json", false, "print JSON")
	return cmd
}

func printModels(w io.Writer, models []library.Manifest, asJSON bool) error {
	if asJSON {
		if models == nil {
			models = []library.Manifest{}
		}
		return json.NewEncoder(w).Encode(models)
	}
	t := tabwriter.NewWriter(w, 0, 0, 2, ' ', 0)
	fmt.Fprintln(t, "NAME\tLICENCE\tVERIFIED\tTHRESHOLD\tADDED\tFROM")
	for _, m := range models {
		threshold := "-"
		if m.Threshold > 0 {
			threshold = fmt.Sprint(m.Threshold)
		}
		fmt.Fprintf(t, "%s\t%s\t%v\t%s\t%s\t%s\n", m.Name, api.Printable(m.License), m.Verified, threshold, m.Added.Format("2006-01-02"), api.Printable(m.Source))
	}
	return t.Flush()
}

func removeModelCommand() *cobra.Command {
	var flags controlFlags
	cmd := &cobra.Command{
		Use:   "remove NAME",
		Short: "Remove a model",
		Args:  api.Exactly(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			cfg, err := flags.config(cmd)
			if err != nil {
				return err
			}
			return library.New(cfg.DataDir).Remove(args[0])
		},
	}
	flags.add(cmd)
	return cmd
}
