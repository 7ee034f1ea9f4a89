package cli

import (
	"encoding/json"
	"fmt"
	"os"

	"github.com/spf13/cobra"

	"github.com/sluicegate/sluice/internal/config"
	"github.com/sluicegate/sluice/internal/config/yamltree"
)

// checkCommand checks files without a server: the server's file, config documents and prompt
// files.
func checkCommand(checks config.Checks) *cobra.Command {
	var asJSON bool
	cmd := &cobra.Command{
		Use:   "check FILE…",
		Short: "Check a server file, config documents and *.prompt.yaml files",
		Args: func(_ *cobra.Command, args []string) error {
			if len(args) == 0 {
				return usage("check needs the files to check")
			}
			return nil
		},
		RunE: func(cmd *cobra.Command, args []string) error {
			all, notes := yamltree.Problems{}, ""
			for _, file := range args {
				ps, as := config.CheckFile(file, checks, os.LookupEnv)
				if as != "" {
					as = " (read as " + as + ")"
				}
				if all = append(all, ps...); len(ps) == 0 && !asJSON {
					fmt.Fprintln(cmd.OutOrStdout(), file+": ok"+as)
				} else if as != "" {
					notes += "\n" + file + as
				}
			}
			if asJSON {
				if err := printProblems(cmd, all); err != nil {
					return err
				}
			}
			if len(all) == 0 {
				return nil
			}
			if asJSON {
				return usage("%s", all.Count())
			}
			return usage("%s:\n%s%s", all.Count(), all.Error(), notes)
		},
	}
	cmd.Flags().BoolVar(&asJSON, "json", false, "print the problems as JSON")
	return cmd
}

func printProblems(cmd *cobra.Command, ps yamltree.Problems) error {
	type line struct {
		File    string `json:"file"`
		Line    int    `json:"line"`
		Column  int    `json:"column"`
		Path    string `json:"path"`
		Message string `json:"message"`
	}
	out := make([]line, len(ps))
	for i, p := range ps {
		out[i] = line{p.File, p.Line, p.Column, p.Path, p.Message}
	}
	enc := json.NewEncoder(cmd.OutOrStdout())
	enc.SetEscapeHTML(false)
	enc.SetIndent("", "  ")
	return enc.Encode(out)
}
