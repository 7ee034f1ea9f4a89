package cli

import (
	"fmt"
	"net/http"
	"net/url"

	"github.com/spf13/cobra"

	"github.com/sluicegate/sluice/internal/cli/api"
)

// cacheCommand looks at the cache of answers, explains it, and removes answers.
func cacheCommand() *cobra.Command {
	var workspace string
	cmd := api.Group("cache", "The cache of answers", showCacheCommand(), reportCacheCommand(&workspace), explainCacheCommand(&workspace), simulateCacheCommand(), purgeCacheCommand(&workspace))
	cmd.PersistentFlags().StringVar(&workspace, "workspace", "", "workspace (default your own)")
	return cmd
}

func showCacheCommand() *cobra.Command {
	return api.Command("show", "Show what the cache of the server holds, and what it did since the start", 0, func(cmd *cobra.Command, c *api.Client, _ []string) error {
		v, err := c.Call(cmd.Context(), http.MethodGet, api.Path("cache"), nil, nil)
		if err != nil {
			return err
		}
		var fields []api.Column
		for _, name := range []string{"entries", "bytes", "exact_hits", "alias_hits", "semantic_hits", "misses", "refreshes", "bypassed", "vetoed", "stored", "refused", "evicted", "judged", "shadowed", "checks_failed", "checks_dropped", "broken"} {
			fields = append(fields, api.Column{name, name})
		}
		return c.PrintObject(v, fields...)
	})
}

func purgeCacheCommand(workspace *string) *cobra.Command {
	var all, dryRun bool
	var version int
	var entry, answer, tag, model, prompt, member, namespace, olderThan string
	cmd := api.Command("purge", "Remove answers: those that meet every condition given, or --all", 0, func(cmd *cobra.Command, c *api.Client, _ []string) error {
		b := api.Body{}.Text("workspace", *workspace).Text("entry", entry).Text("answer", answer).Text("tag", tag).Text("model", model).Text("prompt", prompt).
			Text("member", member).Text("namespace", namespace).Text("older_than", olderThan)
		if all {
			b["all"] = true
		}
		if cmd.Flags().Changed("prompt-version") {
			b["prompt_version"] = version
		}
		if dryRun {
			delete(b, "all")
			conditions := url.Values{}
			for name, value := range b {
				conditions.Set(name, fmt.Sprint(value))
			}
			v, err := c.Call(cmd.Context(), http.MethodGet, api.Path("cache", "answers"), conditions, nil)
			if err != nil {
				return err
			}
			return c.PrintLine(v, "%d answers would be removed, %d bytes", v.Get("answers").Int(), v.Get("bytes").Int())
		}
		v, err := c.Call(cmd.Context(), http.MethodPost, api.Path("cache", "purge"), nil, b)
		if err != nil {
			return err
		}
		return c.PrintLine(v, "removed %d answers", v.Get("removed").Int())
	})
	f := cmd.Flags()
	f.BoolVar(&dryRun, "dry-run", false, "count the answers and remove none")
	f.BoolVar(&all, "all", false, "every answer of the workspace")
	f.StringVar(&entry, "entry", "", "the entry with this id")
	f.StringVar(&answer, "answer", "", "the answer that the call with this request id stored")
	f.StringVar(&tag, "tag", "", "of calls with a tag, or with metadata as name=value")
	f.StringVar(&model, "model", "", "of a model, as asked for or as sent upstream")
	f.StringVar(&prompt, "prompt", "", "of a prompt template, by its id")
	f.IntVar(&version, "prompt-version", 0, "of this version of --prompt")
	f.StringVar(&member, "member", "", "of a member's calls, by id or name")
	f.StringVar(&namespace, "namespace", "", "of a cache namespace")
	f.StringVar(&olderThan, "older-than", "", "stored longer ago than this, such as 24h or 7d")
	return cmd
}
