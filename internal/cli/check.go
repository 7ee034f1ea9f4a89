package cli

import (
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"time"

	"github.com/spf13/cobra"

	"github.com/sluicegate/sluice/internal/app"
	"github.com/sluicegate/sluice/internal/cli/api"
	"github.com/sluicegate/sluice/internal/config"
	"github.com/sluicegate/sluice/internal/config/litellm"
	"github.com/sluicegate/sluice/internal/config/yamltree"
)

// checkCommand checks files without a server: the server's file, config documents and prompt
// files.
func checkCommand(checks config.Checks) *cobra.Command {
	var asJSON, strict bool
	cmd := &cobra.Command{
		Use:   "check FILE…",
		Short: "Check a server file, LiteLLM's file, config documents and *.prompt.yaml files",
		Args: func(_ *cobra.Command, args []string) error {
			if len(args) == 0 {
				return api.Usage("check needs the files to check")
			}
			return nil
		},
		RunE: func(cmd *cobra.Command, args []string) error {
			all, notes := yamltree.Problems{}, "" // what makes the command fail
			shown := yamltree.Problems{}          // as JSON
			for _, file := range args {
				if litellm.RecogniseFile(file) {
					found, bad, err := checkLiteLLM(file, strict)
					if err != nil {
						return err
					}
					if shown, all = append(shown, problemsOf(found)...), append(all, bad...); !asJSON {
						printFindings(cmd.OutOrStdout(), file, found)
					}
					continue
				}
				ps, as := config.CheckFile(file, checks, os.LookupEnv)
				if as != "" {
					as = " (read as " + as + ")"
				}
				var warnings yamltree.Problems
				if len(ps) == 0 {
					warnings = warningsOf(file, checks)
				}
				shown = append(append(shown, ps...), warnings...)
				if all = append(all, ps...); len(ps) == 0 && !asJSON {
					fmt.Fprintln(cmd.OutOrStdout(), file+": ok"+as)
					if len(warnings) > 0 {
						fmt.Fprintln(cmd.OutOrStdout(), warnings.Error())
					}
				} else if as != "" {
					notes += "\n" + file + as
				}
			}
			if asJSON {
				if err := printProblems(cmd, shown); err != nil {
					return err
				}
			}
			if len(all) == 0 {
				return nil
			}
			if asJSON {
				return api.Usage("%s", all.Count())
			}
			return api.Usage("%s:\n%s%s", all.Count(), all.Error(), notes)
		},
	}
	cmd.Flags().BoolVar(&asJSON, "json", false, "print the problems as JSON")
	cmd.Flags().BoolVar(&strict, "strict", false, "count what is unsupported in a file of LiteLLM's proxy as a problem")
	return cmd
}

// warningsOf lists what does not make the command fail.
func warningsOf(file string, checks config.Checks) yamltree.Problems {
	out := config.Warnings(file, checks, os.LookupEnv, time.Now())
	for i := range out {
		out[i].Message = "warning: " + out[i].Message
	}
	return out
}

// checkLiteLLM checks a file of LiteLLM's proxy. A variable that is not set makes the command
// fail; what is unsupported does so only if strict.
func checkLiteLLM(file string, strict bool) (litellm.Findings, yamltree.Problems, error) {
	read, err := litellm.Load(file, os.LookupEnv, app.Checks())
	var bad *config.Error
	switch {
	case errors.As(err, &bad):
		return nil, bad.Problems, nil
	case err != nil:
		return nil, nil, err
	case strict:
		return read.Findings, problemsOf(read.Findings.Strict()), nil
	}
	return read.Findings, problemsOf(read.Findings.With(litellm.Missing)), nil
}

func problemsOf(findings litellm.Findings) yamltree.Problems {
	var out yamltree.Problems
	for _, f := range findings {
		f.Message = string(f.Status) + ": " + f.Message
		out = append(out, f.Problem)
	}
	return out
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
