package cli

import (
	"fmt"
	"io"
	"os"

	"github.com/spf13/cobra"

	"github.com/sluicegate/sluice/internal/app/control"
	"github.com/sluicegate/sluice/internal/cli/api"
	"github.com/sluicegate/sluice/internal/config"
)

// controlFlags name the control store: as serve does.
type controlFlags struct{ file, data string }

func (f *controlFlags) add(cmd *cobra.Command) {
	cmd.Flags().StringVar(&f.file, "config", "", "the server's file; without it embedded defaults apply")
	cmd.Flags().StringVar(&f.data, "data", "", "folder for data, instead of the file's")
}

func (f *controlFlags) config(cmd *cobra.Command) (config.Config, error) {
	cfg := config.Default()
	if f.file != "" {
		var err error
		if cfg, err = loadFile(f.file, false, cmd.ErrOrStderr()); err != nil {
			return cfg, err
		}
	}
	if cmd.Flags().Changed("data") {
		cfg.DataDir = f.data
	}
	return cfg, nil
}

// oneFile takes the command's only argument.
func oneFile(cmd *cobra.Command, args []string) error {
	if len(args) != 1 {
		return api.Usage("%s needs one file; - is the standard input or output", cmd.Name())
	}
	return nil
}

func backupCommand() *cobra.Command {
	var flags controlFlags
	cmd := &cobra.Command{
		Use:   "backup FILE",
		Short: "Write keys, configs, prompts, budgets and kept responses to a file; the server may run",
		Args:  oneFile,
		RunE: func(cmd *cobra.Command, args []string) error {
			cfg, err := flags.config(cmd)
			if err != nil {
				return err
			}
			if args[0] == "-" {
				return control.Backup(cmd.Context(), cfg, cmd.OutOrStdout())
			}
			return api.WriteNew(args[0], func(w io.Writer) error { return control.Backup(cmd.Context(), cfg, w) })
		},
	}
	flags.add(cmd)
	return cmd
}

func restoreCommand() *cobra.Command {
	var flags controlFlags
	cmd := &cobra.Command{
		Use:   "restore FILE",
		Short: "Put a backup into an empty control store, SQLite or PostgreSQL",
		Args:  oneFile,
		RunE: func(cmd *cobra.Command, args []string) error {
			cfg, err := flags.config(cmd)
			if err != nil {
				return err
			}
			if args[0] == "-" {
				return control.Restore(cmd.Context(), cfg, cmd.InOrStdin())
			}
			f, err := os.Open(args[0])
			if err != nil {
				return err
			}
			defer f.Close()
			return control.Restore(cmd.Context(), cfg, f)
		},
	}
	flags.add(cmd)
	return cmd
}

func migrateCommand() *cobra.Command {
	var flags controlFlags
	var asJSON bool
	cmd := &cobra.Command{
		Use:   "migrate",
		Short: "Bring the control store up to date, as the start of a server does",
		Args:  cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			cfg, err := flags.config(cmd)
			if err != nil {
				return err
			}
			schema, err := control.Migrate(cmd.Context(), cfg)
			if err != nil {
				return err
			}
			if asJSON {
				fmt.Fprintf(cmd.OutOrStdout(), "{\"migration\":%d}\n", schema)
				return nil
			}
			fmt.Fprintf(cmd.OutOrStdout(), "The control store is at migration %d.\n", schema)
			return nil
		},
	}
	flags.add(cmd)
	cmd.Flags().BoolVar(&asJSON, "json", false, "print JSON")
	return cmd
}
