package main

import "github.com/spf13/cobra"

// unbuiltCommands are those of the contract that this version lacks. They exist so that a
// script learns it by name and by exit code.
func unbuiltCommands() []*cobra.Command {
	var out []*cobra.Command
	for _, c := range []struct{ name, short string }{
		{"cache", "Look into the semantic cache"},
		{"guard", "Try guardrails on a text"},
		{"backup", "Copy the server's data to a file"},
		{"restore", "Put a backup back"},
		{"import", "Take over keys, configs and prompts of another gateway"},
	} {
		out = append(out, &cobra.Command{Use: c.name, Short: c.short + " (not built yet)", DisableFlagParsing: true,
			RunE: func(*cobra.Command, []string) error { return usage("the command '%s' is not built yet", c.name) }})
	}
	return out
}
