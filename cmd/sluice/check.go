package main

import (
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"

	"github.com/spf13/cobra"

	"github.com/sluicegate/sluice/internal/config/promptfile"
	"github.com/sluicegate/sluice/internal/config/yamltree"
)

// checkCommand validates files without a server: the server's own file, config documents
// and prompt files.
func checkCommand(validate configValidator) *cobra.Command {
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
				ps, as := checkFile(file, validate, os.LookupEnv)
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
				return usage("%s", counted(len(all)))
			}
			return usage("%s:\n%s%s", counted(len(all)), all.Error(), notes)
		},
	}
	cmd.Flags().BoolVar(&asJSON, "json", false, "print the problems as JSON")
	return cmd
}

func counted(n int) string {
	if n == 1 {
		return "1 problem"
	}
	return fmt.Sprintf("%d problems", n)
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

// What a file can be read as.
const (
	asServerFile = "the server's file"
	asConfig     = "a config document"
)

// checkFile tells what a file is by its name, else by its keys. as says what it was read as
// where those leave it open.
func checkFile(file string, validate configValidator, getenv func(string) (string, bool)) (_ yamltree.Problems, as string) {
	raw, err := os.ReadFile(file)
	if err != nil {
		return yamltree.Problems{{File: file, Message: "cannot be read: " + errors.Unwrap(err).Error()}}, ""
	}
	if strings.HasSuffix(file, promptfile.Suffix) {
		_, ps := promptfile.Read(file, raw)
		return ps, ""
	}
	root, ps := yamltree.Parse(raw)
	if root == nil {
		if !json.Valid(raw) {
			return ps.In(file), ""
		}
		out := yamltree.Problems{} // JSON that is no YAML: indented with tabs, say
		for _, p := range validate(raw) {
			out = append(out, problem{Path: p.Path, Message: p.Message})
		}
		return out.In(file), ""
	}
	config := func() yamltree.Problems { return append(ps, checkDocument(root, validate)...).In(file) }
	switch {
	case isServerFile(file, root):
		return checkServerFile(file, raw, getenv), ""
	case !eitherFile(root):
		return config(), ""
	}
	// It is whatever it is a good one of, first the server's; else what it is nearer to.
	server := checkServerFile(file, raw, getenv)
	if len(server) == 0 {
		return nil, asServerFile
	}
	if doc := config(); len(doc) <= len(server) {
		return doc, asConfig
	}
	return server, asServerFile
}

func checkServerFile(file string, raw []byte, getenv func(string) (string, bool)) yamltree.Problems {
	_, err := readConfig(file, raw, getenv, checks())
	var bad *configError
	if errors.As(err, &bad) {
		return bad.Problems.In(file)
	}
	return nil
}

// eitherFile reports a file that holds nothing but keys which both kinds have.
func eitherFile(root *yamltree.Node) bool {
	for _, f := range root.Fields {
		if f.Name != "cache" && f.Name != "redact" {
			return false
		}
	}
	return len(root.Fields) > 0
}

// serverKeys are top-level keys that no config document has.
var serverKeys = []string{"listen", "data_dir", "workspaces", "virtual_keys", "api_keys", "configs", "prompts", "max_body", "control", "telemetry", "counters", "timeouts", "trusted_hosts"}

func isServerFile(file string, root *yamltree.Node) bool {
	base := strings.TrimSuffix(strings.TrimSuffix(filepath.Base(file), ".yaml"), ".yml")
	if base == "sluice" {
		return true
	}
	for _, k := range serverKeys {
		if root.Get(k) != nil {
			return true
		}
	}
	return false
}

func checkDocument(root *yamltree.Node, validate configValidator) yamltree.Problems {
	if root.Kind != yamltree.Map {
		return yamltree.Problems{root.Problem("a config must be a map, not %s", root.Kind)}
	}
	var out yamltree.Problems
	for _, p := range validate(root.JSON()) {
		out = append(out, placed(root, p))
	}
	return out
}
